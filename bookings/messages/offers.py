"""Offers freed times to patients on the waiting list.

A change that frees time (a cancelled visit, a deleted absence) only writes a
`scheduling.models.FreedTime`, so that bookings stay fast. A command reads these rows later and
finds the patients who want such a time and may book it; the first on the list comes first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bookings import rules
from bookings.models import Notification, WaitingListEntry
from bookings.services import check_moves_online, check_patient_may_book
from bookings.slots import Calendars, SlotQuery
from scheduling import engine
from scheduling.models import FreedTime


class Offer(NamedTuple):
    """A freed start and the entry of the waiting list to which it is offered."""

    entry: WaitingListEntry
    start: dt.datetime


def offer_freed_times(*, limit: int = 1000, now: dt.datetime | None = None) -> int:
    """Offer up to `limit` freed times; return how many messages were queued.

    A freed time is deleted in the transaction that queues the messages about it. So a run that
    failed is repeated, and two runs at the same time notify nobody twice.
    """
    now = now or timezone.now()
    end_expired_entries(now=now)
    freed = FreedTime.objects.order_by("doctor_id", "pk")[:limit]
    notified = 0
    for doctor_id, rows in groupby(freed, key=attrgetter("doctor_id")):
        notified += _offer(doctor_id, list(rows), now)
    return notified


def end_expired_entries(*, now: dt.datetime) -> int:
    """End the entries whose time has come or whose type is retired; return how many."""
    entries = WaitingListEntry.objects.not_ended()
    over = entries.filter(before__lte=now) | entries.filter(
        consultation_type__retired_at__isnull=False
    )
    ended = WaitingListEntry.objects.filter(pk__in=over.values("pk"))
    return ended.end(WaitingListEntry.End.OVER, now=now)


def is_still_free(offer: Offer, *, now: dt.datetime) -> bool:
    """Whether the offered time can still be booked."""
    entry, start = offer
    if not entry.is_live(now):
        return False
    query = _query_of(entry)
    day = start.astimezone(query.zone).date()
    calendars = Calendars([query], [day], now=now, moving=entry.appointment_id)
    return start in calendars.free(query)[day]


def _query_of(entry: WaitingListEntry) -> SlotQuery:
    """The times that the patient wants; a visit that would be moved keeps its own length."""
    return SlotQuery(entry.doctor, entry.consultation_type, entry.appointment)


def _offer(doctor_id: int, freed: list[FreedTime], now: dt.datetime) -> int:
    offers = list(_matches(doctor_id, [(row.starts_at, row.ends_at) for row in freed], now))
    with transaction.atomic():
        if not _take(freed):
            # Another run has taken these rows and notifies the patients.
            transaction.set_rollback(True)
            return 0
        for offer in offers:
            _queue_offer(offer, now)
    return len(offers)


def _take(freed: list[FreedTime]) -> bool:
    """Delete these rows; False when another run has deleted one of them before."""
    gone, _by_model = FreedTime.objects.filter(pk__in=[row.pk for row in freed]).delete()
    return gone == len(freed)


def _queue_offer(offer: Offer, now: dt.datetime) -> None:
    entry, account = offer.entry, offer.entry.patient.account
    assert account is not None
    Notification.objects.create(
        waiting_list_entry=entry,
        kind=Notification.Kind.TIME_FREED,
        freed_start=offer.start,
        recipient=account.email,
        language=account.language or settings.LANGUAGE_CODE,
        created_at=now,
        next_attempt_at=now,
    )
    WaitingListEntry.objects.filter(pk=entry.pk).update(told_at=now)


def _matches(doctor_id: int, spans: list[engine.Span], now: dt.datetime) -> Iterator[Offer]:
    """The offers of the freed `spans`, in the order in which the patients joined the list.

    Each patient gets the first time that suits, and each span a limited number of patients.
    """
    spans = [span for span in spans if span[1] > now]
    entries = list(_entries(doctor_id, spans, now))
    if not entries:
        return
    freed = _freed_starts(entries, spans, now)
    room = dict.fromkeys(spans, settings.WAITING_LIST_TOLD_AT_ONCE)
    notified = _notified_lately(entries, now)
    for entry in entries:
        wanted = [
            each
            for each in freed[_query_of(entry)]
            if entry.wants(each.start) and any(room[span] for span in each.spans)
        ]
        if not wanted or entry.patient.account_id in notified or not _may_book(entry, now):
            continue
        suits = next((each for each in wanted if _is_free_then(entry, each.start)), None)
        if suits:
            yield Offer(entry, suits.start)
            notified.add(entry.patient.account_id)
            for span in suits.spans:
                room[span] -= 1


def _entries(
    doctor_id: int, spans: Collection[engine.Span], now: dt.datetime
) -> Collection[WaitingListEntry]:
    """Live entries, with an e-mail address, that can want a time in one of `spans`; by age."""
    first = min((start for start, _end in spans), default=None)
    if first is None:
        return []
    entries = WaitingListEntry.objects.live(now).filter(doctor=doctor_id, before__gt=first)
    reachable = entries.exclude(patient__account=None).exclude(patient__account__email="")
    return reachable.for_pages().order_by("created_at", "pk")


class FreedStart(NamedTuple):
    """A free start, and the freed spans that a visit at that start uses."""

    start: dt.datetime
    spans: list[engine.Span]


def _freed_starts(
    entries: Collection[WaitingListEntry], spans: Collection[engine.Span], now: dt.datetime
) -> dict[SlotQuery, list[FreedStart]]:
    """{query: the free starts that use one of the freed `spans`}, in three queries."""
    zone = next(iter(entries)).doctor.practice.zone
    queries = {_query_of(entry) for entry in entries}
    # A visit can begin the day before a freed span and reach past midnight into it.
    first = min(start for start, _end in spans).astimezone(zone).date() - engine.DAY
    last = min(max(end for _start, end in spans), max(each.before for each in entries))
    days = engine.days_from(first, (last.astimezone(zone).date() - first).days + 1)
    calendars = Calendars(list(queries), days, now=now)
    return {
        query: [
            FreedStart(start, used)
            for starts in calendars.free(query).values()
            for start in starts
            if (used := _used(start.astimezone(dt.UTC), query.length, spans))
        ]
        for query in queries
    }


def _used(
    start: dt.datetime, length: dt.timedelta, spans: Collection[engine.Span]
) -> list[engine.Span]:
    """The `spans` that share time with a visit of `length` at `start`."""
    return [span for span in spans if start < span[1] and span[0] < start + length]


def _notified_lately(entries: Collection[WaitingListEntry], now: dt.datetime) -> set[int | None]:
    """The accounts that got an offer of any doctor within settings.WAITING_LIST_PAUSE."""
    lately = WaitingListEntry.objects.filter(
        told_at__gt=now - settings.WAITING_LIST_PAUSE,
        patient__account__in={entry.patient.account_id for entry in entries},
    )
    return set(lately.values_list("patient__account", flat=True))


def _may_book(entry: WaitingListEntry, now: dt.datetime) -> bool:
    """Whether the rules let the patient book or move; an ineligible patient gets no offer."""
    query = _query_of(entry)
    try:
        check_patient_may_book(patient=entry.patient, query=query, now=now)
        if entry.appointment:
            check_moves_online(entry.appointment, now=now)
        else:
            rules.check_verified(entry.patient.account, now)
    except rules.Refusal:
        return False
    return True


def _is_free_then(entry: WaitingListEntry, start: dt.datetime) -> bool:
    """Whether the patient has no other visit at that time."""
    end = start.astimezone(dt.UTC) + _query_of(entry).length
    try:
        rules.check_patient_free(entry.patient, start, end, moving=entry.appointment_id)
    except rules.Refusal:
        return False
    return True
