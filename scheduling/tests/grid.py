"""The engine's free starts, read as `bookings.slots` reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from scheduling import engine
from scheduling.engine import Span, WeeklyRange

ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
NEVER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)

Grid = dict[dt.date, list[dt.datetime]]


def offered(
    ranges: Sequence[WeeklyRange],
    zone: ZoneInfo,
    first_day: dt.date,
    days: int,
    *,
    minutes: int,
    pause: int = 0,
    taken: Iterable[Span] = (),
    closed: Iterable[Span] = (),
    earliest: dt.datetime = ALWAYS,
    latest: dt.datetime = NEVER,
) -> Grid:
    """Return {local day: free starts, aware, on the practice's clock}; each day is a key."""
    grid: Grid = {day: [] for day in engine.days_from(first_day, days)}
    opened = engine.openings(ranges, engine.days_from(first_day - engine.DAY, days + 1), zone)
    length = dt.timedelta(minutes=minutes)
    obstacles = [
        engine.Obstacle("early", [(engine.BEGINNING, earliest)], engine.INSTANT),
        engine.Obstacle("late", [(latest + engine.INSTANT, engine.END)], engine.INSTANT),
        engine.Obstacle("closed", engine.merge(closed), length),
        engine.Obstacle("taken", engine.merge(taken), length + dt.timedelta(minutes=pause)),
    ]
    starts = [start for start, blocker in engine.grid(opened, length, obstacles) if not blocker]
    for local in engine.local_starts(starts, zone):
        if local.date() in grid:
            grid[local.date()].append(local)
    return grid
