"""Services for staff: the status verbs of a visit, undo, and walk-ins."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings import rules, slots
from bookings.models import Appointment, Notification
from bookings.services.writing import (
    check_unchanged,
    fresh_type,
    lock_appointment,
    lock_doctor,
    lock_patient,
    log_change,
    queue_notification,
    writing,
)
from bookings.slots import SlotQuery
from bookings.status import CHANGES, LIVE, Status, Verb, leads_to
from doctors.models import ConsultationType, Doctor


def change_status(
    appointment: Appointment,
    verb: Verb,
    *,
    by: User,
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Apply confirm, arrive, start, finish or mark_absent, as the status table allows.

    Raises StateConflict with the visit's present status when the table does not allow it, and
    when the visit's sequence is not `expected_sequence` (see `check_unchanged`). To cancel a
    visit, call `cancel`.
    """
    if verb is Verb.CANCEL:
        raise ValueError("change_status does not notify the patient: use cancel")
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        require_staff(by, appointment.doctor)
        check_unchanged(appointment, expected_sequence)
        refusal = why_not_now(appointment, verb, now)
        if refusal:
            raise refusal
        before = appointment.status
        appointment.status = CHANGES[verb].to
        appointment.sequence += 1
        if verb is Verb.ARRIVE:
            # A patient who arrives a second time does not get the first place back.
            appointment.waiting_place = None
        appointment.save(update_fields=["status", "sequence", "waiting_place"])
        log_change(appointment, verb, by=by, now=now, from_status=before)
        if verb is Verb.CONFIRM:
            queue_notification(appointment, Notification.Kind.BOOKED, now=now)
    return appointment


def why_not_now(
    appointment: Appointment, verb: Verb, now: dt.datetime
) -> rules.StateConflict | None:
    """The refusal of `verb` at `now`, by the status table and the clock; None when allowed."""
    if leads_to(verb, appointment.status) is None:
        refusal = _("This appointment is “%(status)s”: it cannot become “%(wanted)s” now.")
        words = {"status": appointment.get_status_display(), "wanted": verb.label}
        return rules.StateConflict(refusal % words)
    starts_at = appointment.starts_at
    if verb is Verb.MARK_ABSENT and starts_at and now < starts_at:
        return rules.StateConflict(
            _("Nobody is absent before the appointment begins."), code="not_begun"
        )
    if verb is Verb.CONFIRM and starts_at and starts_at <= now:
        return rules.StateConflict(
            _("The time of this request has passed: it can only be moved or declined."),
            code="request_is_over",
        )
    return None


def undo(
    appointment: Appointment,
    *,
    by: User,
    change_id: int | None = None,
    overbook: bool = False,
    allow_patient_overlap: bool = False,
    now: dt.datetime | None = None,
) -> Appointment:
    """Take back the last change, if it was made today by the practice's date; for staff only.

    `change_id` is the change on the reader's screen, so that a double click, or two people at
    once, do not take back two changes. Raises StateConflict when no change of today can be taken
    back, and SlotTaken when another visit took the time or the patient has another visit then:
    staff can repeat with `overbook` or `allow_patient_overlap`.
    """
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        require_staff(by, appointment.doctor)
        last = appointment.changes.last_in_force()
        local = appointment.practice.local
        if last is None or not last.from_status or local(last.at).date() != local(now).date():
            raise rules.StateConflict(_("There is no change of today to take back."))
        if change_id is not None and change_id != last.pk:
            raise rules.StateConflict(
                _("This appointment has changed in the meantime: it is “%(status)s” now.")
                % {"status": appointment.get_status_display()},
            )
        before, after = appointment.status, Status(last.from_status)
        if after in LIVE and before not in LIVE:
            appointment.is_overbooked = appointment.is_overbooked or overbook
            _check_time_is_still_free(appointment, now=now)
            if not allow_patient_overlap:
                _check_patient_is_still_free(appointment)
        appointment.status = after
        appointment.sequence += 1
        appointment.save(update_fields=["status", "is_overbooked", "sequence"])
        log_change(appointment, Verb.UNDO, by=by, now=now, from_status=before, undoes=last)
        if last.verb in (Verb.CANCEL, Verb.CONFIRM):
            # The patient got a message about the change, and it is not true any more.
            is_request = after == Status.PENDING
            kind = Notification.Kind.REQUESTED if is_request else Notification.Kind.BOOKED
            queue_notification(appointment, kind, now=now)
    return appointment


def add_walk_in(
    *,
    by: User,
    doctor: Doctor,
    patient: Patient,
    consultation_type: ConsultationType | None = None,
    reason: str = "",
    now: dt.datetime | None = None,
) -> Appointment:
    """Add a person to today's waiting room with the next queue number of that doctor's day.

    `patient` can be unsaved, a person to add: both are written or neither.
    """
    now = now or timezone.now()
    with writing():
        doctor = lock_doctor(doctor, now=now)
        require_staff(by, doctor)
        if consultation_type:
            consultation_type = fresh_type(consultation_type)
            rules.check_type_is_offered(doctor, consultation_type)
        if patient.pk:
            patient = lock_patient(patient)
        else:
            patient.save()
        today = doctor.practice.local(now).date()
        day = Appointment.objects.of(doctor).filter(queue_date=today)
        # Cancelled walk-ins count too: a number is never given twice.
        last = day.aggregate(last=Max("queue_number"))["last"] or 0
        appointment = Appointment.objects.create(
            patient=patient,
            doctor=doctor,
            practice=doctor.practice,
            consultation_type=consultation_type,
            status=Status.ARRIVED,
            reason=reason.strip(),
            queue_date=today,
            queue_number=last + 1,
            booked_by=by,
            created_at=now,
            patient_name=patient.name,
            doctor_name=doctor.name,
            type_name=consultation_type.name if consultation_type else "",
            duration=consultation_type.duration if consultation_type else 30,
            price=consultation_type.price if consultation_type else None,
            currency=consultation_type.currency if consultation_type else "",
        )
        log_change(appointment, Verb.ADD_WALK_IN, by=by, now=now)
    return appointment


def require_staff(by: User, doctor: Doctor) -> None:
    """Refuse a user who does not work for `doctor`. Pages answer 404 before this check."""
    if not doctor.is_staffed_by(by):
        raise rules.RuleRefused(_("Only the practice can do this."), code="desk_only")


def _check_time_is_still_free(appointment: Appointment, *, now: dt.datetime) -> None:
    if appointment.is_overbooked or appointment.starts_at is None or appointment.ends_at is None:
        return
    doctor, start, end = appointment.doctor, appointment.starts_at, appointment.ends_at
    blocker = slots.overlap_at(doctor, start, end, now=now, moving=appointment.pk)
    if blocker:
        raise rules.refuse_time(blocker, SlotQuery(doctor, appointment.consultation_type))


def _check_patient_is_still_free(appointment: Appointment) -> None:
    if appointment.starts_at and appointment.ends_at:
        rules.check_patient_free(
            appointment.patient, appointment.starts_at, appointment.ends_at, moving=appointment.pk
        )
