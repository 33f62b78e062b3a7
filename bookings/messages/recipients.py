"""The ways by which an offer reaches a patient."""

from __future__ import annotations

from typing import NamedTuple

from accounts.models import Patient
from bookings.models import MessageChoices, MessageSettings
from bookings.services.notifications import language_of, ways_to


class Way(NamedTuple):
    channel: str
    recipient: str
    language: str


def ways_of(patient: Patient, chosen: MessageSettings, *, by_sms_only: bool) -> list[Way]:
    """How an offer of the practice reaches the patient; nothing when they want no offers.

    An e-mail, and an SMS where site and practice send some. For a time that begins soon an SMS
    alone: an e-mail is read too late.
    """
    if patient.account is None or not MessageChoices.of(patient).offers:
        return []
    language = language_of(patient.account)
    ways = ways_to(patient, chosen.practice, by_email=not by_sms_only, by_sms=True)
    return [Way(way.channel, way.recipient, language) for way in ways]
