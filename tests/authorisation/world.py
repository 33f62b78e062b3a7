"""Two sides that know nothing of each other, and how a person's browser asks there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.services import save_photo
from accounts.tests.factories import AdminFactory, PatientFactory, RelativeFactory
from bookings import services
from bookings.messages.choices import token_of
from bookings.messages.links import offer_link, visit_token
from bookings.models import Offer, PatientFile, PrivateNote, WaitingListEntry, WaitingScreen
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, OfferFactory, WaitingListEntryFactory
from bookings.waiting_room.ticket import ticket_of
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.models import OpeningHours
from scheduling.tests.factories import AbsenceFactory, open_week
from tests.authorisation.routes import ROUTES
from tests.authorisation.table import SIGN_IN
from web import photos

CANARY = "canary-5b81e"
"""In doctor A's private notes, which reach nobody else: looked for in every answer."""


def make_world() -> SimpleNamespace:
    """Practice A with a request of patient A; practice B beside it. Doctor A has a second one."""
    photo = photos.store(dict.fromkeys(photos.SIDES, b"a picture"))
    doctor, other = DoctorFactory(photo=photo), DoctorFactory()
    kind = ConsultationTypeFactory(doctor=doctor)
    there = PracticeFactory()
    open_week(doctor, 540, 1080)
    for hours in open_week(doctor, 1080, 1200):
        OpeningHours.objects.filter(pk=hours.pk).update(practice=there)
    patient_a, patient_b = (PatientFactory(account__with_verified_email=True) for _ in "ab")
    save_photo(patient_a, dict.fromkeys(photos.SIDES, b"a picture"))
    patient_a.refresh_from_db()
    today = timezone.now().astimezone(doctor.practice.zone).date()

    def at(hour: int) -> dt.datetime:
        day = today + dt.timedelta(days=10)
        return dt.datetime.combine(day, dt.time(hour), doctor.practice.zone)

    visit = {"doctor": doctor, "consultation_type": kind, "patient": patient_a}
    request = AppointmentFactory(starts_at=at(10), status=Status.PENDING, **visit)
    added = PatientFactory(account=None, birth_date=dt.date(1980, 5, 6))
    PatientFile.objects.create(patient=added, practice=doctor.practice)
    free = at(15).isoformat()
    cancelled = AppointmentFactory(starts_at=at(11), status=Status.CANCELLED, **visit)
    patient_there = PatientFactory(account=None)
    visit_there = AppointmentFactory(
        doctor=doctor,
        consultation_type=kind,
        patient=patient_there,
        practice=there,
        starts_at=at(19),
    )
    notes = [
        PrivateNote.objects.create(doctor=doctor, appointment=each, text=CANARY)
        for each in (request, cancelled)
    ]
    users = {
        "patient_a": patient_a.account,
        "patient_b": patient_b.account,
        "doctor_a": doctor.user,
        "doctor_b": other.user,
        "secretary_a": MembershipFactory(practice=doctor.practice).user,
        "secretary_b": MembershipFactory(practice=other.practice).user,
        "secretary_there": MembershipFactory(practice=there).user,
        "admin": AdminFactory(),
    }
    wish = WaitingListEntryFactory(patient=patient_a, before=at(20), consultation_type=kind)
    offer = offer_of(wish)
    return SimpleNamespace(
        doctor=doctor,
        kind=kind,
        relative=RelativeFactory(account=patient_a.account),
        visit=request,
        note=notes[0],
        added=added,
        invitation=services.invite(by=doctor.user, patient=added, practice=doctor.practice),
        ticket=ticket_of(request),
        choices_token=token_of(patient_a),
        link=visit_token(request),
        feed=services.make_feed(account=doctor.user, doctor=doctor),
        screen=WaitingScreen.objects.create(doctor=doctor),
        patient_a=patient_a,
        wish=wish,
        offer=offer,
        offer_token=offer_link(offer).rstrip("/").rpartition("/")[2],
        cancelled=cancelled,
        there=there,
        visit_there=visit_there,
        absence=AbsenceFactory(doctor=doctor, starts_at=at(18)),
        free=free,
        free_in_url=free.replace("+", "%2B"),
        sessions={person: session_of(user) for person, user in users.items()},
    )


def offer_of(wish: WaitingListEntry) -> Offer:
    """A time an hour before what the person waits for, held for them for an hour."""
    start, now = wish.before - dt.timedelta(hours=1), timezone.now()
    held = {"told_from": now, "held_until": now + dt.timedelta(hours=1)}
    offer: Offer = OfferFactory(entry=wish, starts_at=start, created_at=now, **held)
    return offer


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def client_of(world: SimpleNamespace, person: str, **options: Any) -> Client:
    """The browser of a person who signed in before."""
    client = Client(**options)
    if person != "anonymous":
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[person]
    return client


def answer_of(response: Any) -> int | str:
    """The status, or SIGN_IN for a redirect to the sign-in page."""
    location = response.headers.get("Location", "")
    if response.status_code == 302 and location.startswith("/accounts/login/?next="):
        return SIGN_IN
    return int(response.status_code)


def fill(text: Any, world: SimpleNamespace) -> Any:
    return text.format(**vars(world)) if isinstance(text, str) else text


def written(queries: CaptureQueriesContext) -> list[str]:
    """The statements that change data, sessions aside."""
    return [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE")
        and "django_session" not in query["sql"]
    ]


def everything_in(response: Any) -> str:
    """Head and body, also of a file."""
    body = b"".join(response).decode(errors="replace")
    return f"{response.headers} {body}"


def post(client: Client, route: str, world: SimpleNamespace) -> tuple[int | str, list[str]]:
    """What `client` gets for the table's data, and the statements that changed something."""
    with CaptureQueriesContext(connection) as queries:
        response = send(client, route, world)
    return answer_of(response), written(queries)


def send(client: Client, route: str, world: SimpleNamespace) -> Any:
    row = ROUTES[route]
    data = {name: fill(value, world) for name, value in row.data.items()}
    kind = {"content_type": "application/json"} if row.is_json else {}
    return client.post(fill(row.path, world), data, **kind)


@contextmanager
def taking_it_back() -> Iterator[None]:
    """The next person finds the world as the one before did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
