"""The waiting list of one doctor as the desk sees it: by rank, with the reason for each rank."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from bookings.messages.matching import query_of
from bookings.messages.ranking import by_rank
from bookings.messages.terms import terms_of
from bookings.models import MessageSettings, Offer, WaitingListEntry
from bookings.models.waiting_list import ALL_WEEKDAYS
from bookings.slots import Calendars
from dashboard.cockpit import Cockpit
from doctors.models import Practice
from scheduling import engine

A_MONDAY = dt.date(2024, 1, 1)
LOOKS_AHEAD = 28
"""Days in which the first time that can be proposed is looked for."""


class Wait(NamedTuple):
    """One line of the list."""

    rank: int
    entry: WaitingListEntry
    asked_on: dt.date
    wins_days: int
    """At most: between today and the time that they have, or that was the next free one."""
    weekdays: list[dt.date]
    """Days of some week that suit, for their names; [] when all do."""
    offer: Offer | None
    """The open offer."""
    last: Offer | None
    """The last one that ended."""
    start: dt.datetime | None
    """The first free time that suits, on the practice's clock, naive; None without one."""
    starts_at: dt.datetime | None
    """The same as an instant."""


def read_waiting_list(cockpit: Cockpit) -> dict[str, Any]:
    """The lines that the reader may see, by rank; the ranks count everybody."""
    doctor, now = cockpit.doctor, cockpit.now
    live = WaitingListEntry.objects.live(now).filter(doctor=doctor)
    ranked = list(enumerate(by_rank(live.for_pages()), start=1))
    ours = set(live.for_staff(cockpit.user, doctor).values_list("pk", flat=True))
    entries = [(rank, entry) for rank, entry in ranked if entry.pk in ours]
    open_offers, ended = _offers([entry for _rank, entry in entries], now)
    starts = _first_starts([entry for _rank, entry in entries], now)
    lines = []
    for rank, entry in entries:
        local, start = doctor.practice.local, starts.get(entry.pk)
        lines.append(
            Wait(
                rank=rank,
                entry=entry,
                asked_on=local(entry.created_at).date(),
                wins_days=max(0, (entry.local_before.date() - cockpit.today).days),
                weekdays=_days_of(entry),
                offer=open_offers.get(entry.pk),
                last=ended.get(entry.pk),
                start=local(start) if start else None,
                starts_at=start,
            )
        )
    chosen = MessageSettings.of(doctor.practice)
    return {"waits": lines, "offers_are_on": chosen.offers_freed_times}


def _days_of(entry: WaitingListEntry) -> list[dt.date]:
    if entry.weekdays == ALL_WEEKDAYS:
        return []
    return [A_MONDAY + int(day) * engine.DAY for day in entry.weekdays]


def _offers(
    entries: list[WaitingListEntry], now: dt.datetime
) -> tuple[dict[int, Offer], dict[int, Offer]]:
    """({entry: its open offer}, {entry: the last one that ended})."""
    rows = Offer.objects.filter(entry__in=entries).select_related("practice").order_by("pk")
    open_offers: dict[int, Offer] = {}
    ended: dict[int, Offer] = {}
    for offer in rows:
        if offer.is_held(now):
            open_offers[offer.entry_id] = offer
        else:
            ended[offer.entry_id] = offer
    return open_offers, ended


def _first_starts(entries: list[WaitingListEntry], now: dt.datetime) -> dict[int, dt.datetime]:
    """{entry: the first free time of the next weeks that suits and can still be proposed}."""
    if not entries:
        return {}
    today = query_of(entries[0]).today(now)
    queries = list({query_of(entry) for entry in entries})
    calendars = Calendars(queries, engine.days_from(today, LOOKS_AHEAD), now=now)
    places = {pk for query in queries for pk in calendars.weeks.practices_of(query)}
    practices = Practice.objects.select_related("message_settings").in_bulk(places)
    chosen = {pk: MessageSettings.of(practice) for pk, practice in practices.items()}
    found = {}
    for entry in entries:
        query = query_of(entry)
        for start in (each for day in calendars.free(query).values() for each in day):
            place = calendars.weeks.practice_at(query, start)
            terms = place and terms_of(start, chosen[place], now=now)
            if terms and entry.wants(start, now=terms.told_from):
                found[entry.pk] = start.astimezone(dt.UTC)
                break
    return found
