"""What the screen on the wall calls each visit of a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from bookings.models import Appointment

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Without those that look or sound like a digit or each other."""


def codes_of(visits: Iterable[Appointment]) -> dict[UUID, str]:
    """{visit: "12" for a walk-in's number, "K47" for an appointment}; each once among a day's.

    A code says nothing of who it is or when they were expected, and stays the same all day.
    """
    codes: dict[UUID, str] = {}
    given: set[str] = set()
    for visit in sorted(visits, key=lambda visit: (visit.created_at, visit.pk)):
        if visit.queue_number is not None:
            codes[visit.pk] = str(visit.queue_number)
            continue
        code = next(code for code in _codes(visit.pk) if code not in given)
        given.add(code)
        codes[visit.pk] = code
    return codes


def _codes(pk: UUID) -> Iterable[str]:
    """Ever other ones, the same for the same visit."""
    for attempt in range(10_000):
        digest = hashlib.sha256(f"{pk}.{attempt}".encode()).digest()
        yield f"{LETTERS[digest[0] % len(LETTERS)]}{digest[1] % 90 + 10}"
