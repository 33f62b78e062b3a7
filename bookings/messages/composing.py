"""Composes the e-mail of a notification: HTML and text, the recipient's language, local times."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from bookings.messages.context import context_of
from bookings.models import Notification
from web.mails import html_of


def compose(row: Notification, *, now: dt.datetime) -> EmailMultiAlternatives:
    """The e-mail of `row`, in the practice's local time, with the name of the zone.

    It never contains the patient's reason, and its subject says nothing about health. Read `row`
    with `for_composing`: composing then costs one query at most.
    """
    with translation.override(row.language):
        context = context_of(row, now=now)
        subject = _subject(row, context)
        body = render_to_string(f"bookings/mail/{row.kind}.txt", context)
        html = html_of(f"bookings/mail/{row.kind}.html", context | {"subject": subject})
    mail = EmailMultiAlternatives(
        subject,
        re.sub(r"\n{3,}", "\n\n", body).strip() + "\n",
        from_email=_sender(context["sender"]),
        to=[row.recipient],
        headers=_headers(context),
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _subject(row: Notification, context: dict[str, Any]) -> str:
    """The subject in one line, with the practice's neutral name behind the time."""
    subject = render_to_string(f"bookings/mail/{row.kind}_subject.txt", context)
    words = f"{subject.strip()}, {context['sender']}" if context["sender"] else subject
    # Not `split()`: it would take the no-break space of French from its colon.
    return re.sub(r"[ \t\r\n]+", " ", words).strip()


def _sender(name: str) -> str:
    """The site's address under the practice's neutral name: the inbox says who writes."""
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or own_name, address)) if address else settings.DEFAULT_FROM_EMAIL


def _headers(context: dict[str, Any]) -> dict[str, str]:
    """Ask machines not to answer, and tell mail programs how the reader refuses such mails."""
    headers = {"Auto-Submitted": "auto-generated"}
    if stop := context.get("stop"):
        headers["List-Unsubscribe"] = f"<{stop.address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
