"""Where the keyboard is after a part of the page was swapped: where it was, or at what is new."""

import pytest
from playwright.sync_api import expect

from bookings.models import Hold
from tests.e2e.desk import open_agenda
from tests.e2e.world import (
    at,
    calendar_address,
    day_in,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
)

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, control):
    control.focus()
    page.keyboard.press("Enter")


def test_after_the_next_appointment_it_is_at_the_days(page):
    kind = doctors_type(notice_minutes=5 * 24 * 60)
    page.goto(calendar_address(kind, days=1))
    press(page, page.locator("#slot_grid .next-free"))
    expect(page.locator("#slot_grid .next-free")).to_have_count(0)
    expect(page.locator("#slot_grid .days")).to_be_focused()


def test_after_more_times_it_is_at_the_days(page):
    kind = doctors_type(duration=15)
    page.goto(calendar_address(kind))
    more = page.locator("#slot_grid .days-more a", has_text="Voir plus")
    press(page, more)
    expect(more).to_have_count(0)
    expect(page.locator("#slot_grid .days")).to_be_focused()


def test_after_the_hold_is_extended_it_is_at_the_hold(page, base_url):
    kind, person = doctors_type(), patient()
    sign_in(page.context, person.account, base_url)
    go_and_choose(page, kind, at("10:00"))
    Hold.objects.update(expires_at=at("00:00", days=0))
    page.reload()
    go_and_choose(page, kind, at("10:30"))
    before = Hold.objects.get().expires_at
    press(page, page.locator("#hold [formaction='/bookings/hold/extend/']"))
    expect(page.locator(f".hold[data-expires-at='{before.isoformat()}']")).to_have_count(0)
    expect(page.locator("#hold :focus")).to_have_count(1)


def test_the_switch_of_the_waiting_list_keeps_it(page, base_url):
    visit = taken_by_somebody(doctors_type(), at("10:00"), person=patient())
    sign_in(page.context, visit.patient.account, base_url)
    page.goto(f"/bookings/{visit.pk}/")
    switch = page.get_by_role("switch")
    press(page, switch)
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_be_focused()


def test_a_language_chosen_in_the_filters_leaves_it_at_the_filter(page):
    doctors_type(doctor__languages=["ar", "fr"])
    page.goto("/doctors/")
    menu = page.locator("#filter-language")
    press(page, menu)
    press(page, page.locator(".filters .menu-list a[href*='language=ar']"))
    expect(menu).to_have_text("Arabe")
    expect(menu).to_be_focused()


def test_filters_that_are_cleared_lead_to_the_results(page):
    doctors_type(doctor__offers_video=True)
    page.goto("/doctors/?video=1")
    press(page, page.get_by_role("link", name="Effacer les filtres"))
    expect(page.locator("#results h1")).to_be_focused()


def test_an_arrow_of_the_grid_keeps_it(page):
    kind = doctors_type()
    page.goto(calendar_address(kind))
    press(page, page.locator("#slot_grid-later"))
    expect(pill(page, at("10:00", days=6))).to_be_visible()
    expect(page.locator("#slot_grid-later")).to_be_focused()


class TestNewVisit:
    @pytest.fixture
    def dialog(self, page, base_url):
        kind = doctors_type(name="Suivi")
        doctors_type(doctor=kind.doctor, name="Bilan")
        taken_by_somebody(kind, at("10:00"), person=patient(last_name="Tazi"))
        open_agenda(page, base_url, kind.doctor.user)
        page.locator("#toolbar a[data-dialog]").click()
        expect(page.locator("#dialog #id_q")).to_be_focused()
        return page.locator("#dialog")

    def test_another_day_or_type_leaves_it_in_the_field(self, page, dialog):
        for field, value in (("#id_date", str(day_in(4))), ("#id_consultation_type", None)):
            control = dialog.locator(field)
            control.focus()
            control.fill(value) if value else control.select_option(label="Bilan · 30 min")
            page.wait_for_load_state("networkidle")
            expect(control).to_be_focused()
