"""Services that end visits whose time is past, and that take several changes back at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings import rules
from bookings.models import Appointment, StatusChange
from bookings.services.booking import cancel
from bookings.services.desk import change_status, undo, why_not_now
from bookings.services.writing import lock_appointment, writing
from bookings.status import Status, Verb, leads_to
from doctors.models import Doctor

ENDINGS = (Status.DONE, Status.NO_SHOW, Status.CANCELLED)
"""How a visit of a past day ends."""


def end_visit(
    appointment: Appointment,
    to: Status,
    *,
    by: User,
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> StatusChange:
    """Close a visit of a past day as one of ENDINGS, and return the change.

    Raises a `rules.Refusal` like the services of the verbs.
    """
    now = now or timezone.now()
    verb = _ending_verb(appointment, to)
    if verb is Verb.CANCEL:
        done = cancel(appointment, by=by, expected_sequence=expected_sequence, now=now)
    else:
        done = change_status(
            appointment, verb, by=by, to=to, expected_sequence=expected_sequence, now=now
        )
    change = done.changes.last_in_force()
    assert change
    return change


def why_not_ended(
    appointment: Appointment, to: Status, now: dt.datetime
) -> rules.StateConflict | None:
    """Why the visit cannot end as `to`; None when it can."""
    return why_not_now(appointment, _ending_verb(appointment, to), now, to)


def cancel_unanswered_requests(*, now: dt.datetime | None = None) -> int:
    """Cancel, as the system, requests without an answer before their start; return how many."""
    now = now or timezone.now()
    overdue = Appointment.objects.filter(status=Status.PENDING, starts_at__lte=now)
    cancelled = 0
    for appointment in overdue.select_related("doctor", "patient"):
        with writing():
            fresh = lock_appointment(appointment, now=now)
            # Check again under the lock: the practice may have confirmed or moved the request.
            still_due = fresh.status == Status.PENDING and fresh.starts_at <= now  # type: ignore[operator]
            if still_due:
                cancel(fresh, by=None, now=now)
                cancelled += 1
    return cancelled


def take_back(change_ids: Collection[int], *, by: User, now: dt.datetime | None = None) -> None:
    """Undo these changes of today, all or none.

    Raises StateConflict when one is not the last of its visit any more; SlotTaken as `undo`.
    """
    now = now or timezone.now()
    with writing():
        ours = Appointment.objects.for_staff(by)
        found = StatusChange.objects.filter(pk__in=change_ids, appointment__in=ours)
        changes = list(found.select_related("appointment__doctor", "appointment__patient"))
        if not changes or len(changes) != len(set(change_ids)):
            raise rules.StateConflict(_("There is no change of today to take back."))
        visits = [change.appointment for change in changes]
        # Lock everybody first, by pk: the loop locks in the order of the changes.
        Doctor.objects.locked(*{visit.doctor_id for visit in visits})
        Patient.objects.locked([visit.patient_id for visit in visits])
        for change in sorted(changes, key=lambda each: -each.pk):
            undo(change.appointment, by=by, change_id=change.pk, now=now)


def _ending_verb(appointment: Appointment, to: Status) -> Verb:
    verbs = (Verb.FINISH, Verb.MARK_ABSENT, Verb.CANCEL)
    return next((verb for verb in verbs if leads_to(verb, appointment.status, to)), Verb.CORRECT)
