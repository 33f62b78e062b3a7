"""Chooses the taken starts of a doctor's weeks: fills each day's grid, then draws from it."""

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

PAST_DAYS, FUTURE_DAYS = 91, 28
"""The statistics show twelve whole weeks; the present week is no whole one."""
LONGEST_PAST = 15 * 365
FULL = 0.9
"""The load from which a doctor is booked up for two weeks."""
HALF_HOUR = dt.timedelta(minutes=30)
CELLS_KEPT_FREE = 4
MINUTE = dt.timedelta(minutes=1)


class Slot(NamedTuple):
    """A place in the agenda; `type_index` is the position of its type in the doctor's list."""

    start: dt.datetime
    end: dt.datetime
    type_index: int
    day: dt.date
    elsewhere: bool
    likely: float


class Diary(NamedTuple):
    """A doctor's time; `blocked` are absences and holidays, merged."""

    doctor: DoctorPlan
    week: Sequence[RangePlan]
    blocked: list[Span]
    zone: ZoneInfo
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.zone).date()

    def plain_openings(self, day: dt.date) -> list[Span]:
        """The openings of `day` that are not kept for one type."""
        ranges = [each.hours for each in self.week if each.kept_for is None]
        return openings(ranges, [day], self.zone)


def slots_of(diary: Diary, *, wanted: int | None, chance: Chance) -> list[Slot]:
    """All slots for visits, thirteen weeks back and four ahead, sorted, without overlaps.

    When more visits are `wanted` than fit, the past grows by weeks until they fit.
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
    """The number of visits of a doctor with this load, when no number is asked for."""
    return round(sum(min(1.0, slot.likely) for slot in slots))


def draw(slots: Sequence[Slot], number: int, chance: Chance) -> list[Slot]:
    """A draw of `number` slots, the likely ones preferred (weighted, without replacement)."""
    keyed = [(chance.random() ** (1 / slot.likely), slot) for slot in slots]
    keyed.sort(reverse=True)
    return sorted(slot for _key, slot in keyed[:number])


def _walk(diary: Diary, day: dt.date, chance: Chance) -> Iterator[Slot]:
    """The slots of a full day, each on the grid of its type."""
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
            for minute, type_index in _fill(diary, opens, closes, kept_for, blocked, ends, chance):
                start = opens + minute * MINUTE
                end = start + diary.doctor.consultation_types[type_index].minutes * MINUTE
                if not start.astimezone(diary.zone).fold:
                    slots.append(Slot(start, end, type_index, day, elsewhere, likely))
    busy_until = None
    for slot in sorted(slots):
        # The pause after a visit can reach into hours that are kept for another type.
        if busy_until is None or slot.start >= busy_until:
            yield slot
            busy_until = slot.end + diary.doctor.consultation_types[slot.type_index].buffer * MINUTE


def _fill(
    diary: Diary,
    opens: dt.datetime,
    closes: dt.datetime,
    kept_for: int | None,
    blocked: list[Span],
    ends: list[dt.datetime],
    chance: Chance,
) -> Iterator[tuple[int, int]]:
    """(minutes after opening, type index) of visits that fill one opening.

    Each type is drawn among those that have the minute in their grid and fit.
    """
    # An emergency is booked 23 hours ahead at most; 22 leave an hour in which it was booked.
    tomorrow = (diary.now + dt.timedelta(hours=22) - opens) // MINUTE
    consultation_types = [
        (position, consultation_type)
        for position, consultation_type in enumerate(diary.doctor.consultation_types)
        if kept_for in (None, position) and not (consultation_type.emergency_only and tomorrow < 0)
    ]
    total = (closes - opens) // MINUTE
    shortest = min(
        (consultation_type.minutes for _position, consultation_type in consultation_types),
        default=total + 1,
    )
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
            for each in consultation_types
            if minute % each[1].minutes == 0
            and minute + each[1].minutes <= total
            and each[1].minutes + each[1].buffer <= room
            and not (each[1].emergency_only and minute > tomorrow)
        ]
        if fitting:
            position, consultation_type = chance.choices(
                fitting, [each[1].weight for each in fitting]
            )[0]
            yield minute, position
            minute = _up_to_five(minute + consultation_type.minutes + consultation_type.buffer)
        else:
            minute += 5


def _up_to_five(minute: int) -> int:
    return -(-minute // 5) * 5


def _kept_free(diary: Diary, day: dt.date, chance: Chance) -> list[Span]:
    """Half hours that stay free on `day`, so that a user who tries the site finds free times."""
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
    """How likely a slot `offset` days from today is taken; far above 1 means certain."""
    if offset < 0:
        return max(load, 0.01)
    if load >= FULL:
        return 50.0 if offset <= 14 else max(0.1, load * (1 - (offset - 14) / 18))
    return max(load * (1 - offset / 36), 0.005)
