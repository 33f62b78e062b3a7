"""People as the desk looks for them, each with the visits that lead to them."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

from accounts.models import Patient, User
from bookings.models import Appointment
from bookings.status import UPCOMING


class FoundPerson(NamedTuple):
    patient: Patient
    next_visit: Appointment | None
    record_address: str


def with_visits(user: User, people: list[Patient], now: dt.datetime) -> list[FoundPerson]:
    """Each person with their next visit that `user` may see, in one query."""
    visits = Appointment.objects.for_staff(user).filter(
        patient__in=people, status__in=UPCOMING, starts_at__gte=now
    )
    soonest: dict[int, Appointment] = {}
    for visit in visits.select_related("practice").order_by("-starts_at"):
        soonest[visit.patient_id] = visit
    return [FoundPerson(each, soonest.get(each.pk), record_address(each.pk)) for each in people]


def record_address(patient_id: int) -> str:
    """The address of the patient's record, "" where there is none."""
    try:
        return reverse("patient_record", args=[patient_id])
    except NoReverseMatch:
        return ""
