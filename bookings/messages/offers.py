"""Telling those on the waiting list that a time opened.

Whatever opens time (a visit cancelled, an absence taken back) only writes it down
(`scheduling.models.FreedTime`), so that bookings stay fast. Here a command looks at it later:
who waits for such a time, may book it, and joined first.
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
    """A free start that opened, for somebody who waits."""

    entry: WaitingListEntry
    start: dt.datetime


def offer_freed_times(*, limit: int = 1000, now: dt.datetime | None = None) -> int:
    """Look at up to `limit` stretches of time that opened; how many people were told.

    Each is looked at once: it goes with the messages about it, in one transaction, so that a
    run that dies is done again and two at the same time tell nobody twice.
    """
    now = now or timezone.now()
    end_what_is_over(now=now)
    freed = FreedTime.objects.order_by("doctor_id", "pk")[:limit]
    told = 0
    for doctor_id, rows in groupby(freed, key=attrgetter("doctor_id")):
        told += _offer(doctor_id, list(rows), now)
    return told


def end_what_is_over(*, now: dt.datetime) -> int:
    """End the wishes whose time came, or whose reason is offered no more."""
    waiting = WaitingListEntry.objects.not_ended()
    over = waiting.filter(before__lte=now) | waiting.filter(
        consultation_type__retired_at__isnull=False
    )
    ended = WaitingListEntry.objects.filter(pk__in=over.values("pk"))
    return ended.end(WaitingListEntry.End.OVER, now=now)


def is_still_free(offer: Offer, *, now: dt.datetime) -> bool:
    """Whether the time may be booked by whoever reads of it now."""
    entry, start = offer
    if not entry.is_live(now):
        return False
    query = SlotQuery(entry.doctor, entry.consultation_type)
    day = start.astimezone(query.zone).date()
    calendars = Calendars([query], [day], now=now, moving=entry.appointment_id)
    return start in calendars.free(query)[day]


def _offer(doctor_id: int, freed: list[FreedTime], now: dt.datetime) -> int:
    offers = list(_matches(doctor_id, [(row.starts_at, row.ends_at) for row in freed], now))
    with transaction.atomic():
        if not _are_ours(freed):
            # Another run is at it, and tells them.
            transaction.set_rollback(True)
            return 0
        for offer in offers:
            _tell(offer, now)
    return len(offers)


def _are_ours(freed: list[FreedTime]) -> bool:
    """Forget them; False when somebody has forgotten one before."""
    gone, _by_model = FreedTime.objects.filter(pk__in=[row.pk for row in freed]).delete()
    return gone == len(freed)


def _tell(offer: Offer, now: dt.datetime) -> None:
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
    """Who is told of which time: in the order in which they joined, each of the first time that
    suits them, of each stretch so many people at most."""
    spans = [span for span in spans if span[1] > now]
    waiting = list(_waiting(doctor_id, spans, now))
    if not waiting:
        return
    opened = _opened(waiting, spans, now)
    room = dict.fromkeys(spans, settings.WAITING_LIST_TOLD_AT_ONCE)
    told = _told_lately(waiting, now)
    for entry in waiting:
        wanted = [
            each
            for each in opened[entry.consultation_type_id]
            if entry.wants(each.start) and any(room[span] for span in each.spans)
        ]
        if not wanted or entry.patient.account_id in told or not _may_book(entry, now):
            continue
        suits = next((each for each in wanted if _is_free_then(entry, each.start)), None)
        if suits:
            yield Offer(entry, suits.start)
            told.add(entry.patient.account_id)
            for span in suits.spans:
                room[span] -= 1


def _waiting(
    doctor_id: int, spans: Collection[engine.Span], now: dt.datetime
) -> Collection[WaitingListEntry]:
    """Who waits, with an address to be told at, for a time that one of `spans` may be."""
    first = min((start for start, _end in spans), default=None)
    if first is None:
        return []
    waiting = WaitingListEntry.objects.live(now).filter(doctor=doctor_id, before__gt=first)
    reachable = waiting.exclude(patient__account=None).exclude(patient__account__email="")
    return reachable.for_pages().order_by("created_at", "pk")


class Opened(NamedTuple):
    """A free start, and what opened of the time that a visit then needs."""

    start: dt.datetime
    spans: list[engine.Span]


def _opened(
    waiting: Collection[WaitingListEntry], spans: Collection[engine.Span], now: dt.datetime
) -> dict[int, list[Opened]]:
    """{type: the free starts that were not free before, as far as `spans` tell}; three queries."""
    doctor = next(iter(waiting)).doctor
    zone = doctor.practice.zone
    queries = {e.consultation_type_id: SlotQuery(doctor, e.consultation_type) for e in waiting}
    # A visit may begin the day before what opened, and run past midnight into it.
    first = min(start for start, _end in spans).astimezone(zone).date() - engine.DAY
    last = min(max(end for _start, end in spans), max(each.before for each in waiting))
    days = engine.days_from(first, (last.astimezone(zone).date() - first).days + 1)
    calendars = Calendars(list(queries.values()), days, now=now)
    return {
        pk: [
            Opened(start, met)
            for starts in calendars.free(query).values()
            for start in starts
            if (met := _met(start.astimezone(dt.UTC), query.length, spans))
        ]
        for pk, query in queries.items()
    }


def _met(
    start: dt.datetime, length: dt.timedelta, spans: Collection[engine.Span]
) -> list[engine.Span]:
    return [span for span in spans if start < span[1] and span[0] < start + length]


def _told_lately(waiting: Collection[WaitingListEntry], now: dt.datetime) -> set[int | None]:
    """The accounts that were told of some time, here or elsewhere, a short while ago."""
    lately = WaitingListEntry.objects.filter(
        told_at__gt=now - settings.WAITING_LIST_PAUSE,
        patient__account__in={entry.patient.account_id for entry in waiting},
    )
    return set(lately.values_list("patient__account", flat=True))


def _may_book(entry: WaitingListEntry, now: dt.datetime) -> bool:
    """Whether the rules about the person would let them: who may not is told of nothing."""
    query = SlotQuery(entry.doctor, entry.consultation_type)
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
    """Whether the person is at no other visit at that time."""
    end = start.astimezone(dt.UTC) + entry.consultation_type.length
    try:
        rules.check_patient_free(entry.patient, start, end, moving=entry.appointment_id)
    except rules.Refusal:
        return False
    return True
