"""The world that is drawn: the sample doctors, and a practice in the middle of its day.

Doctor A is `dr_davis`; the names are those of the route table in tests.authorisation.
Everything else is done as people do it, by requests, so that this file knows few modules.
"""

from __future__ import annotations

import datetime as dt
import html
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bookings.messages.choices import token_of
from bookings.messages.links import visit_token

NOW = dt.datetime(2027, 3, 3, 9, 42, tzinfo=dt.UTC)
"""A Wednesday: 10:42 in Paris, 09:42 in Casablanca."""

DOCTORS = 24
SEED = 2026
ROLES = {
    "visitor": None,
    "patient": "patient",
    "doctor": "dr_davis",
    "secretary": "secretaire",
    "admin": "admin",
}


OFFERS = ("open", "taken", "declined", "expired", "withdrawn", "dropped")
"""The states of an offer."""


@contextmanager
def stopped() -> Iterator[None]:
    """The clock stands at NOW, and what is random is the same in every run."""
    with time_machine.travel(NOW, tick=False), same_randomness():
        yield


@contextmanager
def same_randomness(seed: str = "") -> Iterator[None]:
    """What comes from the operating system (uuid4, secrets) follows from `seed`."""
    source = random.Random(seed).randbytes
    with mock.patch("os.urandom", source), mock.patch("random._urandom", source):
        yield


def model(name: str) -> Any:
    """By its label, which stays whatever module the class moves to."""
    return apps.get_model(name)


def client_of(role: str, sessions: dict[str, str] | None = None) -> Client:
    """A browser in which `role` signed in; with `sessions` ({role: key}) it did so before."""
    client = Client()
    if sessions and role in sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
    elif username := ROLES[role]:
        client.force_login(model("accounts.User").objects.get(username=username))
    return client


def session_of(role: str) -> str:
    return str(client_of(role).cookies[settings.SESSION_COOKIE_NAME].value)


