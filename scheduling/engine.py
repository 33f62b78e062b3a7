"""When a doctor can see a patient: arithmetic on half-open spans of time.

Values in, values out: no Django, no clock, no I/O. A span is `(start, end)` in UTC with
`start <= t < end`, so a visit of 10:00-10:30 leaves 10:30 free. Wall clock becomes UTC once
per opening range; from there the grid steps in elapsed time.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

Span = tuple[dt.datetime, dt.datetime]
Place = Any
"""The caller's own value for where a range is; it can be a key of a dict."""
Blocker = TypeVar("Blocker")
"""The caller's own values for why a start is blocked."""

DAY = dt.timedelta(days=1)
INSTANT = dt.timedelta.resolution
# Not the first day of the calendar, so that a reach can be subtracted.
BEGINNING = dt.datetime(1, 1, 3, tzinfo=dt.UTC)
END = dt.datetime.max.replace(tzinfo=dt.UTC)


class WeeklyRange(NamedTuple):
    """Opening hours of one weekday, in minutes since local midnight.

    0 <= start < 1440 and start < end <= start + 1440: 22:00-02:00 is (1320, 1560).
    `weekday` counts from Monday = 0. The validity dates are inclusive, and None is no limit;
    they are about the day on which the range starts. Ranges of two places never merge.
    """

    weekday: int
    start_minute: int
    end_minute: int
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    place: Place = None

    def opens_on(self, day: dt.date) -> bool:
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


