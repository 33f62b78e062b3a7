"""Today's waiting room of one doctor: who waits in which order, since when, for how long yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from accounts.models import User
from bookings.models import Appointment, StatusChange
from bookings.models.appointment import EARLY, LONGEST, AppointmentQuerySet
from bookings.status import Status, Verb
from doctors.models import Doctor, Practice
from scheduling import engine
from web.compiled import compiled_once

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
    """The room at `now`, of the visits of today that are given (`seen_by_staff`, `seen_by_all`):
    three more queries at most, whatever their number."""

    def __init__(self, doctor: Doctor, visits: Iterable[Appointment], now: dt.datetime) -> None:
        self.doctor, self.now = doctor, now
        self._visits = list(visits)
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
    pks = tuple(visit.pk for visit in visits)
    # Rooms of many sizes share a few plans: the last visit stands for those that are not there.
    missing = (1 << (len(pks) - 1).bit_length()) - len(pks) if pks else 0
    rows = _rows_of_times(pks + pks[-1:] * missing)
    return {(pk, status): at for pk, status, at in rows}


@compiled_once
def _rows_of_times(visit_ids: tuple[UUID, ...]) -> QuerySet[StatusChange, tuple[Any, ...]]:
    changes = StatusChange.objects.in_force().filter(appointment__in=visit_ids)
    return changes.order_by("pk").values_list("appointment", "to_status", "at")


class Today(NamedTuple):
    """A practice's day at an instant, and the time around it, for a compiled query."""

    date: dt.date
    start: dt.datetime
    end: dt.datetime
    ends_after: dt.datetime
    starts_before: dt.datetime

    @classmethod
    def at(cls, practice: Practice, now: dt.datetime) -> Today:
        date = practice.local(now).date()
        return cls(date, *engine.day_span(date, practice.zone), now - EARLY, now + EARLY)


def today_of(doctor_id: int, visits: AppointmentQuerySet, today: Today) -> AppointmentQuerySet:
    """Of `visits`, those of today at this doctor, by the practice's calendar."""
    is_today = Q(queue_date=today.date) | Q(starts_at__gte=today.start, starts_at__lt=today.end)
    # Near midnight, people sit here for a visit of the day before or after.
    near = Q(starts_at__lt=today.starts_before, ends_at__gt=today.ends_after)
    here = Q(status__in=HERE) & near
    return visits.filter(is_today | here, doctor=doctor_id).exclude(status=Status.CANCELLED)


def seen_by_staff(user: User, doctor: Doctor, now: dt.datetime) -> list[Appointment]:
    """Today's visits of `doctor` that `user` manages."""
    today = Today.at(doctor.practice, now)
    return _rows_of_staff(user.pk, user.is_superuser, doctor.pk, *today)


@compiled_once
def _rows_of_staff(
    user_id: int, is_superuser: bool, doctor_id: int, *today: Any
) -> QuerySet[Appointment]:
    visits = Appointment.objects.for_staff(User(pk=user_id, is_superuser=is_superuser))
    return today_of(doctor_id, visits, Today(*today)).for_lists()


def seen_by_all(doctor: Doctor, practice: Practice, now: dt.datetime) -> list[Appointment]:
    """Today's visits of `doctor` at `practice`: for the screen there, without names."""
    return _rows_of_all(practice.pk, doctor.pk, *Today.at(doctor.practice, now))


@compiled_once
def _rows_of_all(practice_id: int, doctor_id: int, *today: Any) -> QuerySet[Appointment]:
    visits = Appointment.objects.filter(practice=practice_id)
    return today_of(doctor_id, visits, Today(*today)).for_lists()


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
