"""Whether a message of the outbox is still true and useful when it is about to leave."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from bookings.models import Appointment, Notification
from bookings.models.notification import NotificationQuerySet
from bookings.status import TOOK_PLACE, UPCOMING, Status

KINDS = Notification.Kind

CHANGES = (
    KINDS.REQUESTED,
    KINDS.BOOKED,
    KINDS.CONFIRMED,
    KINDS.DECLINED,
    KINDS.MOVED,
    KINDS.CANCELLED,
    KINDS.MOVE_ASKED,
)
"""What the patient is told of a change: a later one makes an earlier one untrue."""
ENDINGS = (KINDS.CANCELLED, KINDS.DECLINED)
"""The changes that are told because the visit is cancelled."""
REMINDERS = (KINDS.REMINDER_WEEK, KINDS.REMINDER, KINDS.REMINDER_HOURS)

ENDING_IS_TOLD_FOR = dt.timedelta(days=1)
"""A cancellation is told until this long after the visit's end."""
TURN_IS_TOLD_FOR = dt.timedelta(minutes=30)
"""A message that the turn is near is useless when it is older than this."""


def with_overtaken(rows: NotificationQuerySet) -> NotificationQuerySet:
    """Add `is_overtaken`: whether a later message of the same sort tells of the same visit."""
    later = Notification.objects.filter(appointment=OuterRef("appointment")).filter(
        Q(sequence__gt=OuterRef("sequence"))
        | Q(sequence=OuterRef("sequence"), pk__gt=OuterRef("pk")) & ~Q(kind=OuterRef("kind"))
    )
    change = Q(Exists(later.filter(kind__in=CHANGES)), kind__in=CHANGES)
    late_change = Q(Exists(later.filter(kind=KINDS.LATE_CHANGE)), kind=KINDS.LATE_CHANGE)
    return rows.annotate(is_overtaken=change | late_change)


def is_moot(row: Notification, now: dt.datetime) -> bool:
    """Whether the message has become useless or untrue. `row` is read by `with_overtaken`."""
    if row.offer:
        is_open = row.kind == KINDS.OFFER
        return not row.offer.is_held(now) if is_open else row.offer.starts_at <= now
    if row.doctor:
        return row.doctor.is_approved == (row.kind == KINDS.SIGNED_UP)
    assert row.appointment is not None
    return row.is_overtaken or not _suits(row, row.appointment, now)  # type: ignore[attr-defined]


def _suits(row: Notification, visit: Appointment, now: dt.datetime) -> bool:
    """Whether the message suits the visit as it is now."""
    status, end = visit.status, visit.ends_at
    has_ended = end is not None and end <= now
    if row.kind in ENDINGS:
        is_old = end is not None and end + ENDING_IS_TOLD_FOR < now
        return status == Status.CANCELLED and not is_old
    if row.kind in REMINDERS:
        # Another start has reminders of its own; an undone arrival changes nothing.
        return visit.is_upcoming(now) and visit.agreed_at <= row.created_at
    if row.kind == KINDS.TURN_SOON:
        return status == Status.ARRIVED and now <= row.created_at + TURN_IS_TOLD_FOR
    if row.kind == KINDS.NEW_REQUEST:
        return status == Status.PENDING and not has_ended
    if row.kind == KINDS.LATE_CHANGE:
        return not has_ended
    return status in (*UPCOMING, *TOOK_PLACE) and not has_ended
