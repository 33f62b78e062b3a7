"""Empties and deletes what is kept of messages, when its time is over."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django_q.models import Failure

from bookings.models import Notification, RefusedAddress

WORDS_KEPT = dt.timedelta(days=30)
"""For so long the outbox keeps the words that a practice added to a message."""
TRACE_KEPT = dt.timedelta(days=365)
"""For so long it keeps that a message was sent."""
FAILED_JOBS_KEPT = dt.timedelta(days=30)
AT_ONCE = 1000
"""Rows in one transaction, so that a booking never waits long."""


def forget_old_messages(*, now: dt.datetime | None = None) -> int:
    """Empty the words and delete the rows whose time is over; return how many rows went."""
    now = now or timezone.now()
    _empty_words(now)
    gone = _delete_rows(now)
    RefusedAddress.objects.filter(refused_at__lt=now - TRACE_KEPT).delete()
    Failure.objects.filter(stopped__lt=now - FAILED_JOBS_KEPT).delete()
    return gone


def _empty_words(now: dt.datetime) -> None:
    old = Notification.objects.filter(created_at__lt=now - WORDS_KEPT).exclude(message="")
    while pks := list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        Notification.objects.filter(pk__in=pks).update(message="")


def _delete_rows(now: dt.datetime) -> int:
    """Rows are written in the order of time, so the first ones are the oldest."""
    gone = 0
    while True:
        first = Notification.objects.order_by("pk").values_list("pk", "created_at")[:AT_ONCE]
        rows = list(first)
        old = [pk for pk, created_at in rows if created_at < now - TRACE_KEPT]
        Notification.objects.filter(pk__in=old).delete()
        gone += len(old)
        if not old or len(old) < len(rows):
            return gone
