"""The list of doctors: filters, arrows on a card, later cards, from a card to a booked visit."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import Appointment
from doctors.tests.factories import DoctorFactory
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    CONFIRM_PAGE,
    at,
    confirm_button,
    day_in,
    doctors_type,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
    unaware,
)

pytestmark = pytest.mark.django_db(transaction=True)


def card_of(page, doctor):
    return page.locator(f"#doctor-{doctor.pk}")


def names(page):
    return page.locator(".doctor-card h2").all_inner_texts()


def test_from_a_card_to_the_booked_visit_in_three_screens(page, base_url):
    kind, person = doctors_type(), patient()
    sign_in(page.context, person.account, base_url)
    page.goto("/doctors/")
    pill(card_of(page, kind.doctor), at("10:00", days=1)).click()
    expect(page).to_have_url(CONFIRM_PAGE)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.patient) == (at("10:00", days=1), person)


def test_a_double_click_on_a_card_is_one_choice(page):
    kind = doctors_type()
    page.goto("/doctors/")
    pill(card_of(page, kind.doctor), at("10:00", days=1)).dblclick()
    expect(page).to_have_url(CONFIRM_PAGE)


def test_a_time_taken_meanwhile_is_explained_beside_three_others(page):
    unaware(page)
    kind = doctors_type()
    page.goto("/doctors/")
    taken_by_somebody(kind, at("10:00", days=1))
    wanted = pill(card_of(page, kind.doctor), at("10:00", days=1))
    with page.expect_response(re.compile("/bookings/hold/")) as answer:
        wanted.click()
    assert answer.value.status == 409
    expect(page.locator("#booking_panel .nearest .slot")).to_have_count(3)


def test_filters_change_the_list_and_its_address(page):
    plain = doctors_type()
    remote = doctors_type(doctor__offers_video=True, doctor__languages=["ar"])
    page.goto("/doctors/")
    page.locator("a.chip[href*='video=1']").click()
    expect(page).to_have_url(re.compile(r"/doctors/\?video=1$"))
    expect(page.locator(".doctor-card")).to_have_count(1)
    expect(card_of(page, remote.doctor)).to_be_visible()
    page.locator("summary.chip").click()
    page.locator(".filters .menu-list a[href*='language=fr']").click()
    expect(page.locator("#results .empty")).to_be_visible()
    page.locator("#results .empty a").click()
    expect(card_of(page, plain.doctor)).to_be_visible()
    page.go_back()
    expect(page.locator("#results .empty")).to_be_visible()
    page.go_back()
    expect(page.locator(".doctor-card")).to_have_count(1)


def test_the_arrows_of_a_card_move_its_window_alone(page):
    kind, other = doctors_type(), doctors_type()
    page.goto("/doctors/")
    card = card_of(page, kind.doctor)
    card.locator("a.btn-icon").click()
    expect(card.locator(f"[data-date='{day_in(5)}']")).to_be_visible()
    expect(card_of(page, other.doctor).locator(f"[data-date='{day_in(1)}']")).to_be_visible()
    assert page.url.endswith("/doctors/")
    card.locator("a.btn-icon").first.click()
    expect(card.locator(f"[data-date='{day_in(1)}']")).to_be_visible()


def test_more_times_of_a_card(page):
    kind = doctors_type()
    page.goto("/doctors/")
    card = card_of(page, kind.doctor)
    tomorrow = card.locator(f"[data-date='{day_in(1)}'] .slot")
    expect(tomorrow).to_have_count(5)
    card.locator("a[href*='all=1']").click()
    expect(tomorrow).to_have_count(16)


def test_later_cards_get_their_times_when_scrolled_to(page):
    for _each in range(9):
        doctors_type()
    page.goto("/doctors/")
    places = page.locator(".slot-grid-later")
    expect(places).to_have_count(3)
    with page.expect_response(re.compile("/search/grids/")) as answer:
        page.locator(".doctor-card").nth(5).scroll_into_view_if_needed()
    assert answer.value.status == 200
    expect(places).to_have_count(0)
    expect(page.locator(".doctor-card").nth(8).locator(".slot").first).to_be_attached()


def test_a_jump_to_the_end_brings_every_card_on_the_way(page):
    for _each in range(20):
        doctors_type()
    page.goto("/doctors/")
    with page.expect_request_finished(lambda request: "/search/grids/" in request.url):
        page.locator(".doctor-card").nth(10).scroll_into_view_if_needed()
        page.locator(".doctor-card").last.scroll_into_view_if_needed()
    expect(page.locator(".slot-grid-later")).to_have_count(0)


def test_later_cards_do_not_stop_a_filter_asked_before_them(page):
    for _each in range(9):
        doctors_type()
    remote = doctors_type(doctor__offers_video=True)
    page.goto("/doctors/")
    held = []
    page.route("**/doctors/?video=1", lambda route: held.append(route))
    page.locator("#filter-video").click()
    with page.expect_response(re.compile("/search/grids/")):
        page.locator(".doctor-card").nth(8).scroll_into_view_if_needed()
    held[0].continue_()
    expect(page.locator(".doctor-card")).to_have_count(1)
    expect(card_of(page, remote.doctor)).to_be_visible()


def test_the_focus_stays_on_the_filter_and_the_arrow_that_was_used(page):
    kind = doctors_type(doctor__offers_video=True)
    page.goto("/doctors/")
    page.locator("#filter-video").press("Enter")
    expect(page).to_have_url(re.compile(r"video=1$"))
    expect(page.locator("#filter-video")).to_be_focused()
    later = card_of(page, kind.doctor).get_by_role("link", name="Jours suivants")
    later.press("Enter")
    expect(card_of(page, kind.doctor).locator(f"[data-date='{day_in(5)}']")).to_be_visible()
    expect(later).to_be_focused()


def test_without_scripts(new_context, base_url):
    person = patient()
    for _each in range(7):
        kind = doctors_type(doctor__offers_video=True)
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto("/doctors/")
    page.locator("a.chip[href*='video=1']").click()
    expect(page.locator(".doctor-card")).to_have_count(7)
    last = page.locator(".doctor-card").last
    expect(last.locator(".skeleton").first).to_be_hidden()
    last.locator(".slot-grid-later a").click()
    expect(page.locator("#slot_grid .slot").first).to_be_visible()
    page.go_back()
    page.locator(".doctor-card").first.locator("a.btn-icon").click()
    expect(page.locator(f"#slot_grid [data-date='{day_in(5)}']")).to_be_visible()
    page.go_back()
    pill(page, at("10:00", days=1)).first.click()
    expect(page).to_have_url(CONFIRM_PAGE)
    confirm_button(page).click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    assert Appointment.objects.get().doctor.offers_video == kind.doctor.offers_video


def test_who_takes_no_bookings_online_shows_the_number(page):
    doctor = DoctorFactory(books_online=False, practice__phone="+33142715500")
    page.goto("/doctors/")
    expect(card_of(page, doctor).locator("a[href='tel:+33142715500']")).to_be_visible()
    expect(card_of(page, doctor).locator(".slot")).to_have_count(0)
