"""A doctor's week, drawn: tracks of quarter hours, and what a line of text says beside them.

Drawn with tables: a cell as wide as its range needs neither a script nor a style attribute, and
turns around by itself where people read from the right.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from doctors.models import ConsultationType, Doctor, Practice
from scheduling.engine import WeeklyRange
from scheduling.models import OpeningHours, Weekday, clock, fallback_ranges

QUARTER = 15
FIRST_HOUR, LAST_HOUR = 8, 20
"""A track shows these, and more when somebody works earlier or later."""
WEEK = 7 * 1440
ROOM_FOR_WORDS = 6
"""Quarters: "09:00 - 12:30" needs as many."""


@dataclass(frozen=True)
class Range:
    """A range of opening hours with what hangs on it, saved or only typed."""

    weekday: int
    start_minute: int
    end_minute: int
    practice: Practice | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    kept_for: tuple[ConsultationType, ...] = ()

    @classmethod
    def of(cls, row: OpeningHours) -> Range:
        return cls(
            row.weekday,
            row.start_minute,
            row.end_minute,
            row.practice if row.practice_id != row.doctor.practice_id else None,
            row.valid_from,
            row.valid_until,
            tuple(row.types.all()),
        )

    def row(self) -> OpeningHours:
        """Unsaved, as `scheduling.services.replace_days` takes it."""
        row = OpeningHours(
            weekday=self.weekday,
            start_minute=self.start_minute,
            end_minute=self.end_minute,
            practice=self.practice,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )
        row.kept_for = self.kept_for  # type: ignore[attr-defined]
        return row

    @property
    def opens(self) -> str:
        return clock(self.start_minute)

    @property
    def closes(self) -> str:
        return clock(self.end_minute)

    @property
    def in_words(self) -> str:
        """ "lundi 22:00 – 02:00"."""
        return f"{Weekday(self.weekday).label} {self.opens} – {self.closes}"

    @property
    def is_special(self) -> bool:
        """Whether there is more to say than its hours."""
        return bool(self.practice or self.valid_from or self.valid_until or self.kept_for)

    def opens_on(self, date: dt.date) -> bool:
        return WeeklyRange(
            self.weekday, self.start_minute, self.end_minute, self.valid_from, self.valid_until
        ).opens_on(date)

    def overlaps(self, other: Range) -> bool:
        """Whether both claim the same time of some week, also past midnight.

        Two that are kept for different types may at one place: each has its own grid.
        """
        ends, begins = (self.valid_until, other.valid_until), (self.valid_from, other.valid_from)
        if any(end and begin and end < begin for end in ends for begin in begins):
            return False
        apart = self.kept_for and other.kept_for and not {*self.kept_for} & {*other.kept_for}
        if apart and self.practice == other.practice:
            return False
        (start, end), (other_start, other_end) = self._in_week, other._in_week
        return any(
            start < other_end + shift and other_start + shift < end for shift in (-WEEK, 0, WEEK)
        )

    @property
    def _in_week(self) -> tuple[int, int]:
        """Minutes since Monday, midnight."""
        midnight = self.weekday * 1440
        return midnight + self.start_minute, midnight + self.end_minute


class Cell(NamedTuple):
    """A stretch of a track: a range, or a gap, that starts at an hour or after a range."""

    quarters: int
    range: Range | None = None
    is_hour: bool = False

    @property
    def has_room(self) -> bool:
        return self.quarters >= ROOM_FOR_WORDS


@dataclass(frozen=True)
class DrawnDay:
    """`lanes` are tracks: ranges that overlap, kept for different types, take one each."""

    weekday: Weekday
    ranges: list[Range]
    """Those that open this week, by start."""
    special: list[Range]
    """Those with more to say than their hours, and those of other weeks: not begun, or over."""
    lanes: list[list[Cell]]
    minutes: int
    is_edited: bool

    @property
    def total(self) -> str:
        return hours_in_words(self.minutes)


@dataclass(frozen=True)
class DrawnWeek:
    days: list[DrawnDay]
    hours: list[int]
    """Every second hour of the scale."""
    is_fallback: bool

    @property
    def total(self) -> str:
        return hours_in_words(sum(day.minutes for day in self.days))


def drawn_week(doctor: Doctor, today: dt.date, *, edited: int | None = None) -> DrawnWeek:
    """The week around `today`, Monday first, in two queries; the fallback while nothing is
    saved."""
    saved = saved_ranges(doctor)
    ranges = saved or [Range(*each[:3]) for each in fallback_ranges()]
    monday = today - dt.timedelta(days=today.weekday())
    open_on = {
        day: [each for each in ranges if each.opens_on(monday + dt.timedelta(days=day))]
        for day in Weekday
    }
    drawn = [each for day in open_on.values() for each in day]
    first = min([FIRST_HOUR, *(each.start_minute // 60 for each in drawn)])
    last = max([LAST_HOUR, *(-(-min(each.end_minute, 1440) // 60) for each in drawn)])
    # Two hours to a mark of the scale.
    first, last = first - first % 2, last + last % 2
    days = [
        DrawnDay(
            weekday=day,
            ranges=open_on[day],
            special=[each for each in ranges if each.weekday == day and each.is_special],
            lanes=[_cells(lane, first, last) for lane in _lanes(open_on[day])],
            minutes=_minutes(open_on[day]),
            is_edited=day == edited,
        )
        for day in Weekday
    ]
    return DrawnWeek(days, list(range(first, last, 2)), not saved)


def saved_ranges(doctor: Doctor) -> list[Range]:
    """All of the doctor's, those of other weeks too, by day and hour."""
    rows = doctor.opening_hours.select_related("practice").prefetch_related("types")
    return [Range.of(row) for row in rows.order_by("weekday", "start_minute", "pk")]


def hours_in_words(minutes: int) -> str:
    """ "7 h", "7 h 30"."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}\xa0h\xa0{rest:02d}" if rest else f"{hours}\xa0h"


def _lanes(ranges: list[Range]) -> list[list[Range]]:
    lanes: list[list[Range]] = []
    for each in ranges:
        for lane in lanes:
            if lane[-1].end_minute <= each.start_minute:
                lane.append(each)
                break
        else:
            lanes.append([each])
    return lanes


def _cells(ranges: list[Range], first: int, last: int) -> list[Cell]:
    cells: list[Cell] = []
    at, end = first * 4, last * 4
    for each in ranges:
        start = max(at, each.start_minute // QUARTER)
        stop = min(end, max(start + 1, -(-each.end_minute // QUARTER)))
        cells += _gap(at, start)
        cells.append(Cell(stop - start, each))
        at = stop
    return cells + _gap(at, end)


def _gap(start: int, end: int) -> list[Cell]:
    """Empty cells that break at full hours, where the track has a line."""
    cells = []
    while start < end:
        stop = min(end, start - start % 4 + 4)
        cells.append(Cell(stop - start, is_hour=start % 4 == 0))
        start = stop
    return cells


def _minutes(ranges: list[Range]) -> int:
    """How long they open together: what overlaps counts once."""
    total, reached = 0, 0
    for each in sorted(ranges, key=lambda each: each.start_minute):
        total += max(0, each.end_minute - max(reached, each.start_minute))
        reached = max(reached, each.end_minute)
    return total
