"""What an e-mail provider tells later of a message: it bounced, or its reader complained.

Providers are optional (EMAIL_PROVIDER); django-anymail knows their words.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bookings.messages.delivery import ABOUT_THE_SENDER
from bookings.models import Notification, RefusedAddress

CODE = re.compile(r"\b(5\.\d{1,3}\.\d{1,3})\b")
COMPLAINED = "complained"


@csrf_exempt
@login_not_required
def mail_events(request: HttpRequest) -> HttpResponse:
    """Take the provider's events; 404 without a provider and a secret, 400 for a wrong secret."""
    if not (settings.EMAIL_PROVIDER and settings.ANYMAIL.get("WEBHOOK_SECRET")):
        raise Http404
    # It knows all providers: 20 MB for nothing where there is none.
    from anymail.urls import urlpatterns

    names = (f"{settings.EMAIL_PROVIDER}_tracking_webhook", f"{settings.EMAIL_PROVIDER}_webhook")
    view = next(each.callback for each in urlpatterns if each.name in names)
    response: HttpResponse = view(request)
    return response


@receiver(tracking)
def note_event(event: AnymailTrackingEvent, **_signal: Any) -> None:
    """Show a message that did not arrive as given up, and note an address that does not exist."""
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED):
        return
    now, code = timezone.now(), _code(event)
    if _condemns(event, code) and event.recipient:
        RefusedAddress.objects.note(event.recipient, code, now=now)
    if event.event_type != EventType.COMPLAINED:
        _give_up(event.metadata.get("notification"), code, now)


def _code(event: AnymailTrackingEvent) -> str:
    """The code of the event, without the server's words, which may name the person."""
    if event.event_type == EventType.COMPLAINED:
        return COMPLAINED
    found = CODE.search(f"{event.mta_response or ''} {event.description or ''}")
    return f"550 {found[1]}" if found else str(event.reject_reason or event.event_type)


def _condemns(event: AnymailTrackingEvent, code: str) -> bool:
    """Whether no more messages may go to the address. Without a code the provider decides."""
    if event.event_type == EventType.COMPLAINED:
        return True
    detail = code.partition(" ")[2]
    if detail:
        return detail.startswith("5.1.") and detail not in ABOUT_THE_SENDER
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    kind = f"{told.get('event', '')} {told.get('Type', '')}".lower()
    return event.reject_reason == RejectReason.INVALID or "hard" in kind


def _give_up(pk: object, code: str, now: dt.datetime) -> None:
    if str(pk).isdecimal():
        rows = Notification.objects.filter(pk=int(str(pk)), sent_at__isnull=False)
        rows.update(sent_at=None, failed_at=now, failure=code)
