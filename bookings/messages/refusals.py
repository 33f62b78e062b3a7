"""What the desk is told of an address that mail servers refuse, and what makes it good again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from accounts.models import Patient
from bookings.models import RefusedAddress
from doctors.models import Practice


@dataclass(frozen=True)
class AddressRefusal:
    """An address to which no messages go."""

    address: str
    since: dt.date
    """On the practice's clock."""
    is_of_account: bool
    """Its owner corrects it; else the desk does."""


def read_refusal(patient: Patient, practice: Practice) -> AddressRefusal | None:
    """The refusal of the person's address, if there is one; one query."""
    address = patient.mail_address
    row = RefusedAddress.objects.of(address).first() if address else None
    if row is None:
        return None
    since = practice.local(row.refused_at).date()
    return AddressRefusal(address, since, is_of_account=patient.account_id is not None)


def address_is_good(address: str) -> None:
    """Let messages go to the address again: somebody wrote it anew, or opened a mail there."""
    RefusedAddress.objects.of(address).delete()


@receiver(email_confirmed)
def address_was_confirmed(email_address: EmailAddress, **_signal: Any) -> None:
    address_is_good(email_address.email)
