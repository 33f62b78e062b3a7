"""Signed links in messages: each opens the page of one visit or one offer, without sign-in.

Nothing is stored (docs/decisions/links-in-messages.md). A token is the object's key and a signature
of 128 bits, in the letters of addresses. One purpose's token is wrong for any other purpose.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from bookings.models import Appointment
from bookings.status import UPCOMING, Status

SIGNATURE_BYTES = 16
KEY_BYTES = 16
"""The length of a visit's UUID."""


class Over(StrEnum):
    """Why a link that we made leads to no visit any more."""

    CANCELLED = "cancelled"
    CHANGED = "changed"
    """The visit has another time, or the practice changed its status."""
    PAST = "past"


@dataclass(frozen=True)
class VisitLink:
    """A visit, and the visit's `sequence` when the link was made."""

    appointment: Appointment
    sequence: int

    def why_over(self, now: dt.datetime) -> Over | None:
        """None while the link is good: until the visit ends, is moved or is cancelled."""
        visit = self.appointment
        if visit.status == Status.CANCELLED:
            return Over.CANCELLED
        if visit.ends_at is None or visit.ends_at <= now:
            return Over.PAST
        if visit.sequence != self.sequence or visit.status not in UPCOMING:
            return Over.CHANGED
        return None


def visit_link(appointment: Appointment) -> str:
    """The absolute address of the visit's page at its present sequence.

    `?do=come`, `?do=move` and `?do=cancel` lead to that act's page.
    """
    return f"{settings.SITE_URL}/r/{visit_token(appointment)}/"


def offer_link(offer: Any) -> str:
    """The absolute address of an offer's page; `offer.pk` is a number."""
    return f"{settings.SITE_URL}/o/{_sealed('offer', _bytes_of(offer.pk))}/"


def visit_token(appointment: Appointment) -> str:
    """44 characters, for a visit that changed 255 times at most."""
    return _sealed("visit", appointment.pk.bytes + _bytes_of(appointment.sequence))


def read_visit_token(token: str) -> VisitLink | None:
    """What the token was made for; None when we did not make it, or the visit is gone."""
    content = _unsealed("visit", token)
    if content is None:
        return None
    key = uuid.UUID(bytes=content[:KEY_BYTES])
    appointment = Appointment.objects.for_pages().filter(pk=key).first()
    sequence = int.from_bytes(content[KEY_BYTES:])
    return VisitLink(appointment, sequence) if appointment else None


def read_offer_token(token: str) -> int | None:
    """The key of the offer; None when we did not make the token."""
    content = _unsealed("offer", token)
    return None if content is None else int.from_bytes(content)


def _sealed(purpose: str, content: bytes) -> str:
    return _letters(content + _signature(purpose, content, settings.SECRET_KEY))


def _unsealed(purpose: str, token: str) -> bytes | None:
    """The content of a token of this purpose; None when no key of ours signed it."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    # The decoder skips letters that it does not know: only one spelling is good.
    if len(sealed) <= SIGNATURE_BYTES or _letters(sealed) != token:
        return None
    content, signature = sealed[:-SIGNATURE_BYTES], sealed[-SIGNATURE_BYTES:]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(signature, _signature(purpose, content, key)):
            return content
    return None


def _signature(purpose: str, content: bytes, key: str) -> bytes:
    # Hexadecimal: salted_hmac signs a text and not bytes.
    signed = salted_hmac(f"bookings.links.{purpose}", content.hex(), secret=key, algorithm="sha256")
    return signed.digest()[:SIGNATURE_BYTES]


def _letters(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _bytes_of(number: int) -> bytes:
    """As few bytes as the number needs, one at least."""
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8))
