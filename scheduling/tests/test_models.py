"""Hours, absences and holidays as rows, and the values that the engine gets from them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.engine import WeeklyRange
from scheduling.models import Holiday, OpeningHours, clock, fallback_ranges
from scheduling.tests.factories import (
    AbsenceFactory,
    FreedTimeFactory,
    HolidayFactory,
    OpeningHoursFactory,
    open_week,
)

pytestmark = pytest.mark.django_db


def ranges_of(doctor, *types):
    found = OpeningHours.objects.ranges_of([doctor.pk], [each.pk for each in types])
    return {key: ranges for key, ranges in found[doctor.pk].items() if ranges}


def test_ranges_of_a_doctor_without_rows_are_the_fallback():
    assert ranges_of(DoctorFactory()) == {None: fallback_ranges()}


def test_ranges_of_a_doctor_whose_hours_are_all_kept_for_other_types_are_none():
    emergency = ConsultationTypeFactory()
    OpeningHoursFactory(doctor=emergency.doctor, types=[emergency])
    other = ConsultationTypeFactory(doctor=emergency.doctor)
    assert ranges_of(emergency.doctor, other) == {}


def test_fallback_is_nine_to_five_every_day():
    assert fallback_ranges() == [WeeklyRange(day, 540, 1020) for day in range(7)]


def test_fallback_hours_and_days_are_settings(settings):
    settings.FALLBACK_HOURS = (dt.time(8, 30), dt.time(12))
    settings.FALLBACK_WEEKDAYS = (0, 4)

    assert ranges_of(DoctorFactory()) == {
        None: [WeeklyRange(0, 510, 720), WeeklyRange(4, 510, 720)]
    }


def test_ranges_of_a_doctor_with_hours_on_some_days_are_those_alone():
    doctor = DoctorFactory()
    open_week(doctor, weekdays=[1, 3])

    assert ranges_of(doctor) == {None: [WeeklyRange(1, 540, 1020), WeeklyRange(3, 540, 1020)]}


def test_ranges_of_a_doctor_whose_hours_have_expired_are_no_fallback():
    until = dt.date(2020, 1, 31)
    doctor = OpeningHoursFactory(valid_until=until).doctor

    assert ranges_of(doctor) == {None: [WeeklyRange(0, 540, 1020, None, until)]}


def test_ranges_kept_for_some_types_stand_under_each_type_asked_for():
    general = ConsultationTypeFactory()
    doctor = general.doctor
    urgent, first_visit = ConsultationTypeFactory.create_batch(2, doctor=doctor)
    open_week(doctor, 540, 720, weekdays=[0])
    OpeningHoursFactory(doctor=doctor, start_minute=720, end_minute=780, types=[urgent])
    OpeningHoursFactory(
        doctor=doctor, start_minute=780, end_minute=840, types=[urgent, first_visit]
    )
    everyone, noon, one = [WeeklyRange(0, *m) for m in ((540, 720), (720, 780), (780, 840))]

    assert ranges_of(doctor) == {None: [everyone]}
    assert ranges_of(doctor, general) == {None: [everyone]}
    assert ranges_of(doctor, urgent) == {None: [everyone], urgent.pk: [noon, one]}
    assert ranges_of(doctor, urgent, first_visit) == {
        None: [everyone],
        urgent.pk: [noon, one],
        first_visit.pk: [one],
    }


@pytest.mark.parametrize("count", [1, 30])
def test_ranges_of_any_number_of_doctors_are_one_query(count, django_assert_num_queries):
    doctors = DoctorFactory.create_batch(count)
    for doctor in doctors[::2]:
        open_week(doctor)

    with django_assert_num_queries(1):
        found = OpeningHours.objects.ranges_of([doctor.pk for doctor in doctors])

    assert found == {doctor.pk: {None: fallback_ranges()} for doctor in doctors}


def test_no_doctors_have_no_ranges():
    OpeningHoursFactory()

    assert OpeningHours.objects.ranges_of([]) == {}


# One range ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minute", "shown"),
    [
        (0, "00:00"),
        (5, "00:05"),
        (570, "09:30"),
        (1439, "23:59"),
        (1440, "24:00"),
        (1441, "00:01"),
        (1560, "02:00"),
        (2879, "23:59"),
    ],
)
def test_clock(minute, shown):
    assert clock(minute) == shown


# Holidays ----------------------------------------------------------------------------------------


def test_a_holiday_closes_only_when_the_practice_says_so():
    practice, other = PracticeFactory.create_batch(2)
    days = [dt.date(2027, 3, day) for day in range(1, 8)]
    HolidayFactory(practice=practice, date=days[0], decision=Holiday.Decision.PROPOSED)
    HolidayFactory(practice=practice, date=days[1], decision=Holiday.Decision.CLOSED)
    HolidayFactory(practice=practice, date=days[2], decision=Holiday.Decision.OPEN)
    HolidayFactory(practice=practice, date=dt.date(2027, 3, 8))
    HolidayFactory(practice=other, date=days[3])

    assert Holiday.objects.closing([practice.pk], days) == {practice.pk: {days[1]: "Fête"}}


@pytest.mark.parametrize("count", [1, 30])
def test_holidays_of_any_number_of_practices_are_one_query(count, django_assert_num_queries):
    practices = PracticeFactory.create_batch(count)
    HolidayFactory(practice=practices[0])
    days = [dt.date(2027, 3, 1), dt.date(2027, 3, 31)]

    with django_assert_num_queries(1):
        closing = Holiday.objects.closing([practice.pk for practice in practices], days)

    assert closing == {practice.pk: {} for practice in practices} | {
        practices[0].pk: {dt.date(2027, 3, 1): "Fête"}
    }


def test_a_new_holiday_is_a_proposal():
    assert Holiday().decision == Holiday.Decision.PROPOSED


def test_a_holiday_is_listed_once():
    holiday = HolidayFactory()

    with (
        pytest.raises(IntegrityError, match=r"holiday_is_listed_once|holiday\.practice_id"),
        transaction.atomic(),
    ):
        HolidayFactory(practice=holiday.practice, decision=Holiday.Decision.OPEN)


# Constraints -------------------------------------------------------------------------------------

ORDER = "opening_hours_start_before_they_end"
VALIDITY = "opening_hours_become_valid_before_they_expire"
MARCH, APRIL = dt.date(2027, 3, 1), dt.date(2027, 4, 1)

REFUSED = [
    ("opening_hours_are_on_a_weekday", OpeningHoursFactory, {"weekday": 7}),
    (ORDER, OpeningHoursFactory, {"start_minute": 1440, "end_minute": 1500}),
    (ORDER, OpeningHoursFactory, {"start_minute": 540, "end_minute": 540}),
    (ORDER, OpeningHoursFactory, {"start_minute": 540, "end_minute": 539}),
    (ORDER, OpeningHoursFactory, {"start_minute": 540, "end_minute": 540 + 1441}),
    (VALIDITY, OpeningHoursFactory, {"valid_from": APRIL, "valid_until": MARCH}),
    (
        "absence_starts_before_it_ends",
        AbsenceFactory,
        {"ends_at": dt.datetime(2027, 2, 28, 23, tzinfo=dt.UTC)},
    ),
    (
        "freed_time_starts_before_it_ends",
        FreedTimeFactory,
        {"ends_at": dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)},
    ),
]


@pytest.mark.parametrize(("name", "factory", "values"), REFUSED)
def test_check_constraint_refuses(name, factory, values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        factory(**values)


def test_every_check_constraint_has_its_refusal():
    names = {
        constraint.name
        for model in apps.get_app_config("scheduling").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    }

    assert {name for name, _factory, _values in REFUSED} == names


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"start_minute": 0, "end_minute": 1}, id="a minute"),
        pytest.param({"start_minute": 0, "end_minute": 1440}, id="a day"),
        pytest.param({"start_minute": 1439, "end_minute": 2879}, id="a day from the last minute"),
        pytest.param({"valid_from": MARCH, "valid_until": MARCH}, id="for one date"),
        pytest.param({"weekday": 6}, id="on Sunday"),
    ],
)
def test_check_constraints_admit_their_limits(values):
    OpeningHoursFactory(**values).full_clean()
