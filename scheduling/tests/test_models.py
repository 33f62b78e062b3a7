import datetime as dt

import pytest

from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.models import OpeningHours, fallback_ranges, week_of
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db


def ranges_of(doctor, *types):
    found = OpeningHours.objects.ranges_of([doctor.pk], [kind.pk for kind in types])
    return {key: ranges for key, ranges in found[doctor.pk].items() if ranges}


def test_ranges_of_a_doctor_without_rows_are_the_fallback():
    assert ranges_of(DoctorFactory()) == {None: fallback_ranges()}


def test_ranges_of_a_doctor_whose_hours_are_all_kept_for_other_types_are_none():
    emergency = ConsultationTypeFactory()
    OpeningHoursFactory(doctor=emergency.doctor, types=[emergency])
    other = ConsultationTypeFactory(doctor=emergency.doctor)
    assert ranges_of(emergency.doctor, other) == {}


def test_the_week_of_a_doctor_whose_hours_are_all_kept_for_some_types_is_empty():
    emergency = ConsultationTypeFactory()
    OpeningHoursFactory(doctor=emergency.doctor, types=[emergency])
    week = week_of(emergency.doctor, dt.date(2027, 3, 1))
    assert [day.ranges for day in week] == [[]] * 7
