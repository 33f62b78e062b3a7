"""Which messages a change of a visit writes to the outbox, to whom, and by which way.

The transaction of the change writes the rows; `bookings.messages.outbox` sends them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import phonenumbers
from django.conf import settings
from django.db.models import Q

from accounts.models import Patient, User
from bookings.models import Appointment, MessageSettings, Notification
from doctors.models import Practice

Kind, Channel = Notification.Kind, Notification.Channel

URGENT = (Kind.CANCELLED, Kind.DECLINED, Kind.MOVED, Kind.MOVE_ASKED)
"""Changes by the practice that go by SMS too when the visit is near."""
NEAR = dt.timedelta(hours=72)
REACHABLE = Q(patient__account__isnull=False) | ~Q(patient__email="") | ~Q(patient__phone="")
"""Visits of persons whom a message may reach; `ways_to` decides."""
MOST_LATE = dt.timedelta(hours=MessageSettings.MOST_LATE_HOURS)
"""No practice calls a change late that is earlier than this."""


class Way(NamedTuple):
    """A channel and the address or number there."""

    channel: Notification.Channel
    recipient: str


def queue_notification(
    appointment: Appointment,
    kind: Notification.Kind,
    *,
    now: dt.datetime,
    by_practice: bool = False,
    **details: Any,
) -> None:
    """Write the messages about this change to the outbox, in the language the patient chose.

    An e-mail where there is an address. An SMS where there is none, and for a change
    `by_practice` of a visit within 72 hours. A walk-in gets no message about a change.
    """
    if appointment.is_walk_in:
        return
    assert appointment.starts_at
    near = now < appointment.starts_at <= now + NEAR
    by_sms = not appointment.mail_address or (by_practice and near and kind in URGENT)
    ways = list(ways_to(appointment.patient, appointment.practice, by_sms=by_sms))
    write(appointment, kind, ways, now=now, **details)


def tell_practice_of_late_change(
    appointment: Appointment,
    *,
    now: dt.datetime,
    previous_start: dt.datetime | None = None,
) -> None:
    """Write to the practice when the patient changes a visit that is near.

    `previous_start` is the start before a move; the nearer of the two counts.
    """
    assert appointment.starts_at
    nearest = min(appointment.starts_at, previous_start or appointment.starts_at)
    if nearest - now >= MOST_LATE:
        return
    chosen = MessageSettings.of(appointment.practice)
    late = nearest - now < dt.timedelta(hours=chosen.late_change_hours)
    if chosen.tells_late_changes and late:
        details = {"previous_start": previous_start}
        write(appointment, Kind.LATE_CHANGE, _ways_to_practice(chosen), now=now, **details)


def tell_practice_of_request(appointment: Appointment, *, now: dt.datetime) -> None:
    """Write to the practice about a request that waits for its answer."""
    chosen = MessageSettings.of(appointment.practice)
    if chosen.tells_requests:
        write(appointment, Kind.NEW_REQUEST, _ways_to_practice(chosen), now=now)


def write(
    appointment: Appointment,
    kind: Notification.Kind,
    ways: list[Way],
    *,
    now: dt.datetime,
    **details: Any,
) -> None:
    """One row for each way, due at once unless `next_attempt_at` is given; in one query."""
    to_practice = kind in (Kind.NEW_REQUEST, Kind.LATE_CHANGE)
    account = None if to_practice else appointment.patient.account
    details = {"next_attempt_at": now} | details
    Notification.objects.bulk_create(
        Notification(
            appointment=appointment,
            kind=kind,
            sequence=appointment.sequence,
            channel=way.channel,
            recipient=way.recipient,
            language=language_of(account),
            created_at=now,
            **details,
        )
        for way in ways
    )


def language_of(account: User | None) -> str:
    """The language that the account chose; the site's first one without a choice."""
    return (account and account.language) or settings.LANGUAGE_CODE


def ways_to(
    patient: Patient,
    practice: Practice,
    *,
    by_email: bool = True,
    by_sms: bool = False,
) -> Iterator[Way]:
    """The ways to a person: e-mail where there is an address, SMS where there is a mobile."""
    email = patient.mail_address
    if email and by_email:
        yield Way(Channel.EMAIL, email)
    if by_sms:
        number = mobile_number(patient)
        if number and settings.SENDS_SMS and MessageSettings.of(practice).sends_sms:
            yield Way(Channel.SMS, number)


def mobile_number(patient: Patient) -> str:
    """The person's number for SMS, like +33612345678; "" when there is none.

    A child's messages go to the account's owner, like the e-mails.
    """
    phone = patient.phone
    if not phone and patient.account and not patient.is_self:
        # `all()` reads nothing where the persons were prefetched.
        owner = next((each for each in patient.account.patients.all() if each.is_self), None)
        phone = owner.phone if owner else ""
    if not phone or not phone.is_valid():
        return ""
    # In some countries (US) a number does not tell whether it is a mobile.
    mobile = (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    return phone.as_e164 if phonenumbers.number_type(phone) in mobile else ""


def _ways_to_practice(chosen: MessageSettings) -> list[Way]:
    ways = []
    if chosen.staff_email:
        ways.append(Way(Channel.EMAIL, chosen.staff_email))
    if chosen.staff_phone and settings.SENDS_SMS:
        ways.append(Way(Channel.SMS, chosen.staff_phone.as_e164))
    return ways
