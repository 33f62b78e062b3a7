"""Who looks at free times; the token that makes a hold this visitor's, kept in the session."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import Patient
from bookings.slots import SlotQuery
from doctors.models import ConsultationType, Doctor

TOKEN = "hold_token"


@dataclass(frozen=True)
class Reader:
    """Who looks at free times, and when: their own hold hides nothing.

    `patient` is told at once what the rules say of them; None for visitors and for staff. With
    `is_staff` they work for the doctor, and no rule of time binds them.
    """

    now: dt.datetime
    token: str | None = None
    patient: Patient | None = None
    is_staff: bool = False

    def query(self, doctor: Doctor, consultation_type: ConsultationType | None) -> SlotQuery:
        """The query of the times that this reader may choose."""
        return SlotQuery(doctor, consultation_type, is_staff=self.is_staff)


def hold_token(request: HttpRequest) -> str | None:
    """The token of this visitor's hold, when they ever had one."""
    return request.session.get(TOKEN)


def new_hold_token(request: HttpRequest) -> str:
    """The visitor's token, made at the first hold; it survives the change of session key at
    sign-in because it is data.

    Made of the secret that came with the form: at a double click, the second request has no
    token in its session yet, and with a random one it would be a stranger to the first.
    """
    secret = request.META.get("CSRF_COOKIE") or secrets.token_urlsafe(32)
    made = salted_hmac("bookings.hold_token", secret, algorithm="sha256").hexdigest()
    token: str = request.session.setdefault(TOKEN, made)
    return token
