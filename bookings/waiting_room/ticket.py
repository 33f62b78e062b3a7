"""The address of a patient's own page of the waiting room."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core import signing

from bookings.models import Appointment

TICKET_SALT = "bookings.waiting.ticket"


TICKET_LASTS = dt.timedelta(hours=24)


def ticket_of(visit: Appointment) -> str:
    """What the address of the visit's waiting page carries: signed, and good for a day."""
    return signing.dumps(visit.pk.hex, salt=TICKET_SALT)


def visit_of(ticket: str) -> Appointment | None:
    """The visit behind a ticket; None for one that is over or was never made."""
    try:
        pk = UUID(signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_LASTS))
    except (signing.BadSignature, ValueError):
        return None
    return Appointment.objects.for_pages().filter(pk=pk).first()
