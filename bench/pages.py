"""The pages, each over the constant JSON of the same process: times, bytes sent, queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import User
from bench.measuring import options, say
from bench.site import browser, queries_of
from bench.timing import medians
from bookings.models import Appointment
from doctors.models import Doctor

Ask = Callable[[], HttpResponse]
FEED_VISITS = 93
"""In the two weeks of the agenda that the feed's row asks for."""


def main() -> None:
    chosen = options()
    rows = {name: ask for name, ask in asks().items() if not chosen.only or name in chosen.only}
    statuses = {name: ask().status_code for name, ask in rows.items()}
    wrong = {name: status for name, status in statuses.items() if status != expected(name)}
    assert not wrong, wrong
    sizes = {name: len(ask().content) for name, ask in rows.items()}
    queries = {name: queries_of(ask) for name, ask in rows.items()}
    visitor = browser()
    found = medians({"constant": lambda: visitor.get("/constant"), **rows}, rounds=chosen.rounds)
    constant = found.pop("constant")
    for name, milliseconds in found.items():
        say(
            name,
            milliseconds / constant,
            ms=round(milliseconds, 2),
            constant_ms=round(constant, 3),
            bytes=sizes[name],
            queries=queries[name],
        )


def expected(row: str) -> int:
    return 409 if row == "refusal" else 200


def asks() -> dict[str, Ask]:
    smith = Doctor.objects.select_related("user", "practice").get(user__username="dr_smith")
    visitor, desk = browser(), browser(smith.user)
    kind = smith.consultation_types.first()
    monday = timezone.now().date() - dt.timedelta(days=timezone.now().weekday())
    pages = {
        "results": (visitor, "/doctors/"),
        "doctor": (visitor, smith.get_absolute_url()),
        "home": (visitor, "/"),
        "slots": (visitor, f"/api/doctors/{smith.pk}/slots?consultation_type_id={kind.pk}&days=3"),
        "dashboard": (desk, "/dashboard/"),
        "queue": (desk, "/dashboard/queue/"),
        "statistics": (desk, "/dashboard/statistics/"),
    }
    busy = doctor_with_visits(monday)
    span = f"start={monday - dt.timedelta(days=7)}&end={monday + dt.timedelta(days=7)}"
    pages["feed"] = (browser(busy.user), f"/api/doctor/appointments?{span}")
    found: dict[str, Ask] = {
        name: lambda client=client, address=address: client.get(address)
        for name, (client, address) in pages.items()
    }
    refused = refused_booking(smith)
    if refused:
        found["refusal"] = refused
    return found


def doctor_with_visits(monday: dt.date) -> Doctor:
    """The doctor whose last week and this one have about FEED_VISITS visits."""
    start = dt.datetime.combine(monday, dt.time(), dt.UTC) - dt.timedelta(days=7)
    visits = Appointment.objects.exclude(status="cancelled").filter(
        starts_at__gte=start, starts_at__lt=start + dt.timedelta(days=14)
    )
    counts = visits.order_by().values_list("doctor").annotate(Count("pk"))
    nearest = min(counts, key=lambda row: abs(row[1] - FEED_VISITS), default=None)
    doctors = Doctor.objects.select_related("user")
    return doctors.get(pk=nearest[0]) if nearest else doctors.get(user__username="dr_smith")


def refused_booking(doctor: Doctor) -> Ask | None:
    """A patient's booking of a time that another one has."""
    soon = timezone.now() + dt.timedelta(days=2)
    taken = Appointment.objects.upcoming(soon).filter(
        doctor=doctor,
        consultation_type__is_emergency_only=False,
        consultation_type__require_existing_patient=False,
    )
    visit = taken.order_by("starts_at").first()
    if visit is None:
        return None
    patient = browser(User.objects.get(username="patient"))
    form = {
        "doctor": doctor.pk,
        "consultation_type": visit.consultation_type_id,
        "appointment_time": visit.starts_at.isoformat(),
    }
    return lambda: patient.post("/book", form)
