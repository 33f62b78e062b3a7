"""Send the messages of the outbox: each once, again later when the mail server refuses."""

from __future__ import annotations

import datetime as dt
import logging
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
"""Past the visit: whom an address refused so long needs no message about it any more."""
DOUBLINGS = 9
"""After so many, the pause is the longest one in any case."""
CLAIM = dt.timedelta(minutes=5)
"""How long a message is one sender's: longer than a mail server may take to answer."""


def send_due(*, limit: int = 500, now: dt.datetime | None = None) -> tuple[int, int]:
    """Send up to `limit` due messages; (sent, failed).

    At least once: a message is marked after the mail server took it, so that a crash in
    between sends it again, five minutes later, and none is lost. Two senders do not send
    the same one: it is claimed first, by a write of its own, and no transaction is open
    while a mail server thinks.
    """
    sent = failed = 0
    due = Notification.objects.due(now or timezone.now())
    for pk in due.values_list("pk", flat=True)[:limit]:
        # A long run: each message has its own time.
        outcome = _send_one(pk, now or timezone.now())
        sent += outcome is True
        failed += outcome is False
    return sent, failed


def _send_one(pk: int, now: dt.datetime) -> bool | None:
    """True when sent, False when the mail server refused, None when there was nothing to do."""
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
        # One message that cannot be written does not hold up all the others.
        log.exception("message %s not sent", pk)
    else:
        Notification.objects.filter(pk=pk).update(sent_at=now)
        return True
    pause = FIRST_RETRY * 2 ** min(row.attempts - 1, DOUBLINGS)
    Notification.objects.filter(pk=pk).update(next_attempt_at=now + min(pause, LONGEST_RETRY))
    return False


def _is_moot(row: Notification, now: dt.datetime) -> bool:
    """Whether the message tells nothing any more: the visit is long past, or it changed again
    between two turns and only the last message is still true; the freed time is taken."""
    if row.waiting_list_entry and row.freed_start:
        return not is_still_free(Offer(row.waiting_list_entry, row.freed_start), now=now)
    assert row.appointment is not None
    ends_at = row.appointment.ends_at
    if ends_at is not None and ends_at + MOOT_AFTER < now:
        return True
    return row.appointment.notifications.filter(pk__gt=row.pk).exists()


def _claimed(pk: int, now: dt.datetime) -> Notification | None:
    """The message, this sender's alone for a while; None when another one has it."""
    due = Notification.objects.due(now).filter(pk=pk)
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + CLAIM):
        return None
    return Notification.objects.select_related(
        "appointment__practice",
        "appointment__doctor__user",
        "appointment__consultation_type",
        "waiting_list_entry__appointment__practice",
        "waiting_list_entry__consultation_type",
        "waiting_list_entry__doctor__practice",
        "waiting_list_entry__doctor__user",
        "waiting_list_entry__patient",
    ).get(pk=pk)
