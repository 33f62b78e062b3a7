"""Back and forth: every step has its address, and every page is whole."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import Appointment
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    CONFIRM_PAGE,
    at,
    calendar_address,
    confirm_button,
    day_in,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
)

pytestmark = pytest.mark.django_db(transaction=True)


def is_whole(page):
    expect(page.locator("header.site-header")).to_have_count(1)
    expect(page.locator("footer.site-footer")).to_have_count(1)
    expect(page.locator("#booking_panel")).to_have_count(1)
    page.wait_for_load_state()


@pytest.fixture
def at_the_third_step(page):
    """A visitor who came there by htmx, through the second."""
    kind = doctors_type(name="Suivi")
    doctors_type(doctor=kind.doctor, name="Première visite")
    page.goto(kind.doctor.get_absolute_url())
    page.locator("a.choice[href*='seen=yes']").click()
    page.locator(f"a.choice[href*='type={kind.pk}']").click()
    page.locator(".days a.btn-icon").last.click()
    expect(page).to_have_url(re.compile(f"from={day_in(3)}$"))
    return kind


def test_back_and_forward_through_the_steps(page, at_the_third_step):
    page.go_back()
    expect(page.locator(f"[data-date='{day_in(0)}']")).to_be_visible()
    is_whole(page)
    page.go_back()
    expect(page.locator("a.choice[href*='type=']")).to_have_count(2)
    is_whole(page)
    page.go_back()
    expect(page.locator("a.choice[href*='seen=']")).to_have_count(2)
    is_whole(page)
    page.go_forward()
    expect(page.locator("a.choice[href*='type=']")).to_have_count(2)
    is_whole(page)
    page.go_forward()
    expect(page.locator("#slot_grid")).to_be_visible()
    is_whole(page)


def test_back_from_another_page_to_a_step_reached_by_htmx(page, at_the_third_step):
    page.locator(".crumbs a").last.click()
    expect(page).to_have_url(re.compile(r"/doctors/\?q=Cardiologue&where=Paris$"))
    page.go_back()
    expect(page.locator(f"[data-date='{day_in(3)}']")).to_be_visible()
    is_whole(page)


def test_a_step_reached_by_htmx_can_be_reloaded(page, at_the_third_step):
    page.reload()
    expect(page.locator(f"[data-date='{day_in(3)}']")).to_be_visible()
    is_whole(page)


def test_back_from_confirming_to_choose_another_time(page, at_the_third_step):
    pill(page, at("10:00")).click()
    page.locator("[data-next]").click()
    expect(page).to_have_url(CONFIRM_PAGE)
    page.go_back()
    is_whole(page)
    pill(page, at("11:00")).click()
    page.locator("[data-next]").click()
    expect(page).to_have_url(CONFIRM_PAGE)
    expect(page.locator(".recap-date")).to_contain_text("11:00")


def test_an_own_hold_does_not_hide_its_time_on_the_way_back(page, at_the_third_step):
    pill(page, at("10:00")).click()
    page.locator("[data-next]").click()
    page.locator("#confirm_form > a").click()
    expect(pill(page, at("10:00"))).to_be_enabled()


def test_back_after_booking_books_nothing_more(page, base_url):
    kind, person = doctors_type(), patient()
    sign_in(page.context, person.account, base_url)
    go_and_choose(page, kind, at("10:00"))
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    page.go_back()
    expect(page.locator("header.site-header")).to_have_count(1)
    expect(page.locator("#booking")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(kind.doctor.get_absolute_url())))
    is_whole(page)
    expect(pill(page, at("10:00"))).to_have_count(0)
    assert Appointment.objects.count() == 1


def test_the_choice_stands_while_other_days_are_looked_at(page):
    kind = doctors_type()
    page.goto(calendar_address(kind))
    expect(page.locator("[data-next]")).to_be_disabled()
    pill(page, at("10:00")).click()
    page.locator(".days a.btn-icon").last.click()
    expect(page.locator(f"[data-date='{day_in(6)}']")).to_be_visible()
    expect(page.locator("[data-next]")).to_be_enabled()
    page.locator(".days a.btn-icon").first.click()
    expect(pill(page, at("10:00"))).to_have_attribute("aria-pressed", "true")
    page.locator("[data-next]").click()
    expect(page.locator(".recap-date")).to_contain_text("10:00")
