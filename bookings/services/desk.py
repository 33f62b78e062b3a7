"""Services for staff: the status verbs of a visit, undo, and walk-ins."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings import rules, slots
from bookings.models import Appointment, Notification
from bookings.models.appointment import AppointmentQuerySet
from bookings.services.call_codes import call_code_of
from bookings.services.kept_times import withdraw_offers
from bookings.services.notifications import queue_notification
from bookings.services.writing import (
    check_unchanged,
    fresh_type,
    lock_appointment,
    lock_doctor,
    lock_patient,
    log_change,
    writing,
)
from bookings.slots import SlotQuery
from bookings.status import LIVE, Status, Verb, leads_to
from doctors.models import ConsultationType, Doctor, Practice
from scheduling import engine
from scheduling.places import desk_practice


def change_status(
    appointment: Appointment,
    verb: Verb,
    *,
    by: User,
    to: Status | None = None,
    overbook: bool = False,
    allow_patient_overlap: bool = False,
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Apply confirm, arrive, start, finish, mark_absent or correct, as the status table allows.

    `correct` needs the status `to` which it leads. Raises StateConflict with the visit's present
    status when the table does not allow the change, and when the visit's sequence is not
    `expected_sequence` (see `check_unchanged`). A correction that takes a lost time again raises
    SlotTaken like `undo`. To cancel a visit, call `cancel`.
    """
    if verb is Verb.CANCEL:
        raise ValueError("change_status does not notify the patient: use cancel")
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        require_manager(by, appointment)
        check_unchanged(appointment, expected_sequence)
        refusal = why_not_now(appointment, verb, now, to)
        if refusal:
            raise refusal
        before, after = appointment.status, leads_to(verb, appointment.status, to)
        assert after
        if after in LIVE and before not in LIVE:
            _take_time_again(appointment, overbook, allow_patient_overlap, now=now)
        appointment.status = after
        appointment.sequence += 1
        if verb in (Verb.ARRIVE, Verb.START):
            appointment.call_code = call_code_of(appointment)
        if verb is Verb.ARRIVE:
            # A patient who arrives a second time does not get the first place back.
            appointment.waiting_place = None
        written = ["status", "sequence", "waiting_place", "call_code", "is_overbooked"]
        appointment.save(update_fields=written)
        log_change(appointment, verb, by=by, now=now, from_status=before)
        if verb is Verb.CONFIRM:
            queue_notification(appointment, Notification.Kind.CONFIRMED, now=now)
    return appointment


