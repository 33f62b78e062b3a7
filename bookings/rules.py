"""The rules of booking: each is one function that raises its own refusal.

The rules look at the visit's patient, not at the user who books. They do not bind staff: the
services do not call them then.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient, User
from accounts.services import user_is_verified
from bookings.models import Appointment, PatientFile
from bookings.models.files import no_shows
from bookings.slots import Blocker, SlotQuery
from doctors.models import ConsultationType, Doctor, Practice
from scheduling.engine import Span
from web.counters import refusals


class Refusal(Exception):
    """An expected "no", with an honest HTTP status, words and a next step.

    `code` names the rule for programs; `str()` is the text for the reader. With `offers_times`
    the answer adds the nearest free times.
    """

    code = "refused"
    status = HTTPStatus.FORBIDDEN
    offers_times = False
    offers_doctors = False
    """Whether another doctor can see this person."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code
        refusals.labels(self.code).inc()


class SlotTaken(Refusal):
    """The time is not free any more: a visit, a hold or an absence occupies it."""

    code = "slot_taken"
    status = HTTPStatus.CONFLICT
    offers_times = True
    clash: Span | None = None
    """The other visit of the same person, when that visit is the obstacle."""


class TimeNotOffered(Refusal):
    """The practice does not offer that time: off the grid, past, inside the notice, too far."""

    code = "time_not_offered"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    offers_times = True


class RuleRefused(Refusal):
    """A rule about this person, this type or this practice."""


class StateConflict(Refusal):
    """The appointment is no longer in a state that allows this."""

    code = "state_conflict"
    status = HTTPStatus.CONFLICT


class TooManyHolds(Refusal):
    """The visitor's IP address has the highest number of holds already."""

    code = "too_many_holds"
    status = HTTPStatus.TOO_MANY_REQUESTS


def by_phone(practice: Practice) -> str:
    """The next step when booking online is not possible: to call, if the practice has a phone."""
    if not practice.phone:
        return _("Please contact the practice directly.")
    return _("Call the practice on %(phone)s.") % {"phone": practice.phone.as_national}


def check_bookable(doctor: Doctor, consultation_type: ConsultationType) -> None:
    """Refuse a type that the doctor does not offer, and a doctor without online booking."""
    check_type_is_offered(doctor, consultation_type)
    check_books_online(doctor)


def check_type_is_offered(doctor: Doctor, consultation_type: ConsultationType) -> None:
    """Refuse a type of another doctor, and a retired one. This rule binds staff too."""
    if consultation_type.doctor_id != doctor.pk or consultation_type.is_retired:
        raise type_not_offered()


def type_not_offered() -> TimeNotOffered:
    """The refusal for a type that cannot be booked at any time, so it offers no times."""
    refusal = TimeNotOffered(
        _("This reason for a visit is not offered any more."), code="type_not_offered"
    )
    refusal.offers_times = False
    return refusal


def check_books_online(doctor: Doctor) -> None:
    """Refuse a doctor who is not approved or does not take bookings online."""
    if not doctor.is_approved or not doctor.books_online:
        refusal = _("%(doctor)s does not take bookings online.") % {"doctor": doctor.name}
        raise RuleRefused(f"{refusal} {by_phone(doctor.practice)}", code="no_online_booking")


def check_not_blocked(patient: Patient, practice: Practice, now: dt.datetime) -> None:
    """Refuse a person who is blocked by an admin, by the practice or by three no-shows there.

    docs/contracts.md, rule 6.
    """
    if patient.account and patient.account.is_blocked:
        refusal = _("This account cannot book online.")
        raise RuleRefused(f"{refusal} {by_phone(practice)}", code="patient_blocked")
    if PatientFile.objects.filter(
        patient=patient, practice=practice, blocked_at__isnull=False
    ).exists():
        refusal = _("This practice takes bookings for %(patient)s by phone only.")
        refusal %= {"patient": patient.name}
        raise RuleRefused(f"{refusal} {by_phone(practice)}", code="patient_blocked")
    if no_shows(patient=patient, practice=practice, now=now) >= settings.NO_SHOWS_THAT_BLOCK:
        refusal = _("After three missed appointments, online booking is closed at this practice.")
        raise RuleRefused(f"{refusal} {by_phone(practice)}", code="patient_blocked")


