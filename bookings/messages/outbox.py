"""Sends the messages of the outbox, and tries again later when the mail server refuses one."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.db.models import F
from django.utils import timezone

from bookings.messages.composing import compose
from bookings.messages.offers import Offer, is_still_free
from bookings.models import Notification

log = logging.getLogger("tbib.outbox")

FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(hours=6)
MOOT_AFTER = dt.timedelta(days=1)
"""A message that is still unsent this long after the visit's end is dropped."""
DOUBLINGS = 9
"""Enough to reach LONGEST_RETRY from FIRST_RETRY."""
CLAIM = dt.timedelta(minutes=5)
"""The time for which one sender claims a message: longer than a mail server needs to answer."""


def send_due(
    *,
    limit: int = 500,
    now: dt.datetime | None = None,
    keep_going: Callable[[], bool] = lambda: True,
) -> tuple[int, int]:
    """Send up to `limit` due messages, as long as `keep_going()`; return (sent, failed).

    A message is sent at least once: it is marked after the mail server took it, so a crash in
    between sends it again five minutes later. Two senders do not send the same message: a
    separate write claims it first. No transaction is open while the mail server answers.
    """
    sent = failed = 0
    due = Notification.objects.due(now or timezone.now())
    for pk in due.values_list("pk", flat=True)[:limit]:
        if not keep_going():
            break
        # A run can take long, so each message gets the present time.
        outcome = _send_one(pk, now or timezone.now())
        sent += outcome is True
        failed += outcome is False
    return sent, failed


def _send_one(pk: int, now: dt.datetime) -> bool | None:
    """True when the message was sent, False when that failed, None when nothing was to do."""
    row = _claimed(pk, now)
    if row is None:
        return None
    if _is_moot(row, now):
        Notification.objects.filter(pk=pk).update(dropped_at=now)
        return None
    try:
        compose(row, now=now).send()
    except (OSError, SMTPException) as error:
        log.warning("message %s not sent: %s", pk, type(error).__name__)
    except Exception:
        # One message that cannot be composed must not stop the others.
        log.exception("message %s not sent", pk)
    else:
        Notification.objects.filter(pk=pk).update(sent_at=now)
        return True
    pause = FIRST_RETRY * 2 ** min(row.attempts - 1, DOUBLINGS)
    Notification.objects.filter(pk=pk).update(next_attempt_at=now + min(pause, LONGEST_RETRY))
    return False


def _is_moot(row: Notification, now: dt.datetime) -> bool:
    """Whether the message is useless: the visit is long past, a later message about the visit
    exists, or the freed time is taken."""
    if row.waiting_list_entry and row.freed_start:
        return not is_still_free(Offer(row.waiting_list_entry, row.freed_start), now=now)
    assert row.appointment is not None
    ends_at = row.appointment.ends_at
    if ends_at is not None and ends_at + MOOT_AFTER < now:
        return True
    return row.appointment.notifications.filter(pk__gt=row.pk).exists()


def _claimed(pk: int, now: dt.datetime) -> Notification | None:
    """The message, claimed for this sender for CLAIM; None when another sender has it."""
    due = Notification.objects.due(now).filter(pk=pk)
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + CLAIM):
        return None
    return Notification.objects.select_related(
        "appointment__patient",
        "appointment__practice",
        "appointment__doctor__user",
        "appointment__consultation_type",
        "waiting_list_entry__appointment__practice",
        "waiting_list_entry__consultation_type",
        "waiting_list_entry__doctor__practice",
        "waiting_list_entry__doctor__user",
        "waiting_list_entry__patient",
    ).get(pk=pk)
