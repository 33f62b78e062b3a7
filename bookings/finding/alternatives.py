"""What else is free when a doctor has nothing on the days asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bookings.slots import Calendars, SlotQuery
from doctors.models import ConsultationType, Doctor
from scheduling import engine

OTHER_TYPES = 2
COLLEAGUES_LOOK_AHEAD = 14


class Elsewhere(NamedTuple):
    """A free time of another type, or of another doctor."""

    doctor: Doctor
    consultation_type: ConsultationType
    start: dt.datetime


def other_types(
    calendars: Calendars, query: SlotQuery, kinds: Iterable[ConsultationType]
) -> list[Elsewhere]:
    """Other reasons of the doctor with a time in `calendars`, which was read for them too.

    An emergency is no alternative to anything.
    """
    found = []
    for kind in kinds:
        if kind != query.consultation_type and not kind.is_emergency_only:
            start = calendars.first_free(SlotQuery(query.doctor, kind))
            if start:
                found.append(Elsewhere(query.doctor, kind, start))
    return found[:OTHER_TYPES]


def soonest_colleague(
    query: SlotQuery, first_day: dt.date, *, now: dt.datetime, token: str | None = None
) -> Elsewhere | None:
    """Whoever of the same practice and specialty has a free time first, within two weeks of
    `first_day`, and takes new patients; in four queries."""
    queries = _colleagues(query)
    if not queries:
        return None
    days = engine.days_from(first_day, COLLEAGUES_LOOK_AHEAD)
    calendars = Calendars(queries, days, now=now, token=token)
    found = [
        Elsewhere(each.doctor, each.consultation_type, start)
        for each in queries
        if each.consultation_type and (start := calendars.first_free(each))
    ]
    return min(found, key=lambda each: each.start, default=None)


def _colleagues(query: SlotQuery) -> Sequence[SlotQuery]:
    """Each colleague with the type to ask them for: of the same name, else their first."""
    wanted, doctor = query.consultation_type, query.doctor
    doctors = Doctor.objects.listed().filter(
        practice=doctor.practice_id,
        specialty=doctor.specialty_id,
        books_online=True,
        accepts_new_patients=True,
    )
    kinds = ConsultationType.objects.offered().filter(
        doctor__in=doctors.exclude(pk=doctor.pk),
        require_existing_patient=False,
        is_emergency_only=query.is_emergency_only,
    )
    kinds = kinds.select_related("doctor__user", "doctor__practice", "doctor__specialty")
    chosen: dict[int, ConsultationType] = {}
    for kind in kinds.order_by("doctor_id", "position", "pk"):
        if kind.doctor_id not in chosen or (wanted and kind.name == wanted.name):
            chosen[kind.doctor_id] = kind
    return [SlotQuery(kind.doctor, kind) for kind in chosen.values()]
