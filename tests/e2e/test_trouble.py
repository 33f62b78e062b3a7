"""What goes wrong on the way: other people, the network, the server, an impatient finger."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from bookings.models import Appointment, Hold
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    CONFIRM_PAGE,
    at,
    calendar_address,
    confirm_button,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOTICE = "#dock .notice"
LATER = ".days a.btn-icon:last-child"


@pytest.fixture
def kind():
    return doctors_type()


@pytest.fixture
def person():
    return patient()


@pytest.fixture
def typed(page, kind, person, base_url):
    """The confirm page, signed in, with a line written."""
    sign_in(page.context, person.account, base_url)
    go_and_choose(page, kind, at("10:00"))
    page.locator("[name=reason]").fill("Toux")
    return page


def is_booked(page, *, reason="Toux"):
    expect(page).to_have_url(APPOINTMENT_PAGE)
    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.reason) == (at("10:00"), reason)


# Other people ---------------------------------------------------------------------------------


def test_losing_the_race_for_a_time_offers_the_nearest(page, kind):
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    taken_by_somebody(kind, at("10:00"))
    page.locator("[data-next]").click()
    refusal = page.locator("#refusal")
    expect(refusal.locator("button.slot")).to_have_count(3)
    expect(refusal.locator("b")).to_be_focused()
    expect(pill(page.locator("#slot_grid"), at("10:00"))).to_have_count(0)
    pill(refusal, at("10:30")).click()
    expect(page).to_have_url(CONFIRM_PAGE)
    assert Hold.objects.get().starts_at == at("10:30")


def test_losing_the_race_without_scripts(new_context, kind):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(calendar_address(kind))
    taken_by_somebody(kind, at("10:00"))
    pill(page, at("10:00")).click()
    expect(page.locator("h1")).to_have_text(kind.doctor.name)
    pill(page.locator("#refusal"), at("10:30")).click()
    expect(page).to_have_url(CONFIRM_PAGE)


# An impatient finger --------------------------------------------------------------------------


def test_a_double_click_on_a_slow_line_books_once_and_shows_that_it_is_at_it(typed):
    page, requests = typed, []
    page.route("**/bookings/create/", lambda route: requests.append(route))
    confirm_button(page).dblclick()
    expect(confirm_button(page)).to_be_disabled()
    expect(page.locator("#booking")).to_contain_class("htmx-request")
    spinner = "button => getComputedStyle(button, '::before').borderTopStyle"
    assert confirm_button(page).evaluate(spinner) == "solid"
    confirm_button(page).click(force=True)
    assert len(requests) == 1
    requests[0].continue_()
    is_booked(page)


def test_other_days_on_a_slow_line_show_that_they_are_coming(page, kind):
    requests = []
    page.goto(calendar_address(kind))
    page.route("**/doctors/*/?*", lambda route: requests.append(route))
    page.locator(LATER).click()
    expect(page.locator("#slot_grid")).to_have_attribute("aria-busy", "true")
    requests.pop().continue_()
    expect(pill(page, at("10:00", days=6))).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)


def test_of_two_clicks_on_a_slow_line_the_later_one_counts(page, kind, provoked):
    provoked |= {"htmx:sendAbort", "htmx:afterRequest"}
    requests, later = [], at("10:00", days=6).date()
    doctors_type(doctor=kind.doctor)
    page.goto(calendar_address(kind))
    page.route(f"**/doctors/*/?*from={later}*", lambda route: requests.append(route))
    page.locator(LATER).click()
    expect(page.locator("#slot_grid")).to_have_attribute("aria-busy", "true")
    page.locator(".step-answer a[href*='seen=yes']").click()
    expect(page.locator("a.choice[href*='type=']")).to_have_count(2)
    address = page.url
    for request in requests:
        request.continue_()
    expect(page.locator("a.choice[href*='type=']")).to_have_count(2)
    assert page.url == address


def test_a_double_click_without_scripts_books_once(new_context, kind, person, base_url):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    page.locator("[name=reason]").fill("Toux")
    confirm_button(page).dblclick()
    is_booked(page)
    assert Appointment.objects.get().notifications.count() == 1


def test_two_tabs_book_once_and_both_see_it(typed):
    first, second = typed, typed.context.new_page()
    second.goto("/bookings/confirm-booking/")
    confirm_button(first).click()
    is_booked(first)
    confirm_button(second).click()
    is_booked(second)
    assert first.url == second.url


# The network ----------------------------------------------------------------------------------


LINE_LOST = {"net::ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"}


def test_other_days_after_the_line_was_lost(page, kind, provoked):
    provoked |= LINE_LOST
    page.goto(calendar_address(kind))
    page.context.set_offline(True)
    page.locator(LATER).click()
    expect(page.locator(NOTICE)).to_be_visible()
    expect(pill(page, at("10:00"))).to_be_visible()
    page.context.set_offline(False)
    page.locator("[data-retry]").click()
    expect(pill(page, at("10:00", days=6))).to_be_visible()
    expect(page.locator(NOTICE)).to_have_count(0)
    assert page.url.endswith(f"from={at('10:00', days=6).date()}")


def test_confirming_after_the_line_was_lost(typed, provoked):
    provoked |= LINE_LOST
    page = typed
    page.context.set_offline(True)
    confirm_button(page).click()
    expect(page.locator(NOTICE)).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("Toux")
    expect(confirm_button(page)).to_be_enabled()
    page.locator("[name=reason]").fill("Toux et fièvre")
    page.context.set_offline(False)
    page.locator("[data-retry]").click()
    is_booked(page, reason="Toux et fièvre")


# The server -----------------------------------------------------------------------------------


def test_a_server_too_busy_to_book_says_so_and_the_next_try_works(typed, monkeypatch, provoked):
    provoked.add("Response Status Error Code 503")

    def busy(**_):
        raise OperationalError("database is locked")

    page = typed
    with monkeypatch.context() as patch:
        patch.setattr("bookings.services.book", busy)
        confirm_button(page).click()
        expect(page.locator(NOTICE)).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("Toux")
    assert not Appointment.objects.exists()
    page.locator("[data-retry]").click()
    is_booked(page)


def test_a_failure_of_ours_loses_nothing(typed, monkeypatch, provoked):
    provoked |= {"failed: POST", "Response Status Error Code 500"}

    def broken(**_):
        raise RuntimeError("broken on purpose")

    page = typed
    with monkeypatch.context() as patch:
        patch.setattr("bookings.services.book", broken)
        confirm_button(page).click()
        expect(page.locator(NOTICE)).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("Toux")
    page.locator("[data-retry]").click()
    is_booked(page)


# The session ----------------------------------------------------------------------------------


def test_a_session_that_ended_leads_through_sign_in_back_to_the_page(page, kind, person, base_url):
    sign_in(page.context, person.account, base_url)
    appointment = taken_by_somebody(kind, at("10:00"), person=person)
    page.goto(f"/bookings/{appointment.pk}/move/")
    Session.objects.all().delete()
    page.locator(LATER).click()
    expect(page.locator("#sign_in_form")).to_be_visible()
    page.locator("[name=login]").fill(person.account.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("#sign_in_form [type=submit]").click()
    expect(page.locator("#slot_grid")).to_be_visible()
    assert page.url == f"{base_url}/bookings/{appointment.pk}/move/"


def test_a_session_that_ended_before_confirming_asks_who_it_is_and_keeps_the_text(typed, person):
    page = typed
    Session.objects.all().delete()
    Hold.objects.all().delete()
    confirm_button(page).click()
    page.locator("#sign_in_form [name=login]").fill(person.account.username)
    page.locator("#sign_in_form [name=password]").fill(PASSWORD)
    page.locator("#sign_in_form [type=submit]").click()
    expect(page.locator("[name=reason]")).to_have_value("Toux")
    confirm_button(page).click()
    is_booked(page)


def test_a_page_whose_token_is_stale_can_send_once_more(typed, provoked):
    provoked.add("Response Status Error Code 403")
    page = typed
    page.context.clear_cookies(name="csrftoken")
    confirm_button(page).click()
    expect(page.locator(NOTICE)).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("Toux")
    page.locator("[data-retry]").click()
    is_booked(page)


def test_signing_in_with_two_tabs_open(page, kind, person, provoked):
    """The second sign-in is sent with the token from before the first."""
    provoked.add("Response Status Error Code 403")
    go_and_choose(page, kind, at("10:00"))
    other = page.context.new_page()
    other.goto("/bookings/confirm-booking/")
    for tab in (page, other):
        tab.locator("#sign_in_form [name=login]").fill(person.account.username)
        tab.locator("#sign_in_form [name=password]").fill(PASSWORD)
        tab.locator("#sign_in_form [type=submit]").click()
        expect(tab.locator("#booking").or_(tab.locator(NOTICE))).to_be_visible()
    other.locator("[data-retry]").click()
    confirm_button(other).click()
    is_booked(other, reason="")
