"""The time kept for a visitor: prolonged, over, taken; what was typed is never lost."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.tests.factories import RelativeFactory
from bookings.models import Appointment, Hold
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    CONFIRM_PAGE,
    at,
    confirm_button,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
)

# Contexts of their own: their clocks are set.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser_context_args()]

EXTEND = "#hold [formaction='/bookings/hold/extend/']"


@pytest.fixture
def typed(page, base_url):
    """The confirm page of somebody who chose a relative and wrote a line."""
    kind, person = doctors_type(), patient()
    lina = RelativeFactory(account=person.account)
    sign_in(page.context, person.account, base_url)
    page.clock.install()
    go_and_choose(page, kind, at("10:00"))
    page.locator(f"label.person:has(input[value='{lina.pk}'])").click()
    page.locator("[name=reason]").fill("Toux depuis lundi")
    return kind


def is_still_typed(page):
    lina = RelativeFactory._meta.model.objects.get(first_name="Lina")
    expect(page.locator("[name=reason]")).to_have_value("Toux depuis lundi")
    expect(page.locator(f"input[name=patient][value='{lina.pk}']")).to_be_checked()


def end_hold(page):
    """Five minutes pass, for the server and for the browser."""
    Hold.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    page.clock.fast_forward("05:01")


def test_prolonging_keeps_what_is_typed_and_ends_after_two(page, typed):
    first = Hold.objects.get().expires_at
    page.locator(EXTEND).click()
    expect(page.locator(f".hold[data-expires-at='{first.isoformat()}']")).to_have_count(0)
    is_still_typed(page)
    page.locator(EXTEND).click()
    expect(page.locator(EXTEND)).to_have_count(0)
    is_still_typed(page)
    expect(page.locator("#hold .hold")).to_be_visible()
    assert Hold.objects.get().extensions == 2
    assert page.url.endswith("/bookings/confirm-booking/")
    page.reload()
    is_still_typed(page)


def test_another_language_keeps_what_is_typed(page, typed):
    page.locator("button[name=language][value=en]:visible").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    is_still_typed(page)


def test_prolonging_without_scripts_keeps_what_is_typed(new_context, base_url):
    kind, person = doctors_type(), patient()
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto(f"{kind.doctor.get_absolute_url()}?seen=yes&type={kind.pk}&from={at('10:00').date()}")
    pill(page, at("10:00")).click()
    page.locator("[name=reason]").fill("Toux depuis lundi")
    page.locator(EXTEND).click()
    expect(page.locator("[name=reason]")).to_have_value("Toux depuis lundi")
    assert Hold.objects.get().extensions == 1


def test_prolonging_before_signing_in_keeps_what_is_typed(page):
    go_and_choose(page, doctors_type(), at("10:00"))
    page.locator("details:has(#sign_up_form) > summary").click()
    page.locator("#sign_up_form [name=first_name]").fill("Yasmine")
    page.locator(EXTEND).click()
    page.locator(EXTEND).click()
    expect(page.locator(EXTEND)).to_have_count(0)
    expect(page.locator("#sign_up_form [name=first_name]")).to_have_value("Yasmine")


def test_over_and_still_free_the_recap_says_so_and_confirming_works(page, typed):
    end_hold(page)
    expect(page.locator("#hold .notice-info")).to_be_visible()
    is_still_typed(page)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.reason) == (at("10:00"), "Toux depuis lundi")


def test_over_and_taken_the_recap_says_so_and_offers_others(page, typed):
    Hold.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    taken_by_somebody(typed, at("10:00"))
    page.clock.fast_forward("05:01")
    expect(page.locator("#hold .notice-warning")).to_be_visible()
    is_still_typed(page)
    expect(page.locator("#refusal button.slot")).to_have_count(3)
    expect(page.locator("[name=reason]")).to_be_focused()


def test_a_time_that_went_to_somebody_else_is_refused_with_three_others(page, typed):
    end_hold(page)
    expect(page.locator("#hold .notice-info")).to_be_visible()
    taken_by_somebody(typed, at("10:00"))
    confirm_button(page).click()
    expect(page.locator("#refusal [data-focus], #refusal b:focus")).to_be_visible()
    offered = page.locator("#refusal button.slot")
    near = [at("09:00"), at("09:30"), at("10:30")]
    assert [button.get_attribute("value") for button in offered.all()] == [
        start.isoformat() for start in near
    ]
    is_still_typed(page)
    pill(page, near[2]).click()
    expect(page).to_have_url(CONFIRM_PAGE)
    expect(page.locator(".recap-date")).to_contain_text("10:30")
    is_still_typed(page)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    mine = Appointment.objects.get(starts_at=near[2])
    assert (mine.reason, mine.patient.first_name) == ("Toux depuis lundi", "Lina")


def test_a_new_person_half_typed_travels_to_the_other_time(page, typed):
    page.locator("label.person-add").click()
    page.locator("[name=first_name]").fill("Adam")
    page.locator("[name=birth_date]").fill("2019-08-07")
    Hold.objects.all().delete()
    taken_by_somebody(typed, at("10:00"))
    page.locator("[name=last_name]").fill("Benali")
    confirm_button(page).click()
    pill(page.locator("#refusal"), at("10:30")).click()
    expect(page.locator(".recap-date")).to_contain_text("10:30")
    expect(page.locator("#patient-new")).to_be_checked()
    for name, value in {"first_name": "Adam", "birth_date": "2019-08-07"}.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    mine = Appointment.objects.get(starts_at=at("10:30"))
    assert (mine.patient.name, mine.reason) == ("Adam Benali", "Toux depuis lundi")
