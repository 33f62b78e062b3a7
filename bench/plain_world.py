"""Fifty doctors who are open from nine to five, and visits that fill half of their weekdays."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from bookings.models import Appointment
from bookings.slots import SlotQuery
from bookings.tests.factories import AppointmentFactory
from doctors.models import ConsultationType
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.tests.factories import open_week

DOCTORS, WEEKDAYS, VISITS_A_DAY = 50, 5, 8


def make_doctors(count: int = DOCTORS) -> SlotQuery:
    """Make doctors; return the question for the last one."""
    for _ in range(count):
        # To hash a password takes 0.3 s.
        consultation_type = ConsultationTypeFactory(doctor__user__password=None)
        open_week(consultation_type.doctor)
    return SlotQuery(consultation_type.doctor, consultation_type)


def fill(count: int) -> None:
    """Make `count` visits of half an hour, in as many weeks before today as after it."""
    each, today = count // DOCTORS, timezone.now().date()
    weeks = each // (2 * VISITS_A_DAY * WEEKDAYS) + 1
    monday = today - dt.timedelta(weeks=weeks, days=today.weekday())
    starts = [
        dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(8 + visit), dt.UTC)
        for day in range(2 * 7 * weeks)
        if (monday + dt.timedelta(days=day)).weekday() < WEEKDAYS
        for visit in range(VISITS_A_DAY)
    ][:each]
    patient = PatientFactory(account__password=None)
    for consultation_type in ConsultationType.objects.select_related("doctor__practice"):
        write(consultation_type, patient, starts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write(consultation_type: ConsultationType, patient: Patient, starts: list[dt.datetime]) -> None:
    first = AppointmentFactory.build(patient=patient, consultation_type=consultation_type)
    same = {
        field.attname: getattr(first, field.attname)
        for field in Appointment._meta.concrete_fields
        if field.attname not in ("id", "starts_at", "ends_at")
    }
    Appointment.objects.bulk_create(
        Appointment(starts_at=start, ends_at=start + consultation_type.length, **same)
        for start in starts
    )
