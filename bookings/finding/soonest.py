"""Who can be seen soonest: the first free time of every doctor that a search finds.

Reading thousands of agendas for every search would be slow, so the answers are kept in the
cache, each for as long as the agenda's version says that nothing changed. They decide the
order and the filters of a list; the times on its cards are always read anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from django.core.cache import cache

from bookings.models import Hold
from bookings.slots import SlotQuery, Weeks, next_free
from doctors.models import ConsultationType, Doctor

KEY = "bookings.finding.soonest"
KEPT_FOR = dt.timedelta(days=1)
ASKED_AGAIN_AFTER = dt.timedelta(hours=1)
"""When there is no free time at all: the horizon moves on at midnight there."""
AGENDAS_AT_ONCE = 300


class Known(NamedTuple):
    """An answer of the past: right while the agenda has `version` and until `good_until`."""

    version: int
    start: dt.datetime | None
    good_until: dt.datetime

    def is_good(self, version: int, now: dt.datetime) -> bool:
        return self.version == version and now < self.good_until


class Agendas:
    """Doctors, the type whose times their cards show, hours and holidays: each read once,
    four queries for any number of them."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.weeks = Weeks({}, {})
        """Hours and holidays of all that were read, from today to their horizons."""
        self._queries: dict[int, SlotQuery] = {}

    def of(self, pks: Collection[int]) -> list[SlotQuery]:
        """In the order of `pks`; who is not listed is left out, who has no type is asked about
        without one."""
        missing = list({pk: None for pk in pks if pk not in self._queries})
        if missing:
            self._read(missing)
        return [self._queries[pk] for pk in pks if pk in self._queries]

    def _read(self, pks: list[int]) -> None:
        # Before anything else, with their agendas' versions: what is read later is not older.
        doctors = Doctor.objects.listed().for_pages().in_bulk(pks)
        types = card_types(pks)
        queries = {pk: SlotQuery(doctor, types.get(pk)) for pk, doctor in doctors.items()}
        if not queries:
            return
        first = min(query.today(self.now) for query in queries.values())
        last = max(query.last_day(self.now) for query in queries.values())
        weeks = Weeks.of(queries.values(), first, last)
        self.weeks.ranges.update(weeks.ranges)
        self.weeks.holidays.update(weeks.holidays)
        self._queries.update(queries)


def card_types(doctor_ids: Collection[int]) -> dict[int, ConsultationType]:
    """{doctor: the type whose times stand for them in a list}: the first that anybody may
    book, else the first for known patients, else an emergency."""
    types = ConsultationType.objects.offered().filter(doctor__in=doctor_ids)
    order = ("doctor_id", "is_emergency_only", "require_existing_patient", "position", "pk")
    found: dict[int, ConsultationType] = {}
    for each in types.order_by(*order):
        found.setdefault(each.doctor_id, each)
    return found


def first_times(
    versions: Mapping[int, int],
    agendas: Agendas,
    *,
    held: Collection[int] = (),
    likely: Collection[int] = (),
) -> dict[int, dt.datetime | None]:
    """{doctor: first free start of their card's type, or None}, for {doctor: agenda's version}.

    Beside what `agendas` reads, at most three queries for each 300 doctors whose agenda changed
    since somebody asked; none for the others. `held` are those where a hold runs now; `likely`
    those whose agendas will be wanted afterwards, read along when any is read.
    """
    now = agendas.now
    known: dict[int, Known] = cache.get(KEY, {})
    stale = [pk for pk in versions if pk not in known or not known[pk].is_good(versions[pk], now)]
    if stale:
        agendas.of([*stale[:AGENDAS_AT_ONCE], *likely])
    for pks in _batches(stale, AGENDAS_AT_ONCE):
        queries = [query for query in agendas.of(pks) if query.consultation_type]
        today = min((query.today(now) for query in queries), default=now.date())
        starts = next_free(queries, today, now=now, weeks=agendas.weeks)
        known |= {pk: Known(versions[pk], None, now + ASKED_AGAIN_AFTER) for pk in pks}
        for query in queries:
            pk, start = query.doctor.pk, starts[query.doctor.pk]
            good_until = start - query.notice if start else now + ASKED_AGAIN_AFTER
            if pk in held:
                # An earlier time is free again when its hold ends, which no version tells.
                good_until = min(good_until, now + Hold.LASTS)
            known[pk] = Known(versions[pk], start, good_until)
    if stale:
        cache.set(KEY, known, timeout=KEPT_FOR.total_seconds())
    return {pk: known[pk].start for pk in versions}


def remembered_times(pks: Iterable[int]) -> dict[int, dt.datetime | None]:
    """What the cache still knows, right or not: a guess at the order, for no query."""
    known: dict[int, Known] = cache.get(KEY, {})
    return {pk: known[pk].start for pk in pks if pk in known}


def _batches(pks: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(pks)
    while some := list(islice(rest, size)):
        yield some
