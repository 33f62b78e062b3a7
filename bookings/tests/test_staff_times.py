"""Rules of time do not bind staff on screen either (docs/contracts.md, rule 12)."""

import pytest
import time_machine
from django.urls import reverse

from bookings.models import Appointment, Hold
from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory

pytestmark = pytest.mark.django_db

AT_TEN = "2027-03-01T10:00:00+01:00"
FLAGS = [
    {"is_emergency_only": True},
    {"notice_minutes": 7 * 24 * 60},
    {"horizon_days": 1},
]


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture(params=FLAGS, ids=lambda flags: next(iter(flags)))
def consultation_type(request):
    return ConsultationTypeFactory(**request.param)


@pytest.fixture
def secretary(client, consultation_type):
    user = MembershipFactory(practice=consultation_type.doctor.practice).user
    client.force_login(user)
    return user


def panel(client, consultation_type):
    state = {"seen": "yes", "type": consultation_type.pk, "from": "2027-03-01", "all": "1"}
    return client.get(consultation_type.doctor.get_absolute_url(), state).content.decode()


def choice(consultation_type):
    doctor = consultation_type.doctor.pk
    return {
        "doctor": doctor,
        "consultation_type": consultation_type.pk,
        "appointment_time": AT_TEN,
    }


def test_the_doctors_page_offers_staff_the_times(client, consultation_type, secretary):
    assert AT_TEN in panel(client, consultation_type)


def test_it_offers_visitors_none_of_them(client, consultation_type):
    assert AT_TEN not in panel(client, consultation_type)


def test_the_desks_form_offers_them(client, consultation_type, secretary):
    asked = {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "date": "2027-03-01",
    }
    assert AT_TEN in client.get(reverse("new_visit"), asked).content.decode()


def test_staff_choose_confirm_and_book_them(client, consultation_type, secretary):
    assert client.post("/bookings/hold/", choice(consultation_type)).status_code == 303
    confirm = client.get("/bookings/confirm-booking/")
    assert (confirm.status_code, Hold.objects.count()) == (200, 1)
    person = {"first_name": "Karim", "last_name": "Tazi"}
    assert client.post("/book", choice(consultation_type) | person).status_code == 303
    assert Appointment.objects.get().booked_by == secretary


def test_visitors_cannot_hold_them(client, consultation_type):
    assert client.post("/bookings/hold/", choice(consultation_type)).status_code in (403, 422)
    assert not Hold.objects.exists()


def test_programs_of_staff_get_them(client, consultation_type, secretary):
    asked = {"start_date": "2027-03-01", "days": 1, "consultation_type_id": consultation_type.pk}
    address = f"/api/doctors/{consultation_type.doctor.pk}/slots"
    assert "10:00" in client.get(address, asked).json()["2027-03-01"]
