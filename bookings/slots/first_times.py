"""The first free time of doctors, now and as the next hours pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings

from bookings.models import FirstTime
from bookings.models.first_time import BY_PHONE, NEVER
from bookings.slots.agendas import Agendas
from bookings.slots.busy import Blocker, Held
from bookings.slots.calendars import Calendars, DaySlot
from bookings.slots.query import SlotQuery
from bookings.slots.reading import FIRST_CHUNK_DAYS
from scheduling import engine

RIGHT_FOR = dt.timedelta(hours=6)
"""Kept times are read again at the latest then: a row that was written past the services counts.
It is less than a day, so the horizon moves on once at most."""
MOST_STARTS = 16
CAN_BE_FREE = {None, Blocker.HELD, Blocker.TOO_FAR}
"""Time alone frees a start with one of these blockers."""


class Coming(NamedTuple):
    """A start that is free from `opens` until `lapses`, if nobody writes."""

    start: dt.datetime
    opens: dt.datetime
    lapses: dt.datetime


class FirstTimes(NamedTuple):
    """Rows for the table (unsaved), without a gap from now until `until`."""

    rows: list[FirstTime]
    until: dt.datetime


class Read(NamedTuple):
    """The first coming starts of one doctor, in order.

    Starts after these may exist; none of them is free before `unread_from`.
    """

    coming: list[Coming]
    unread_from: dt.datetime


NOTHING = Read([], engine.END)


def read_first_times(queries: Iterable[SlotQuery], agendas: Agendas) -> dict[int, FirstTimes]:
    """{doctor: the first times of their card's type}, in the queries of `next_free`."""
    queries, now = list(queries), agendas.now
    bookable = [each for each in queries if each.doctor.books_online and each.consultation_type]
    read = _read_coming(bookable, agendas)
    return {
        query.doctor.pk: _first_times(query, read.get(query.doctor.pk, NOTHING), now)
        for query in queries
    }


def _read_coming(queries: list[SlotQuery], agendas: Agendas) -> dict[int, Read]:
    """{doctor: first coming starts}, from the first 14, then 56, 224 … days with a free start.

    A day more than the horizon is read, because midnight moves the horizon on.
    """
    now = agendas.now
    found: dict[int, Read] = {}
    asked, chunk = queries, FIRST_CHUNK_DAYS
    after = min((query.today(now) for query in queries), default=now.date())
    while asked:
        calendars = Calendars(asked, engine.days_from(after, chunk), now=now, weeks=agendas.weeks)
        for query in asked:
            before = found.get(query.doctor.pk, NOTHING)
            found[query.doctor.pk] = _read_more(query, calendars, before.coming)
        after, chunk = after + chunk * engine.DAY, chunk * 4
        asked = [query for query in asked if _is_unanswered(found[query.doctor.pk], now)]
    return found


def _read_more(query: SlotQuery, calendars: Calendars, before: list[Coming]) -> Read:
    """`before` with the starts in the days of `calendars`."""
    now, count = calendars.now, MOST_STARTS - len(before)
    slots, holds = calendars.first_slots(query, count, CAN_BE_FREE), calendars.holds(query)
    coming = [*before, *(_coming(query, slot, holds, now) for slot in slots)]
    if len(slots) == count:
        # Later starts come within the horizon later.
        return Read(coming, _comes_near(query, slots[-1]))
    return Read(coming, engine.END if calendars.days[-1] > query.last_day(now) else now)


def _is_unanswered(read: Read, now: dt.datetime) -> bool:
    is_free = any(each.opens <= now < each.lapses for each in read.coming)
    return not is_free and len(read.coming) < MOST_STARTS and read.unread_from <= now


def _coming(query: SlotQuery, slot: DaySlot, holds: list[Held], now: dt.datetime) -> Coming:
    start, opens = slot.start.astimezone(dt.UTC), now
    if slot.blocker:
        end = start + query.length + query.pause
        kept = [each for each in holds if each.start < end and start < each.end]
        opens = max(now, _comes_near(query, slot), *(each.over_at for each in kept))
    return Coming(start, opens, query.lapses_at(start))


def _comes_near(query: SlotQuery, slot: DaySlot) -> dt.datetime:
    """The first instant at which `slot` is not too far ahead to book."""
    day = slot.start.date() - query.horizon_days * engine.DAY
    midnight = engine.to_utc(day, 0, query.zone)
    if not query.is_emergency_only:
        return midnight
    return max(midnight, slot.start.astimezone(dt.UTC) - settings.EMERGENCY_WINDOW)


def _first_times(query: SlotQuery, read: Read, now: dt.datetime) -> FirstTimes:
    """The rows of one doctor, as far as `read` tells them."""
    rows: list[FirstTime] = []
    for since, until in _stretches(read, now):
        free = (each.start for each in read.coming if each.opens <= since < each.lapses)
        start = next(free, None)
        if start is None and read.unread_from <= since:
            return FirstTimes(rows, since)
        if rows and rows[-1].start == (start or NEVER):
            rows[-1].until = until
        else:
            rows.append(_row(query, start, since, until))
    return FirstTimes(rows, now + RIGHT_FOR)


def _stretches(read: Read, now: dt.datetime) -> Iterator[engine.Span]:
    """The time from now on, parted where a start becomes free or lapses."""
    end = now + RIGHT_FOR
    changes = {instant for each in read.coming for instant in (each.opens, each.lapses)}
    changes.add(read.unread_from)
    return pairwise(sorted({now, end, *(each for each in changes if now < each < end)}))


def _row(
    query: SlotQuery, start: dt.datetime | None, since: dt.datetime, until: dt.datetime
) -> FirstTime:
    doctor = query.doctor
    row = FirstTime(doctor=doctor, specialty_id=doctor.specialty_id, since=since, until=until)
    row.start = start or (NEVER if doctor.books_online else BY_PHONE)
    if start:
        day = start.astimezone(query.zone).date()
        for days in FirstTime.WITHIN:
            midnight = engine.to_utc(day - (days - 1) * engine.DAY, 0, query.zone)
            setattr(row, f"within_{days}_since", midnight)
    return row