def build_world(doctors: int = DOCTORS) -> SimpleNamespace:
    call_command("seed_doctors", count=doctors, patients=1, seed=SEED, force=True, verbosity=0)
    doctor = model("doctors.Doctor").objects.get(user__username="dr_davis")
    doctor.photo = "0" * 32
    doctor.save(update_fields=["photo"])
    nadia, adam = (
        model("accounts.Patient").objects.filter(account__username="patient").order_by("pk")
    )
    desk = client_of("secretary")
    today = doctor.appointments.filter(starts_at__date=NOW.date()).order_by("starts_at")

    # The waiting room: one is inside, others wait; and somebody without a time.
    coming = today.filter(status="confirmed", starts_at__gte=NOW)
    for visit, verb in zip(coming[:2], ("start", "arrive"), strict=True):
        done(desk.post(f"/dashboard/desk/{visit.pk}/status/", {"verb": verb}))
    done(desk.post(f"/dashboard/queue/add/?doctor={doctor.pk}", {"q": "Karim Tazi", "new": "1"}))
    done(desk.post(f"/dashboard/queue/screen/?doctor={doctor.pk}"))

    visits = {
        status: doctor.appointments.filter(status=status, starts_at__gte=since)
        .order_by("starts_at")
        .first()
        for status, since in {
            "pending": NOW,
            "confirmed": NOW + dt.timedelta(days=2),
            "arrived": NOW - dt.timedelta(days=1),
            "in_progress": NOW - dt.timedelta(days=1),
            "done": NOW - dt.timedelta(days=7),
            "no_show": NOW - dt.timedelta(days=30),
            "cancelled": NOW - dt.timedelta(days=3),
        }.items()
    }
    visits["walk_in"] = doctor.appointments.get(queue_date=NOW.date(), patient__last_name="Tazi")
    # The sample patient, who begins without visits, takes over some of them.
    for status in ("pending", "confirmed", "done", "no_show", "cancelled"):
        person = adam if status == "done" else nadia
        visits[status].patient, visits[status].patient_name = person, person.name
        visits[status].save(update_fields=["patient", "patient_name"])

    own = client_of("doctor")
    for visit in (visits["pending"], visits["arrived"]):
        done(own.post(f"/dashboard/desk/{visit.pk}/note/", {"text": "TA 13/8, contrôle en mai"}))
    added = visits["walk_in"].patient
    added.birth_date = dt.date(1980, 5, 6)
    added.save()
    invited = desk.post(f"/dashboard/patients/{added.pk}/invite/?doctor={doctor.pk}")
    ticket = desk.get(f"/dashboard/queue/{visits['arrived'].pk}/ticket/")

    calendars = f"/dashboard/configuration/calendars/?doctor={doctor.pk}"
    fed = own.post(calendars, {"act": "make", "feed": "doctor"})

    types = list(doctor.consultation_types.order_by("position", "pk"))
    kind = types[0]
    page = client_of("visitor").get(f"{doctor.get_absolute_url()}?seen=yes&type={kind.pk}")
    free = found(r'name="appointment_time" value="([^"]+)"', page)
    waited_for = model("doctors.Doctor").objects.get(user__username="dr_smith")
    wish = model("bookings.WaitingListEntry").objects.create(
        patient=nadia,
        doctor=waited_for,
        consultation_type=waited_for.consultation_types.order_by("pk").first(),
        before=NOW + dt.timedelta(days=20),
    )
    for person, is_urgent in ((nadia, False), (adam, True)):
        model("bookings.WaitingListEntry").objects.create(
            patient=person,
            doctor=doctor,
            consultation_type=kind,
            before=NOW + dt.timedelta(days=20),
            weekdays="013",
            afternoons=False,
            notice_hours=24,
            is_urgent=is_urgent,
        )
    offers = {status: offer_link_of(wish, status) for status in OFFERS}
    offer = model("bookings.Offer").objects.get(status="open")
    absences = model("scheduling.DoctorAbsence").objects
    absence = absences.create(
        doctor=doctor,
        starts_at=NOW + dt.timedelta(days=30),
        ends_at=NOW + dt.timedelta(days=33),
        reason="Congrès",
    )
    taken = doctor.appointments.filter(
        status="confirmed", starts_at__gt=visits["confirmed"].starts_at
    )
    return SimpleNamespace(
        sessions={role: session_of(role) for role, username in ROLES.items() if username},
        doctor=doctor,
        doctors={each.user.username: each for each in model("doctors.Doctor").objects.all()},
        kind=kind,
        types=types,
        visits=visits,
        visit=visits["pending"],
        links={status: visit_token(visit) for status, visit in visits.items()},
        link=visit_token(visits["pending"]),
        feed=found(r"/calendars/([^/\"]+)\.ics", fed),
        cancelled=visits["cancelled"],
        note=model("bookings.PrivateNote").objects.get(appointment=visits["pending"]),
        added=added,
        relative=adam,
        patient_a=nadia,
        wish=wish,
        offers=offers,
        offer=offer,
        offer_token=offers["open"].strip("/").rpartition("/")[2],
        absence=absence,
        taken=taken.order_by("starts_at")[0].starts_at.isoformat(),
        free=free,
        free_in_url=free.replace("+", "%2B"),
        screen=model("bookings.WaitingScreen").objects.get(doctor=doctor),
        choices_token=token_of(nadia),
        ticket=found(r"/waiting/([^/\"]+)/", ticket),
        invitation=found(r"/bookings/claim/([^/\"]+)/", invited),
    )


def offer_link_of(wish: Any, status: str) -> str:
    """The path of the page of an offer to the wish's patient, in this state."""
    from bookings.messages.links import offer_link

    start = NOW + dt.timedelta(days=4 + OFFERS.index(status))
    offer = model("bookings.Offer").objects.create(
        entry=wish,
        patient=wish.patient,
        doctor=wish.doctor,
        practice=wish.doctor.practice,
        starts_at=start,
        ends_at=start + wish.consultation_type.length,
        status=status,
        created_at=NOW,
        told_from=NOW,
        held_until=NOW + dt.timedelta(hours=4),
        kept_until=NOW + dt.timedelta(hours=4),
        ended_at=None if status == "open" else NOW,
        is_passed_on=status != "open",
    )
    return "/" + offer_link(offer).split("/", 3)[3]


def done(response: Any) -> None:
    assert response.status_code in (200, 302, 303), (
        response.status_code,
        response.request["PATH_INFO"],
    )


def found(pattern: str, response: Any) -> str:
    match = re.search(pattern, response.content.decode())
    assert match, (pattern, response.status_code)
    return html.unescape(match[1])
