"""Reminders of visits: which ones are due, and the rows that the outbox sends.

A run finds the visits ahead that have no reminder of a kind yet and writes the rows some hours
before they are due. So a run that failed or never came is repeated by the next one, and two runs
at once write each reminder once (docs/decisions/reminders.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from bookings.messages.quiet_hours import after_quiet, before_quiet, is_quiet
from bookings.models import Appointment, MessageChoices, MessageSettings, Notification
from bookings.models.appointment import AppointmentQuerySet
from bookings.services.notifications import REACHABLE, language_of, ways_to
from bookings.status import Status
from scheduling import engine

Kind = Notification.Kind

AHEAD = dt.timedelta(hours=16)
"""Rows are written this long before they are due: longer than a night of quiet hours."""
BATCH = 1000
EVE = dt.time(14), dt.time(16)
"""For a visit that was booked within the two days: when its reminder leaves, on the eve."""


@dataclass(frozen=True)
class Reminder:
    """One kind of reminder: `lead` before the visit, and no later than `least` before it."""

    kind: Notification.Kind
    switch: str
    """The field of MessageSettings that turns it on."""
    lead: dt.timedelta
    least: dt.timedelta
    booked_before: dt.timedelta = dt.timedelta(0)
    """Only for visits that were booked earlier than this before their start."""
    by_sms: bool = False
    on_the_eve: bool = False


REMINDERS = (
    Reminder(
        kind=Kind.REMINDER_WEEK,
        switch="reminds_week",
        lead=dt.timedelta(days=7),
        least=dt.timedelta(days=4),
        booked_before=dt.timedelta(days=14),
    ),
    Reminder(
        kind=Kind.REMINDER,
        switch="reminds",
        lead=dt.timedelta(hours=48),
        least=dt.timedelta(hours=4),
        by_sms=True,
        on_the_eve=True,
    ),
    Reminder(
        kind=Kind.REMINDER_HOURS,
        switch="reminds_hours",
        lead=dt.timedelta(hours=2),
        least=dt.timedelta(hours=1),
    ),
)


def queue_reminders(*, now: dt.datetime | None = None) -> int:
    """Write the rows of all reminders that are due within AHEAD; return how many.

    Each batch of visits costs three queries, whatever its size.
    """
    now = now or timezone.now()
    return sum(_queue(reminder, now) for reminder in REMINDERS)


def due_at(
    reminder: Reminder,
    visit: Appointment,
    chosen: MessageSettings,
) -> dt.datetime | None:
    """When this reminder of the visit leaves; None when none does.

    A reminder whose time was past when the visit was booked is not sent, and none leaves in the
    quiet hours: it leaves before them, unless it is one of the last hours.
    """
    assert visit.starts_at
    agreed = visit.agreed_at
    if visit.starts_at - agreed < reminder.booked_before:
        return None
    due = visit.starts_at - reminder.lead
    if is_quiet(due, chosen):
        if reminder.lead < dt.timedelta(hours=12):
            return None
        due = before_quiet(due, chosen)
    if agreed <= due:
        return due
    return _on_the_eve(visit, agreed) if reminder.on_the_eve else None


def _on_the_eve(visit: Appointment, agreed: dt.datetime) -> dt.datetime | None:
    """A moment of the afternoon before the visit; None when the visit was booked later.

    The visits of a day are spread over the hours, always at the same minute for one visit.
    """
    practice, (first, last) = visit.practice, EVE
    assert visit.local_day
    minutes = (last.hour - first.hour) * 60
    at = first.hour * 60 + visit.pk.int % minutes
    due = engine.to_utc(visit.local_day - engine.DAY, at, practice.zone)
    return due if agreed <= due else None


def _queue(reminder: Reminder, now: dt.datetime) -> int:
    written = 0
    for visits in _batches(_without(reminder, now)):
        rows = [row for visit in visits for row in _rows(reminder, visit, now)]
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        written += len(rows)
    return written


def _without(reminder: Reminder, now: dt.datetime) -> AppointmentQuerySet:
    """The confirmed visits ahead that may want this reminder and do not have it yet."""
    agreed = Coalesce("timed_at", "created_at")
    # Not by sequence: an arrival that was taken back changes no reminder, another start does.
    reminded = Notification.objects.filter(
        appointment=OuterRef("pk"), kind=reminder.kind, created_at__gte=OuterRef("agreed")
    )
    last = now + reminder.lead + AHEAD
    return (
        Appointment.objects.filter(
            REACHABLE,
            status=Status.CONFIRMED,
            starts_at__gt=now + reminder.least,
            starts_at__lte=last,
        )
        .annotate(agreed=agreed)
        .filter(~Exists(reminded), agreed__lte=F("starts_at") - reminder.booked_before)
        .select_related(
            "practice__message_settings",
            "patient__account__message_choices",
            "patient__message_choices",
        )
        .prefetch_related("patient__account__patients")
        .order_by("starts_at", "pk")
    )


def _batches(visits: AppointmentQuerySet) -> Iterator[list[Appointment]]:
    """The visits in batches, each read by one query that begins after the batch before."""
    batch = list(visits[:BATCH])
    while batch:
        yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1]
        later = Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk)
        # The plain bound lets the database begin in its index.
        batch = list(visits.filter(later, starts_at__gte=last.starts_at)[:BATCH])


def _rows(reminder: Reminder, visit: Appointment, now: dt.datetime) -> Iterator[Notification]:
    chosen = MessageSettings.of(visit.practice)
    due = due_at(reminder, visit, chosen)
    if due is None or not getattr(chosen, reminder.switch):
        return
    # After hours without a worker it leaves late, if that still helps.
    leaves = after_quiet(max(due, now), chosen)
    assert visit.starts_at
    if leaves > visit.starts_at - reminder.least:
        return
    choices = MessageChoices.of(visit.patient)
    by_sms = reminder.by_sms and choices.reminders_by_sms
    by_email = choices.reminders_by_email
    ways = ways_to(visit.patient, visit.practice, by_email=by_email, by_sms=by_sms)
    for way in ways:
        yield Notification(
            appointment=visit,
            kind=reminder.kind,
            sequence=visit.sequence,
            channel=way.channel,
            recipient=way.recipient,
            language=language_of(visit.patient.account),
            created_at=now,
            next_attempt_at=leaves,
        )
