"""Which starts of a doctor's weeks are taken: a walk along each day's grid, then a draw."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.samples.chance import Chance
from bookings.samples.roster import DoctorPlan
from bookings.samples.week import RangePlan
from scheduling.engine import (
    BEGINNING,
    END,
    INSTANT,
    Obstacle,
    Span,
    days_from,
    grid,
    merge,
    openings,
)

PAST_DAYS, FUTURE_DAYS = 14, 28
LONGEST_PAST = 15 * 365
FULL = 0.9
"""The load from which a doctor is booked up for two weeks."""
HALF_HOUR = dt.timedelta(minutes=30)
CELLS_KEPT_FREE = 4
MINUTE = dt.timedelta(minutes=1)


class Slot(NamedTuple):
    """A place in the agenda: `motif` is the position of the doctor's type."""

    start: dt.datetime
    end: dt.datetime
    motif: int
    day: dt.date
    elsewhere: bool
    likely: float


class Diary(NamedTuple):
    """A doctor's time: `blocked` are absences and holidays, merged."""

    doctor: DoctorPlan
    week: Sequence[RangePlan]
    blocked: list[Span]
    zone: ZoneInfo
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.zone).date()

    def plain_openings(self, day: dt.date) -> list[Span]:
        """When every type may be booked."""
        ranges = [each.hours for each in self.week if each.kept_for is None]
        return openings(ranges, [day], self.zone)


def slots_of(diary: Diary, *, wanted: int | None, chance: Chance) -> list[Slot]:
    """Every slot a visit may take, two weeks back and four ahead, sorted; they never overlap.

    With more visits `wanted` than fit, the past grows by weeks until they do.
    """
    days = days_from(diary.today - dt.timedelta(days=PAST_DAYS), PAST_DAYS + FUTURE_DAYS + 1)
    slots = [slot for day in days for slot in _walk(diary, day, chance)]
    first = days[0]
    while wanted and diary.week and wanted > 0.95 * len(slots):
        if diary.today - first > dt.timedelta(days=LONGEST_PAST):
            break
        first -= dt.timedelta(days=7)
        slots += [slot for day in days_from(first, 7) for slot in _walk(diary, day, chance)]
    return sorted(slots)


def usual_number(slots: Sequence[Slot]) -> int:
    """How many visits a doctor of this load has, when no number is asked for."""
    return round(sum(min(1.0, slot.likely) for slot in slots))


def draw(slots: Sequence[Slot], number: int, chance: Chance) -> list[Slot]:
    """`number` of them, likely ones first (weighted sampling without putting back)."""
    keyed = [(chance.random() ** (1 / slot.likely), slot) for slot in slots]
    keyed.sort(reverse=True)
    return sorted(slot for _key, slot in keyed[:number])


def _walk(diary: Diary, day: dt.date, chance: Chance) -> Iterator[Slot]:
    """A day filled from opening to closing time, each visit on the grid of its own type."""
    ranges = [each for each in diary.week if each.hours.opens_on(day)]
    if not ranges:
        return
    offset = (day - diary.today).days
    likely = _likelihood(diary.doctor.load, offset)
    blocked = diary.blocked
    if diary.doctor.is_known and offset >= 0:
        blocked = merge([*blocked, *_kept_free(diary, day, chance)])
    ends = [end for _start, end in blocked]
    slots = []
    for kept_for, elsewhere in dict.fromkeys((each.kept_for, each.elsewhere) for each in ranges):
        hours = [
            each.hours
            for each in ranges
            if (each.kept_for, each.elsewhere) == (kept_for, elsewhere)
        ]
        for opens, closes in openings(hours, [day], diary.zone):
            for minute, motif in _fill(diary, opens, closes, kept_for, blocked, ends, chance):
                start = opens + minute * MINUTE
                end = start + diary.doctor.motifs[motif].minutes * MINUTE
                if not start.astimezone(diary.zone).fold:
                    slots.append(Slot(start, end, motif, day, elsewhere, likely))
    busy_until = None
    for slot in sorted(slots):
        # The pause after a visit may reach into hours that are kept for another type.
        if busy_until is None or slot.start >= busy_until:
            yield slot
            busy_until = slot.end + diary.doctor.motifs[slot.motif].buffer * MINUTE


def _fill(
    diary: Diary,
    opens: dt.datetime,
    closes: dt.datetime,
    kept_for: int | None,
    blocked: list[Span],
    ends: list[dt.datetime],
    chance: Chance,
) -> Iterator[tuple[int, int]]:
    """(minutes after opening, motif): whatever has this minute in its grid, and room."""
    # An emergency is booked a day ahead at most, and not in the last moment of the past.
    tomorrow = (diary.now + dt.timedelta(hours=22) - opens) // MINUTE
    motifs = [
        (position, motif)
        for position, motif in enumerate(diary.doctor.motifs)
        if kept_for in (None, position) and not (motif.emergency_only and tomorrow < 0)
    ]
    total = (closes - opens) // MINUTE
    shortest = min((motif.minutes for _position, motif in motifs), default=total + 1)
    minute, room = 0, total + 1440
    while minute + shortest <= total:
        if blocked:
            start = opens + minute * MINUTE
            at = bisect_right(ends, start)
            if at < len(blocked) and blocked[at][0] <= start:
                minute = _up_to_five(-((opens - ends[at]) // MINUTE))
                continue
            room = (blocked[at][0] - start) // MINUTE if at < len(blocked) else total + 1440
        fitting = [
            each
            for each in motifs
            if minute % each[1].minutes == 0
            and minute + each[1].minutes <= total
            and each[1].minutes + each[1].buffer <= room
            and not (each[1].emergency_only and minute > tomorrow)
        ]
        if fitting:
            position, motif = chance.choices(fitting, [each[1].weight for each in fitting])[0]
            yield minute, position
            minute = _up_to_five(minute + motif.minutes + motif.buffer)
        else:
            minute += 5


def _up_to_five(minute: int) -> int:
    return -(-minute // 5) * 5


def _kept_free(diary: Diary, day: dt.date, chance: Chance) -> list[Span]:
    """Half hours that nobody takes on this day, so that whoever tries the site finds some."""
    obstacles = [
        Obstacle("past", [(BEGINNING, diary.now)], INSTANT),
        Obstacle("far", [(diary.now + dt.timedelta(days=FUTURE_DAYS + 2), END)], INSTANT),
        Obstacle("closed", merge(diary.blocked), HALF_HOUR),
    ]
    starts = grid(diary.plain_openings(day), HALF_HOUR, obstacles)
    free = [start for start, blocker in starts if blocker is None]
    return [
        (start, start + HALF_HOUR) for start in chance.few(free, CELLS_KEPT_FREE, CELLS_KEPT_FREE)
    ]


def _likelihood(load: float, offset: int) -> float:
    """How likely a slot `offset` days from today is taken; far above 1 means surely."""
    if offset < 0:
        return max(load, 0.01)
    if load >= FULL:
        return 50.0 if offset <= 14 else max(0.1, load * (1 - (offset - 14) / 18))
    return max(load * (1 - offset / 36), 0.005)