def check_not_blocked_everywhere(patient: Patient, doctor: Doctor, now: dt.datetime) -> None:
    """Refuse a person who cannot book at any practice of the doctor."""
    try:
        check_not_blocked(patient, doctor.practice, now)
    except RuleRefused:
        others = Practice.objects.of_doctor(doctor).exclude(pk=doctor.practice_id)
        if not any(_may_book_at(practice, patient, now) for practice in others):
            raise


def _may_book_at(practice: Practice, patient: Patient, now: dt.datetime) -> bool:
    try:
        check_not_blocked(patient, practice, now)
    except RuleRefused:
        return False
    return True


def has_visited(patient: Patient, doctor: Doctor, now: dt.datetime) -> bool:
    """Whether a past visit of `patient` to `doctor` took place."""
    return (
        Appointment.objects.took_place()
        .filter(patient=patient, doctor=doctor)
        .exclude(starts_at__gte=now)
        .exists()
    )


def is_for_known_patients(doctor: Doctor, consultation_type: ConsultationType | None) -> bool:
    """Whether only a person with a past visit to the doctor can book this online."""
    needed = consultation_type is not None and consultation_type.require_existing_patient
    return needed or not doctor.accepts_new_patients


def check_existing_patient(
    patient: Patient, consultation_type: ConsultationType, doctor: Doctor, now: dt.datetime
) -> None:
    """Refuse a new patient when the type or the doctor takes existing patients only."""
    if not is_for_known_patients(doctor, consultation_type) or has_visited(patient, doctor, now):
        return
    if consultation_type.require_existing_patient:
        refusal = _(
            "“%(type)s” is for people %(doctor)s has already seen. "
            "For a first visit, please choose another reason."
        )
        refusal %= {"type": consultation_type.name, "doctor": doctor.name}
        refused = RuleRefused(refusal, code="existing_patient_required")
    else:
        refusal = _("%(doctor)s takes no new patients at the moment.") % {"doctor": doctor.name}
        refusal = f"{refusal} {by_phone(doctor.practice)}"
        refused = RuleRefused(refusal, code="new_patients_not_taken")
    refused.offers_doctors = True
    raise refused


def check_emergency_day(query: SlotQuery, first_day: dt.date, now: dt.datetime) -> None:
    """Refuse an emergency type for days after tomorrow, by the practice's date.

    docs/contracts.md, rule 5.
    """
    if query.is_emergency_only and first_day > query.today(now) + dt.timedelta(days=1):
        raise _emergency_too_far(query)


def _emergency_too_far(query: SlotQuery) -> RuleRefused:
    """The refusal of an emergency visit later than 24 hours from now."""
    phones = ", ".join(emergency_phones(query.doctor.practice))
    refusal = _(
        "Emergency visits can only be booked within 24 hours. If it cannot wait, call %(phones)s."
    )
    return RuleRefused(refusal % {"phones": phones}, code="emergency_too_far")


def emergency_phones(practice: Practice) -> list[str]:
    """The emergency numbers of the practice's country."""
    return settings.EMERGENCY_PHONES.get(practice.country, ["112"])


def check_verified(account: User | None, now: dt.datetime) -> None:
    """Refuse a second future appointment to an account whose e-mail is not confirmed.

    docs/contracts.md, rule 10.
    """
    if account is None or user_is_verified(account):
        return
    if Appointment.objects.upcoming(now).filter(patient__account=account).exists():
        raise RuleRefused(
            _(
                "Please confirm your e-mail address first: until then you can have one "
                "appointment at a time. The link is in the message we sent you."
            ),
            code="email_not_confirmed",
        )