def why_not_now(
    appointment: Appointment, verb: Verb, now: dt.datetime, to: Status | None = None
) -> rules.StateConflict | None:
    """The refusal of `verb` at `now`, by the status table and the clock; None when allowed."""
    if leads_to(verb, appointment.status, to) is None:
        refusal = _("This appointment is “%(status)s”: it cannot become “%(wanted)s” now.")
        words = {"status": appointment.get_status_display(), "wanted": verb.label}
        return rules.StateConflict(refusal % words)
    starts_at, is_over = appointment.starts_at, appointment.is_day_over(now)
    if verb in (Verb.ARRIVE, Verb.START) and is_over and not appointment.is_its_time(now):
        return rules.StateConflict(
            _("The day of this appointment is over: please say how it ended."), code="day_is_over"
        )
    if verb in (Verb.ARRIVE, Verb.START) and not appointment.is_its_time(now):
        return rules.StateConflict(
            _("Only on the day of the appointment, or within 3 hours before it."),
            code="not_its_day",
        )
    if verb is Verb.FINISH and appointment.status == Status.CONFIRMED and not is_over:
        return rules.StateConflict(
            _("Please note the arrival first. Without it, a visit is closed once its day is over."),
            code="not_arrived",
        )
    if verb is Verb.CORRECT and not is_over:
        return rules.StateConflict(
            _("A correction is for a later day. Today, undo the last change."),
            code="day_is_not_over",
        )
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
        require_manager(by, appointment)
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
            _take_time_again(appointment, overbook, allow_patient_overlap, now=now)
        appointment.status = after
        appointment.sequence += 1
        appointment.save(update_fields=["status", "is_overbooked", "sequence"])
        log_change(appointment, Verb.UNDO, by=by, now=now, from_status=before, undoes=last)
        if last.verb in (Verb.CANCEL, Verb.CONFIRM) and not appointment.is_day_over(now):
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
    beside_visit: bool = True,
    practice: Practice | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Add a person to today's waiting room with the next queue number of that doctor's day.

    A person has one number a day: the same request again returns the same walk-in. `patient` can
    be unsaved, a person to add: both are written or neither. Without `beside_visit`, a visit of
    the person today raises HasVisitToday. `practice` is one of the doctor's where `by` works;
    without it, see `desk_practice`.
    """
    now = now or timezone.now()
    with writing():
        doctor = lock_doctor(doctor, now=now)
        require_staff(by, doctor)
        if consultation_type:
            consultation_type = fresh_type(consultation_type)
            rules.check_type_is_offered(doctor, consultation_type)
        today = doctor.practice.local(now).date()
        day = Appointment.objects.of(doctor).filter(queue_date=today)
        patient = lock_patient(patient) if patient.pk else _newcomer(patient, day)
        same = day.exclude(status=Status.CANCELLED).filter(patient=patient).first()
        if same:
            return same
        if not beside_visit:
            _check_no_visit_today(patient, doctor, today)
        appointment = Appointment.objects.create(
            patient=patient,
            doctor=doctor,
            practice=desk_practice(by, doctor, now, chosen=practice),
            consultation_type=consultation_type,
            status=Status.ARRIVED,
            reason=reason.strip(),
            queue_date=today,
            queue_number=day.next_number(),
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


class HasVisitToday(rules.StateConflict):
    """The person who wants a number has a visit with a time today: `visit`."""

    code = "has_visit_today"

    def __init__(self, visit: Appointment) -> None:
        refusal = _("%(patient)s has an appointment today at %(time)s: “%(status)s”.")
        words = {
            "patient": visit.patient_name,
            "time": f"{visit.local_start:%H:%M}",
            "status": visit.get_status_display(),
        }
        super().__init__(refusal % words)
        self.visit = visit


def _check_no_visit_today(patient: Patient, doctor: Doctor, today: dt.date) -> None:
    """Refuse a number to a person who is expected today, or is here for an appointment."""
    start, end = engine.day_span(today, doctor.practice.zone)
    ahead = (Status.PENDING, Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS)
    visits = Appointment.objects.of(doctor).filter(patient=patient, status__in=ahead)
    today_s = visits.filter(starts_at__gte=start, starts_at__lt=end).select_related("practice")
    visit = today_s.order_by("starts_at").first()
    if visit:
        raise HasVisitToday(visit)


def _newcomer(person: Patient, day: AppointmentQuerySet) -> Patient:
    """The new person's row, or the row that a double click has just made.

    The search covers only people with a number of this doctor's `day`. Two people of one name
    without phone and birth date are two: nothing says that they are one.
    """
    known: dict[str, Any] = {"phone": person.phone, "birth_date": person.birth_date}
    if any(known.values()):
        twins = Patient.objects.filter(appointments__in=day.exclude(status=Status.CANCELLED))
        names = {"first_name": person.first_name, "last_name": person.last_name}
        twin = twins.filter(account=None, **names, **known).first()
        if twin:
            return twin
    person.save()
    return person


def require_staff(by: User, doctor: Doctor) -> None:
    """Refuse a user who does not work for `doctor`. Pages answer 404 before this check."""
    if not doctor.is_staffed_by(by):
        raise rules.RuleRefused(_("Only the practice can do this."), code="desk_only")


def _take_time_again(
    appointment: Appointment, overbook: bool, allow_patient_overlap: bool, *, now: dt.datetime
) -> None:
    """Check that doctor and patient are still free then, unless the desk overrides it.

    A walk-in is refused when the person has another number of that day.
    """
    numbers = Appointment.objects.of(appointment.doctor).exclude(status=Status.CANCELLED)
    numbers = numbers.filter(patient=appointment.patient, queue_date=appointment.queue_date)
    other = numbers.exclude(pk=appointment.pk).first() if appointment.is_walk_in else None
    if other:
        refusal = _("%(patient)s has number %(number)s of that day.")
        words = {"patient": other.patient_name, "number": other.queue_number}
        raise rules.StateConflict(refusal % words, code="has_a_number")
    appointment.is_overbooked = appointment.is_overbooked or overbook
    _check_time_is_still_free(appointment, now=now)
    if not allow_patient_overlap:
        _check_patient_is_still_free(appointment)
    if appointment.starts_at and appointment.ends_at:
        withdraw_offers(appointment.doctor, appointment.starts_at, appointment.ends_at, now=now)


def require_manager(by: User, appointment: Appointment) -> None:
    """Refuse a user who does not manage this visit as staff."""
    if not appointment.is_managed_by(by):
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
