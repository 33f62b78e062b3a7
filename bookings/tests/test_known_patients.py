"""Doctors and types for known patients only: said before an account is made, with a way on."""

import pytest
import time_machine

from accounts.tests.factories import PatientFactory
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

OTHERS = "/doctors/?q=Cardiologue&amp;where=Paris&amp;new=1"
FOR_KNOWN = [{"doctor__accepts_new_patients": False}, {"require_existing_patient": True}]


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture(params=FOR_KNOWN, ids=lambda flags: next(iter(flags)))
def kind(request):
    return ConsultationTypeFactory(**request.param)


def choice(kind):
    return {
        "doctor": kind.doctor.pk,
        "consultation_type": kind.pk,
        "appointment_time": monday("10:00").isoformat(),
    }


def page_of(client, path, data=None):
    return client.get(path, data).content.decode()


def test_a_card_asks_before_it_shows_times(client, kind):
    page = page_of(client, "/doctors/")
    assert "Pour les patients déjà suivis" in page
    assert 'name="appointment_time"' not in page
    state = f"seen=yes&amp;type={kind.pk}"
    assert f'href="{kind.doctor.get_absolute_url()}?{state}"' in page


def test_cards_that_come_later_leave_it_out_too(client, kind):
    assert 'name="appointment_time"' not in page_of(client, "/search/grids/", {"d": kind.doctor.pk})


def test_other_cards_show_their_times(client):
    ConsultationTypeFactory()
    page = page_of(client, "/doctors/")
    assert "Pour les patients déjà suivis" not in page
    assert 'name="appointment_time"' in page


def test_the_panel_offers_other_doctors_for_a_first_visit(client, kind):
    page = page_of(client, kind.doctor.get_absolute_url(), {"seen": "no"})
    assert f'href="{OTHERS}"' in page


def test_a_visitor_is_told_before_signing_up(client, kind):
    page = page_of(client, "/bookings/confirm-booking/", choice(kind))
    assert "Pour une première visite, cette réservation serait refusée." in page
    assert f'href="{OTHERS}"' in page


def test_a_visitor_of_an_open_doctor_is_told_nothing(client):
    page = page_of(client, "/bookings/confirm-booking/", choice(ConsultationTypeFactory()))
    assert "cette réservation serait refusée" not in page


def test_a_refused_booking_and_the_grid_offer_other_doctors(client, kind):
    client.force_login(PatientFactory().account)
    refused = client.post("/book", choice(kind))
    assert refused.status_code == 403
    assert f'href="{OTHERS}"' in refused.content.decode()
    state = {"seen": "yes", "type": kind.pk}
    assert f'href="{OTHERS}"' in page_of(client, kind.doctor.get_absolute_url(), state)


def test_a_known_patient_books_as_ever(client, kind):
    past = monday("10:00").replace(year=2026)
    visit = AppointmentFactory(consultation_type=kind, status=Status.DONE, starts_at=past)
    client.force_login(visit.patient.account)
    assert client.post("/book", choice(kind)).status_code == 303
