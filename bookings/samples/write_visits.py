"""Writes patients, visits, their history, private notes and patient files in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.text import slugify

from accounts.models import Patient, User
from bookings.models import Appointment, PatientFile, PrivateNote, StatusChange
from bookings.samples.accounts import SignIns
from bookings.samples.bulk import write_rows
from bookings.samples.chance import Chance
from bookings.samples.names import Name
from bookings.samples.people import Account, Crowd, SamplePerson
from bookings.samples.reasons import BLOCK_REASONS, PRIVATE_NOTES
from bookings.samples.visits import VisitPlan
from bookings.samples.write_doctors import DoctorWriter, WrittenDoctor
from bookings.services.call_codes import codes_for
from bookings.status import Status, Verb

NOTED = 0.04


def write(
    doctor: WrittenDoctor,
    visits: list[VisitPlan],
    crowd: Crowd,
    writer: DoctorWriter,
    *,
    desk: User | None,
    chance: Chance,
) -> None:
    """Write these visits and the new people of the crowd. Call it inside a transaction."""
    _write_people(crowd.take_new(), writer.sign_ins)
    staff = {"desk": (desk or doctor.row.user).pk, "doctor": doctor.row.user_id, "system": None}
    codes = _call_codes(visits)
    write_rows(Appointment, (_appointment(visit, doctor, staff, codes) for visit in visits))
    write_rows(StatusChange, (row for visit in visits for row in _history(visit, staff)))
    _write_notes(doctor, visits, chance)
    _write_files(doctor, visits, writer.now, chance)


def _appointment(
    visit: VisitPlan,
    doctor: WrittenDoctor,
    staff: dict[str, int | None],
    codes: dict[uuid.UUID, str],
) -> dict[str, Any]:
    consultation_type, slot, person = (
        doctor.consultation_types[visit.type_index],
        visit.slot,
        visit.person,
    )
    practice = doctor.elsewhere if slot and slot.elsewhere else doctor.row.practice
    return {
        "id": visit.id,
        "patient_id": person.patient_id,
        "doctor_id": doctor.row.pk,
        "practice_id": practice.pk,
        "consultation_type_id": consultation_type.pk,
        "starts_at": slot.start if slot else None,
        "ends_at": slot.end if slot else None,
        "buffer_minutes": consultation_type.buffer_after,
        "status": visit.status.value,
        "reason": visit.reason,
        "queue_date": None if slot else visit.day,
        "queue_number": visit.number,
        "call_code": codes.get(visit.id, ""),
        "patient_name": f"{person.first_name} {person.last_name}",
        "type_name": consultation_type.name,
        "duration": consultation_type.duration,
        "price": consultation_type.price,
        "is_video": consultation_type.is_video,
        "booked_by_id": _who(visit, visit.steps[0].by, staff),
        "created_at": visit.steps[0].at,
        "doctor_name": doctor.name,
        "currency": consultation_type.currency,
    }


def _history(visit: VisitPlan, staff: dict[str, int | None]) -> Iterator[dict[str, Any]]:
    for step in visit.steps:
        yield {
            "appointment_id": visit.id,
            "verb": step.verb.value,
            "from_status": str(step.before),
            "to_status": step.after.value,
            "by_id": _who(visit, step.by, staff),
            "at": step.at,
        }


def _call_codes(visits: list[VisitPlan]) -> dict[uuid.UUID, str]:
    """{visit: its code in the waiting room}, of those who arrived for an appointment."""
    codes: dict[uuid.UUID, str] = {}
    given: set[tuple[dt.date, str]] = set()
    for visit in visits:
        if visit.slot and any(step.verb is Verb.ARRIVE for step in visit.steps):
            code = next(code for code in codes_for(visit.id) if (visit.day, code) not in given)
            given.add((visit.day, code))
            codes[visit.id] = code
    return codes


def _who(visit: VisitPlan, by: str, staff: dict[str, int | None]) -> int | None:
    if by == "patient":
        return visit.person.account.user_id if visit.person.account else None
    return staff[by]


def _write_people(people: list[SamplePerson], sign_ins: SignIns) -> None:
    accounts: dict[Account, User] = {}
    for person in people:
        if person.account and person.account not in accounts:
            name = Name(person.account.first_name, person.account.last_name, person.is_woman)
            wanted = ".".join(slugify(part).replace("-", "") for part in name[:2])
            username = sign_ins.free_username(wanted)
            accounts[person.account] = sign_ins.user(username, name, User.Role.PATIENT)
    sign_ins.write(list(accounts.values()))
    for account, user in accounts.items():
        account.user_id = user.pk
    rows = [
        Patient(
            account_id=person.account.user_id if person.account else None,
            relation=person.relation,
            first_name=person.first_name,
            last_name=person.last_name,
            birth_date=person.birth_date,
            phone=person.phone,
        )
        for person in people
    ]
    Patient.objects.bulk_create(rows)
    for person, row in zip(people, rows, strict=True):
        person.patient_id = row.pk


def _write_notes(doctor: WrittenDoctor, visits: list[VisitPlan], chance: Chance) -> None:
    """Add a private note to a few finished visits."""
    noted = [v for v in visits if v.status == Status.DONE and chance.happens(NOTED)]
    PrivateNote.objects.bulk_create(
        PrivateNote(doctor=doctor.row, appointment_id=visit.id, text=chance.choice(PRIVATE_NOTES))
        for visit in noted
    )


def _write_files(
    doctor: WrittenDoctor, visits: list[VisitPlan], now: dt.datetime, chance: Chance
) -> None:
    """Give up to two patients with no-shows a file: with a block, or with reset no-shows."""
    absent = dict.fromkeys(
        visit.person
        for visit in visits
        if visit.status == Status.NO_SHOW and visit.person.account is None
    )
    some = chance.sample(list(absent), min(2, len(absent)))
    files = []
    for number, person in enumerate(some):
        at = now - dt.timedelta(days=chance.randint(1, 6), minutes=chance.randint(0, 600))
        file = PatientFile(practice=doctor.row.practice, patient_id=person.patient_id)
        if number == 0 and chance.happens(0.6):
            file.blocked_at, file.blocked_by = at, doctor.row.user
            file.block_reason = chance.choice(BLOCK_REASONS)
        else:
            file.no_shows_reset_at = at
        files.append(file)
    PatientFile.objects.bulk_create(files, ignore_conflicts=True)
