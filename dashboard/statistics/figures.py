"""A doctor's figures over whole weeks, from visits that are closed: they took place, or the
person did not come. What is still open counts nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Min

from bookings.models import Appointment, StatusChange
from bookings.slots import SlotQuery, Weeks
from bookings.status import Status, Verb
from dashboard.statistics.refill import Refill, refill_of
from doctors.models import Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence
from scheduling.places import holiday_spans

MINUTE = dt.timedelta(minutes=1)
WEEK = dt.timedelta(days=7)
CLOSED = (Status.DONE, Status.NO_SHOW)


@dataclass
class Tally:
    """What was counted of some closed visits; None where there is nothing to say."""

    finished_count: int = 0
    absent: int = 0
    lead_days: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def add(self, visit: ClosedVisit) -> None:
        if visit.status == Status.DONE:
            self.finished_count += 1
        else:
            self.absent += 1
        if visit.lead_days is not None:
            self.lead_days.append(visit.lead_days)
        if visit.wait_minutes is not None:
            self.waits.append(visit.wait_minutes)

    @property
    def visits(self) -> int:
        return self.finished_count + self.absent

    @property
    def absence_rate(self) -> float | None:
        """Of 1: visits to which nobody came."""
        return self.absent / self.visits if self.visits else None

    @property
    def lead(self) -> float | None:
        """Median days between booking and visit."""
        return median(self.lead_days) if self.lead_days else None

    @property
    def wait(self) -> float | None:
        """Median minutes between arrival and start."""
        return median(self.waits) if self.waits else None


@dataclass
class WeekFigures(Tally):
    """One week, Monday to Sunday on the practice's calendar."""

    monday: dt.date = dt.date.min
    open_minutes: int = 0
    kept_minutes: int = 0

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)

    @property
    def fill_rate(self) -> float | None:
        """Of 1: the open time that visits took, kept for who did not come included. Above 1
        when visits were added on purpose."""
        return self.kept_minutes / self.open_minutes if self.open_minutes else None


@dataclass
class TypeFigures(Tally):
    name: str = ""


@dataclass(frozen=True)
class ClosedVisit:
    """A closed visit, as far as figures need it; walk-ins have no time of their own."""

    day: dt.date
    type_name: str
    status: str
    minutes: int | None
    lead_days: float | None
    wait_minutes: float | None


@dataclass
class Figures:
    weeks: list[WeekFigures]
    types: list[TypeFigures]
    total: WeekFigures
    refill: Refill

    @property
    def last_day(self) -> dt.date:
        return self.weeks[-1].sunday

    @property
    def is_empty(self) -> bool:
        return not self.total.visits


def figures_of(doctor: Doctor, user: Any, *, weeks: int, now: dt.datetime) -> Figures:
    """The last `weeks` whole weeks, of the visits that `user` may see, in eleven queries."""
    today = doctor.practice.local(now).date()
    this_monday = today - dt.timedelta(days=today.weekday())
    mondays = [this_monday - WEEK * back for back in range(weeks, 0, -1)]
    visits = closed_visits(doctor, user, mondays[0], this_monday)
    by_week = {monday: WeekFigures(monday=monday) for monday in mondays}
    by_type: dict[str, TypeFigures] = {}
    total = WeekFigures(monday=mondays[0])
    begun = first_day(doctor)
    for day, minutes in open_minutes(doctor, mondays[0], this_monday).items():
        if begun is None or day < begun:
            continue
        by_week[day - dt.timedelta(days=day.weekday())].open_minutes += minutes
        total.open_minutes += minutes
    for visit in visits:
        week = by_week[visit.day - dt.timedelta(days=visit.day.weekday())]
        of_type = by_type.setdefault(visit.type_name, TypeFigures(name=visit.type_name))
        for tally in (week, of_type, total):
            tally.add(visit)
        for tally in (week, total):
            tally.kept_minutes += visit.minutes or 0
    types = sorted(by_type.values(), key=lambda each: (-each.visits, each.name))
    zone = doctor.practice.zone
    span = (engine.to_utc(mondays[0], 0, zone), engine.to_utc(this_monday, 0, zone))
    return Figures(list(by_week.values()), types, total, refill_of(doctor, user, *span))


