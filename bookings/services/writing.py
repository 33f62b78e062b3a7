"""What every writer of appointments shares: the locks, the history row, the outbox row.

The order is the same everywhere: doctors by pk, then persons by pk, check again, write.
A database error becomes a refusal by its constraint's name only; any other stays loud.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings.models import Appointment, Hold, Notification, StatusChange, WaitingListEntry
from bookings.models.appointment import OVERLAP
from bookings.rules import SlotTaken, StateConflict, type_not_offered
from bookings.status import Verb
from doctors.models import ConsultationType, Doctor
from scheduling.models import FreedTime


@contextmanager
def writing() -> Iterator[None]:
    """One short transaction; the overlap constraint's last word becomes SlotTaken.

    Raised outside the atomic block, so that the caller may read the database for the
    alternatives it offers.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise SlotTaken(_("This time has just been taken.")) from error
        raise


def lock_doctor(doctor: Doctor, *, now: dt.datetime) -> Doctor:
    """The doctor's row, locked and fresh, with the holds that are over swept away."""
    (locked,) = Doctor.objects.locked(doctor.pk)
    sweep_holds(locked, now=now)
    return locked


def sweep_holds(doctor: Doctor, *, now: dt.datetime) -> None:
    Hold.objects.filter(doctor=doctor, expires_at__lte=now).delete()


def fresh_type(consultation_type: ConsultationType) -> ConsultationType:
    """The type as it is now, read under its doctor's lock; one that an admin has deleted
    meanwhile is refused like one that is retired."""
    found = ConsultationType.objects.filter(pk=consultation_type.pk).first()
    if found is None:
        raise type_not_offered()
    return found


def lock_patient(patient: Patient) -> Patient:
    """The person's row, locked and fresh; a relative may be gone from the account meanwhile."""
    found = Patient.objects.locked([patient.pk])
    if not found:
        raise StateConflict(_("Please choose one of the persons listed."))
    return found[0]


def lock_account(account: User | None) -> None:
    """After the person: two relatives are two rows, and the account has one future visit."""
    if account:
        User.objects.select_for_update(no_key=True).get(pk=account.pk)


def lock_appointment(appointment: Appointment, *, now: dt.datetime) -> Appointment:
    """The appointment as it is now, its doctor and its patient locked before it is read."""
    doctor = lock_doctor(appointment.doctor, now=now)
    patient = lock_patient(appointment.patient)
    fresh = Appointment.objects.select_related("consultation_type", "practice").get(
        pk=appointment.pk
    )
    fresh.doctor, fresh.patient = doctor, patient
    return fresh


def check_unchanged(appointment: Appointment, expected_sequence: int | None) -> None:
    """Refuse a change to a visit that is no longer what its reader saw.

    `expected_sequence` is the visit's `sequence` on that reader's screen, None where no screen is
    compared. Of two people who change the same visit, the later one learns what the first did.
    """
    if expected_sequence is None or expected_sequence == appointment.sequence:
        return
    refusal = _("This appointment has changed in the meantime: it is “%(status)s” now.")
    refusal %= {"status": appointment.get_status_display()}
    last = appointment.changes.select_related("by").order_by("pk").last()
    if last:
        told = _("%(time)s, %(person)s: %(change)s.")
        refusal += " " + told % {
            "time": f"{appointment.practice.local(last.at):%H:%M}",
            "person": last.by or _("the system"),
            "change": last.get_verb_display(),
        }
    raise StateConflict(refusal, code="changed_meanwhile")


def is_staff(user: User | AnonymousUser | None, doctor: Doctor) -> bool:
    return user is not None and doctor.is_staffed_by(user)


def log_change(
    appointment: Appointment,
    verb: Verb,
    *,
    by: User | None,
    now: dt.datetime,
    from_status: str = "",
    previous_start: dt.datetime | None = None,
    undoes: StatusChange | None = None,
) -> StatusChange:
    """Stamp a change with who and when, and count it in the doctor's calendar."""
    appointment.doctor.touch_calendar()
    return StatusChange.objects.create(
        appointment=appointment,
        verb=verb,
        from_status=from_status,
        to_status=appointment.status,
        by=by,
        at=now,
        previous_start=previous_start,
        undoes=undoes,
    )


def queue_notification(
    appointment: Appointment, kind: Notification.Kind, *, now: dt.datetime, **details: Any
) -> None:
    """Write the message about this change to the outbox; a file without account has no
    address and gets none, and who walked in is told at the desk."""
    account = appointment.patient.account
    if appointment.is_walk_in or account is None or not account.email:
        return
    Notification.objects.create(
        appointment=appointment,
        kind=kind,
        sequence=appointment.sequence,
        recipient=account.email,
        language=account.language or get_language() or "fr",
        created_at=now,
        next_attempt_at=now,
        **details,
    )


def note_freed(appointment: Appointment, start: dt.datetime | None, *, now: dt.datetime) -> None:
    """Write down that the visit's time from `start` on is left, for those who wait for one:
    `bookings.messages.offers` looks at it later."""
    if start:
        pause = dt.timedelta(minutes=appointment.buffer_minutes)
        end = start + dt.timedelta(minutes=appointment.duration) + pause
        FreedTime.objects.note(appointment.doctor_id, [(start, end)], now=now)


def settle_waits(appointment: Appointment, *, now: dt.datetime) -> None:
    """Whoever waited for an earlier time has one now; whoever took the next one instead still
    waits, with that visit to move."""
    waits = WaitingListEntry.objects.not_ended().alike(appointment)
    waits.filter(before__gt=appointment.starts_at).end(WaitingListEntry.End.BOOKED, now=now)
    waits.filter(appointment=None).update(appointment=appointment)
