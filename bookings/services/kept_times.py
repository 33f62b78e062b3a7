"""Steps of the writers that keep a freed time for the waiting list, and that end offers.

They run inside the transaction of a writer, under the doctor's lock. They only mark an offer as
ended: `bookings.messages.offers` passes its time on and tells the people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.dispatch import receiver

from bookings.models import Hold, Offer, WaitingListEntry
from bookings.models.offer import OfferQuerySet, OfferStatus
from bookings.models.waiting_list import End, WaitingListQuerySet
from doctors.models import Doctor
from scheduling.models import FreedTime, time_freed

MANY = 50
"""With more people on a doctor's list than this, one of them is taken to want any time."""


@receiver(time_freed)
def keep_freed_times(
    doctor_id: int, rows: Sequence[FreedTime], now: dt.datetime, **_signal: Any
) -> None:
    """Keep each freed span for Offer.KEPT from the public, if a patient waits for such a time.

    One query decides. The span is free after that time, with or without an offer.
    """
    least_ahead = settings.WAITING_LIST_HOLDS[-1][0]
    rows = [row for row in rows if row.ends_at - now > least_ahead]
    if not rows:
        return
    first = min(row.starts_at for row in rows)
    waiting = WaitingListEntry.objects.live(now).filter(doctor=doctor_id, before__gt=first)
    waiting = waiting.where_offered().select_related("doctor__practice")[:MANY]
    entries = list(waiting)
    kept = [
        (row, entry)
        for row in rows
        if (entry := next((each for each in entries if _can_want(each, row, len(entries))), None))
    ]
    Hold.objects.bulk_create(
        Hold(
            token=token_of_freed_time(row),
            doctor_id=doctor_id,
            consultation_type_id=entry.consultation_type_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            expires_at=now + Offer.KEPT,
            is_for_waiting_list=True,
            created_at=now,
        )
        for row, entry in kept
    )


def _can_want(entry: WaitingListEntry, row: FreedTime, count: int) -> bool:
    """Whether a time in the span can suit the entry; a span of several days suits everybody."""
    if entry.before <= row.starts_at:
        return False
    is_short = row.ends_at - row.starts_at <= dt.timedelta(hours=4)
    return not is_short or count == MANY or entry.wants(row.starts_at, now=row.created_at)


def token_of_freed_time(row: FreedTime) -> str:
    """The token of the hold that keeps a freed span until its offer is made."""
    return f"freed.{row.pk}"


def end_entries(entries: WaitingListQuerySet, why: End, *, now: dt.datetime) -> int:
    """End the entries that are not ended yet, with their open offers; return how many."""
    pks = list(entries.not_ended().values_list("pk", flat=True))
    if not pks:
        return 0
    drop_offers(Offer.objects.open().filter(entry__in=pks), now=now)
    return WaitingListEntry.objects.filter(pk__in=pks).end(why, now=now)


def drop_offers(offers: OfferQuerySet, *, now: dt.datetime) -> None:
    """End open offers whose patients do not want them any more; the next person gets the time."""
    for offer in offers.select_related("doctor"):
        _end(offer, Offer.Status.DROPPED, now=now)
        keep_for_the_next(offer, now=now)
        offer.doctor.touch_calendar()


def keep_for_the_next(offer: Offer, *, now: dt.datetime) -> None:
    """Keep the time of an ended offer until the next offer is made, Offer.KEPT at most."""
    Hold.objects.filter(token=offer.hold_token).update(expires_at=now + Offer.KEPT)


def withdraw_offers(
    doctor: Doctor, starts_at: dt.datetime, ends_at: dt.datetime, *, now: dt.datetime
) -> None:
    """End the open offers of times that overlap `[starts_at, ends_at)`: the practice needs it."""
    for offer in Offer.objects.open().filter(doctor=doctor).overlapping(starts_at, ends_at):
        withdraw(offer, now=now)


def withdraw(offer: Offer, *, now: dt.datetime) -> None:
    """End one offer for the practice, and free its time; the worker tells the patient."""
    _end(offer, Offer.Status.WITHDRAWN, now=now)
    Hold.objects.filter(token=offer.hold_token).delete()


def _end(offer: Offer, status: OfferStatus, *, now: dt.datetime) -> None:
    Offer.objects.filter(pk=offer.pk).update(status=status, ended_at=now)
    offer.status, offer.ended_at = status, now