def first_day(doctor: Doctor) -> dt.date | None:
    """The day of the doctor's first visit, of any status; open time before it is not counted."""
    visits = Appointment.objects.of(doctor).order_by()
    # Two queries, each answered by the first row of an index.
    start = visits.aggregate(first=Min("starts_at"))["first"]
    walked_in: dt.date | None = visits.aggregate(first=Min("queue_date"))["first"]
    timed: dt.date | None = start and doctor.practice.local(start).date()
    return min((day for day in (timed, walked_in) if day), default=None)


def closed_visits(doctor: Doctor, user: Any, first: dt.date, until: dt.date) -> list[ClosedVisit]:
    """Of the days from `first` to before `until`, the practice's calendar; in two queries."""
    zone = doctor.practice.zone
    start, end = engine.to_utc(first, 0, zone), engine.to_utc(until, 0, zone)
    closed = Appointment.objects.for_staff(user).of(doctor).filter(status__in=CLOSED).order_by()
    timed = closed.filter(starts_at__gte=start, starts_at__lt=end)
    walked_in = closed.filter(queue_date__gte=first, queue_date__lt=until)
    columns = ("pk", "type_name", "status", "starts_at", "ends_at", "created_at", "queue_date")
    rows = list((timed | walked_in).distinct().values_list(*columns))
    waits = waiting_minutes([row[0] for row in rows], doctor, start, end)
    return [
        ClosedVisit(
            day=starts_at.astimezone(zone).date() if starts_at else queue_date,
            type_name=type_name,
            status=status,
            minutes=int((ends_at - starts_at) / MINUTE) if starts_at else None,
            lead_days=(starts_at - created_at) / engine.DAY if starts_at else None,
            wait_minutes=waits.get(pk),
        )
        for pk, type_name, status, starts_at, ends_at, created_at, queue_date in rows
    ]


def waiting_minutes(
    visits: Sequence[UUID], doctor: Doctor, start: dt.datetime, end: dt.datetime
) -> dict[UUID, float]:
    """{visit: minutes between arrival and start}, of those that have both, undone ones aside."""
    wanted = set(visits)
    came = (Verb.ARRIVE, Verb.ADD_WALK_IN)
    changes = (
        StatusChange.objects.in_force()
        .filter(appointment__doctor=doctor, verb__in=(*came, Verb.START))
        .filter(at__gte=start - engine.DAY, at__lt=end + engine.DAY)
        .order_by("pk")
    )
    arrived: dict[UUID, dt.datetime] = {}
    waits: dict[UUID, float] = {}
    for pk, verb, at in changes.values_list("appointment", "verb", "at"):
        if pk in wanted and verb in came:
            arrived[pk] = at
        elif pk in arrived:
            waits[pk] = (at - arrived[pk]) / MINUTE
    return waits


def open_minutes(doctor: Doctor, first: dt.date, until: dt.date) -> dict[dt.date, int]:
    """{day: minutes open}, by the hours saved now, without absences and holidays.

    What past hours were is not kept: a doctor who works less since reads of a full past.
    """
    last = until - engine.DAY
    # Hours kept for some types are open time too.
    queries = [SlotQuery(doctor, each) for each in doctor.consultation_types.all()]
    weeks = Weeks.of([SlotQuery(doctor), *queries], first, last)
    ranges = [each for rows in weeks.ranges[doctor.pk].values() for each in rows]
    zone = doctor.practice.zone
    days = engine.days_from(first, (until - first).days)
    closed = [span for span, _name in holiday_spans(doctor, ranges, weeks.holidays)]
    start, end = engine.to_utc(first, 0, zone), engine.to_utc(until, 0, zone) + engine.DAY
    absences = DoctorAbsence.objects.filter(doctor=doctor, ends_at__gt=start, starts_at__lt=end)
    closed += absences.values_list("starts_at", "ends_at")
    away = engine.merge(closed)
    return {
        day: sum(
            _minutes_left(opening, away)
            for opening in engine.merge(engine.openings(ranges, [day], zone))
        )
        for day in days
    }


def _minutes_left(opening: engine.Span, away: Iterable[engine.Span]) -> int:
    opens, closes = opening
    left = closes - opens
    for start, end in away:
        left -= max(min(closes, end) - max(opens, start), dt.timedelta())
    return int(left / MINUTE)
