"""The door, in a browser: in place, without scripts, on every width."""

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
from accounts.tests.factories import PASSWORD, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page, user, password=PASSWORD):
    page.goto("/accounts/login/?next=/accounts/profile/")
    page.locator("[name=login]").fill(user.username)
    page.locator("[name=password]").fill(password)
    page.locator("#sign_in_form [type=submit]").click()


@pytest.mark.parametrize(
    "path",
    ["login/", "register/", "register/doctor/", "password/reset/", "password/reset/done/"],
)
def test_whoever_stands_at_the_door_can_read_it(page, width, axe, path):
    page.goto(f"/accounts/{path}")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "path", ["profile/", "email/", "password/change/", "relatives/add/", "logout/"]
)
def test_own_pages_can_be_read(page, width, axe, path):
    sign_in(page, PatientFactory().account)
    expect(page.locator("form[action='/accounts/profile/']")).to_be_visible()
    page.goto(f"/accounts/{path}")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_wrong_password_is_said_in_place_and_the_next_one_goes_on(page, axe):
    user = UserFactory()
    sign_in(page, user, "wrong")
    expect(page.locator("#sign_in_form .error-summary")).to_be_visible()
    assert page.url.endswith("/accounts/login/?next=/accounts/profile/")
    assert page.locator("[name=login]").input_value() == user.username
    axe(page)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.locator("form[action='/accounts/profile/']")).to_be_visible()


def test_signing_up_without_scripts(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/accounts/register/?next=/accounts/profile/")
    filled = {
        "first_name": "Nadia",
        "last_name": "Berrada",
        "birth_date": "1992-03-04",
        "phone": "12",
        "email": "nadia@example.org",
        "password1": "mouette-bleue-77",
    }
    for name, value in filled.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("#sign_up_form [type=submit]").click()
    phone = page.locator("[name=phone]")
    assert phone.get_attribute("aria-invalid") == "true"
    phone.fill("06 12 34 56 78")
    page.locator("[name=password1]").fill("mouette-bleue-77")
    page.locator("#sign_up_form [type=submit]").click()
    expect(page.locator("form[action='/accounts/profile/']")).to_be_visible()
    assert Patient.objects.get().name == "Nadia Berrada"
