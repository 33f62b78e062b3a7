"""Writes practices and doctors with their types, hours, absences and holidays in bulk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from accounts.models import User
from bookings.samples.accounts import SignIns
from bookings.samples.consultation_types import price_of
from bookings.samples.practices import PracticePlan, holidays_of, plan_practice
from bookings.samples.roster import DoctorPlan
from bookings.samples.specialties import FIELDS
from bookings.samples.week import RangePlan, plan_absences, plan_week
from doctors.models import ConsultationType, Doctor, Practice, Specialty
from scheduling.engine import Span, day_span, merge
from scheduling.models import DoctorAbsence, Holiday, OpeningHours


@dataclass
class WrittenDoctor:
    """A doctor's row with its plan."""

    plan: DoctorPlan
    row: Doctor
    week: list[RangePlan]
    consultation_types: list[ConsultationType]
    blocked: list[Span]
    zone: ZoneInfo
    elsewhere: Practice

    @cached_property
    def name(self) -> str:
        return self.row.name


class DoctorWriter:
    def __init__(self, sign_ins: SignIns, *, seed: int, now: dt.datetime) -> None:
        self.sign_ins, self.seed, self.now = sign_ins, seed, now
        self.specialties = specialties()
        self.slugs = set(Doctor.objects.values_list("slug", flat=True))

    @staticmethod
    def zone_of(practice: PracticePlan) -> ZoneInfo:
        return ZoneInfo(practice.city.zone)

    def write(self, place: PracticePlan, plans: list[DoctorPlan]) -> list[WrittenDoctor]:
        """Write the practice, if missing, and these doctors. Call it inside a transaction."""
        zone = self.zone_of(place)
        today = self.now.astimezone(zone).date()
        practice = self._practice(place, today)
        first = (
            self._practice(plan_practice(self.seed, place.city.name, 0), today)
            if place.number
            else practice
        )
        closed = Holiday.objects.filter(practice=practice, decision=Holiday.Decision.CLOSED)
        holidays = [day_span(date, zone) for date in closed.values_list("date", flat=True)]
        users = [self.sign_ins.user(plan.username, plan.name, User.Role.DOCTOR) for plan in plans]
        self.sign_ins.write(users)
        doctors = [
            self._doctor(plan, user, practice) for plan, user in zip(plans, users, strict=True)
        ]
        Doctor.objects.bulk_create(doctors)
        found, absences = [], []
        for plan, row in zip(plans, doctors, strict=True):
            week = plan_week(plan, self.seed)
            away = plan_absences(plan, week, today=today, zone=zone, seed=self.seed)
            absences += [DoctorAbsence(doctor=row, **each._asdict()) for each in away]
            consultation_types = [
                self._type(plan, row, position) for position in range(len(plan.consultation_types))
            ]
            blocked = merge([*holidays, *(each[:2] for each in away)])
            found.append(WrittenDoctor(plan, row, week, consultation_types, blocked, zone, first))
        DoctorAbsence.objects.bulk_create(absences)
        ConsultationType.objects.bulk_create(
            one for each in found for one in each.consultation_types
        )
        self._write_hours(found)
        return found

    def _practice(self, place: PracticePlan, today: dt.date) -> Practice:
        """The practice, found by name and city, or made with its public holidays."""
        known = Practice.objects.filter(name=place.name, city=place.city.name).first()
        if known:
            return known
        practice = Practice.objects.create(
            name=place.name,
            street=place.street,
            address_details=place.details,
            postal_code=place.postal_code,
            city=place.city.name,
            country=place.city.country,
            latitude=place.latitude,
            longitude=place.longitude,
            access=place.access,
            phone=place.phone,
            time_zone=place.city.zone,
            cancellation_deadline_hours=place.deadline_hours,
        )
        Holiday.objects.bulk_create(
            Holiday(practice=practice, decision=decision, **holiday._asdict())
            for holiday, decision in holidays_of(place, today, self.seed)
        )
        return practice

    def _doctor(self, plan: DoctorPlan, user: User, practice: Practice) -> Doctor:
        age = dt.timedelta(days=30 + plan.index % 700)
        return Doctor(
            user=user,
            slug=self._slug(plan),
            specialty=self.specialties[plan.field.slug],
            practice=practice,
            presentation=plan.presentation,
            languages=list(plan.languages),
            accepts_new_patients=plan.accepts_new_patients,
            offers_video=plan.offers_video,
            books_online=plan.books_online,
            approved_at=self.now - age if plan.is_approved else None,
            hours_saved_at=self.now - age if plan.has_hours else None,
        )

    def _slug(self, plan: DoctorPlan) -> str:
        """A new slug: the name; for more doctors of that name the city, then a number."""
        name = slugify(f"{plan.name.first} {plan.name.last}")
        slug, number = name, 1
        while slug in self.slugs:
            city = f"{name}-{slugify(plan.practice.city.name)}"
            slug = city if number == 1 else f"{city}-{number}"
            number += 1
        self.slugs.add(slug)
        return slug

    @staticmethod
    def _type(plan: DoctorPlan, doctor: Doctor, position: int) -> ConsultationType:
        consultation_type, country = plan.consultation_types[position], plan.practice.country
        return ConsultationType(
            doctor=doctor,
            position=position,
            name=consultation_type.name,
            duration=consultation_type.minutes,
            buffer_after=consultation_type.buffer,
            price=price_of(consultation_type, plan.field, country),
            currency=country.currency,
            price_note=plan.price_note if position < 2 else "",
            color=consultation_type.color,
            is_emergency_only=consultation_type.emergency_only,
            require_existing_patient=consultation_type.existing_only,
            needs_confirmation=consultation_type.on_request,
            is_video=consultation_type.is_video,
            notice_minutes=consultation_type.notice_hours * 60,
            horizon_days=consultation_type.horizon_days,
            instructions=consultation_type.instructions,
        )

    @staticmethod
    def _write_hours(doctors: list[WrittenDoctor]) -> None:
        rows, kept = [], []
        for doctor in doctors:
            for each in doctor.week:
                row = OpeningHours(
                    doctor=doctor.row,
                    practice=doctor.elsewhere if each.elsewhere else None,
                    weekday=each.hours.weekday,
                    start_minute=each.hours.start_minute,
                    end_minute=each.hours.end_minute,
                )
                rows.append(row)
                if each.kept_for is not None:
                    kept.append((row, doctor.consultation_types[each.kept_for]))
        OpeningHours.objects.bulk_create(rows)
        link = OpeningHours.types.through
        link.objects.bulk_create(link(openinghours=row, consultationtype=one) for row, one in kept)


def specialties() -> dict[str, Specialty]:
    """{our slug: specialty}; one that exists under its slug or English name stays unchanged."""
    by_slug = {each.slug: each for each in Specialty.objects.all()}
    by_name = {each.name_en: each for each in by_slug.values()}
    found = {}
    for slug, field in FIELDS.items():
        names = {key: value for key, value in field._asdict().items() if "_" in key}
        found[slug] = (
            by_slug.get(slug)
            or by_name.get(field.name_en)
            or Specialty.objects.create(slug=slug, icon=field.icon, also_called=field.also, **names)
        )
    return found
