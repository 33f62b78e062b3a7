"""Services that book, move and cancel a visit that has a time."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings import rules, slots
from bookings.models import Appointment, Hold, Notification, WaitingListEntry
from bookings.services.by_patient import check_own_move
from bookings.services.kept_times import end_entries, withdraw_offers
from bookings.services.notifications import (
    queue_notification,
    tell_practice_of_late_change,
    tell_practice_of_request,
)
from bookings.services.writing import (
    check_unchanged,
    fresh_type,
    lock_account,
    lock_appointment,
    lock_doctor,
    lock_patient,
    log_change,
    record_freed_time,
    update_waiting_list,
    writing,
)
from bookings.slots import SlotQuery
from bookings.status import UPCOMING, Status, Verb, leads_to
from doctors.models import ConsultationType, Doctor, Practice
from scheduling.places import desk_practice, practice_at


def book(
    *,
    by: User,
    patient: Patient,
    doctor: Doctor,
    consultation_type: ConsultationType,
    starts_at: dt.datetime,
    reason: str = "",
    hold_token: str | None = None,
    practice: Practice | None = None,
    overbook: bool = False,
    allow_patient_overlap: bool = False,
    now: dt.datetime | None = None,
) -> Appointment:
    """Book `starts_at` (aware) for `patient`; the same request again returns the same visit.

    `patient` can be unsaved, a person to add: both are written or neither. End, duration and
    price come from the type, the practice from the hours; outside them staff can name a
    `practice`. Raises a `rules.Refusal` and writes nothing then. Only the overlap rules bind the
    doctor's staff; only staff can use `overbook` and `allow_patient_overlap`.
    """
    now = now or timezone.now()
    starts_at = starts_at.astimezone(dt.UTC)  # Never add minutes to a wall clock.
    if patient.pk and not overbook:
        _refuse_taken(patient, SlotQuery(doctor, consultation_type), starts_at, hold_token, now)
    with writing():
        doctor = lock_doctor(doctor, now=now)
        patient = lock_patient(patient) if patient.pk else _added(patient, doctor, starts_at)
        consultation_type = fresh_type(consultation_type)
        same = _same_visit(patient, doctor, consultation_type, starts_at)
        if same:
            if _release(hold_token, doctor):
                doctor.touch_calendar()
            return same
        query = SlotQuery(doctor, consultation_type)
        staff = doctor.is_staffed_by(by)
        practice = _practice_at(query, starts_at, desk=by if staff else None, chosen=practice)
        if staff:
            rules.check_type_is_offered(doctor, consultation_type)
        else:
            check_patient_may_book(patient=patient, query=query, practice=practice, now=now)
            lock_account(patient.account)
            rules.check_verified(patient.account, now)
        overbook = overbook and staff
        _check_time(query, starts_at, staff=staff, overbook=overbook, token=hold_token, now=now)
        if not (staff and allow_patient_overlap):
            _check_patient_free(by, patient, query, starts_at, staff=staff)

        needs_confirmation = consultation_type.needs_confirmation and not staff
        appointment = Appointment.objects.create(
            patient=patient,
            doctor=doctor,
            practice=practice,
            status=Status.PENDING if needs_confirmation else Status.CONFIRMED,
            reason=reason.strip(),
            is_overbooked=overbook,
            starts_at=starts_at,
            booked_by=by,
            created_at=now,
            patient_name=patient.name,
            doctor_name=doctor.name,
            **copies_of(consultation_type, starts_at),
        )
        _release(hold_token, doctor)
        if staff:
            withdraw_offers(doctor, starts_at, starts_at + query.length, now=now)
        log_change(appointment, Verb.REQUEST if needs_confirmation else Verb.BOOK, by=by, now=now)
        kind = Notification.Kind.REQUESTED if needs_confirmation else Notification.Kind.BOOKED
        queue_notification(appointment, kind, now=now)
        if needs_confirmation:
            tell_practice_of_request(appointment, now=now)
        elif not staff:
            tell_practice_of_late_change(appointment, now=now)
        update_waiting_list(appointment, now=now)
    return appointment


def move(
    appointment: Appointment,
    *,
    by: User | None,
    by_link: bool = False,
    starts_at: dt.datetime,
    overbook: bool = False,
    allow_patient_overlap: bool = False,
    hold_token: str | None = None,
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Give the visit another start, on the same row. The old time stays booked until then.

    The visit keeps its length, price and type as booked. The practice's deadline and the rules of
    booking bind a patient, unless the practice asked for another time. Only the overlap rules
    bind staff, and only staff can use `overbook` and `allow_patient_overlap`.
    `by_link` without `by` is the patient, who opened the link of a message. `expected_sequence` is
    the sequence on the reader's screen (see `check_unchanged`). A move to the same start changes
    nothing. Raises a `rules.Refusal`.
    """
    now = now or timezone.now()
    starts_at = starts_at.astimezone(dt.UTC)
    with writing():
        appointment = lock_appointment(appointment, now=now)
        staff = by is not None and appointment.is_managed_by(by)
        if appointment.status not in UPCOMING or appointment.consultation_type is None:
            raise rules.StateConflict(_("This appointment can no longer be moved."))
        if appointment.starts_at == starts_at:
            return appointment
        check_unchanged(appointment, expected_sequence)
        asked = not staff and appointment.is_asked_to_move()
        query = SlotQuery.of_visit(appointment, is_asked_to_move=asked)
        desk, present = by if staff else None, appointment.practice
        practice = _practice_at(query, starts_at, desk=desk, chosen=present)
        if not (staff or asked):
            check_own_move(appointment, now)
            patient = appointment.patient
            check_patient_may_book(patient=patient, query=query, practice=practice, now=now)
        overbook = overbook and staff
        _check_time(
            query,
            starts_at,
            staff=staff,
            overbook=overbook,
            token=hold_token,
            now=now,
            moving=appointment,
        )
        if not (staff and allow_patient_overlap):
            _check_patient_free(by, appointment.patient, query, starts_at, staff=staff)
        previous = appointment.starts_at
        record_freed_time(appointment, previous, now=now)
        appointment.starts_at, appointment.ends_at = starts_at, starts_at + query.length
        appointment.practice = practice
        appointment.is_overbooked = overbook
        appointment.timed_at, appointment.coming_at = now, None
        appointment.sequence += 1
        appointment.save()
        _release(hold_token, appointment.doctor)
        if staff:
            withdraw_offers(appointment.doctor, starts_at, appointment.ends_at, now=now)
        log_change(
            appointment,
            Verb.MOVE,
            by=by,
            by_link=by_link,
            now=now,
            from_status=appointment.status,
            previous_start=previous,
        )
        kind, details = Notification.Kind.MOVED, {"previous_start": previous}
        queue_notification(appointment, kind, now=now, by_practice=staff, **details)
        if not staff:
            tell_practice_of_late_change(appointment, now=now, **details)
        update_waiting_list(appointment, now=now)
    return appointment


