"""Composes the e-mail of a notification: plain text, the recipient's language, local times."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bookings.models import Appointment, Notification, WaitingListEntry
from bookings.status import UPCOMING, Status, Verb
from doctors.models import Practice
from scheduling.places import practice_at
from web.templatetags.tbib import phone_display


def compose(row: Notification, *, now: dt.datetime) -> EmailMessage:
    """The e-mail of `row`, in the practice's local time, with the name of the zone.

    It never contains the patient's reason, and its subject says nothing about health.
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
    """The template context of an offer: a freed time, and the address that books it."""
    entry, start = row.waiting_list_entry, row.freed_start
    assert entry is not None
    assert start is not None
    practice = practice_of_offer(entry, start)
    local = practice.local(start)
    state: dict[str, Any] = {"from": local.date()}
    if entry.appointment:
        # The patient keeps the old time until the new one is confirmed.
        path = reverse("move_appointment", args=[entry.appointment.pk])
    else:
        path = entry.doctor.get_absolute_url()
        state = {"seen": "yes", "type": entry.consultation_type_id} | state
    return {
        "entry": entry,
        "practice": practice,
        "start": local,
        "own": entry.appointment and entry.appointment.local_start,
        "take_it": f"{settings.SITE_URL}{path}?{urlencode(state)}",
        "page": settings.SITE_URL + reverse("my_appointments"),
    }


def practice_of_offer(entry: WaitingListEntry, start: dt.datetime) -> Practice:
    """Where the freed time is."""
    kind, doctor = entry.consultation_type, entry.doctor
    return practice_at(doctor, start, type_id=kind.pk, length=kind.length) or doctor.practice


def _context(row: Notification, now: dt.datetime) -> dict[str, Any]:
    appointment, practice = row.appointment, row.practice
    assert appointment is not None
    doctor, consultation_type = appointment.doctor, appointment.consultation_type
    closes = appointment.changes_close_at
    # Its pages are for accounts: without one, the practice's phone is the way.
    has_pages = appointment.patient.account_id is not None
    in_time = closes is not None and now < closes and appointment.status in UPCOMING
    lines = consultation_type.instructions.splitlines() if consultation_type else []
    by_hand = consultation_type and consultation_type.needs_confirmation
    books_online = doctor.is_approved and doctor.books_online
    visit_page = reverse("appointment_page", args=[appointment.pk])
    move_page = reverse("move_appointment", args=[appointment.pk])
    return {
        "row": row,
        "appointment": appointment,
        "practice": practice,
        "start": appointment.local_start,
        "previous": practice.local(row.previous_start) if row.previous_start else None,
        "instructions": [line for line in lines if line.strip()],
        "phone": phone_display(practice.phone, practice.country),
        "page": settings.SITE_URL + visit_page if has_pages else "",
        "move_page": settings.SITE_URL + move_page if has_pages else "",
        "calendar": settings.SITE_URL + doctor.get_absolute_url() if books_online else "",
        "closes": practice.local(closes) if closes and in_time and has_pages else None,
        # A patient cannot move a request that the practice confirmed.
        "moves_online": not (by_hand and appointment.status == Status.CONFIRMED),
        "unanswered": _is_unanswered(appointment),
    }


def _is_unanswered(appointment: Appointment) -> bool:
    """Whether the system cancelled the visit: a request without an answer before its start."""
    last = appointment.changes.last()
    return bool(
        last
        and last.verb == Verb.CANCEL
        and last.from_status == Status.PENDING
        and last.by_id is None
    )
