"""A second computation of the free starts: one byte for every minute of UTC.

It is written from the rules of booking and not from the engine, so that the two can disagree. It
adds no spans and computes no offsets. It reads the practice's clock at each minute. A doctor is
open from the first minute at which that clock shows the opening time or later, until the first at
which it shows the closing time or later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from zoneinfo import ZoneInfo

from scheduling.engine import Span, WeeklyRange

MINUTE = dt.timedelta(minutes=1)
ZERO, ONE = b"\0", b"\1"
QUARTER = 15
MINUTES_A_DAY = 1440
MARGIN = 4
"""Days read before and after the window: more than the length of any range."""


class Clock:
    """A practice's clock, read at every minute of UTC around a window of days.

    Minutes are counted from `origin`; naive wall times are counted from the same date and
    time, so that in UTC itself the two numbers are equal.
    """

    def __init__(self, zone: ZoneInfo, first_day: dt.date, days: int) -> None:
        self.origin = dt.datetime.combine(first_day - dt.timedelta(days=MARGIN), dt.time())
        self.length = (days + 2 * MARGIN) * MINUTES_A_DAY
        watched = range(days + 2 * MARGIN)
        offsets = [
            offset
            for day in watched
            for offset in _offsets(zone, self.origin.date() + dt.timedelta(days=day))
        ]
        self.reading = [minute + offsets[minute // QUARTER] for minute in range(self.length)]
        """The wall time that the clock shows at each minute."""
        self.reached: dict[int, int] = {}
        """For each wall time: the first minute at which the clock shows it or a later one."""
        highest = self.reading[0] - 1
        for minute, wall in enumerate(self.reading):
            while highest < wall:
                highest += 1
                self.reached[highest] = minute

    def minute_of(self, instant: dt.datetime) -> int:
        return (instant.astimezone(dt.UTC).replace(tzinfo=None) - self.origin) // MINUTE

    def wall_of(self, day: dt.date, minute: int) -> int:
        return (day - self.origin.date()).days * MINUTES_A_DAY + minute

    def day_of(self, minute: int) -> dt.date:
        return self.origin.date() + dt.timedelta(days=self.reading[minute] // MINUTES_A_DAY)

    def is_second_reading(self, minute: int) -> bool:
        """Whether the clock showed this minute's wall time before."""
        return self.reached[self.reading[minute]] != minute

    def instant(self, minute: int) -> dt.datetime:
        return (self.origin + minute * MINUTE).replace(tzinfo=dt.UTC)

    def mark(self, spans: Iterable[Span]) -> bytearray:
        """Return a byte for each minute: 1 where one of `spans`, in whole minutes, covers it."""
        marks = bytearray(self.length)
        for start, end in spans:
            first, last = max(self.minute_of(start), 0), min(self.minute_of(end), self.length)
            if first < last:
                marks[first:last] = ONE * (last - first)
        return marks


@cache
def _offsets(zone: ZoneInfo, day: dt.date) -> list[int]:
    """Return the minutes from UTC to `zone` at each quarter of an hour of a day of UTC.

    This is exact, because every clock change of the tested zones happens at a quarter.
    """
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    instants = (midnight + minute * MINUTE for minute in range(0, MINUTES_A_DAY, QUARTER))
    return [
        round(instant.astimezone(zone).utcoffset() / MINUTE)  # type: ignore[operator]
        for instant in instants
    ]


def free_starts(
    ranges: Sequence[WeeklyRange],
    clock: Clock,
    first_day: dt.date,
    days: int,
    *,
    minutes: int,
    pause: int,
    taken: Iterable[Span],
    closed: Iterable[Span],
    earliest: dt.datetime,
    latest: dt.datetime,
) -> dict[dt.date, list[dt.datetime]]:
    """Return {local day: instants at which a visit of `minutes` can start}, with every day."""
    is_taken, is_closed = clock.mark(taken), clock.mark(closed)
    window = [first_day + dt.timedelta(days=n) for n in range(days)]
    free: set[int] = set()
    openings = (
        opening
        for n in range(-2, days + 1)
        for place in {each.place for each in ranges}
        for opening in _openings(ranges, place, clock, first_day + dt.timedelta(days=n))
    )
    for opens, closes in openings:
        for start in range(opens, closes - minutes + 1, minutes):
            end = start + minutes
            if not any(is_closed[start:end]) and not any(is_taken[start : end + pause]):
                free.add(start)
    found: dict[dt.date, list[dt.datetime]] = {day: [] for day in window}
    for minute in sorted(free):
        instant, day = clock.instant(minute), clock.day_of(minute)
        if day in found and earliest <= instant <= latest and not clock.is_second_reading(minute):
            found[day].append(instant)
    return found


def _openings(
    ranges: Sequence[WeeklyRange], place: object, clock: Clock, day: dt.date
) -> Iterator[tuple[int, int]]:
    """Yield (first minute, one past the last) of each opening at `place` that starts on `day`.

    An opening is a stretch of the clock's face, so that a skipped hour does not join two.
    """
    face = bytearray(3 * MINUTES_A_DAY)
    for weekday, start, end, valid_from, valid_until, there in ranges:
        if there != place or day.weekday() != weekday:
            continue
        if valid_from is not None and day < valid_from:
            continue
        if valid_until is not None and day > valid_until:
            continue
        face[start:end] = ONE * (end - start)
    for start, end in _runs(face):
        yield clock.reached[clock.wall_of(day, start)], clock.reached[clock.wall_of(day, end)]


def _runs(is_open: bytearray) -> Iterator[tuple[int, int]]:
    """Yield the stretches of consecutive open minutes, as (first, one past the last)."""
    first = is_open.find(ONE)
    while first >= 0:
        last = is_open.find(ZERO, first)
        yield first, last
        first = is_open.find(ONE, last)
