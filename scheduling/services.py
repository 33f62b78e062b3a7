"""The transactions that write hours, absences, types and holidays, under the doctor's lock.

They never cancel or move an appointment. Higher layers show the appointments that a change
affects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from doctors.models import ConsultationType, Doctor, Practice
from doctors.services import refresh_search_columns
from scheduling.freed import note_opened, open_time
from scheduling.holidays import public_holidays
from scheduling.models import DoctorAbsence, Holiday, OpeningHours

HOLIDAYS_AHEAD = dt.timedelta(days=548)
"""18 months: patients who book at the end of the longest usual horizon see the closed days."""


@contextmanager
def changing_agenda(*doctor_ids: int) -> Iterator[list[Doctor]]:
    """One transaction that locks these doctors' agendas, then counts a change in each.

    Every booking takes the same locks first, so it is checked before or after the change. Time
    that the change opens is written for the waiting list.
    """
    now = timezone.now()
    with transaction.atomic():
        doctors = Doctor.objects.locked(*doctor_ids)
        before = open_time(doctors, now)
        yield doctors
        note_opened(before, open_time(doctors, now), now=now)
        for doctor in doctors:
            doctor.touch_calendar()


def replace_hours(doctor: Doctor, rows: Iterable[OpeningHours]) -> None:
    """Make `rows` (unsaved, their types in `row.kept_for`) the doctor's whole week.

    The first save lets an approved doctor be listed. Raises ValidationError; then the week
    does not change.
    """
    with changing_agenda(doctor.pk):
        doctor.opening_hours.all().delete()
        _add_hours(doctor, rows)


def replace_days(doctor: Doctor, days: Mapping[int, Iterable[OpeningHours]]) -> None:
    """Make `{weekday: rows}` all the hours of these days; other days stay as they are now.

    A change of the other days in the meantime is kept. Rows and errors as in `replace_hours`.
    """
    with changing_agenda(doctor.pk):
        doctor.opening_hours.filter(weekday__in=days).delete()
        for weekday, rows in days.items():
            rows = list(rows)
            for row in rows:
                row.weekday = weekday
            _add_hours(doctor, rows)


def _add_hours(doctor: Doctor, rows: Iterable[OpeningHours]) -> None:
    for row in rows:
        row.doctor = doctor
        row.full_clean(exclude=["doctor"])
        row.save()
        kept_for = getattr(row, "kept_for", ())
        if any(each.doctor_id != doctor.pk for each in kept_for):
            raise ValidationError(_("Hours can be kept for this doctor's own types only."))
        row.types.set(kept_for)
    mark_hours_saved(doctor)


def mark_hours_saved(doctor: Doctor, *, now: dt.datetime | None = None) -> None:
    Doctor.objects.filter(pk=doctor.pk, hours_saved_at=None).update(
        hours_saved_at=now or timezone.now()
    )


def add_absence(
    doctor: Doctor, *, starts_at: dt.datetime, ends_at: dt.datetime, reason: str = ""
) -> DoctorAbsence:
    """Save an absence for `[starts_at, ends_at)`; visits already booked there stay."""
    with changing_agenda(doctor.pk):
        absence = DoctorAbsence(doctor=doctor, starts_at=starts_at, ends_at=ends_at, reason=reason)
        absence.full_clean()
        absence.save()
    return absence


def edit_absence(
    absence: DoctorAbsence, *, starts_at: dt.datetime, ends_at: dt.datetime, reason: str = ""
) -> DoctorAbsence:
    """Give the absence another time and reason; visits already booked there stay."""
    with changing_agenda(absence.doctor_id):
        absence.starts_at, absence.ends_at, absence.reason = starts_at, ends_at, reason
        absence.full_clean()
        absence.save()
    return absence


def remove_absence(absence: DoctorAbsence) -> None:
    with changing_agenda(absence.doctor_id):
        absence.delete()


def save_type(consultation_type: ConsultationType, *, fields: Collection[str]) -> None:
    """Write `fields` of the type; a new type is written whole and gets the last position.

    Visits keep their copies. A change of other fields in the meantime, for instance of the
    position, is kept.
    """
    with changing_agenda(consultation_type.doctor_id):
        if consultation_type.pk:
            consultation_type.save(update_fields=fields)
            return
        of_doctor = ConsultationType.objects.filter(doctor=consultation_type.doctor_id)
        last = of_doctor.aggregate(last=Max("position"))["last"]
        consultation_type.position = 0 if last is None else last + 1
        consultation_type.save()


def shift_type(consultation_type: ConsultationType, *, places: int) -> None:
    """Move the type up (-1) or down (1) among the offered types; at the end it stays."""
    with changing_agenda(consultation_type.doctor_id):
        of_doctor = ConsultationType.objects.filter(doctor=consultation_type.doctor_id)
        order = list(of_doctor.offered())
        if consultation_type not in order:
            return
        here = order.index(consultation_type)
        order.insert(max(0, here + places), order.pop(here))
        for position, each in enumerate([*order, *of_doctor.exclude(retired_at=None)]):
            each.position = position
            each.save(update_fields=["position"])


def retire_type(consultation_type: ConsultationType, *, now: dt.datetime | None = None) -> None:
    """Stop offering the type; its appointments stay."""
    with changing_agenda(consultation_type.doctor_id):
        ConsultationType.objects.filter(pk=consultation_type.pk, retired_at=None).update(
            retired_at=now or timezone.now()
        )
    consultation_type.refresh_from_db(fields=["retired_at"])


def offer_type_again(consultation_type: ConsultationType) -> None:
    with changing_agenda(consultation_type.doctor_id):
        ConsultationType.objects.filter(pk=consultation_type.pk).update(retired_at=None)
    consultation_type.refresh_from_db(fields=["retired_at"])


ADDRESS = ("street", "postal_code", "city")


def save_practice(practice: Practice, *, fields: Collection[str]) -> None:
    """Write `fields` of the practice, as one change of each of its doctors' agendas.

    The search finds these doctors by the new name and city. A new address removes the point on
    the map, because that was the old address's. Raises ValidationError for another time zone than
    that of the other places where these doctors work.
    """
    doctors = Doctor.objects.filter(practice=practice)
    there = Doctor.objects.working_at([practice.pk])
    with changing_agenda(*there.values_list("pk", flat=True)):
        practice.check_time_zone()
        before = Practice.objects.get(pk=practice.pk)
        written = {*fields, "search_text", "search_name"}
        if any(getattr(before, name) != getattr(practice, name) for name in ADDRESS):
            practice.latitude = practice.longitude = None
            written |= {"latitude", "longitude"}
        practice.save(update_fields=written)
        refresh_search_columns(doctors)


def decide_holiday(holiday: Holiday, decision: Holiday.Decision) -> None:
    """Close the practice on a public holiday, or open it on purpose."""
    decide_holidays([holiday], decision)


def decide_holidays(holidays: Collection[Holiday], decision: Holiday.Decision) -> None:
    """Write one decision for several days, as one change of each doctor's agenda."""
    decision = Holiday.Decision(decision)
    practices = {holiday.practice_id for holiday in holidays}
    doctors = Doctor.objects.working_at(practices).values_list("pk", flat=True)
    with changing_agenda(*doctors):
        Holiday.objects.filter(pk__in=[each.pk for each in holidays]).update(decision=decision)
    for holiday in holidays:
        holiday.decision = decision


def propose_holidays(practice: Practice, *, now: dt.datetime | None = None) -> int:
    """Propose the practice's public holidays of the next 18 months; return how many are new.

    Listed holidays stay, except estimated dates that moved before a decision. A second run adds
    nothing.
    """
    today = practice.local(now or timezone.now()).date()
    last = today + HOLIDAYS_AHEAD
    found = public_holidays(practice.country, today, last, postal_code=practice.postal_code)
    doctors = Doctor.objects.working_at([practice.pk]).values_list("pk", flat=True)
    with transaction.atomic():
        # No calendar is counted, because no time opens or closes. The lock keeps decisions away.
        Doctor.objects.locked(*doctors)
        listed = practice.holidays.filter(date__range=(today, last))
        moved = listed.filter(is_estimated=True, decision=Holiday.Decision.PROPOSED)
        moved.exclude(date__in=[each.date for each in found]).delete()
        known = set(listed.values_list("date", flat=True))
        new = [
            Holiday(practice=practice, **each._asdict()) for each in found if each.date not in known
        ]
        # A practice without doctors has no lock: two runs at once may propose the same day.
        Holiday.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
