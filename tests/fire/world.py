"""Many visits with a reminder that is due, each to an address of its own."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.tests.factories import PatientFactory
from bookings.models import Appointment, Notification
from bookings.tests.factories import AppointmentFactory
from doctors.tests.factories import ConsultationTypeFactory

DOCTORS = 20
NOBODY, SPAM = "nobody", "spam"
"""The beginnings of addresses that the server does not know, and that it always refuses."""


def make_reminders(count: int) -> None:
    """Make visits from three days on, each half an hour long, and their reminders."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=3)
    each, made = -(-count // DOCTORS), 0
    for _doctor in range(DOCTORS):
        kind = ConsultationTypeFactory(doctor__user__password=None, duration=30)
        patient = PatientFactory(account__password=None)
        like = AppointmentFactory.build(patient=patient, consultation_type=kind)
        same = {
            field.attname: getattr(like, field.attname)
            for field in Appointment._meta.concrete_fields
            if field.attname not in ("id", "starts_at", "ends_at")
        }
        starts = [first + number * kind.length for number in range(min(each, count - made))]
        visits = Appointment.objects.bulk_create(
            [Appointment(starts_at=start, ends_at=start + kind.length, **same) for start in starts]
        )
        Notification.objects.bulk_create(
            Notification(
                appointment=visit,
                kind=Notification.Kind.REMINDER,
                recipient=f"{beginning_of(made + number)}{made + number}@example.org",
                language="fr",
            )
            for number, visit in enumerate(visits)
        )
        made += len(visits)


def beginning_of(number: int) -> str:
    """One address of a hundred does not exist, another is refused."""
    return {7: NOBODY, 57: SPAM}.get(number % 100, "person")
