"""A doctor works in one time zone: a place with another clock is refused at every door."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.tests.admin import admin_client, errors_of, save
from doctors.models import Doctor, Practice
from doctors.tests.factories import DoctorFactory, PracticeFactory
from scheduling.models import OpeningHours
from scheduling.services import replace_days, save_practice
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db

WORDS = "A doctor works in one time zone only: here that of Paris, as at Cabinet Paris."


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def doctor():
    return DoctorFactory(practice__name="Cabinet Paris")


@pytest.fixture
def tokyo():
    return PracticeFactory(name="Cabinet Tokyo", time_zone="Asia/Tokyo")


def test_the_service_writes_no_hours_there(doctor, tokyo):
    row = OpeningHours(weekday=0, start_minute=540, end_minute=720, practice=tokyo)
    with pytest.raises(ValidationError) as refusal:
        replace_days(doctor, {0: [row]})
    assert refusal.value.message_dict == {"practice": [WORDS]}
    assert not doctor.opening_hours.exists()


def test_the_admin_saves_no_hours_there(doctor, tokyo):
    row = OpeningHoursFactory(doctor=doctor)
    response = save(admin_client(), row, practice=tokyo.pk)
    assert errors_of(response) == {"practice": [WORDS]}


def test_the_clock_of_a_practice_stays_while_a_doctor_works_elsewhere_too(doctor):
    there = OpeningHoursFactory(
        doctor=doctor, practice=PracticeFactory(name="Cabinet Paris")
    ).practice
    for practice in (there, doctor.practice):
        response = save(admin_client(), practice, time_zone="Asia/Tokyo")
        assert errors_of(response) == {"time_zone": [WORDS]}
        practice.time_zone = "Asia/Tokyo"
        with pytest.raises(ValidationError):
            save_practice(practice, fields=["time_zone"])
    assert not Practice.objects.filter(time_zone="Asia/Tokyo").exists()


def test_a_doctor_with_hours_elsewhere_does_not_move_to_another_zone(doctor, tokyo):
    OpeningHoursFactory(doctor=doctor, practice=PracticeFactory(name="Cabinet Paris"))
    response = save(admin_client(), doctor, practice=tokyo.pk)
    assert errors_of(response) == {"practice": [WORDS]}
    assert Doctor.objects.get().practice == doctor.practice
