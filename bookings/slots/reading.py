"""Questions about the free times of one or many doctors, each answered with a few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bookings.slots.busy import Blocker, read_busy
from bookings.slots.calendars import Calendars, DaySlot, Weeks
from bookings.slots.query import SlotQuery
from doctors.models import Doctor
from scheduling import engine

FIRST_CHUNK_DAYS = 14
FIRST_REACH = dt.timedelta(days=7)


def free_slots(
    query: SlotQuery,
    first_day: dt.date,
    days: int,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
) -> dict[dt.date, list[dt.datetime]]:
    """{day: free starts, aware, in the practice's zone} for `days` days from `first_day`."""
    dates = engine.days_from(first_day, days)
    if not query.bookable_days(dates, now):
        return {day: [] for day in dates}
    return Calendars([query], dates, now=now, token=token, moving=moving).free(query)


def free_slots_until(
    query: SlotQuery, first_day: dt.date, days: int, *, now: dt.datetime
) -> tuple[dict[dt.date, list[dt.datetime]], dt.datetime]:
    """`free_slots` for everybody, and the instant until which they stay if nobody writes."""
    dates = engine.days_from(first_day, days)
    if not query.bookable_days(dates, now):
        return {day: [] for day in dates}, now
    calendars = Calendars([query], dates, now=now)
    return calendars.free(query), calendars.valid_until(query)


def day_slots(
    query: SlotQuery, day: dt.date, *, now: dt.datetime, token: str | None = None
) -> list[DaySlot]:
    """The whole grid of one day: each start with its blocker."""
    return Calendars([query], [day], now=now, token=token).grid(query)[day]


def blocker_at(
    query: SlotQuery,
    start: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
) -> Blocker | None:
    """Why `start` cannot be booked for `query`; None when it can."""
    if start < now:
        return Blocker.PAST
    day = start.astimezone(query.zone).date()
    if not query.bookable_days([day], now):
        return Blocker.TOO_FAR
    calendars = Calendars([query], [day], now=now, token=token, moving=moving)
    return calendars.blocker_at(query, start)


def overlap_at(
    doctor: Doctor,
    start: dt.datetime,
    end: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
) -> Blocker | None:
    """BOOKED or HELD when a visit within `[start, end)` would overlap a visit or a hold.

    This rule binds staff, who can book at any time, beside overbooked visits, in pauses and in
    times kept for the waiting list, as the database's constraint allows.
    """
    around: dict[str, Any] = {"now": now, "token": token, "moving": moving}
    around |= {"as_staff": True, "beside_kept": True}
    busy = read_busy([doctor.pk], start, end, **around)[doctor.pk]
    kinds = (Blocker.BOOKED, Blocker.HELD)
    obstacles = [engine.Obstacle(kind, busy.spans(kind), end - start) for kind in kinds]
    # An opening that is as long as the visit has one start in its grid.
    ((_start, blocker),) = engine.grid([(start, end)], end - start, obstacles)
    return blocker


def next_free(
    queries: Sequence[SlotQuery],
    after: dt.date,
    *,
    now: dt.datetime,
    token: str | None = None,
    weeks: Weeks | None = None,
) -> dict[int, dt.datetime | None]:
    """{doctor id: the first free start from the day `after` on; None without one in the horizon}.

    Looks at 14, then 56, 224 … days, so that the usual answer is cheap and "never" costs no
    more than the longest horizon. `weeks` are hours and holidays that were read before, from
    `after` to that horizon.
    """
    found: dict[int, dt.datetime | None] = {query.doctor.pk: None for query in queries}
    last = max((query.last_day(now) for query in queries), default=dt.date.min)
    if after > last:
        return found
    weeks = weeks or Weeks.of(queries, after, last)
    unanswered, chunk = list(queries), FIRST_CHUNK_DAYS
    while unanswered := [query for query in unanswered if after <= query.last_day(now)]:
        dates = engine.days_from(after, chunk)
        calendars = Calendars(unanswered, dates, now=now, token=token, weeks=weeks)
        for query in unanswered:
            found[query.doctor.pk] = calendars.first_free(query)
        unanswered = [query for query in unanswered if found[query.doctor.pk] is None]
        after, chunk = after + dt.timedelta(days=chunk), chunk * 4
    return found


def nearest_free(
    query: SlotQuery,
    around: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
    avoid: engine.Span | None = None,
    count: int = 3,
) -> tuple[list[DaySlot], Weeks]:
    """The `count` free starts closest to `around`, in order of time: a refusal offers them.

    Also the hours that were read. `avoid` is the time of another visit of the person. Looks 7,
    then 28, 112 … days to both sides, until there are `count` or the horizon is reached.
    """
    today, last = query.today(now), query.last_day(now)
    day = min(max(around.astimezone(query.zone).date(), today), last)
    reach = FIRST_REACH
    while True:
        first, final = max(today, day - reach), min(day + reach, last)
        dates = engine.days_from(first, (final - first).days + 1)
        calendars = Calendars([query], dates, now=now, token=token, moving=moving)
        whole = (first, final) == (today, last)
        near = [
            slot
            for date, slots in calendars.grid(query).items()
            for slot in slots
            # A start on the outermost days can be farther away than a start just outside.
            if slot.blocker is None
            and (whole or abs(date - day) < reach)
            and not _overlaps(slot.start, query.length, avoid)
        ]
        if whole or len(near) >= count:
            closest = sorted(near, key=lambda slot: abs(slot.start - around))[:count]
            return sorted(closest, key=lambda slot: slot.start), calendars.weeks
        reach *= 4


def _overlaps(start: dt.datetime, length: dt.timedelta, span: engine.Span | None) -> bool:
    return span is not None and start < span[1] and span[0] < start.astimezone(dt.UTC) + length
