"""The first times of doctors whose kept ones are in doubt, read now and remembered for a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.core.cache import cache

from bookings.models import FirstTime
from bookings.slots.agendas import Agendas
from bookings.slots.first_times import RIGHT_FOR, read_first_times


class Current(NamedTuple):
    """The row of `FirstTime` that counts from `since` until `until`, without its doctor."""

    start: dt.datetime
    since: dt.datetime
    until: dt.datetime
    within: tuple[dt.datetime, ...]
    """From when `start` is within each of FirstTime.WITHIN days."""

    def is_within(self, days: int, now: dt.datetime) -> bool:
        return self.within[FirstTime.WITHIN.index(days)] <= now


def read_doubts(
    versions: Mapping[int, int], agendas: Agendas, *, along: Iterable[int]
) -> dict[int, Current]:
    """{doctor: what counts now}, for {doctor: agenda's version}.

    The cache remembers an answer for as long as the agenda has its version, so that without
    `refresh_first_times` too a search reads an agenda once. When one agenda is
    read, those of all these doctors and of `along` are: the page shows some of them.
    """
    now = agendas.now
    keys = {pk: f"bookings.first_times.{pk}.{version}" for pk, version in versions.items()}
    remembered = cache.get_many(keys.values())
    found = {pk: _at(now, remembered.get(key, ())) for pk, key in keys.items()}
    missing = [pk for pk, current in found.items() if current is None]
    if missing:
        agendas.of([*versions, *along])
        read = read_first_times(agendas.of(missing), agendas)
        rows = {pk: [_without_doctor(row) for row in times.rows] for pk, times in read.items()}
        cache.set_many(
            {keys[pk]: each for pk, each in rows.items()}, timeout=RIGHT_FOR.total_seconds()
        )
        found |= {pk: _at(now, each) for pk, each in rows.items()}
    return {pk: current for pk, current in found.items() if current}


def _at(now: dt.datetime, rows: Iterable[Current]) -> Current | None:
    return next((row for row in rows if row.since <= now < row.until), None)


def _without_doctor(row: FirstTime) -> Current:
    within = tuple(getattr(row, f"within_{days}_since") for days in FirstTime.WITHIN)
    return Current(row.start, row.since, row.until, within)