# Pages ask for the same midnights and openings again and again; the rules of a zone never change
# while a process lives.
@lru_cache(maxsize=16_384)
def to_utc(day: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    """Return the instant at which `zone`'s clocks show `minute` minutes after midnight of `day`.

    For a wall time that occurs twice, it is the first occurrence. For one that a clock change
    skips, it is the instant of the change: on the spring night, an opening at 02:30 and a closing
    at 02:30 both happen at 03:00.
    """
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    before = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    after = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    # For a skipped time, the first reading uses the old offset and lies after the second reading;
    # the change is between the two.
    return before if before <= after else _change_between(after, before, zone)


def _change_between(low: dt.datetime, high: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the first whole minute after `low` at which `zone` has the offset that `high` has."""
    new_offset = high.astimezone(zone).utcoffset()
    while high - low > dt.timedelta(minutes=1):
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == new_offset:
            high = middle
        else:
            low = middle
    return high


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the union of `spans`, sorted; overlapping and touching spans become one."""
    merged: list[Span] = []
    ordered = sorted(spans)
    begin, until = ordered[0] if ordered else (BEGINNING, BEGINNING)
    for start, end in ordered:
        if start <= until:
            if end > until:
                until = end
        else:
            if begin < until:
                merged.append((begin, until))
            begin, until = start, end
    if begin < until:
        merged.append((begin, until))
    return merged


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return the union of `spans` without `taken`, sorted."""
    left: list[Span] = []
    cuts = merge(taken)
    ends = [end for _start, end in cuts]
    for start, end in merge(spans):
        at = bisect_right(ends, start)
        while at < len(cuts) and cuts[at][0] < end:
            if start < cuts[at][0]:
                left.append((start, cuts[at][0]))
            start = max(start, ends[at])
            at += 1
        if start < end:
            left.append((start, end))
    return left


def openings_by_place(
    ranges: Sequence[WeeklyRange], days: Iterable[dt.date], zone: ZoneInfo
) -> dict[Place, list[Span]]:
    """Return {place: spans during which a doctor is open there}, for ranges that start on `days`.

    Ranges of one day and place that overlap or touch on the clock are one opening, and its grid
    starts at the first range. Ranges that touch only because a clock change skips the hour between
    them stay two. So do ranges of two days, each with its own grid. Otherwise the grid of a doctor
    who is open around the clock would start years ago.
    """
    found: dict[Place, list[Span]] = {}
    for day in days:
        open_then = tuple([each for each in ranges if each.opens_on(day)])
        for place, minutes in _on_the_clock(open_then).items():
            spans = ((to_utc(day, start, zone), to_utc(day, end, zone)) for start, end in minutes)
            found.setdefault(place, []).extend(span for span in spans if span[0] < span[1])
    return found


@lru_cache(maxsize=4096)
def _on_the_clock(ranges: tuple[WeeklyRange, ...]) -> dict[Place, list[tuple[int, int]]]:
    """Return {place: (start, end) in minutes, by start, disjoint} of the ranges of one day.

    Callers share the answer and do not change it.
    """
    found: dict[Place, list[tuple[int, int]]] = {}
    for each in sorted(ranges, key=lambda each: each.start_minute):
        start, end = each.start_minute, each.end_minute
        minutes = found.setdefault(each.place, [])
        if minutes and start <= minutes[-1][1]:
            start, end = minutes[-1][0], max(end, minutes.pop()[1])
        minutes.append((start, end))
    return found


def openings(ranges: Sequence[WeeklyRange], days: Iterable[dt.date], zone: ZoneInfo) -> list[Span]:
    """Return the spans of `openings_by_place`, wherever they are, by their start."""
    by_place = openings_by_place(ranges, days, zone)
    return sorted(span for spans in by_place.values() for span in spans)


class Obstacle(NamedTuple, Generic[Blocker]):
    """Spans that block a start, and the value that names them.

    A visit is blocked when the stretch of length `reach` from its start meets one of `spans`, which
    are sorted and disjoint (see `merge`). `reach` is the visit's length for closed time, the length
    with the buffer for other visits, and `INSTANT` for a rule about the start alone.
    """

    blocker: Blocker
    spans: Sequence[Span]
    reach: dt.timedelta


def grid(
    opened: Iterable[Span], length: dt.timedelta, obstacles: Sequence[Obstacle[Blocker]]
) -> list[tuple[dt.datetime, Blocker | None]]:
    """Return every start of the grid with its blocker, None for a free start; sorted, each once.

    The starts are the opening time plus whole steps of `length`; the visit ends by closing time.
    When several obstacles block a start, the first obstacle is the blocker.
    """
    starts = sorted({start for span in opened for start in _steps(span, length)})
    if not starts:
        return []
    blockers: list[Blocker | None] = [None] * len(starts)
    # In reverse, so that the first obstacle overwrites the others.
    for blocker, spans, reach in reversed(obstacles):
        first = bisect_right(spans, starts[0], key=itemgetter(1))
        for at in range(first, len(spans)):
            begin, end = spans[at]
            low = bisect_right(starts, begin - reach)
            if low == len(starts):
                break
            high = bisect_left(starts, end, low)
            blockers[low:high] = [blocker] * (high - low)
    return list(zip(starts, blockers, strict=True))


def blocked_starts(obstacles: Iterable[Obstacle[Any]]) -> list[Span]:
    """Return the spans of instants at which a visit cannot start, sorted and disjoint."""
    return merge(
        (begin - reach + INSTANT, end)
        for _blocker, spans, reach in obstacles
        for begin, end in spans
    )


def free_starts(
    opened: Span, length: dt.timedelta, blocked: Sequence[Span]
) -> Iterator[dt.datetime]:
    """Yield the free starts of `grid` in one opening, in order.

    `blocked` comes from `blocked_starts`. The walk jumps over each of its spans, so that a full
    opening costs as little as an empty one.
    """
    start, closes = opened
    last = closes - length
    at = bisect_right(blocked, start, key=itemgetter(1))
    while start <= last:
        while at < len(blocked) and blocked[at][1] <= start:
            at += 1
        if at == len(blocked) or start < blocked[at][0]:
            yield start
            start += length
        elif blocked[at][1] > last:
            return
        else:
            # The first step of the grid that is not before the span's end.
            start += -((start - blocked[at][1]) // length) * length


def _steps(span: Span, length: dt.timedelta) -> Iterator[dt.datetime]:
    start, closes = span
    last = closes - length
    while start <= last:
        yield start
        start += length


def local_starts(starts: Iterable[dt.datetime], zone: ZoneInfo) -> Iterator[dt.datetime]:
    """Yield `starts` on the practice's wall clock, without the second occurrence of a wall time.

    On the autumn night 02:30 comes twice. A wall time names only the first, so only the first is
    offered.
    """
    for start in starts:
        local = start.astimezone(zone)
        if not local.fold:
            yield local


def day_span(day: dt.date, zone: ZoneInfo) -> Span:
    """Return a local day as a span of instants: 23 or 25 hours long when the clocks change."""
    return to_utc(day, 0, zone), to_utc(day, 1440, zone)


def days_from(first: dt.date, count: int) -> list[dt.date]:
    return [first + dt.timedelta(days=offset) for offset in range(count)]
