"""The stock admin under our content security policy: its scripts run, nothing is refused."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.tests.admin import admin_client
from accounts.tests.admin import page as address_of
from bookings.models import Appointment
from bookings.tests.factories import AppointmentFactory
from doctors.models import Doctor
from scheduling.models import DoctorAbsence, OpeningHours

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin_page(page, base_url):
    """A page signed in as an admin who reads English."""
    session = admin_client().cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}
    page.context.add_cookies([cookie])
    return page


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Appointment, "changelist"),
        (Doctor, "changelist"),
        (Doctor, "add"),
        (OpeningHours, "add"),
        (DoctorAbsence, "add"),
    ],
)
def test_pages_load_without_a_refusal(admin_page, model, name):
    AppointmentFactory()
    admin_page.goto(address_of(model, name))
    expect(admin_page.locator("#content h1")).to_be_visible()


def test_a_doctor_is_found_by_typing_and_filters_the_list(admin_page):
    AppointmentFactory(doctor__user__first_name="Élodie", doctor__user__last_name="Roux")
    AppointmentFactory(doctor__user__last_name="Brown")
    admin_page.goto(address_of(Appointment))
    doctors = admin_page.locator("[data-filter-title=doctor]")
    doctors.locator(".select2-selection").click()
    admin_page.locator(".select2-search__field").fill("elodie")
    admin_page.get_by_role("option", name="Dr Élodie Roux").click()
    doctors.get_by_role("button", name="Filter").click()
    expect(admin_page.locator("td.field-doctor_name")).to_have_text(["Dr Élodie Roux"])
    expect(doctors.locator(".select2-selection__rendered")).to_contain_text("Dr Élodie Roux")
    doctors.get_by_role("link", name="Clear").click()
    expect(admin_page.locator("td.field-doctor_name")).to_have_count(2)


def test_an_action_says_what_it_could_not_do(admin_page):
    appointment = AppointmentFactory(status="done")
    admin_page.goto(address_of(Appointment))
    admin_page.locator(f"input[value='{appointment.pk}']").check()
    admin_page.locator("select[name=action]").select_option("arrive")
    admin_page.get_by_role("button", name="Go").click()
    expect(admin_page.locator(".messagelist .warning")).to_contain_text("“Done”")
