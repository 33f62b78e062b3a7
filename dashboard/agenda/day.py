"""A day of the agenda as a list: its visits, the open time between them, and what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from accounts.models import User
from bookings.models import Appointment
from bookings.status import LIVE, Status
from dashboard.agenda.visits import taken_between
from dashboard.closing.reads import visits_to_close
from dashboard.cockpit import Cockpit
from doctors.models import Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.places import holiday_spans, practice_ids

MOST_LISTED = 20


def read_day_list(cockpit: Cockpit, shown: dt.date) -> dict[str, Any]:
    """The day as a list, and what waits for an answer whatever day is looked at, by name."""
    start, end = engine.day_span(shown, cockpit.doctor.practice.zone)
    visits = Appointment.objects.for_staff(cockpit.user).of(cockpit.doctor).for_pages()
    cancelled = visits.filter(starts_at__gte=start, starts_at__lt=end, status=Status.CANCELLED)
    rows = day_rows(cockpit.user, cockpit.doctor, shown, now=cockpit.now)
    return {
        "rows": rows,
        "proposal": Holiday.objects.proposed(cockpit.doctor.practice_id, [shown]).get(shown, ""),
        "visit_count": sum(1 for row in rows if row.visit),
        "cancelled": list(cancelled.order_by("starts_at").with_last_change()),
        "walk_ins": list(visits.filter(queue_date=shown).order_by("queue_number")),
        **read_unanswered(cockpit),
    }


def read_unanswered(cockpit: Cockpit) -> dict[str, Any]:
    """Requests to answer, and how many visits of days gone by were never closed."""
    visits = Appointment.objects.for_staff(cockpit.user).of(cockpit.doctor).for_pages()
    requests = visits.filter(status=Status.PENDING, starts_at__gt=cockpit.now)
    return {
        "requests": list(requests.order_by("starts_at")[:MOST_LISTED]),
        "to_close": visits_to_close(cockpit).count(),
    }


class UsualHours(NamedTuple):
    """What a week of this doctor shows at least: whole hours, and the days of a weekend that are
    never open, as FullCalendar counts them (Sunday is 0)."""

    first: int
    last: int
    closed: str


def uses_fallback_hours(doctor: Doctor) -> bool:
    """Whether nobody saved opening hours yet (docs/contracts.md, rule 2)."""
    return not doctor.opening_hours.exists()


def usual_hours(doctor: Doctor) -> UsualHours:
    consultation_types = set(doctor.consultation_types.values_list("pk", flat=True))
    by_type = OpeningHours.objects.ranges_of([doctor.pk], consultation_types)[doctor.pk]
    ranges = [each for some in by_type.values() for each in some]
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


def day_rows(user: User, doctor: Doctor, day: dt.date, *, now: dt.datetime) -> list[DayRow]:
    """The day as a list: its visits, and where open hours are still free after now.

    A visit across midnight stands on both its days.
    """
    local, zone = doctor.practice.local, doctor.practice.zone
    start, end = engine.day_span(day, zone)
    visits: list[Any] = list(taken_between(user, [doctor], start, end))
    rows = [DayRow(local(visit.starts_at), visit) for visit in visits]
    closed = [
        (away.starts_at, away.ends_at)
        for away in DoctorAbsence.objects.filter(
            doctor=doctor, starts_at__lt=end, ends_at__gt=start
        )
    ]
    ranges = OpeningHours.objects.ranges_of([doctor.pk])[doctor.pk].get(None, [])
    holidays = Holiday.objects.closing(practice_ids(doctor, ranges), [day])
    closed += [span for span, _name in holiday_spans(doctor, ranges, holidays)]
    taken = [(visit.starts_at, visit.ends_at) for visit in visits if visit.status in LIVE]
    opened = engine.openings(ranges, [day - engine.DAY, day], zone)
    still_open = within(opened, (max(start, now), end))
    rows += [DayRow(gap.start, gap=gap) for gap in gaps(still_open, [*taken, *closed], local)]
    return sorted(rows, key=lambda row: (row.local, row.visit is None))
