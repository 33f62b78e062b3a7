"""The steps that all writers of appointments share: locks and the history row.

The order is the same everywhere: lock doctors by pk, then persons by pk, check again, write.
A database error becomes a refusal by its constraint's name only; other errors are not caught.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings.models import Appointment, Hold, Offer, StatusChange, WaitingListEntry
from bookings.models.appointment import OVERLAP
from bookings.rules import SlotTaken, StateConflict, type_not_offered
from bookings.services.kept_times import drop_offers, end_entries
from bookings.status import Verb
from doctors.models import ConsultationType, Doctor
from scheduling.models import FreedTime


@contextmanager
def writing() -> Iterator[None]:
    """One short transaction; a violated overlap constraint becomes SlotTaken.

    SlotTaken is raised outside the atomic block, so that the caller can read alternatives from
    the database.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise SlotTaken(_("This time has just been taken.")) from error
        raise


def lock_doctor(doctor: Doctor, *, now: dt.datetime) -> Doctor:
    """The doctor's row, locked and read again; expired holds of the doctor are deleted."""
    (locked,) = Doctor.objects.locked(doctor.pk)
    sweep_holds(locked, now=now)
    return locked


def sweep_holds(doctor: Doctor, *, now: dt.datetime) -> None:
    Hold.objects.filter(doctor=doctor, expires_at__lte=now).delete()


def fresh_type(consultation_type: ConsultationType) -> ConsultationType:
    """The type, read again under its doctor's lock; a deleted one is refused like a retired one."""
    found = ConsultationType.objects.filter(pk=consultation_type.pk).first()
    if found is None:
        raise type_not_offered()
    return found


def lock_patient(patient: Patient) -> Patient:
    """The person's row, locked and read again; StateConflict when it was deleted meanwhile."""
    found = Patient.objects.locked([patient.pk])
    if not found:
        raise StateConflict(_("Please choose one of the persons listed."))
    return found[0]


def lock_account(account: User | None) -> None:
    """Lock the account, after the person.

    The rule of one future visit counts an account's visits, and two relatives are two persons.
    """
    if account:
        User.objects.select_for_update(no_key=True).get(pk=account.pk)


def lock_appointment(appointment: Appointment, *, now: dt.datetime) -> Appointment:
    """The appointment, read again after its doctor and its patient are locked."""
    doctor = lock_doctor(appointment.doctor, now=now)
    patient = lock_patient(appointment.patient)
    read = ("consultation_type", "practice__message_settings")
    fresh = Appointment.objects.select_related(*read).get(pk=appointment.pk)
    fresh.doctor, fresh.patient = doctor, patient
    return fresh


def check_unchanged(appointment: Appointment, expected_sequence: int | None) -> None:
    """Refuse a change to a visit that changed since its reader saw it.

    `expected_sequence` is the visit's `sequence` on the reader's screen; None skips the check.
    When two people change the same visit, the refusal tells the second one the first change.
    """
    if expected_sequence is None or expected_sequence == appointment.sequence:
        return
    refusal = _("This appointment has changed in the meantime: it is “%(status)s” now.")
    refusal %= {"status": appointment.get_status_display()}
    last = appointment.changes.select_related("by").order_by("pk").last()
    if last:
        last_words = _("%(time)s, %(person)s: %(change)s.")
        refusal += " " + last_words % {
            "time": f"{appointment.practice.local(last.at):%H:%M}",
            "person": last.author,
            "change": last.get_verb_display(),
        }
    raise StateConflict(refusal, code="changed_meanwhile")


def log_change(
    appointment: Appointment,
    verb: Verb,
    *,
    by: User | None,
    now: dt.datetime,
    by_link: bool = False,
    from_status: str = "",
    previous_start: dt.datetime | None = None,
    undoes: StatusChange | None = None,
) -> StatusChange:
    """Write the history row of a change, and count the change in the doctor's calendar."""
    appointment.doctor.touch_calendar()
    return StatusChange.objects.create(
        appointment=appointment,
        verb=verb,
        from_status=from_status,
        to_status=appointment.status,
        by=by,
        by_link=by_link,
        at=now,
        previous_start=previous_start,
        undoes=undoes,
    )


def record_freed_time(
    appointment: Appointment, start: dt.datetime | None, *, now: dt.datetime
) -> None:
    """Record that the visit's time from `start` on is free now, for the waiting list.

    When somebody waits for such a time, it is kept from the public for a minute
    (`keep_freed_times`); `bookings.messages.offers` makes the offers.
    """
    if start:
        pause = dt.timedelta(minutes=appointment.buffer_minutes)
        end = start + dt.timedelta(minutes=appointment.duration) + pause
        FreedTime.objects.note(appointment.doctor_id, [(start, end)], now=now)


def update_waiting_list(appointment: Appointment, *, now: dt.datetime) -> None:
    """End the patient's waiting-list entries that this visit fulfils.

    An entry that still wants an earlier time stays: for a time before this visit, which is the
    one to move.
    """
    entries = WaitingListEntry.objects.not_ended().alike(appointment)
    fulfilled = entries.filter(before__gt=appointment.starts_at)
    end_entries(fulfilled, WaitingListEntry.End.BOOKED, now=now)
    own = entries.filter(Q(appointment=None) | Q(appointment=appointment))
    if own.update(appointment=appointment, before=appointment.starts_at):
        late = Offer.objects.open().filter(entry__in=own, starts_at__gte=appointment.starts_at)
        drop_offers(late, now=now)
