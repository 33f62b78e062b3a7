"""A booking in a tab open since before a change of hours or type: refused or right, never wrong."""

import pytest
import time_machine

from accounts.tests.factories import PatientFactory
from bookings.models import Appointment, Hold
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import verified
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.services import replace_days
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def tab(client):
    """The confirm page's form for Monday 10:00, as it was drawn for 09:00-17:00."""
    patient = verified(PatientFactory())
    client.force_login(patient.account)
    consultation_type = ConsultationTypeFactory()
    OpeningHoursFactory(doctor=consultation_type.doctor)
    form = {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "appointment_time": monday("10:00").isoformat(),
    }
    assert client.post("/bookings/hold/", form).status_code == 303
    return form, consultation_type


def now_open(consultation_type, start_minute, end_minute=1020):
    doctor = consultation_type.doctor
    hours = OpeningHoursFactory.build(
        doctor=doctor, start_minute=start_minute, end_minute=end_minute
    )
    replace_days(doctor, {0: [hours]})


@pytest.mark.parametrize("start_minute", [585, 615, 720])
def test_a_start_that_left_the_grid_is_refused_though_it_is_held(client, tab, start_minute):
    form, consultation_type = tab
    now_open(consultation_type, start_minute)
    response = client.post("/book", form)
    assert (response.status_code, Appointment.objects.count()) == (422, 0)
    assert "2027-03-01T" in response.content.decode()


@pytest.mark.parametrize("start_minute", [585, 615, 720])
def test_it_is_not_held_again_either(client, tab, start_minute):
    form, consultation_type = tab
    now_open(consultation_type, start_minute)
    Hold.objects.all().delete()
    assert client.post("/bookings/hold/", form).status_code == 422
    assert not Hold.objects.exists()


def test_a_start_that_is_still_on_the_grid_is_booked_right(client, tab):
    form, consultation_type = tab
    now_open(consultation_type, 8 * 60, 12 * 60)
    assert client.post("/book", form).status_code == 303
    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.ends_at) == (monday("10:00"), monday("10:30"))
