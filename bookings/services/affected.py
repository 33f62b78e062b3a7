"""Reads the visits that a change of hours, an absence or a holiday affects.

Nothing here changes a visit: the person who closes a time sees all of them and decides about
each (docs/contracts.md, rule 14).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from bookings.models import Appointment
from bookings.models.appointment import AppointmentQuerySet
from doctors.models import Doctor, Practice
from scheduling.engine import DAY, Span, day_span, days_from, merge, openings_by_place
from scheduling.models import OpeningHours


def affected_by_absence(
    doctor: Doctor, start: dt.datetime, end: dt.datetime, *, now: dt.datetime
) -> AppointmentQuerySet:
    """Upcoming visits that share time with an absence of `doctor`, earliest first."""
    visits = Appointment.objects.upcoming(now).of(doctor).overlapping(start, end)
    return visits.select_related("practice").order_by("starts_at")


def affected_by_holiday(
    practice: Practice, day: dt.date, *, now: dt.datetime
) -> AppointmentQuerySet:
    """Upcoming visits at the practice on its local `day`, earliest first."""
    visits = Appointment.objects.upcoming(now).filter(practice=practice)
    visits = visits.overlapping(*day_span(day, practice.zone))
    return visits.select_related("practice").order_by("starts_at")


def outside_hours(doctor: Doctor, *, now: dt.datetime) -> list[Appointment]:
    """Upcoming visits that are not within the saved hours at their practice, earliest first.

    Staff can book such visits on purpose. To know what a change affects, compare this list
    before and after the change.
    """
    visits = Appointment.objects.upcoming(now).of(doctor).select_related("practice")
    found = list(visits.order_by("starts_at"))
    if not found:
        return []
    zone = doctor.practice.zone
    first, last = (visit.starts_at.astimezone(zone).date() for visit in (found[0], found[-1]))  # type: ignore[union-attr]
    # A range of the day before can reach past midnight.
    days = days_from(first - DAY, (last - first).days + 2)
    type_ids = {visit.consultation_type_id for visit in found if visit.consultation_type_id}
    ranges = OpeningHours.objects.ranges_of([doctor.pk], type_ids)[doctor.pk]
    opened: dict[tuple[int | None, Any], list[Span]] = {}
    for type_id in {None, *type_ids}:
        offered = [*ranges.get(None, ()), *(ranges.get(type_id, ()) if type_id else ())]
        for place, spans in openings_by_place(offered, days, zone).items():
            opened[type_id, place or doctor.practice_id] = merge(spans)
    return [
        visit
        for visit in found
        if not any(
            opens <= visit.starts_at and visit.ends_at <= closes  # type: ignore[operator]
            for opens, closes in opened.get((visit.consultation_type_id, visit.practice_id), ())
        )
    ]