def check_patient_free(
    patient: Patient, start: dt.datetime, end: dt.datetime, *, moving: Any = None
) -> None:
    """Refuse a time at which the person has another visit (docs/contracts.md, rule 8)."""
    clash = (
        Appointment.objects.live()
        .overlapping(start, end)
        .filter(patient=patient)
        .exclude(pk=moving)
        .select_related("practice")
        .first()
    )
    if clash:
        raise _patient_is_taken(
            _("%(patient)s already has an appointment at that time: %(doctor)s at %(time)s."),
            patient,
            clash,
        )


def check_namesake_free(by: User, patient: Patient, start: dt.datetime, end: dt.datetime) -> None:
    """Tell staff that a person of this name and date of birth has another visit at that time.

    Two parents can each book for one child. Staff see only visits that they manage, and patients
    learn nothing of another account.
    """
    visits = Appointment.objects.for_staff(by).live().overlapping(start, end)
    clash = visits.of_namesakes(patient).select_related("practice").first()
    if clash:
        refusal = _(
            "Another patient has the same name and date of birth (%(patient)s, %(birth_date)s) "
            "and an appointment at that time: %(doctor)s at %(time)s."
        )
        raise _patient_is_taken(refusal, patient, clash)


def _patient_is_taken(refusal: str, patient: Patient, clash: Appointment) -> SlotTaken:
    assert clash.starts_at is not None
    assert clash.ends_at is not None
    words = {
        "patient": patient.name,
        "birth_date": patient.birth_date and f"{patient.birth_date:%d/%m/%Y}",
        "doctor": clash.doctor_name,
        "time": f"{clash.practice.local(clash.starts_at):%H:%M}",
    }
    taken = SlotTaken(refusal % words, code="patient_overlap")
    taken.clash = (clash.starts_at, clash.ends_at)
    return taken


def check_deadline(appointment: Appointment, now: dt.datetime) -> None:
    """Refuse a patient's online change after the practice's deadline."""
    closes = appointment.changes_close_at
    if closes is not None and now < closes:
        return
    hours = appointment.practice.cancellation_deadline_hours
    refusal = ngettext(
        "Online changes are possible until %(hours)s hour before the appointment. "
        "To move or cancel it now, please call.",
        "Online changes are possible until %(hours)s hours before the appointment. "
        "To move or cancel it now, please call.",
        hours,
    )
    refusal %= {"hours": hours}
    raise RuleRefused(f"{refusal} {by_phone(appointment.practice)}", code="too_late_to_change")


def refuse_time(blocker: Blocker, query: SlotQuery) -> Refusal:
    """The refusal for a start of `query` that `blocker` makes unavailable."""
    if blocker in (Blocker.BOOKED, Blocker.HELD, Blocker.CLOSED):
        return SlotTaken(
            {
                Blocker.BOOKED: _("This time has just been taken."),
                Blocker.HELD: _("Someone else is booking this time right now."),
                Blocker.CLOSED: _("The doctor is no longer available at this time."),
            }[blocker]
        )
    if blocker is Blocker.TOO_FAR and query.is_emergency_only:
        too_far = _emergency_too_far(query)
        too_far.offers_times = True
        return too_far
    if blocker is Blocker.TOO_SOON:
        hours = max(1, round(query.notice.total_seconds() / 3600))
        text = ngettext(
            "This visit must be booked at least %(hours)s hour ahead.",
            "This visit must be booked at least %(hours)s hours ahead.",
            hours,
        ) % {"hours": hours}
    elif blocker is Blocker.TOO_FAR:
        text = _("This day is not open for booking yet.")
    elif blocker is Blocker.PAST:
        text = _("This time is already past.")
    else:
        text = _("The practice does not offer this start time.")
    return TimeNotOffered(text, code=blocker.value)
