"""The desk answers requests."""

import pytest
from playwright.sync_api import expect

from bookings import services
from bookings.models import Notification
from bookings.status import Status
from bookings.tests.steps import secretary_of
from tests.e2e.world import at, doctors_type, patient, sign_in, taken_by_somebody

pytestmark = pytest.mark.django_db(transaction=True)

REQUESTS = "section[aria-labelledby=requests] .agenda-row"
VISITS = "section[aria-labelledby=visits] .agenda-row"


@pytest.fixture
def request_of_somebody():
    kind = doctors_type(needs_confirmation=True)
    return taken_by_somebody(kind, at("10:00"), person=patient(last_name="Zaoui"))


@pytest.fixture(params=["doctor", "secretary"])
def desk(request, page, base_url, request_of_somebody):
    """The dashboard, in turn the doctor's own and the secretary's."""
    doctor = request_of_somebody.doctor
    user = doctor.user if request.param == "doctor" else secretary_of(doctor)
    sign_in(page.context, user, base_url)
    page.goto("/dashboard/")
    return page


def status_of(appointment):
    appointment.refresh_from_db()
    return appointment.status


def test_confirming_a_request(desk, request_of_somebody):
    desk.locator(f"{REQUESTS} button").click()
    expect(desk.locator("#messages [role=status]")).to_be_visible()
    expect(desk.locator(REQUESTS)).to_have_count(0)
    expect(desk.locator(VISITS)).to_contain_text("Zaoui")
    assert desk.url.endswith(f"&date={at('10:00').date()}")
    assert status_of(request_of_somebody) == Status.CONFIRMED


def test_declining_a_request_with_a_word_and_taking_it_back(desk, request_of_somebody):
    desk.locator(f"{REQUESTS} a[href$='/cancel/']").click()
    desk.locator("[name=message]").fill("Appelez-nous.")
    desk.locator("main form [type=submit]").click()
    expect(desk.locator(REQUESTS)).to_have_count(0)
    assert status_of(request_of_somebody) == Status.CANCELLED
    told = Notification.objects.get(kind=Notification.Kind.CANCELLED)
    assert told.message == "Appelez-nous."
    desk.locator("main details > summary").click()
    desk.locator("main details form[action$='/undo/'] button").click()
    expect(desk.locator(REQUESTS)).to_contain_text("Zaoui")
    assert status_of(request_of_somebody) == Status.PENDING


def test_confirming_what_the_other_desk_declined(desk, request_of_somebody):
    services.cancel(request_of_somebody, by=request_of_somebody.doctor.user)
    desk.locator(f"{REQUESTS} button").click()
    expect(desk.locator("#refusal")).to_be_visible()
    assert status_of(request_of_somebody) == Status.CANCELLED


def test_a_patient_is_sent_to_the_own_appointments(page, base_url):
    sign_in(page.context, patient().account, base_url)
    page.goto("/dashboard/")
    assert page.url == f"{base_url}/bookings/"
