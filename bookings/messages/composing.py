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

from bookings.calendar_files.visits import Method, calendar_file
from bookings.messages.context import context_of, sms_context_of
from bookings.messages.gsm import ONE, length_of, normalised
from bookings.messages.links import visit_link
from bookings.models import Notification
from web.mails import html_of

Kind = Notification.Kind

CALENDAR_METHODS: dict[str, Method] = {
    Kind.BOOKED: "REQUEST",
    Kind.CONFIRMED: "REQUEST",
    Kind.MOVED: "REQUEST",
    Kind.CANCELLED: "CANCEL",
    Kind.DECLINED: "CANCEL",
}
"""The messages that a calendar reads too, so that its event follows the visit."""
SHORTEST_NAME = 8


def compose(
    row: Notification, *, now: dt.datetime, own_words: list[str] | None = None
) -> EmailMultiAlternatives:
    """The e-mail of `row`, in the practice's local time, with the name of the zone.

    It never contains the patient's reason, and its subject says nothing about health. Read `row`
    with `for_composing`: composing then costs one query at most. `own_words` stand for the
    practice's saved lines.
    """
    with translation.override(row.language):
        context = context_of(row, now=now, own_words=own_words)
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
    _add_calendar_file(mail, row)
    return mail


def compose_sms(row: Notification, *, now: dt.datetime) -> str:
    """The SMS of `row`, in the letters of the SMS alphabet as far as they exist.

    It says the practice and the time: never a type, a specialty or a doctor. Where the whole is
    longer than one SMS, the practice's name is cut, to SHORTEST_NAME letters at least.
    """
    with translation.override(row.language):
        context = sms_context_of(row, now=now)
        template = f"bookings/sms/{row.kind}.txt"
        text = normalised(render_to_string(template, context).strip())
        too_long = length_of(text).characters - ONE
        if too_long <= 0:
            return text
        name = normalised(context["sender"])
        context["sender"] = cut(name, max(len(name) - too_long, SHORTEST_NAME))
        return normalised(render_to_string(template, context).strip())


def cut(name: str, longest: int) -> str:
    """The name in `longest` letters at most, between two words where there is a first word."""
    if len(name) <= longest:
        return name
    whole_words = name[: longest + 1].rpartition(" ")[0].rstrip(" ,;:-")
    return whole_words if len(whole_words) >= longest // 2 else name[: longest - 1].rstrip() + "."


def _add_calendar_file(mail: EmailMultiAlternatives, row: Notification) -> None:
    """Add the visit as a calendar file, in the way that the mail server passes on.

    Most providers' interfaces take no calendar part; there it is an attachment.
    """
    method, visit = CALENDAR_METHODS.get(row.kind), row.appointment
    if method is None or visit is None or visit.is_walk_in:
        return
    link = visit_link(visit) if method == "REQUEST" else ""
    content = calendar_file(visit, method=method, language=row.language, link=link).decode()
    if settings.EMAIL_BACKEND.startswith("anymail."):
        mail.attach("rendez-vous.ics", content, "text/calendar")
    else:
        mail.attach_alternative(content, f"text/calendar; method={method}; charset=utf-8")


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
