"""The practices of free times, for a doctor who sees patients at several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bookings.slots import Day, SlotQuery, Weeks, nearest_free
from doctors.models import Practice

Places = Mapping[int, Practice]
"""{key: practice} of the times of one doctor; empty when all are at the doctor's own."""


class PlacedTimes(NamedTuple):
    """Times at one practice; None where there is no other one to confuse it with."""

    practice: Practice | None
    starts: list[dt.datetime]


class PlacedTime(NamedTuple):
    """A time, and its practice as in `PlacedTimes`."""

    start: dt.datetime
    practice: Practice | None


class PlacedDay(NamedTuple):
    """A column of the grid: the day, and its times by practice, in order."""

    day: Day
    parts: list[PlacedTimes]


def read_places(queries: Sequence[SlotQuery], weeks: Weeks) -> dict[SlotQuery, Places]:
    """The practices of each query's times; one query when a doctor works elsewhere, else none."""
    keys = {query: weeks.practices_of(query) for query in queries}
    own = {query.doctor.practice_id: query.doctor.practice for query in queries}
    missing = {pk for pks in keys.values() for pk in pks} - own.keys()
    known = own | (Practice.objects.in_bulk(missing) if missing else {})
    return {
        query: {} if pks == [query.doctor.practice_id] else {pk: known[pk] for pk in pks}
        for query, pks in keys.items()
    }


def place_at(query: SlotQuery, start: dt.datetime | None, weeks: Weeks) -> Practice | None:
    """The practice of `start` when it is not the doctor's own; one query then, else none."""
    pk = weeks.practice_at(query, start) if start else None
    return Practice.objects.get(pk=pk) if pk and pk != query.doctor.practice_id else None


def only_place(query: SlotQuery, places: Places) -> Practice | None:
    """The practice of all times of `query`, whose `places` are given; None with several."""
    first = next(iter(places.values()), query.doctor.practice)
    return first if len(places) < 2 else None


def nearest_placed(query: SlotQuery, around: dt.datetime, **asked: Any) -> list[PlacedTime]:
    """The nearest free times (`nearest_free`), each with its practice."""
    slots, weeks = nearest_free(query, around, **asked)
    places = read_places([query], weeks)[query]
    return [PlacedTime(slot.start, places.get(slot.practice_id)) for slot in slots]


def placed(day: Day, places: Places, shown: int | None) -> PlacedDay:
    """`day` with its first `shown` times, by practice."""
    times: Iterable[tuple[dt.datetime, int]] = zip(day.starts, day.practices, strict=True)
    times = list(times)[:shown]
    parts = [
        PlacedTimes(places.get(pk), [start for start, _pk in each])
        for pk, each in groupby(times, key=lambda time: time[1])
    ]
    return PlacedDay(day, parts)
