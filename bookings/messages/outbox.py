"""Sending what the outbox holds: plain e-mails, in the reader's language, local times."""

from __future__ import annotations

import datetime as dt
import logging
import re
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from bookings.messages.offers import Offer, is_still_free
from bookings.models import Appointment, Notification
from bookings.status import UPCOMING, Status, Verb
from web.templatetags.tbib import phone_display

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


def compose(row: Notification, *, now: dt.datetime) -> EmailMessage:
    """The e-mail that tells `row`; the practice's local time, with its zone named.

    It never has the patient's reason, and its subject nothing about health.
    """
    with translation.override(row.language):
        context = _context_of_offer(row) if row.waiting_list_entry else _context(row, now)
        subject = render_to_string(f"bookings/mail/{row.kind}_subject.txt", context)
        body = render_to_string(f"bookings/mail/{row.kind}.txt", context)
    return EmailMessage(
        " ".join(subject.split()),
        re.sub(r"\n{3,}", "\n\n", body).strip() + "\n",
        to=[row.recipient],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _context_of_offer(row: Notification) -> dict[str, Any]:
    """A time that opened, for somebody on the waiting list: where to take it."""
    entry, start = row.waiting_list_entry, row.freed_start
    assert entry is not None
    assert start is not None
    local = row.practice.local(start)
    state: dict[str, Any] = {"from": local.date()}
    if entry.appointment:
        # The patient keeps the old time until the new one is confirmed.
        path = reverse("move_appointment", args=[entry.appointment.pk])
    else:
        path = entry.doctor.get_absolute_url()
        state = {"seen": "yes", "type": entry.consultation_type_id} | state
    return {
        "entry": entry,
        "practice": row.practice,
        "start": local,
        "own": entry.appointment and entry.appointment.local_start,
        "take_it": f"{settings.SITE_URL}{path}?{urlencode(state)}",
        "page": settings.SITE_URL + reverse("my_appointments"),
    }


def _context(row: Notification, now: dt.datetime) -> dict[str, Any]:
    appointment, practice = row.appointment, row.practice
    assert appointment is not None
    doctor, kind = appointment.doctor, appointment.consultation_type
    closes = appointment.changes_close_at
    in_time = closes is not None and now < closes and appointment.status in UPCOMING
    lines = kind.instructions.splitlines() if kind else []
    books_online = doctor.is_approved and doctor.books_online
    can_choose = books_online and kind is not None and not kind.is_retired
    move_page = reverse("move_appointment", args=[appointment.pk])
    return {
        "row": row,
        "appointment": appointment,
        "practice": practice,
        "start": appointment.local_start,
        "previous": practice.local(row.previous_start) if row.previous_start else None,
        "instructions": [line for line in lines if line.strip()],
        "phone": phone_display(practice.phone, practice.country),
        "page": settings.SITE_URL + reverse("appointment_page", args=[appointment.pk]),
        "move_page": settings.SITE_URL + move_page if can_choose else "",
        "calendar": settings.SITE_URL + doctor.get_absolute_url() if books_online else "",
        "closes": practice.local(closes) if closes and in_time else None,
        # What the practice confirmed by hand is not moved under it.
        "moves_online": not (
            kind and kind.needs_confirmation and appointment.status == Status.CONFIRMED
        ),
        "unanswered": _is_unanswered(appointment),
    }


def _is_unanswered(appointment: Appointment) -> bool:
    """A request whose time came before an answer: the system cancelled it."""
    last = appointment.changes.last()
    return bool(
        last
        and last.verb == Verb.CANCEL
        and last.from_status == Status.PENDING
        and last.by_id is None
    )
