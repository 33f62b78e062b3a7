"""Booking, from the doctor's page to the confirmed one, the ways people do it."""

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
from accounts.tests.factories import PASSWORD, RelativeFactory
from bookings.models import Appointment
from bookings.status import Status
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    CONFIRM_PAGE,
    at,
    calendar_address,
    choose,
    confirm_button,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
)

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_UP = {
    "first_name": "Yasmine",
    "last_name": "Alaoui",
    "birth_date": "1991-05-06",
    "phone": "06 12 34 56 78",
    "email": "yasmine@example.org",
    "password1": "mouette-bleue-77",
}


def fill(form, values):
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)


def test_a_known_doctor_is_booked_in_three_screens(page, base_url):
    kind, person = doctors_type(), patient()
    sign_in(page.context, person.account, base_url)
    screens = []
    page.on(
        "response",
        lambda response: (
            response.request.resource_type == "document"
            and response.ok
            and screens.append(response.url)
        ),
    )
    go_and_choose(page, kind, at("10:30"))
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    assert len(screens) == 3, screens
    appointment = Appointment.objects.get()
    assert page.url.endswith(f"/bookings/{appointment.pk}/")
    assert (appointment.starts_at, appointment.patient) == (at("10:30"), person)
    assert (appointment.status, appointment.queue_number) == (Status.CONFIRMED, None)


def test_step_by_step_with_the_address_following(page, base_url):
    kind = doctors_type(name="Suivi")
    other = doctors_type(doctor=kind.doctor, name="Première visite")
    page.goto(kind.doctor.get_absolute_url())
    page.locator("a.choice[href*='seen=no']").click()
    page.locator(f"a.choice[href*='type={other.pk}']").click()
    expect(page.locator("#slot_grid")).to_be_visible()
    assert f"?seen=no&type={other.pk}" in page.url
    page.locator(".days a.btn-icon").last.click()
    expect(page.locator(f"[data-date='{at('10:00').date()}']")).to_be_visible()
    assert page.url.endswith(f"&from={at('10:00').date()}")
    choose(page, at("09:30"))
    expect(page).to_have_url(CONFIRM_PAGE)


def test_a_visitor_signs_up_on_the_way(page):
    kind = doctors_type()
    go_and_choose(page, kind, at("11:00"))
    page.locator("details:has(#sign_up_form) > summary").click()
    fill(page.locator("#sign_up_form"), SIGN_UP)
    page.locator("#sign_up_form [type=submit]").click()
    page.locator("[name=reason]").fill("Mal au genou")
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    appointment = Appointment.objects.get()
    assert appointment.patient.name == "Yasmine Alaoui"
    assert (appointment.starts_at, appointment.reason) == (at("11:00"), "Mal au genou")


def test_a_visitor_signs_in_on_the_way_after_a_wrong_password(page):
    kind, person = doctors_type(), patient()
    go_and_choose(page, kind, at("11:00"))
    form = page.locator("#sign_in_form")
    fill(form, {"login": person.account.email, "password": "wrong"})
    form.locator("[type=submit]").click()
    expect(form.locator(".error-summary")).to_be_visible()
    expect(form.locator("[name=login]")).to_have_value(person.account.email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    assert Appointment.objects.get().patient == person


def test_for_a_relative(page, base_url):
    kind, person = doctors_type(), patient()
    lina = RelativeFactory(account=person.account)
    sign_in(page.context, person.account, base_url)
    go_and_choose(page, kind, at("10:00"))
    page.locator(f"label.person:has(input[value='{lina.pk}'])").click()
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    expect(page.locator("article")).to_contain_text(lina.name)
    assert Appointment.objects.get().patient == lina


def test_for_a_relative_added_in_place_after_a_mistake(page, base_url, axe):
    kind, person = doctors_type(), patient()
    sign_in(page.context, person.account, base_url)
    go_and_choose(page, kind, at("10:00"))
    page.locator("label.person-add").click()
    page.locator("[name=first_name]").fill("Adam")
    page.locator("[name=reason]").fill("Vaccin")
    confirm_button(page).click()
    expect(page.locator("[name=last_name]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=first_name]")).to_have_value("Adam")
    expect(page.locator("[name=reason]")).to_have_value("Vaccin")
    axe(page)
    page.locator("[name=last_name]").fill("Benali")
    page.locator("[name=birth_date]").fill("2019-08-07")
    page.locator("[name=relation]").select_option("child")
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    adam = Patient.objects.get(first_name="Adam")
    assert (adam.account, adam.name) == (person.account, "Adam Benali")
    assert Appointment.objects.get().patient == adam


def test_without_scripts(new_context, base_url):
    kind = doctors_type()
    page = new_context(java_script_enabled=False).new_page()
    page.goto(kind.doctor.get_absolute_url())
    page.locator("a.choice[href*='seen=no']").click()
    page.locator(".days a.btn-icon").last.click()
    pill(page, at("09:00")).click()
    expect(page).to_have_url(CONFIRM_PAGE)
    page.locator("details:has(#sign_up_form) > summary").click()
    fill(page.locator("#sign_up_form"), SIGN_UP)
    page.locator("#sign_up_form [type=submit]").click()
    expect(page).to_have_url(CONFIRM_PAGE)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    assert Appointment.objects.get().starts_at == at("09:00")


def test_on_a_phone(page, base_url):
    kind, person = doctors_type(), patient()
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto("/doctors/")
    fits(page)
    page.locator(f"h2 a[href='{kind.doctor.get_absolute_url()}']").click()
    page.locator("a.choice[href*='seen=yes']").click()
    page.locator(".days a.btn-icon").last.click()
    expect(pill(page, at("10:30"))).to_be_visible()
    fits(page)
    choose(page, at("10:30"))
    expect(page).to_have_url(CONFIRM_PAGE)
    fits(page)
    fill(page.locator("#sign_in_form"), {"login": person.account.username, "password": PASSWORD})
    page.locator("#sign_in_form [type=submit]").click()
    expect(confirm_button(page)).to_be_in_viewport()
    fits(page)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    fits(page)
    assert Appointment.objects.get().patient == person


def fits(page):
    """Nothing sticks out of the screen sideways."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser_context_args(timezone_id="America/Los_Angeles")
def test_a_reader_far_away_sees_the_practices_times_and_days(page, base_url):
    kind, person = doctors_type(opens_at=7 * 60), patient()
    start = at("07:30")
    sign_in(page.context, person.account, base_url)
    page.goto(calendar_address(kind))
    day = page.locator(f"[data-date='{start.date()}']")
    expect(day.locator(f"button.slot[value='{start.isoformat()}']")).to_have_text("07:30")
    choose(page, start)
    expect(page.locator(".recap-date")).to_contain_text("07:30")
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    expect(page.locator("h1")).to_contain_text("07:30")
    expect(page.locator(".leaf > b")).to_have_text(str(start.day))
    assert Appointment.objects.get().starts_at == start