def cancel(
    appointment: Appointment,
    *,
    by: User | None,
    by_link: bool = False,
    message: str = "",
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Cancel the visit and free its time; a second call changes nothing.

    Patients can cancel until the practice's deadline, before the visit begins; staff can as the
    status table says. `by=None` is the system, or the patient with `by_link`. `by_link` and
    `expected_sequence` as in `move`. Raises a `rules.Refusal`.
    """
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        if appointment.status == Status.CANCELLED:
            return appointment
        check_unchanged(appointment, expected_sequence)
        before = appointment.status
        if not leads_to(Verb.CANCEL, before):
            raise rules.StateConflict(_("This appointment can no longer be cancelled."))
        by_patient = by_link or (by is not None and not appointment.is_managed_by(by))
        if by_patient:
            if before not in UPCOMING:
                raise rules.StateConflict(_("This appointment can no longer be cancelled."))
            if not appointment.is_asked_to_move():
                rules.check_deadline(appointment, now)
        appointment.status = Status.CANCELLED
        appointment.sequence += 1
        appointment.save(update_fields=["status", "sequence"])
        log_change(appointment, Verb.CANCEL, by=by, by_link=by_link, now=now, from_status=before)
        if by is None or not appointment.is_day_over(now):
            # When the desk closes a visit of a past day, the patient knows it already.
            declined = before == Status.PENDING and by is not None and not by_patient
            queue_notification(
                appointment,
                Notification.Kind.DECLINED if declined else Notification.Kind.CANCELLED,
                now=now,
                by_practice=not by_patient,
                message=message.strip(),
            )
        if by_patient:
            tell_practice_of_late_change(appointment, now=now)
        record_freed_time(appointment, appointment.starts_at, now=now)
        end_entries(
            WaitingListEntry.objects.of(appointment), WaitingListEntry.End.CANCELLED, now=now
        )
    return appointment


def check_patient_may_book(
    *, patient: Patient, query: SlotQuery, now: dt.datetime, practice: Practice | None = None
) -> None:
    """Raise the first refusal of this person at this doctor that does not depend on the time.

    The free times show these refusals early (docs/contracts.md, C2). The practice of a time is
    given when there is a time: a block there counts.
    """
    assert query.consultation_type is not None
    rules.check_bookable(query.doctor, query.consultation_type)
    if practice:
        rules.check_not_blocked(patient, practice, now)
    else:
        rules.check_not_blocked_everywhere(patient, query.doctor, now)
    rules.check_existing_patient(patient, query.consultation_type, query.doctor, now)


def copies_of(consultation_type: ConsultationType, starts_at: dt.datetime) -> dict[str, object]:
    """The fields that a visit copies from its type, so that later edits do not change it."""
    return {
        "consultation_type": consultation_type,
        "ends_at": starts_at + consultation_type.length,
        "buffer_minutes": consultation_type.buffer_after,
        "type_name": consultation_type.name,
        "duration": consultation_type.duration,
        "price": consultation_type.price,
        "currency": consultation_type.currency,
        "is_video": consultation_type.is_video,
    }


def _added(person: Patient, doctor: Doctor, starts_at: dt.datetime) -> Patient:
    """The new person's row, or the row that a double click has just made.

    The search covers only the account's relatives; for a person without account, only patients
    with this phone and a visit to this doctor at this start. It never covers the files of other
    people.
    """
    names = {
        "account": person.account,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": person.birth_date,
    }
    twins = Patient.objects.filter(**names)
    if person.account is None:
        # Namesakes without a date of birth are two persons when their phones differ.
        there = {"appointments__doctor": doctor, "appointments__starts_at": starts_at}
        twins = twins.filter(phone=person.phone, **there)
    if person.account and person.is_self:
        # An account has one owner, also when two tabs add the owner at once.
        twins = person.account.patients.filter(relation=Patient.Relation.SELF)
    twin = twins.first()
    if twin:
        return twin
    person.save()
    return person


def _same_visit(
    patient: Patient, doctor: Doctor, consultation_type: ConsultationType, starts_at: dt.datetime
) -> Appointment | None:
    """The visit that an identical earlier request made (double click, retry, second tab)."""
    return (
        Appointment.objects.live()
        .of(doctor)
        .filter(patient=patient, consultation_type=consultation_type, starts_at=starts_at)
        .select_related("practice")
        .first()
    )


def _refuse_taken(
    patient: Patient, query: SlotQuery, starts_at: dt.datetime, token: str | None, now: dt.datetime
) -> None:
    """Refuse a time that another visit has, before the locks.

    Most losers of a race need not wait for the winner then. The check under the lock decides.
    """
    doctor, end = query.doctor, starts_at + query.length
    blocker = slots.overlap_at(doctor, starts_at, end, now=now, token=token)
    assert query.consultation_type is not None
    if blocker and not _same_visit(patient, doctor, query.consultation_type, starts_at):
        raise rules.refuse_time(blocker, query)


def _check_time(
    query: SlotQuery,
    starts_at: dt.datetime,
    *,
    staff: bool,
    overbook: bool,
    token: str | None,
    now: dt.datetime,
    moving: Appointment | None = None,
) -> None:
    """Refuse a start that the grid does not offer; for staff, only a start that is taken.

    `overbook` skips the check.
    """
    if overbook:
        return
    moved = moving.pk if moving else None
    if staff:
        end = starts_at + query.length
        blocker = slots.overlap_at(query.doctor, starts_at, end, now=now, token=token, moving=moved)
    else:
        blocker = slots.blocker_at(query, starts_at, now=now, token=token, moving=moved)
    if blocker:
        raise rules.refuse_time(blocker, query)


def _check_patient_free(
    by: User | None, patient: Patient, query: SlotQuery, starts_at: dt.datetime, *, staff: bool
) -> None:
    """Refuse a time at which the person has another visit; tell staff of a namesake's too."""
    ends_at, moving = starts_at + query.length, query.visit.pk if query.visit else None
    rules.check_patient_free(patient, starts_at, ends_at, moving=moving)
    if by and staff:
        rules.check_namesake_free(by, patient, starts_at, ends_at)


def _practice_at(
    query: SlotQuery,
    starts_at: dt.datetime,
    *,
    desk: User | None = None,
    chosen: Practice | None = None,
) -> Practice:
    """The practice of the opening at that time; outside the hours the one that `desk` means."""
    doctor, type_id = query.doctor, query.type_id
    found = practice_at(doctor, starts_at, type_id=type_id, length=query.length)
    if found is None and desk:
        found = desk_practice(desk, doctor, starts_at, chosen=chosen)
    return found or doctor.practice


def _release(token: str | None, doctor: Doctor) -> bool:
    """Delete the visitor's hold at this doctor; return whether there was one.

    A hold at another doctor belongs to another choice and stays.
    """
    mine = Hold.objects.filter(token=token, doctor=doctor) if token else Hold.objects.none()
    count, _per_model = mine.delete()
    return count > 0
