"""A change of the language on the confirm page loses nothing that was typed."""

import pytest
import time_machine

from accounts.tests.factories import PatientFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import verified
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

CONFIRM = "/bookings/confirm-booking/"
ADDRESS = f"/bookings/language/?next={CONFIRM}"


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def held(client):
    consultation_type = ConsultationTypeFactory()
    choice = {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "appointment_time": monday("10:00").isoformat(),
    }
    client.post("/bookings/hold/", choice)
    return choice


@pytest.fixture
def patient(client):
    patient = verified(PatientFactory())
    client.force_login(patient.account)
    return patient


def test_the_form_about_the_visit(client, patient, held):
    typed = {"patient": "new", "relation": "child", "first_name": "Adam", "reason": "Fièvre"}
    response = client.post(ADDRESS, held | typed | {"language": "en"})
    assert (response.status_code, response["Location"]) == (302, CONFIRM)
    page = client.get(CONFIRM).content.decode()
    assert '<html lang="en"' in page
    assert 'value="Adam"' in page
    assert "Fièvre</textarea>" in page
    assert 'id="patient-new" checked' in page


def test_the_form_that_opens_an_account_but_no_password(client, held):
    typed = {"first_name": "Salma", "email": "salma@exemple.fr", "password1": "mouette-bleue-77"}
    client.post(ADDRESS, typed | {"language": "en"})
    page = client.get(CONFIRM).content.decode()
    assert 'value="salma@exemple.fr"' in page
    assert "mouette-bleue-77" not in page + str(dict(client.session))


@pytest.mark.parametrize("form", ["booking", "sign_up_form"])
def test_the_switch_sends_the_form_of_the_page(client, request, held, form):
    if form == "booking":
        request.getfixturevalue("patient")
    page = client.get(CONFIRM, held).content.decode()
    assert page.count(f'form="{form}" formaction="/bookings/language/?next=') == 4
    assert f'<form id="{form}"' in page


def test_other_pages_send_nothing_along(client):
    assert "/bookings/language/" not in client.get("/").content.decode()
