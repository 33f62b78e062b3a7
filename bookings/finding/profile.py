"""What a doctor's page tells beside the panel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bookings.finding.panel import BookingPanel
from bookings.finding.search import Search
from doctors.models import ConsultationType, Doctor
from scheduling.week import Week, week_of
from web.compiled import compiled_once

COLLEAGUES_SHOWN = 4


@dataclass(frozen=True)
class Profile:
    week: Week
    list_address: str
    """The list of doctors that the breadcrumb leads back to."""
    types: list[tuple[str, ConsultationType]]
    """Each type with the address that opens the panel at its grid, "" where nobody can book."""
    colleagues: list[Doctor]
    """A few others of the same practice."""
    practice_address: str
    """The list of everybody there, "" where all colleagues are shown."""


def read_profile(doctor: Doctor, panel: BookingPanel, now: dt.datetime) -> Profile:
    """In four queries."""
    colleagues = _colleagues(doctor.practice_id, doctor.pk)
    everybody = Search(doctor.practice.name, doctor.practice.city)
    return Profile(
        week=week_of(doctor, now),
        list_address=Search.around(doctor).address(),
        types=[(_grid_address(doctor, panel, each), each) for each in panel.offered],
        colleagues=colleagues[:COLLEAGUES_SHOWN],
        practice_address=everybody.address() if len(colleagues) > COLLEAGUES_SHOWN else "",
    )


@compiled_once
def _colleagues(practice_id: int, doctor_id: int) -> QuerySet[Doctor, Any]:
    there = Doctor.objects.listed().filter(practice=practice_id).exclude(pk=doctor_id)
    # One more than are shown, to know whether there are.
    return there.for_pages()[: COLLEAGUES_SHOWN + 1]


def _grid_address(doctor: Doctor, panel: BookingPanel, consultation_type: ConsultationType) -> str:
    if panel.is_closed:
        return ""
    is_new_patient = panel.state.is_new_patient
    if is_new_patient is None:
        is_new_patient = doctor.accepts_new_patients
    if consultation_type.require_existing_patient:
        is_new_patient = False
    return panel.state.address(is_new_patient=is_new_patient, type_id=consultation_type.pk)
