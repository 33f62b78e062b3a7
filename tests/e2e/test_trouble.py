"""What goes wrong on the way: other people, the network, the server, an impatient finger."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from bookings.models import Appointment, Hold
from doctors.tests.factories import SpecialtyFactory
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
    unaware,
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
    unaware(page)
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


def test_the_next_step_after_the_line_was_lost(page, kind, provoked):
    provoked |= LINE_LOST
    doctors_type(doctor=kind.doctor)
    page.goto(kind.doctor.get_absolute_url())
    page.context.set_offline(True)
    page.locator("a.choice[href*='seen=yes']").click()
    expect(page.locator(NOTICE)).to_be_visible()
    expect(page.locator("a.choice[href*='seen=']")).to_have_count(2)
    page.context.set_offline(False)
    page.locator("[data-retry]").click()
    expect(page.locator("a.choice[href*='type=']")).to_have_count(2)
    assert "seen=yes" in page.url


def test_keeping_a_time_after_the_line_was_lost(page, kind, provoked):
    provoked |= LINE_LOST
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    page.context.set_offline(True)
    page.locator("[data-next]").click()
    expect(page.locator(NOTICE)).to_be_visible()
    expect(pill(page, at("10:00"))).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(False)
    page.locator("[data-retry]").click()
    expect(page).to_have_url(CONFIRM_PAGE)
    assert Hold.objects.get().starts_at == at("10:00")


def test_searching_while_the_line_is_lost_keeps_the_text_and_shows_nothing_stale(page, provoked):
    provoked.add("net::ERR_INTERNET_DISCONNECTED")
    doctors_type(doctor__user__last_name="Alami")
    page.goto("/")
    page.locator("[data-suggest=what]").press_sequentially("ala")
    expect(page.locator("#suggestions-what [role=option]")).to_have_count(1)
    page.context.set_offline(True)
    page.locator("[data-suggest=what]").press_sequentially("m")
    expect(page.locator("#suggestions-what")).to_be_hidden()
    expect(page.locator("[data-suggest=what]")).to_have_value("alam")
    page.context.set_offline(False)
    page.locator("[data-suggest=what]").press_sequentially("i")
    expect(page.locator("#suggestions-what [role=option]")).to_have_count(1)


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


# The token ------------------------------------------------------------------------------------


STALE = "Response Status Error Code 403"


def test_a_page_whose_token_is_stale_can_send_once_more(typed, provoked):
    provoked.add(STALE)
    page = typed
    page.context.clear_cookies(name="csrftoken")
    confirm_button(page).click()
    expect(page.locator(NOTICE)).to_be_visible()
    expect(page.locator("[name=reason]")).to_have_value("Toux")
    page.locator("[data-retry]").click()
    is_booked(page)


def test_signing_in_with_two_tabs_open(page, kind, person, provoked):
    """The second sign-in is sent with the token from before the first."""
    provoked.add(STALE)
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


def sign_in_form(page, user):
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(user.username)
    return "#sign_in_form"


def sign_up_form(page, user):
    page.goto("/accounts/register/")
    fill_required(page.locator("#sign_up_form"))
    return "#sign_up_form"


def doctor_sign_up_form(page, user):
    SpecialtyFactory()
    page.goto("/accounts/register/doctor/")
    page.locator("[name=specialty]").select_option(index=1)
    fill_required(page.locator("#doctor_sign_up_form"))
    return "#doctor_sign_up_form"


EXAMPLES = {"tel": "01 42 71 55 00", "email": "nadia@example.org"}


def fill_required(form):
    for field in form.locator("input[required]").all():
        if not field.input_value():
            is_birth_date = field.get_attribute("name") == "birth_date"
            example = EXAMPLES.get(field.get_attribute("type"), "Alami")
            field.fill("17/05/1990" if is_birth_date else example)


ENTRANCES = [sign_in_form, sign_up_form, doctor_sign_up_form]


def values(page, form):
    """What stands in the form's fields that one can see, passwords aside."""
    fields = page.locator(f"{form} :is(input, select):not([type=hidden], [type=password])")
    return [field.input_value() for field in fields.all()]


@pytest.mark.parametrize("fill_in", ENTRANCES, ids=lambda each: each.__name__)
def test_a_stale_entrance_keeps_what_stands_in_it(page, person, provoked, fill_in):
    provoked.add(STALE)
    form = fill_in(page, person.account)
    page.locator(f"{form} [type=password]").fill(PASSWORD)
    before = values(page, form)
    page.context.clear_cookies(name="csrftoken")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(NOTICE)).to_contain_text("Envoyez encore une fois")
    assert values(page, form) == before
    page.locator("[data-retry]").click()
    expect(page.locator(form)).to_have_count(0)
    expect(page.locator("header details.menu .avatar")).to_be_attached()


@pytest.mark.parametrize("fill_in", ENTRANCES, ids=lambda each: each.__name__)
def test_a_stale_entrance_without_scripts_comes_back_filled_in(new_context, person, fill_in):
    """But for the password, which no page has ever shown."""
    page = new_context(java_script_enabled=False).new_page()
    form = fill_in(page, person.account)
    page.locator(f"{form} [type=password]").fill(PASSWORD)
    before = values(page, form)
    page.context.clear_cookies(name="csrftoken")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(".error-page h1")).to_have_text("Envoyez encore une fois, s’il vous plaît")
    assert PASSWORD not in page.content()
    page.locator(".error-again [type=submit]").click()
    expect(page.locator(f"{form} [type=password]")).to_be_visible()
    assert values(page, form) == before
    page.locator(f"{form} [type=password]").fill(PASSWORD)
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(form)).to_have_count(0)


def test_a_stale_booking_without_scripts_is_sent_with_one_click(
    new_context, kind, person, base_url
):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    page.locator("[name=reason]").fill("Toux depuis lundi")
    page.context.clear_cookies(name="csrftoken")
    confirm_button(page).click()
    expect(page.locator(".error-again blockquote")).to_have_text("Toux depuis lundi")
    assert not Appointment.objects.exists()
    page.locator(".error-again [type=submit]").click()
    is_booked(page, reason="Toux depuis lundi")


def test_a_stale_profile_is_saved_with_one_click(page, person, base_url):
    sign_in(page.context, person.account, base_url)
    page.goto("/accounts/profile/")
    form = "form[action='/accounts/profile/']"
    page.locator(f"{form} [name=first_name]").fill("Nadia")
    fill_required(page.locator(form))
    page.context.clear_cookies(name="csrftoken")
    page.locator(f"{form} [type=submit]").click()
    page.locator(".error-again [type=submit]").click()
    expect(page.locator(f"{form} [name=first_name]")).to_have_value("Nadia")
    person.refresh_from_db()
    assert person.first_name == "Nadia"


def test_a_busy_server_without_scripts_gives_the_form_back(
    new_context, kind, person, base_url, monkeypatch
):
    def busy(**_):
        raise OperationalError("database is locked")

    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    page.locator("[name=reason]").fill("Toux")
    with monkeypatch.context() as patch:
        patch.setattr("bookings.services.book", busy)
        confirm_button(page).click()
        expect(page.locator(".error-again")).to_be_visible()
    page.locator(".error-again [type=submit]").click()
    is_booked(page)
