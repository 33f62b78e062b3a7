"""The number of queries does not depend on the doctors, the days or the rows."""

import datetime as dt

import pytest

from accounts.tests.factories import PatientFactory
from bookings.models import Appointment
from bookings.slots import (
    Calendars,
    SlotQuery,
    blocker_at,
    day_slots,
    free_slots,
    nearest_free,
    next_free,
)
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.models import ConsultationType, Doctor
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, open_week

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)
QUERIES = 3
"""Hours, holidays, and whatever takes time."""


def open_doctors(count):
    consultation_types = ConsultationTypeFactory.create_batch(count)
    for consultation_type in consultation_types:
        open_week(consultation_type.doctor)
    fresh = ConsultationType.objects.filter(
        pk__in=[consultation_type.pk for consultation_type in consultation_types]
    )
    doctors = Doctor.objects.for_pages().in_bulk()
    return [
        SlotQuery(doctors[consultation_type.doctor_id], consultation_type)
        for consultation_type in fresh
    ]


def fill(query, visits):
    """`visits` visits in the month from that Monday, ten a day at most; an absence, a holiday."""
    patient = PatientFactory()
    rows = [
        AppointmentFactory.build(
            doctor=query.doctor,
            patient=patient,
            practice=query.doctor.practice,
            consultation_type=None,
            booked_by=None,
            starts_at=monday("09:00") + n % 30 * engine.DAY + n // 30 * dt.timedelta(minutes=40),
        )
        for n in range(visits)
    ]
    Appointment.objects.bulk_create(rows)
    if visits:
        AbsenceFactory(doctor=query.doctor)
        HolidayFactory(practice=query.doctor.practice)


@pytest.mark.parametrize("visits", [0, 300])
@pytest.mark.parametrize("days", [1, 31])
def test_free_slots(days, visits, django_assert_num_queries):
    (query,) = open_doctors(1)
    fill(query, visits)
    with django_assert_num_queries(QUERIES):
        found = free_slots(query, MONDAY, days, now=FRIDAY_MORNING)
    assert len(found) == days


@pytest.mark.parametrize("visits", [0, 300])
def test_one_day_and_one_start(visits, django_assert_num_queries):
    (query,) = open_doctors(1)
    fill(query, visits)
    with django_assert_num_queries(QUERIES):
        day_slots(query, MONDAY, now=FRIDAY_MORNING)
    with django_assert_num_queries(QUERIES):
        blocker_at(query, monday("10:00"), now=FRIDAY_MORNING)
    with django_assert_num_queries(QUERIES):
        nearest_free(query, monday("10:00"), now=FRIDAY_MORNING)


@pytest.mark.parametrize("visits", [0, 300])
@pytest.mark.parametrize("doctors", [1, 30])
def test_columns_of_many_doctors(doctors, visits, django_assert_num_queries):
    queries = open_doctors(doctors)
    for query in queries[:2]:
        fill(query, visits)
    with django_assert_num_queries(QUERIES):
        calendars = Calendars(queries, engine.days_from(MONDAY, 3), now=FRIDAY_MORNING)
        columns = [calendars.columns(query) for query in queries]
    assert [len(each) for each in columns] == [3] * doctors


@pytest.mark.parametrize("doctors", [1, 30])
def test_next_free_of_many_doctors(doctors, django_assert_num_queries):
    queries = open_doctors(doctors)
    with django_assert_num_queries(QUERIES):
        found = next_free(queries, MONDAY, now=FRIDAY_MORNING)
    assert set(found.values()) == {monday("09:00")}
