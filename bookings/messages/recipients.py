"""The ways by which an offer reaches a patient."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from accounts.models import Patient
from bookings.models import MessageChoices, MessageSettings, Notification
from bookings.services.notifications import language_of, mobile_number


class Way(NamedTuple):
    channel: str
    recipient: str
    language: str


def ways_of(patient: Patient, chosen: MessageSettings, *, by_sms_only: bool) -> list[Way]:
    """How an offer of the practice reaches the patient; nothing when they want no offers.

    An e-mail, and an SMS where site and practice send some. For a time that begins soon an SMS
    alone: an e-mail is read too late.
    """
    account, choices = patient.account, MessageChoices.of(patient)
    if account is None or not choices.offers:
        return []
    language = language_of(account)
    ways = []
    if account.email and not by_sms_only:
        ways.append(Way(Notification.Channel.EMAIL, account.email, language))
    number = mobile_number(patient)
    if number and chosen.sends_sms and settings.SENDS_SMS:
        ways.append(Way(Notification.Channel.SMS, number, language))
    return ways
