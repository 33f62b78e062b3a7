"""Why a doctor has nothing free, and what else there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from bookings.finding.address import PanelAddress
from bookings.finding.places import place_at
from bookings.finding.visitor import Reader
from bookings.models import Appointment, WaitingListEntry
from bookings.slots import Calendars, SlotQuery
from bookings.slots.no_slots import NoSlots, NoSlotsReason
from doctors.models import ConsultationType, Doctor, Practice
from scheduling import engine

OTHER_TYPES = 2
COLLEAGUES_LOOK_AHEAD = 14


class Elsewhere(NamedTuple):
    """A free time of another type, or of another doctor, and the address that shows it."""

    doctor: Doctor
    consultation_type: ConsultationType
    start: dt.datetime
    address: str
    practice: Practice | None = None
    """Where it is, when that is not the practice of the doctor who was asked for."""


@dataclass(frozen=True)
class NothingFree:
    """Why there is nothing to book, and what can be done instead."""

    no_slots: NoSlots
    next_start: dt.datetime | None = None
    """The first free start after the days shown."""
    other_types: list[Elsewhere] = field(default_factory=list)
    colleague: Elsewhere | None = None
    waiting_list_entry: WaitingListEntry | None = None
    """The reader's place on the waiting list for this visit."""
    waiting_list_address: str = ""
    others_address: str = ""
    """The doctors around who take new patients, where this one takes none."""
    next_practice: Practice | None = None
    """Where `next_start` is, when that is not the doctor's own practice."""


def other_types(
    calendars: Calendars,
    query: SlotQuery,
    types: Iterable[ConsultationType],
    state: PanelAddress,
    first_day: dt.date,
) -> list[Elsewhere]:
    """Other types of the doctor with a time in `calendars`, which was read for them too.

    An emergency is no alternative to anything.
    """
    found: list[Elsewhere] = []
    for each in types:
        if each != query.consultation_type and not each.is_emergency_only:
            other = replace(query, consultation_type=each)
            start = calendars.first_free(other)
            if start and len(found) < OTHER_TYPES:
                address = state.address(type_id=each.pk, first_day=first_day)
                practice = place_at(other, start, calendars.weeks)
                found.append(Elsewhere(query.doctor, each, start, address, practice))
    return found


def soonest_colleague(
    query: SlotQuery,
    first_day: dt.date,
    *,
    now: dt.datetime,
    token: str | None = None,
    before: dt.datetime | None = None,
) -> Elsewhere | None:
    """The colleague of the same practice and specialty who has the first free time within two
    weeks of `first_day`, sooner than `before`, and takes new patients; in four queries."""
    queries = _colleagues(query)
    if not queries:
        return None
    days = engine.days_from(first_day, COLLEAGUES_LOOK_AHEAD)
    calendars = Calendars(queries, days, now=now, token=token)
    found = [
        (start, each.doctor, each.consultation_type)
        for each in queries
        if each.consultation_type and (start := calendars.first_free(each))
    ]
    if not found:
        return None
    start, doctor, consultation_type = min(found, key=lambda each: each[0])
    if before and before <= start:
        return None
    page = PanelAddress(doctor.get_absolute_url(), True, consultation_type.pk, start.date())
    practice = place_at(SlotQuery(doctor, consultation_type), start, calendars.weeks)
    return Elsewhere(doctor, consultation_type, start, page.address(), practice)


def _colleagues(query: SlotQuery) -> Sequence[SlotQuery]:
    """Each colleague with the type to ask them for: of the same name, else their first."""
    wanted, doctor = query.consultation_type, query.doctor
    doctors = Doctor.objects.listed().filter(
        practice=doctor.practice_id,
        specialty=doctor.specialty_id,
        books_online=True,
        accepts_new_patients=True,
    )
    types = ConsultationType.objects.offered().filter(
        doctor__in=doctors.exclude(pk=doctor.pk),
        require_existing_patient=False,
        is_emergency_only=query.is_emergency_only,
    )
    types = types.select_related("doctor__user", "doctor__practice", "doctor__specialty")
    chosen: dict[int, ConsultationType] = {}
    for each in types.order_by("doctor_id", "position", "pk"):
        if each.doctor_id not in chosen or (wanted and each.name == wanted.name):
            chosen[each.doctor_id] = each
    return [SlotQuery(each.doctor, each) for each in chosen.values()]


def read_waiting_list_entry(query: SlotQuery, reader: Reader) -> WaitingListEntry | None:
    """The place of `reader` on the waiting list for this doctor and type."""
    if reader.patient is None:
        return None
    live = WaitingListEntry.objects.live(reader.now).filter(
        patient=reader.patient, doctor=query.doctor, consultation_type=query.consultation_type
    )
    return live.select_related("doctor__practice").first()


def waiting_list_address(
    query: SlotQuery, no_slots: NoSlots, first_day: dt.date, moving: Appointment | None = None
) -> str:
    """The page that asks for an earlier time, when others have those of these days, or the
    doctor is away, and the visit can wait; else ""."""
    may_open = no_slots.why in (NoSlotsReason.FULL, NoSlotsReason.AWAY, NoSlotsReason.SEVERAL)
    if query.is_emergency_only or not may_open:
        return ""
    if moving:
        return f"{reverse('appointment_page', args=[moving.pk])}#earlier_time"
    state = {"doctor": query.doctor.pk, "consultation_type": query.type_id, "seen_from": first_day}
    return f"{reverse('join_waiting_list')}?{urlencode(state)}"
