"""Booking with the keyboard alone, and always seeing where one is."""

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from bookings.models import Appointment
from tests.e2e.world import APPOINTMENT_PAGE, CONFIRM_PAGE, at, doctors_type, patient, pill

pytestmark = pytest.mark.django_db(transaction=True)

HAS_FOCUS = "element => element === document.activeElement"
SHOWS_FOCUS = """() => {
  const shows = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const focused = document.activeElement;
  return shows(focused) || [...(focused.labels ?? [])].some(shows);
}"""


def tab_to(page, locator, *, key="Tab", at_most=40):
    """Press Tab until `locator` has the focus; on the way every stop can be seen."""
    expect(locator).to_be_visible()
    for _ in range(at_most):
        page.keyboard.press(key)
        tag = page.evaluate("document.activeElement.tagName")
        if tag != "BODY":
            assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
        if locator.evaluate(HAS_FOCUS):
            return
    pytest.fail(f"{locator} was not reached")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_from_the_list_of_doctors_to_the_confirmed_page(page):
    kind, person = doctors_type(name="Suivi"), patient()
    doctors_type(doctor=kind.doctor, name="Première visite")
    page.goto("/doctors/")
    tab_to(page, page.locator("a.skip-link"))
    press(page, "Enter")
    tab_to(page, page.locator(f"h2 a[href='{kind.doctor.get_absolute_url()}']"))
    press(page, "Enter")

    tab_to(page, page.locator("a.choice[href*='seen=yes']"))
    press(page, "Enter")
    expect(page.locator("#booking_panel .step-now h3")).to_be_focused()
    tab_to(page, page.locator(f"a.choice[href*='type={kind.pk}']"))
    press(page, "Enter")
    expect(page.locator("#booking_panel .step-now h3")).to_be_focused()

    tab_to(page, page.locator(".days a.btn-icon").last)
    press(page, "Enter")
    first = pill(page, at("09:00"))
    expect(first).to_be_visible()
    tab_to(page, first)
    press(page, "ArrowDown", "ArrowDown", "ArrowRight")
    expect(pill(page, at("10:00", days=4))).to_be_focused()
    press(page, "ArrowLeft", "End", "Home", "ArrowDown", "Enter")
    expect(pill(page, at("09:30"))).to_have_attribute("aria-pressed", "true")
    tab_to(page, page.locator("[data-next]"))
    press(page, "Enter")

    expect(page).to_have_url(CONFIRM_PAGE)
    expect(page.locator("h1")).to_be_focused()
    tab_to(page, page.locator("#sign_in_form [name=login]"))
    page.keyboard.type(person.account.username)
    tab_to(page, page.locator("#sign_in_form [name=password]"))
    page.keyboard.type(PASSWORD)
    press(page, "Enter")

    expect(page.locator("h1")).to_be_focused()
    tab_to(page, page.locator("[name=reason]"))
    page.keyboard.type("Contrôle")
    tab_to(page, page.locator("#booking .submit [type=submit]"))
    press(page, "Enter")
    expect(page).to_have_url(APPOINTMENT_PAGE)
    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.reason) == (at("09:30"), "Contrôle")


def test_the_menu_closes_with_escape_and_gives_the_focus_back(page):
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto("/doctors/")
    summary = page.locator("details.menu.narrow-only > summary")
    tab_to(page, summary)
    press(page, "Enter")
    tab_to(page, page.locator("details.menu.narrow-only a[href='/accounts/login/']"))
    press(page, "Escape")
    expect(summary).to_be_focused()
    expect(page.locator("details.menu.narrow-only a[href='/accounts/login/']")).to_be_hidden()
