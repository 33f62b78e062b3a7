"""Today's waiting room of one doctor: who waits in which order, since when, for how long yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import cached_property

from bookings.models import Appointment, StatusChange
from bookings.models.appointment import EARLY, LONGEST, AppointmentQuerySet
from bookings.status import Status, Verb
from doctors.models import Doctor
from scheduling import engine

HERE = (Status.ARRIVED, Status.IN_PROGRESS)
MINUTE = dt.timedelta(minutes=1)
LONG_WAIT = dt.timedelta(minutes=20)
RECENT = dt.timedelta(days=60)
CHANGES_READ = 400
"""Of a doctor's recent visits: some two hundred, more than a median needs."""


@dataclass(frozen=True)
class RoomPlace:
    """One visit in the room."""

    visit: Appointment
    since: dt.datetime | None
    """When the person arrived, or went in."""

    @property
    def code(self) -> str:
        """What the screen calls them."""
        return self.visit.call_name

    def minutes(self, now: dt.datetime) -> int:
        return max(0, int((now - self.since) / MINUTE)) if self.since else 0

    def waits_long(self, now: dt.datetime) -> bool:
        return self.since is not None and now - self.since >= LONG_WAIT


class Room:
    """The room at `now`, of the visits given: four queries at most, whatever their number."""

    def __init__(self, doctor: Doctor, visits: AppointmentQuerySet, now: dt.datetime) -> None:
        self.doctor, self.now = doctor, now
        self._visits = list(today_of(doctor, visits, now).for_pages())
        self._times = read_times(self._visits)

    def _places(self, status: Status) -> list[RoomPlace]:
        return [
            RoomPlace(visit, self._times.get((visit.pk, status)))
            for visit in self._visits
            if visit.status == status
        ]

    @cached_property
    def waiting_places(self) -> list[RoomPlace]:
        """In the desk's order, then in that of arrival: who was put in order stays before who
        came later."""
        first = self.now - engine.DAY
        return sorted(
            self._places(Status.ARRIVED),
            key=lambda place: (
                place.visit.waiting_place is None,
                place.visit.waiting_place or 0,
                place.since or first,
                # Of two in one instant, each database would choose another.
                place.visit.queue_number is None,
                place.visit.queue_number or 0,
                place.visit.pk,
            ),
        )

    @cached_property
    def inside(self) -> list[RoomPlace]:
        """Being seen, the latest called first."""
        return sorted(
            self._places(Status.IN_PROGRESS),
            key=lambda place: place.since or self.now,
            reverse=True,
        )

    @property
    def rows(self) -> list[tuple[RoomPlace, RoomPlace | None]]:
        """Who waits, each with the one before."""
        return list(zip(self.waiting_places, [None, *self.waiting_places], strict=False))

    @property
    def expected(self) -> list[Appointment]:
        """Confirmed and not here yet."""
        coming = [visit for visit in self._visits if visit.status == Status.CONFIRMED]
        return sorted(coming, key=lambda visit: visit.starts_at or self.now)

    @property
    def finished_count(self) -> int:
        return sum(visit.status == Status.DONE for visit in self._visits)

    @property
    def mean_wait(self) -> int | None:
        """Minutes that those who wait have waited so far."""
        waits = [place.minutes(self.now) for place in self.waiting_places]
        return round(sum(waits) / len(waits)) if waits else None

    @property
    def next_number(self) -> int:
        """The number the next walk-in most likely gets; the service decides."""
        return max((visit.queue_number or 0 for visit in self._visits), default=0) + 1

    @cached_property
    def usual_minutes(self) -> float:
        return usual_minutes(self.doctor, self.now)

    def ahead_of(self, visit: Appointment) -> int | None:
        """How many are called before `visit`; None when it does not wait."""
        pks = [place.visit.pk for place in self.waiting_places]
        return pks.index(visit.pk) if visit.pk in pks else None

    def estimate(self, ahead: int) -> int:
        """Minutes until somebody with `ahead` persons before them is called, rounded up to
        five: what is left of the present visit, and the usual time for each before them."""
        left = 0.0
        if self.inside:
            left = max(0.0, self.usual_minutes - self.inside[0].minutes(self.now))
        minutes = left + ahead * self.usual_minutes
        return int(-(-minutes // 5) * 5)


def read_times(visits: list[Appointment]) -> dict[tuple[UUID, str], dt.datetime]:
    """{(visit, status): when it last became so}."""
    changes = StatusChange.objects.in_force().filter(appointment__in=visits)
    rows = changes.order_by("pk").values_list("appointment", "to_status", "at")
    return {(pk, status): at for pk, status, at in rows}


def today_of(doctor: Doctor, visits: AppointmentQuerySet, now: dt.datetime) -> AppointmentQuerySet:
    """Of `visits`, those of today at this doctor, by the practice's calendar."""
    today = doctor.practice.local(now).date()
    start, end = engine.day_span(today, doctor.practice.zone)
    is_today = Q(queue_date=today) | Q(starts_at__gte=start, starts_at__lt=end)
    # Near midnight, people sit here for a visit of the day before or after.
    near = Q(status__in=HERE, starts_at__lt=now + EARLY, ends_at__gt=now - EARLY)
    return visits.of(doctor).filter(is_today | near).exclude(status=Status.CANCELLED)


def usual_minutes(doctor: Doctor, now: dt.datetime) -> float:
    """The median length of the doctor's own recent visits, from start to finish; before there
    are any, of the types on offer."""
    rows = (
        StatusChange.objects.in_force()
        .filter(appointment__doctor=doctor, verb__in=(Verb.START, Verb.FINISH))
        .filter(at__gt=now - RECENT, at__lte=now)
        .order_by("-pk")
        .values_list("appointment", "verb", "at")[:CHANGES_READ]
    )
    ended: dict[Any, dt.datetime] = {}
    lengths: list[float] = []
    for visit, verb, at in rows:
        if verb == Verb.FINISH:
            ended[visit] = at
        elif visit in ended and ended[visit] - at <= LONGEST:
            # One that was closed on a later day says nothing about its length.
            lengths.append((ended[visit] - at) / MINUTE)
    if not lengths:
        lengths = list(doctor.consultation_types.offered().values_list("duration", flat=True))
    return float(median(lengths)) if lengths else 30.0
