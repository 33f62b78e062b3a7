"""A message as a practice's patients will get it, about a visit that does not exist."""

from __future__ import annotations

import datetime as dt

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from accounts.models import Patient
from bookings.messages.composing import compose, compose_sms
from bookings.models import Appointment, Notification
from bookings.status import Status
from doctors.models import ConsultationType, Doctor, Practice

AHEAD = dt.timedelta(days=2)


def sample_mail(
    doctor: Doctor,
    practice: Practice,
    consultation_type: ConsultationType | None,
    *,
    language: str,
    own_words: list[str],
    recipient: str,
    now: dt.datetime,
) -> EmailMultiAlternatives:
    """The reminder of a visit in two days, with these words of the practice; nothing is saved."""
    row = _sample(doctor, practice, consultation_type, language, now)
    row.recipient = recipient
    return compose(row, now=now, own_words=own_words)


def sample_sms(doctor: Doctor, practice: Practice, *, language: str, now: dt.datetime) -> str:
    """The reminder of the same visit as an SMS."""
    return compose_sms(_sample(doctor, practice, None, language, now), now=now)


def _sample(
    doctor: Doctor,
    practice: Practice,
    consultation_type: ConsultationType | None,
    language: str,
    now: dt.datetime,
) -> Notification:
    # A key of nobody: the links of a sample lead to the page of links that are over.
    patient = Patient(pk=0, first_name=_("Camille"), last_name=_("Example"))
    hour = (now + AHEAD).astimezone(practice.zone).replace(hour=10, minute=30, second=0)
    starts_at = hour.replace(microsecond=0).astimezone(dt.UTC)
    duration = consultation_type.duration if consultation_type else 30
    visit = Appointment(
        patient=patient,
        doctor=doctor,
        practice=practice,
        consultation_type=consultation_type,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=duration),
        status=Status.CONFIRMED,
        patient_name=patient.name,
        doctor_name=doctor.name,
        type_name=consultation_type.name if consultation_type else "",
        duration=duration,
    )
    return Notification(appointment=visit, kind=Notification.Kind.REMINDER, language=language)
