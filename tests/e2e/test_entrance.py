"""Signing in and the reader's language, from the pages where people do it."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from tests.e2e.world import calendar_address, doctors_type, patient, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("identifier", ["username", "email"])
def test_a_protected_page_is_reached_through_sign_in(page, base_url, identifier):
    user = patient().account
    page.goto("/bookings/?page=1")
    page.locator("[name=login]").fill(getattr(user, identifier).upper())
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("#sign_in_form [type=submit]").click()
    expect(page.locator("section[aria-labelledby=upcoming]")).to_be_visible()
    assert page.url == f"{base_url}/bookings/?page=1"


def test_signing_out(page, base_url):
    sign_in(page.context, patient().account, base_url)
    page.goto("/bookings/")
    page.locator("details.menu > summary").click()
    page.locator("form[action='/accounts/logout/'] button").click()
    expect(page.locator("a[href='/accounts/login/']").first).to_be_visible()
    page.go_back()
    expect(page.locator("#sign_in_form")).to_be_visible()


def switch_to(page, language):
    page.locator(f"header form.segmented.wide-only button[value={language}]").click()
    expect(page.locator(f"html[lang={language}]")).to_be_attached()


def test_a_visitor_switches_the_language_and_stays_on_the_step(page):
    page.goto(calendar_address(doctors_type()))
    address = page.url
    french = page.locator("#booking-title").inner_text()
    switch_to(page, "en")
    assert page.url == address
    expect(page.locator("#booking-title")).not_to_have_text(french)
    page.reload()
    expect(page.locator("html[lang=en]")).to_be_attached()
    switch_to(page, "fr")
    expect(page.locator("#booking-title")).to_have_text(french)


def test_an_accounts_language_follows_it_into_another_browser(page, new_context, base_url):
    user = patient().account
    sign_in(page.context, user, base_url)
    page.goto("/bookings/")
    switch_to(page, "en")
    other = new_context().new_page()
    sign_in(other.context, user, base_url)
    other.goto("/bookings/")
    expect(other.locator("html[lang=en]")).to_be_attached()


def test_every_language_is_offered(page):
    page.goto("/doctors/")
    buttons = page.locator("header form.segmented.wide-only button[name=language]")
    offered = [button.get_attribute("value") for button in buttons.all()]
    assert offered == [code for code, _name in settings.LANGUAGES]
