"""A day of the agenda as a list: its visits, the open time between them, and what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.models import User
from bookings.models import Appointment
from bookings.models.appointment import AppointmentQuerySet
from bookings.status import LIVE, Status
from dashboard.agenda.proposals import read_proposals
from dashboard.agenda.visits import visits_of_day
from dashboard.closing.reads import count_to_close
from dashboard.cockpit import Cockpit
from doctors.models import Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours, fallback_ranges
from scheduling.places import holiday_spans, practice_ids
from web.compiled import compiled_once

MOST_LISTED = 20


def read_day_list(cockpit: Cockpit, shown: dt.date, hours: SavedHours) -> dict[str, Any]:
    """The day as a list, and what waits for an answer whatever day is looked at, by name."""
    start, end = engine.day_span(shown, cockpit.doctor.practice.zone)
    reader = cockpit.user.pk, cockpit.user.is_superuser, cockpit.doctor.pk
    rows = day_rows(cockpit, shown, hours.by_type.get(None, []))
    ranges = [each for some in hours.by_type.values() for each in some]
    return {
        "rows": rows,
        "proposal": read_proposals(cockpit.user, cockpit.doctor, ranges, [shown]).get(shown),
        "visit_count": sum(1 for row in rows if row.visit),
        "cancelled": _cancelled(*reader, start, end),
        "walk_ins": _walk_ins(*reader, shown),
        "requests": _requests(*reader, cockpit.now),
        "to_close": count_to_close(cockpit),
    }


def _seen(user_id: int, is_superuser: bool, doctor_id: int) -> AppointmentQuerySet:
    """The visits of a doctor that a reader manages, to list."""
    visits = Appointment.objects.for_staff(User(pk=user_id, is_superuser=is_superuser))
    return visits.filter(doctor=doctor_id).for_lists()


@compiled_once
def _cancelled(
    user_id: int, is_superuser: bool, doctor_id: int, start: dt.datetime, end: dt.datetime
) -> QuerySet[Appointment]:
    visits = _seen(user_id, is_superuser, doctor_id).filter(status=Status.CANCELLED)
    return visits.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at")


@compiled_once
def _walk_ins(
    user_id: int, is_superuser: bool, doctor_id: int, day: dt.date
) -> QuerySet[Appointment]:
    visits = _seen(user_id, is_superuser, doctor_id)
    return visits.filter(queue_date=day).order_by("queue_number")


@compiled_once
def _requests(
    user_id: int, is_superuser: bool, doctor_id: int, now: dt.datetime
) -> QuerySet[Appointment]:
    visits = _seen(user_id, is_superuser, doctor_id)
    requests = visits.filter(status=Status.PENDING, starts_at__gt=now)
    return requests.order_by("starts_at")[:MOST_LISTED]


class UsualHours(NamedTuple):
    """What a week of this doctor shows at least: whole hours, and the days of a weekend that are
    never open, as FullCalendar counts them (Sunday is 0)."""

    first: int
    last: int
    closed: str


class SavedHours(NamedTuple):
    """A doctor's weekly ranges by consultation type, those for every type under None."""

    by_type: dict[int | None, list[engine.WeeklyRange]]
    are_fallback: bool
    """Whether nobody saved opening hours yet (docs/contracts.md, rule 2)."""


def read_hours(doctor: Doctor) -> SavedHours:
    saved = OpeningHours.objects.saved_ranges_of([doctor.pk], None).get(doctor.pk)
    return SavedHours(saved or {None: fallback_ranges()}, are_fallback=saved is None)


def usual_hours(hours: SavedHours) -> UsualHours:
    ranges = [each for some in hours.by_type.values() for each in some]
    weekdays = {each.weekday for each in ranges}
    weekend = {"6": 5, "0": 6}
    closed = ",".join(name for name, day in weekend.items() if weekdays and day not in weekdays)
    if not ranges or any(each.end_minute > 24 * 60 for each in ranges):
        return UsualHours(0 if ranges else 8, 24 if ranges else 20, closed)
    first = min(each.start_minute for each in ranges) // 60
    last = -(-max(each.end_minute for each in ranges) // 60)
    return UsualHours(first, max(last, first + 1), closed)


class Gap(NamedTuple):
    """Open time between two visits of a day, long enough for somebody else."""

    start: dt.datetime
    minutes: int

    @property
    def end(self) -> dt.datetime:
        return self.start + dt.timedelta(minutes=self.minutes)


class DayRow(NamedTuple):
    """One line of the day's list: a visit, or a gap."""

    local: dt.datetime
    visit: Any = None
    gap: Gap | None = None


SHORTEST_GAP = dt.timedelta(minutes=15)


def within(spans: Iterable[engine.Span], limits: engine.Span) -> list[engine.Span]:
    """The union of what `spans` have inside `limits`, sorted."""
    start, end = limits
    return engine.merge((max(first, start), min(last, end)) for first, last in spans)


def gaps(
    opened: Iterable[engine.Span],
    blocked: Iterable[engine.Span],
    local: Callable[[dt.datetime], dt.datetime],
) -> list[Gap]:
    """Open time that nothing blocks, where it is long enough for somebody else."""
    return [
        Gap(local(start), int((end - start).total_seconds() // 60))
        for start, end in engine.without(opened, blocked)
        if end - start >= SHORTEST_GAP
    ]


def day_rows(cockpit: Cockpit, day: dt.date, ranges: Sequence[engine.WeeklyRange]) -> list[DayRow]:
    """The day as a list: its visits, and where `ranges` are still free after now.

    A visit across midnight stands on both its days.
    """
    doctor, now = cockpit.doctor, cockpit.now
    local, zone = doctor.practice.local, doctor.practice.zone
    start, end = engine.day_span(day, zone)
    visits = visits_of_day(cockpit.user, [doctor.pk], start, end)
    rows = [DayRow(local(visit.starts_at), visit) for visit in visits]
    closed = _absences(doctor.pk, start, end)
    holidays = Holiday.objects.closing(practice_ids(doctor, ranges), [day])
    closed += [span for span, _name in holiday_spans(doctor, ranges, holidays)]
    taken = [(visit.starts_at, visit.ends_at) for visit in visits if visit.status in LIVE]
    opened = engine.openings(ranges, [day - engine.DAY, day], zone)
    still_open = within(opened, (max(start, now), end))
    rows += [DayRow(gap.start, gap=gap) for gap in gaps(still_open, [*taken, *closed], local)]
    return sorted(rows, key=lambda row: (row.local, row.visit is None))


@compiled_once
def _absences(
    doctor_id: int, start: dt.datetime, end: dt.datetime
) -> QuerySet[DoctorAbsence, engine.Span]:
    away = DoctorAbsence.objects.filter(doctor=doctor_id, starts_at__lt=end, ends_at__gt=start)
    return away.order_by().values_list("starts_at", "ends_at")
