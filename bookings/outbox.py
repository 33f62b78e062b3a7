"""Sending what the outbox holds: plain e-mails, in the reader's language, local times."""

from __future__ import annotations

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from bookings.models import Notification

log = logging.getLogger("tbib.outbox")

FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(hours=6)


def send_due(*, limit: int = 500, now: dt.datetime | None = None) -> tuple[int, int]:
    """Send up to `limit` due messages; (sent, failed).

    At least once: a message is marked after the mail server took it, so that a crash in
    between sends it again and none is lost. Two senders do not take the same row: it is
    locked while it is being sent (PostgreSQL), or the whole turn is one writer's (SQLite,
    where a sender also holds up bookings; hence one row a transaction).
    """
    now = now or timezone.now()
    sent = failed = 0
    for pk in Notification.objects.due(now).values_list("pk", flat=True)[:limit]:
        outcome = _send_one(pk, now)
        sent += outcome is True
        failed += outcome is False
    return sent, failed


def _send_one(pk: int, now: dt.datetime) -> bool | None:
    """True when sent, False when the mail server refused, None when there was nothing to do."""
    with transaction.atomic():
        rows = Notification.objects.due(now).filter(pk=pk)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        row = rows.select_related(
            "appointment__practice", "appointment__doctor__user", "appointment__patient"
        ).first()
        if row is None:
            return None
        if row.appointment.notifications.filter(pk__gt=row.pk).exists():
            # Two changes between two turns: only the last one is still true.
            row.dropped_at = now
            row.save(update_fields=["dropped_at"])
            return None
        row.attempts += 1
        try:
            compose(row).send()
        except (OSError, SMTPException) as error:
            pause = min(FIRST_RETRY * 2 ** (row.attempts - 1), LONGEST_RETRY)
            row.next_attempt_at = now + pause
            row.save(update_fields=["attempts", "next_attempt_at"])
            log.warning("message %s not sent: %s", row.pk, type(error).__name__)
            return False
        row.sent_at = now
        row.save(update_fields=["attempts", "sent_at"])
        return True


def compose(row: Notification) -> EmailMessage:
    """The e-mail that tells `row`; the practice's local time, with its zone named."""
    appointment = row.appointment
    page = settings.SITE_URL + reverse("appointment_page", args=[appointment.pk])
    previous = appointment.practice.local(row.previous_start) if row.previous_start else None
    context = {
        "row": row,
        "appointment": appointment,
        "practice": appointment.practice,
        "previous": previous,
        "page": page,
        "lines": [line for line in _instructions(row) if line],
    }
    with translation.override(row.language):
        subject = render_to_string(f"bookings/mail/{row.kind}_subject.txt", context)
        body = render_to_string(f"bookings/mail/{row.kind}.txt", context)
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[row.recipient])


def _instructions(row: Notification) -> list[str]:
    kind = row.appointment.consultation_type
    return kind.instructions.splitlines() if kind else []
