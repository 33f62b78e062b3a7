"""Signed addresses at which a reader refuses a kind of message, without signing in."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Patient, User
from bookings.models import MessageChoices, Notification

Kind, Channel = Notification.Kind, Notification.Channel

REMINDERS = (Kind.REMINDER_WEEK, Kind.REMINDER, Kind.REMINDER_HOURS)
OFFERS = (Kind.OFFER,)
# {field of MessageChoices: the words of the link that turns it off}
STOPS = {
    "reminders_by_email": gettext_lazy("No more reminders by e-mail"),
    "reminders_by_sms": gettext_lazy("No more reminders by SMS"),
    "offers": gettext_lazy("No more offers of free times"),
    "turn_soon": gettext_lazy("No more messages about my turn"),
}
_signer = signing.Signer(sep=".", salt="tbib.message_choices")


class Stop(NamedTuple):
    """The address that turns one choice off, and the words of a link to it."""

    address: str
    label: str


def choice_of(row: Notification) -> str:
    """The field of MessageChoices by which a reader refuses such messages; "" for none."""
    if row.kind in REMINDERS:
        return "reminders_by_sms" if row.channel == Channel.SMS else "reminders_by_email"
    if row.kind in OFFERS:
        return "offers"
    return "turn_soon" if row.kind == Kind.TURN_SOON else ""


def choices_address(patient: Patient) -> str:
    """The absolute address of the page on which the person's choices are changed."""
    return settings.SITE_URL + reverse("choose_messages", args=[token_of(patient)])


def stop_of(row: Notification, patient: Patient) -> Stop | None:
    """How the reader of this message refuses more of its kind; None where nobody may."""
    choice = choice_of(row)
    if not choice:
        return None
    return Stop(f"{choices_address(patient)}?stop={choice}", str(STOPS[choice]))


def choices_of_token(token: str) -> MessageChoices | None:
    """The choices that the token's address is about, unsaved while they are the defaults.

    None when the token is not ours, or when the account or the person is gone.
    """
    try:
        owner = _signer.unsign(token)
    except signing.BadSignature:
        return None
    kind, pk = owner[0], int(owner[1:])
    if kind == "a":
        account = User.objects.select_related("message_choices").filter(pk=pk).first()
        return MessageChoices.of_owner(account) if account else None
    patient = Patient.objects.select_related("account", "message_choices").filter(pk=pk).first()
    # A person who got an account since then has that account's choices.
    return MessageChoices.of(patient) if patient else None


def save_choices(choices: MessageChoices) -> None:
    """Save the choices; the first save of an owner may meet another one's, which it replaces."""
    if choices.pk:
        choices.save()
        return
    values = {name: getattr(choices, name) for name in STOPS}
    owner = {"account": choices.account} if choices.account else {"patient": choices.patient}
    MessageChoices.objects.update_or_create(**owner, defaults=values)


def token_of(patient: Patient) -> str:
    """The secret in the address of the person's choices: of the account where there is one."""
    owner = f"a{patient.account_id}" if patient.account_id else f"p{patient.pk}"
    return _signer.sign(owner)
