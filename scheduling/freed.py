"""The time that opens when hours, absences or holidays change; bookings adds the visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from doctors.models import ConsultationType, Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, FreedTime, Holiday, OpeningHours
from scheduling.places import open_without_holidays, practice_ids

LOOKS_AHEAD = 180
"""Days from today: the visits of patients on the waiting list are within the usual horizon."""

OpenTime = dict[int, list[engine.Span]]


def open_time(doctors: Sequence[Doctor], now: dt.datetime) -> OpenTime:
    """Return {doctor: spans in which any type can be booked}, visits aside; in four queries."""
    pks = [doctor.pk for doctor in doctors]
    type_ids = ConsultationType.objects.filter(doctor__in=pks).values_list("pk", flat=True)
    ranges = OpeningHours.objects.ranges_of(pks, set(type_ids))
    days = engine.days_from(now.date() - engine.DAY, LOOKS_AHEAD)
    weekly = {pk: [each for kept in ranges[pk].values() for each in kept] for pk in pks}
    practices = {pk for doctor in doctors for pk in practice_ids(doctor, weekly[doctor.pk])}
    holidays = Holiday.objects.closing(practices, days)
    absences: OpenTime = {}
    away = DoctorAbsence.objects.filter(doctor__in=pks, ends_at__gt=now).order_by()
    for pk, *span in away.values_list("doctor_id", "starts_at", "ends_at"):
        absences.setdefault(pk, []).append((span[0], span[1]))
    found: OpenTime = {}
    for doctor in doctors:
        opened = open_without_holidays(doctor, weekly[doctor.pk], days, holidays)
        found[doctor.pk] = engine.without(opened, absences.get(doctor.pk, []))
    return found


def note_opened(before: OpenTime, after: OpenTime, *, now: dt.datetime) -> None:
    """Write the time that is open `after` a change and was not open `before`."""
    for pk, spans in after.items():
        opened = engine.without(spans, before.get(pk, []))
        if opened:
            FreedTime.objects.note(pk, opened, now=now)
