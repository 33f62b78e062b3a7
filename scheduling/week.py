"""A doctor's week on a profile: the hours, the places, and whether the doctor is open now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from doctors.models import Doctor, Practice
from scheduling import engine
from scheduling.engine import DAY, Span, WeeklyRange
from scheduling.models import (
    DoctorAbsence,
    Holiday,
    OpeningHours,
    Weekday,
    clock,
)
from scheduling.places import open_without_holidays, practice_ids
from web.compiled import compiled_once

LOOKS_AHEAD = 56
"""Days in which the next opening is searched: longer than a summer holiday."""


class Hours(NamedTuple):
    """Open from "09:00" to "12:30"; `practice` is None at the doctor's own practice."""

    opens: str
    closes: str
    practice: Practice | None = None


class DayHours(NamedTuple):
    """The next day with this weekday, today included.

    `is_closed`: an absence or a holiday (with its name in `holiday`) covers all opening hours;
    `hours` are the usual ones.
    """

    weekday: Weekday
    hours: list[Hours]
    is_today: bool
    is_closed: bool
    holiday: str = ""


@dataclass(frozen=True)
class Week:
    """Seven days from Monday, and the state at `now`.

    Ranges that are kept for some types are left out. A night range belongs to the day on which it
    starts.
    """

    doctor: Doctor
    now: dt.datetime
    ranges: list[tuple[WeeklyRange, Practice | None]]
    absences: list[Span]
    holidays: dict[int, dict[dt.date, str]]
    """The closed days of each practice, by its key."""
    is_saved: bool
    """Whether anybody saved hours. The fallback hours can be booked, but are nobody's hours."""

    @cached_property
    def today(self) -> dt.date:
        return self.now.astimezone(self.doctor.practice.zone).date()

    @cached_property
    def days(self) -> list[DayHours]:
        return [self._day(weekday) for weekday in Weekday]

    @property
    def practices(self) -> list[Practice]:
        """The other practices where the doctor sees patients, this week or later."""
        places = {
            practice: None  # a dict as an ordered set
            for each, practice in self.ranges
            if practice and (each.valid_until is None or each.valid_until >= self.today)
        }
        return list(places)

    # -- now ----------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self._next is not None and self._next[0] <= self.now

    @property
    def closes(self) -> dt.datetime | None:
        """The end of this or the next opening, on the practice's clock; None if a day away."""
        if not self._next or self._next[1] - self.now >= DAY:
            return None
        return self.doctor.practice.local(self._next[1])

    @property
    def opens(self) -> dt.datetime | None:
        """The start of this or the next opening, on the practice's clock; None if 8 weeks away."""
        return self.doctor.practice.local(self._next[0]) if self._next else None

    @property
    def opens_today(self) -> bool:
        return self.opens is not None and self.opens.date() == self.today

    @property
    def is_closed_all_day(self) -> bool:
        """Whether the doctor has no opening today, not even an earlier one."""
        midnight, end = engine.day_span(self.today, self.doctor.practice.zone)
        return not any(start < end and midnight < until for start, until in self._open(-1, 0))

    # -- arithmetic -----------------------------------------------------------------------------

    @cached_property
    def _next(self) -> Span | None:
        """The present opening, else the next one."""
        # Yesterday's opening may end after midnight.
        near = self._open(-1, 7)
        later = (span for day in range(8, LOOKS_AHEAD) for span in self._open(day, day))
        return next((span for span in chain(near, later) if span[1] > self.now), None)

    def _open(self, first: int, last: int) -> list[Span]:
        """Return the open spans of the days from `first` to `last`, counted from today.

        Openings that touch are one.
        """
        days = engine.days_from(self.today + first * DAY, last - first + 1)
        ranges = [each for each, _practice in self.ranges]
        opened = open_without_holidays(self.doctor, ranges, days, self.holidays)
        return engine.without(opened, self.absences)

    def _day(self, weekday: Weekday) -> DayHours:
        ahead = (weekday - self.today.weekday()) % 7
        day = self.today + ahead * DAY
        usual = [(each, place) for each, place in self.ranges if each.opens_on(day)]
        worked = [pair for pair in usual if not self._holiday(pair[0], day)]
        # A holiday at one of two places takes the hours there only.
        hours = _in_order(worked or usual)
        holiday = self._holiday(usual[0][0], day) if usual and not worked else ""
        is_closed = bool(hours) and (bool(holiday) or not self._open(ahead, ahead))
        return DayHours(weekday, hours, ahead == 0, is_closed, holiday)

    def _holiday(self, weekly: WeeklyRange, day: dt.date) -> str:
        """The name of the holiday of `day` at the place of that range, else ""."""
        place = weekly.place or self.doctor.practice_id
        return self.holidays.get(place, {}).get(day, "")


def week_of(doctor: Doctor, now: dt.datetime) -> Week:
    """Read a doctor's week in three queries; it is empty while no hours are saved."""
    rows = _hours_of(doctor.pk)
    for each in rows:
        each.doctor = doctor
    ranges = [(each.weekly, _elsewhere(each, doctor)) for each in rows if not each.is_kept]
    zone = doctor.practice.zone
    today = now.astimezone(zone).date()
    first, last = today - DAY, today + LOOKS_AHEAD * DAY
    since, until = engine.to_utc(first, 0, zone), engine.to_utc(last, 1440, zone)
    practices = practice_ids(doctor, (each for each, _practice in ranges))
    return Week(
        doctor,
        now,
        ranges,
        absences=_absences_of(doctor.pk, since, until),
        holidays=Holiday.objects.closing(practices, [first, last]),
        is_saved=bool(rows),
    )


@compiled_once
def _hours_of(doctor_id: int) -> QuerySet[OpeningHours, Any]:
    kept = OpeningHours.types.through.objects.filter(openinghours=OuterRef("pk"))
    rows = OpeningHours.objects.filter(doctor=doctor_id).select_related("practice")
    return rows.annotate(is_kept=Exists(kept))


@compiled_once
def _absences_of(
    doctor_id: int, since: dt.datetime, until: dt.datetime
) -> QuerySet[DoctorAbsence, Any]:
    absences = DoctorAbsence.objects.filter(
        doctor=doctor_id, ends_at__gt=since, starts_at__lt=until
    )
    return absences.order_by().values_list("starts_at", "ends_at")


def _elsewhere(row: OpeningHours, doctor: Doctor) -> Practice | None:
    return row.practice if row.practice_id != doctor.practice_id else None


def _in_order(ranges: Iterable[tuple[WeeklyRange, Practice | None]]) -> list[Hours]:
    """Sort by the clock; ranges of one practice that overlap or touch become one."""
    merged: list[tuple[int, int, Practice | None]] = []
    for each, place in sorted(ranges, key=lambda pair: pair[0].start_minute):
        start, end = each.start_minute, each.end_minute
        if merged and merged[-1][2] == place and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end, place))
    return [Hours(clock(start), clock(end), place) for start, end, place in merged]
