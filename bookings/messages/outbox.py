"""Sends the messages of the outbox, and tries again later when the mail server refuses one."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from bookings.messages.delivery import Delivery, NotSent, Verdict
from bookings.messages.truth import is_moot, with_overtaken
from bookings.models import Notification, RefusedAddress

log = logging.getLogger("tbib.outbox")

FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(hours=6)
DOUBLINGS = 9
"""Enough to reach LONGEST_RETRY from FIRST_RETRY."""
SECOND_TRY = dt.timedelta(minutes=15)
"""A refused message is tried a second time after this, and then given up."""
CLAIM = dt.timedelta(minutes=5)
"""The time for which one sender claims a message: longer than a mail server needs to answer."""
AWAY_AFTER = 3
"""So many messages in a row that no server took: the run ends, and the next one tries again."""


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
    outcomes: Counter[bool | None] = Counter()
    due = Notification.objects.due(now or timezone.now())
    delivery, failed_in_a_row = Delivery(), 0
    try:
        for pk in due.values_list("pk", flat=True)[:limit]:
            if not keep_going() or failed_in_a_row == AWAY_AFTER:
                break
            # A run can take long, so each message gets the present time.
            outcome, is_away = _send_one(pk, delivery, now or timezone.now())
            outcomes[outcome] += 1
            failed_in_a_row = failed_in_a_row + 1 if is_away else 0
    finally:
        delivery.close()
    return outcomes[True], outcomes[False]


def send_again(rows: list[Notification], *, now: dt.datetime) -> int:
    """Make messages that were given up, or wait for their next attempt, due at once.

    Their addresses count as good again. Return how many messages these are.
    """
    unsent = [row for row in rows if row.sent_at is None and row.dropped_at is None]
    RefusedAddress.objects.filter(address__in=[row.recipient.lower() for row in unsent]).delete()
    return (
        Notification.objects.filter(pk__in=[row.pk for row in unsent])
        .filter(sent_at=None, dropped_at=None)
        .update(failed_at=None, failure="", attempts=0, next_attempt_at=now)
    )


def send_given_up_again(code: str, channel: str, *, now: dt.datetime) -> int:
    """Make due what was given up with this failure by this way; return how many messages."""
    rows = Notification.objects.filter(failure=code, channel=channel)
    return send_again(list(rows.exclude(failed_at=None)), now=now)


def _send_one(pk: int, delivery: Delivery, now: dt.datetime) -> tuple[bool | None, bool]:
    """(True when sent, False when that failed, None when nothing was to do; is the server away).

    Three queries, besides those of the text: claim, read, mark.
    """
    row = _claimed(pk, now)
    if row is None:
        return None, False
    if is_moot(row, now):
        _write(pk, dropped_at=now)
        return None, False
    if row.refused_code:  # type: ignore[attr-defined]
        _write(pk, failed_at=now, failure=row.refused_code)  # type: ignore[attr-defined]
        return False, False
    try:
        delivery.send(row, now=now)
    except NotSent as failure:
        log.warning("message %s not sent: %s", pk, failure.code)
        _write_failure(row, failure, now)
        return False, failure.verdict is Verdict.AWAY
    except Exception as error:
        # One message that cannot be composed must not stop the others.
        log.exception("message %s not sent", pk)
        _write_failure(row, NotSent(type(error).__name__, Verdict.LATER), now)
        return False, False
    _write(pk, sent_at=now, failure="")
    return True, False


def _claimed(pk: int, now: dt.datetime) -> Notification | None:
    """The message, claimed for this sender for CLAIM; None when another sender has it."""
    due = Notification.objects.due(now).filter(pk=pk)
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + CLAIM):
        return None
    refused = RefusedAddress.objects.filter(address=Lower(OuterRef("recipient")))
    rows = with_overtaken(Notification.objects.for_composing())
    return rows.annotate(refused_code=Subquery(refused.values("code"))).get(pk=pk)


def _write_failure(row: Notification, failure: NotSent, now: dt.datetime) -> None:
    """Note why the attempt failed, and the next attempt or that there is none."""
    was_refused = row.failure.startswith(("5", "HTTP "))
    if failure.verdict is Verdict.NO_SUCH_ADDRESS:
        RefusedAddress.objects.note(row.recipient, failure.code, now=now)
        _write(row.pk, failed_at=now, failure=failure.code)
    elif failure.verdict is Verdict.NEVER or (failure.verdict is Verdict.REFUSED and was_refused):
        _write(row.pk, failed_at=now, failure=failure.code)
    elif failure.verdict is Verdict.REFUSED:
        _write(row.pk, next_attempt_at=now + SECOND_TRY, failure=failure.code)
    else:
        pause = min(FIRST_RETRY * 2 ** min(row.attempts - 1, DOUBLINGS), LONGEST_RETRY)
        _write(row.pk, next_attempt_at=now + pause, failure=failure.code)


def _write(pk: int, **values: object) -> None:
    Notification.objects.filter(pk=pk).update(**values)
