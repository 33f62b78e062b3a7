"""What operators see of bookings: /ready and /metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Min
from django.utils import timezone

from bookings.models import Hold, Notification, WorkerBeat
from web.health import reports
from web.metrics import state

LATE = dt.timedelta(minutes=5)
"""A message leaves within 15 seconds; one that waits so long has no worker, or no mail server."""


@reports("worker")
def worker_trouble() -> str:
    return "" if WorkerBeat.objects.alive(timezone.now()).exists() else "no worker runs"


@reports("outbox")
def outbox_trouble() -> str:
    age = outbox_age()
    return f"a message has waited for {age:.0f} s" if age > LATE.total_seconds() else ""


def outbox_age() -> float:
    """Return for how many seconds the oldest message that is due has waited."""
    now = timezone.now()
    oldest = (
        Notification.objects.due(now).order_by().aggregate(oldest=Min("next_attempt_at"))["oldest"]
    )
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


@state
def numbers() -> Iterable[tuple[str, str, float]]:
    now = timezone.now()
    yield "tbib_outbox_messages", "Messages to send.", Notification.objects.due(now).count()
    yield "tbib_outbox_age_seconds", "How long the oldest has waited.", outbox_age()
    yield "tbib_holds", "Times that are kept now.", Hold.objects.filter(expires_at__gt=now).count()
    yield "tbib_workers", "Workers that run.", WorkerBeat.objects.alive(now).count()
