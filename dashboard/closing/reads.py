"""The visits of past days whose end nobody noted, and those that were closed just now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from bookings import services
from bookings.models import Appointment, StatusChange
from bookings.models.appointment import AppointmentQuerySet
from bookings.status import OPEN, Status
from bookings.templatetags.statuses import STATUS_LOOKS
from bookings.waiting_room.room import HERE, read_times
from dashboard.cockpit import Cockpit
from web.compiled import compiled_once, in_one_row

MOST = 100
"""Visits on one page; the latest days first."""


class Ending(NamedTuple):
    """One way in which a visit can end. `reason` says why it cannot; "" when it can."""

    status: Status
    look: str
    icon: str
    is_chosen: bool
    reason: str


class ClosingRow(NamedTuple):
    visit: Appointment
    since: dt.datetime | None
    """When it became what it is, on the practice's clock."""
    endings: list[Ending]

    @property
    def is_undecided(self) -> bool:
        return not any(ending.is_chosen for ending in self.endings)


class ClosingDay(NamedTuple):
    date: dt.date
    timed: list[ClosingRow]
    walk_ins: list[ClosingRow]


def visits_to_close(
    user: User, doctor_id: int, today: dt.date, midnight: dt.datetime
) -> AppointmentQuerySet:
    """Visits and walk-ins of days that are over, still open, however old."""
    is_past = Q(starts_at__lt=midnight) | Q(queue_date__lt=today)
    visits = Appointment.objects.for_staff(user).filter(doctor=doctor_id)
    return visits.filter(is_past, status__in=OPEN)


def count_to_close(cockpit: Cockpit) -> int:
    user, doctor = cockpit.user, cockpit.doctor
    [(count,)] = _count_to_close(
        user.pk, user.is_superuser, doctor.pk, cockpit.today, cockpit.midnight
    )
    return int(count)


@compiled_once
def _count_to_close(
    user_id: int, is_superuser: bool, doctor_id: int, today: dt.date, midnight: dt.datetime
) -> QuerySet[Appointment, tuple[Any, ...]]:
    reader = User(pk=user_id, is_superuser=is_superuser)
    visits = visits_to_close(reader, doctor_id, today, midnight)
    return in_one_row(visits, count=Count("pk"))


def read_closing(cockpit: Cockpit, *, all_done: bool) -> dict[str, Any]:
    """What the page shows, by name. `all_done` chooses "seen" for every visit."""
    visits = visits_to_close(cockpit.user, cockpit.doctor.pk, cockpit.today, cockpit.midnight)
    found = list(visits.for_pages().latest_first()[: MOST + 1])
    times = read_times(found[:MOST])
    rows = [
        ClosingRow(
            visit,
            visit.practice.local(at) if (at := times.get((visit.pk, visit.status))) else None,
            _endings(visit, cockpit.now, all_done=all_done),
        )
        for visit in found[:MOST]
    ]
    return {
        "days": _by_day(rows),
        "has_more": len(found) > MOST,
        "undecided": sum(row.is_undecided for row in rows),
    }


def _endings(visit: Appointment, now: dt.datetime, *, all_done: bool) -> list[Ending]:
    """The possible endings; "seen" is chosen for patients whose arrival the desk noted."""
    chosen = Status.DONE if all_done or visit.status in HERE else None
    return [
        Ending(
            status,
            *STATUS_LOOKS[status],
            status == chosen,
            str(services.why_not_ended(visit, status, now) or ""),
        )
        for status in services.ENDINGS
    ]


def _by_day(rows: list[ClosingRow]) -> list[ClosingDay]:
    """The latest day first; within a day by time, then by number."""
    days: dict[dt.date, ClosingDay] = {}
    for row in reversed(rows):
        day = row.visit.local_day
        assert day
        part = days.setdefault(day, ClosingDay(day, [], []))
        (part.walk_ins if row.visit.is_walk_in else part.timed).append(row)
    return [days[day] for day in sorted(days, reverse=True)]


def read_changes(cockpit: Cockpit, change_ids: Collection[int]) -> list[StatusChange]:
    """Those of the changes that the reader can still take back, in order of time."""
    visits = Appointment.objects.for_staff(cockpit.user).of(cockpit.doctor)
    changes = StatusChange.objects.in_force().filter(pk__in=change_ids, appointment__in=visits)
    changes = changes.filter(at__gte=cockpit.midnight).select_related("appointment")
    return list(changes.order_by("pk"))
