"""A doctor's whole day: look, choose, keep, confirm; with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import Appointment, Hold
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    CONFIRM_PAGE,
    at,
    calendar_address,
    choose,
    confirm_button,
    day_in,
    doctors_type,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
)

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = "#day_slots .time"


def day_address(kind, *, days=3):
    return f"{kind.doctor.get_absolute_url()}day/?type={kind.pk}&date={day_in(days)}"


def test_from_the_grid_to_the_day_to_confirmed(page, base_url):
    kind, person = doctors_type(), patient()
    taken_by_somebody(kind, at("10:00"))
    sign_in(page.context, person.account, base_url)
    page.goto(calendar_address(kind))
    page.locator(f".day[data-date='{day_in(3)}'] a.day-link").click()
    expect(page.locator(TIMES)).to_have_count(16)
    expect(page.locator("li.time-booked")).to_have_text("10:00 Déjà réservé")
    choose(page, at("16:30"))
    expect(page).to_have_url(CONFIRM_PAGE)
    assert Hold.objects.get().starts_at == at("16:30")
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    assert Appointment.objects.get(starts_at=at("16:30")).patient == person


def test_other_days_and_other_reasons(page):
    kind = doctors_type(name="Suivi")
    longer = doctors_type(doctor=kind.doctor, name="Bilan", duration=60)
    page.goto(day_address(kind))
    page.locator("a[rel=next]").click()
    expect(page.locator(f".day[data-date='{day_in(4)}']")).to_be_visible()
    page.locator("[name=date]").fill(f"{day_in(5)}")
    page.locator("[name=type]").select_option(str(longer.pk))
    page.locator(".whole-day-side [type=submit]").click()
    expect(page.locator(f".day[data-date='{day_in(5)}']")).to_be_visible()
    expect(page.locator(TIMES)).to_have_count(8)


def test_a_time_taken_meanwhile_is_struck_and_the_choice_given_up(page):
    kind = doctors_type()
    page.goto(day_address(kind))
    pill(page, at("10:00")).click()
    expect(page.locator("[data-next]")).to_be_enabled()
    taken_by_somebody(kind, at("10:00"))
    expect(page.locator("li.time-booked")).to_have_text("10:00 Déjà réservé", timeout=15_000)
    expect(page.locator("[data-next]")).to_be_disabled()


def test_a_time_taken_in_the_last_moment_offers_others(page):
    kind = doctors_type()
    page.goto(day_address(kind))
    page.evaluate("document.querySelector('[data-live]').removeAttribute('data-live')")
    taken_by_somebody(kind, at("10:00"))
    choose(page, at("10:00"))
    expect(page.locator("#refusal .slot")).to_have_count(3)


def test_with_the_keyboard_alone(page):
    kind = doctors_type()
    page.goto(day_address(kind))
    pill(page, at("09:00")).focus()
    page.keyboard.press("ArrowDown")
    expect(pill(page, at("09:30"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(pill(page, at("09:30"))).to_have_attribute("aria-pressed", "true")


def test_without_scripts_a_pill_keeps_its_time(new_context):
    kind = doctors_type()
    page = new_context(java_script_enabled=False).new_page()
    page.goto(day_address(kind))
    expect(page.locator("[data-next]")).to_be_hidden()
    pill(page, at("11:00")).click()
    expect(page).to_have_url(CONFIRM_PAGE)
    assert Hold.objects.get().starts_at == at("11:00")


def test_the_old_calendar_is_this_page(page):
    kind = doctors_type()
    page.goto(f"/specialists/{kind.doctor_id}/calendar?date={day_in(3)}")
    expect(page.locator(TIMES)).to_have_count(16)
    choose(page, at("10:00"))
    expect(page).to_have_url(re.compile("/confirm-booking/"))


def test_nothing_is_cut_off(page, width):
    kind = doctors_type()
    for minute in ("09:00", "10:30", "15:00"):
        taken_by_somebody(kind, at(minute))
    page.goto(day_address(kind))
    expect(page.locator(TIMES)).to_have_count(16)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
