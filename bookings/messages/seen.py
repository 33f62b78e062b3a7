"""The messages about one visit, as the desk and the patient see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Notification
from doctors.models import Practice

Kind = Notification.Kind

TO_PRACTICE = (Kind.NEW_REQUEST, Kind.LATE_CHANGE)


TITLES = {
    Kind.REQUESTED: _("Request received"),
    Kind.BOOKED: _("Confirmation"),
    Kind.CONFIRMED: _("Confirmation"),
    Kind.DECLINED: _("Request declined"),
    Kind.MOVED: _("New time"),
    Kind.CANCELLED: _("Cancellation"),
    Kind.MOVE_ASKED: _("Request for another time"),
    Kind.REMINDER_WEEK: _("Reminder a week before"),
    Kind.REMINDER: _("Reminder two days before"),
    Kind.REMINDER_HOURS: _("Reminder two hours before"),
    Kind.TURN_SOON: _("Your turn is near"),
    Kind.NEW_REQUEST: _("New request, to the practice"),
    Kind.LATE_CHANGE: _("Late change, to the practice"),
}


class Fate(StrEnum):
    """What became of a message."""

    SENT = "sent"
    LEAVING = "leaving"
    """It leaves with the next run of the worker."""
    PLANNED = "planned"
    RETRIED = "retried"
    """The last attempt failed, and another one follows."""
    FAILED = "failed"


@dataclass(frozen=True)
class SeenMessage:
    """One message of the visit; times on the practice's wall clock, naive."""

    title: str
    channel: str
    is_sms: bool
    recipient: str
    fate: Fate
    at: dt.datetime
    """When it was sent or given up, or when it leaves."""
    failure: str

    @property
    def has_left(self) -> bool:
        """Whether it was sent, or leaves with the next run."""
        return self.fate in (Fate.SENT, Fate.LEAVING)


def read_messages(
    appointment: Appointment, *, for_staff: bool, now: dt.datetime
) -> list[SeenMessage]:
    """The messages that were sent or will be, the latest last; in one query.

    Messages that became useless are left out; those to the practice are shown to staff alone.
    """
    rows = appointment.notifications.filter(dropped_at=None)
    if not for_staff:
        rows = rows.exclude(kind__in=TO_PRACTICE)
    seen = [_seen(row, appointment.practice, now) for row in rows]
    return sorted(seen, key=lambda message: message.at)


def _seen(row: Notification, practice: Practice, now: dt.datetime) -> SeenMessage:
    fate, at = _fate(row, now)
    return SeenMessage(
        title=str(TITLES[Kind(row.kind)]),
        channel=row.get_channel_display(),
        is_sms=row.channel == Notification.Channel.SMS,
        recipient=row.recipient,
        fate=fate,
        at=practice.local(at),
        failure=row.failure,
    )


def _fate(row: Notification, now: dt.datetime) -> tuple[Fate, dt.datetime]:
    if row.sent_at:
        return Fate.SENT, row.sent_at
    if row.failed_at:
        return Fate.FAILED, row.failed_at
    if row.failure:
        return Fate.RETRIED, row.next_attempt_at
    return (Fate.PLANNED if row.next_attempt_at > now else Fate.LEAVING), row.next_attempt_at
