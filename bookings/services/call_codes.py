"""The codes by which the waiting room calls people who have an appointment."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from uuid import UUID

from bookings.models import Appointment

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Without those that look or sound like a digit or each other."""
DAY = dt.timedelta(days=1)


def call_code_of(appointment: Appointment) -> str:
    """The visit's code, which nobody else has that day at this doctor; "" for a walk-in.

    Called under the doctor's lock. A code that was given stays, whatever becomes of other
    visits. It says nothing of the person or the time.
    """
    start = appointment.starts_at
    if start is None:
        return ""
    near = Appointment.objects.of(appointment.doctor).exclude(pk=appointment.pk)
    near = near.filter(starts_at__gt=start - DAY, starts_at__lt=start + DAY).order_by()
    given = set(near.values_list("call_code", flat=True))
    own = [appointment.call_code] if appointment.call_code else []
    return next(code for code in (*own, *codes_for(appointment.pk)) if code not in given)


def codes_for(pk: UUID) -> Iterator[str]:
    """Codes like "K47", the same for the same visit."""
    for attempt in range(10_000):
        digest = hashlib.sha256(f"{pk}.{attempt}".encode()).digest()
        yield f"{LETTERS[digest[0] % len(LETTERS)]}{digest[1] % 90 + 10}"
