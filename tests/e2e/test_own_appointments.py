"""A patient's own appointments: see, move, cancel."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    at,
    choose,
    doctors_type,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
    unaware,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appointment(page, base_url):
    """In three days at ten; its patient is signed in."""
    person = patient()
    sign_in(page.context, person.account, base_url)
    return taken_by_somebody(doctors_type(), at("10:00"), person=person)


def test_cancelling(page, appointment):
    page.goto("/bookings/")
    page.locator(f"a[href='/bookings/{appointment.pk}/cancel/']").click()
    page.locator("main form [type=submit]").click()
    expect(page).to_have_url(re.compile("/bookings/$"))
    expect(page.locator("#messages [role=status]")).to_be_visible()
    expect(page.locator("section[aria-labelledby=upcoming] article")).to_have_count(0)
    expect(page.locator("section[aria-labelledby=past] article")).to_have_count(1)
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_changing_ones_mind_about_cancelling(page, appointment):
    page.goto(f"/bookings/{appointment.pk}/cancel/")
    page.locator(f"main form a[href='/bookings/{appointment.pk}/']").click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    appointment.refresh_from_db()
    assert appointment.status == Status.CONFIRMED


def test_moving_keeps_the_row(page, appointment):
    page.goto(f"/bookings/{appointment.pk}/")
    page.locator(f"a[href='/bookings/{appointment.pk}/move/']").click()
    page.locator(".days a.btn-icon").last.click()
    choose(page, at("11:00", days=7))
    expect(page).to_have_url(APPOINTMENT_PAGE)
    expect(page.locator("h1")).to_contain_text("11:00")
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.status) == (at("11:00", days=7), Status.CONFIRMED)


def test_moving_to_a_time_that_somebody_else_took_meanwhile(page, appointment):
    unaware(page)
    page.goto(f"/bookings/{appointment.pk}/move/")
    pill(page, at("11:00")).click()
    taken_by_somebody(appointment.consultation_type, at("11:00"))
    page.locator("[data-next]").click()
    refusal = page.locator("#refusal")
    offered = refusal.locator("button.slot")
    expect(offered).to_have_text(["10:30", "11:30", "12:00"])
    appointment.refresh_from_db()
    assert appointment.starts_at == at("10:00")
    pill(refusal, at("10:30")).click()
    expect(page.locator("h1")).to_contain_text("10:30")
    appointment.refresh_from_db()
    assert appointment.starts_at == at("10:30")


def test_moving_without_scripts(new_context, base_url):
    person = patient()
    appointment = taken_by_somebody(doctors_type(), at("10:00"), person=person)
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto(f"/bookings/{appointment.pk}/move/")
    pill(page, at("09:30")).click()
    expect(page.locator("h1")).to_contain_text("09:30")


def test_after_the_deadline_there_is_a_phone_number_instead(page, base_url):
    person = patient()
    kind = doctors_type(doctor__practice__phone="+33144556677")
    soon = timezone.now() + dt.timedelta(hours=5)
    appointment = AppointmentFactory(consultation_type=kind, patient=person, starts_at=soon)
    sign_in(page.context, person.account, base_url)
    own = f"/bookings/{appointment.pk}/"
    for address in ("/bookings/", own, f"{own}move/", f"{own}cancel/"):
        page.goto(address)
        expect(page.locator("main a[href='tel:+33144556677']").first).to_be_visible()
        expect(
            page.locator("main").locator("a[href$='/move/'], a[href$='/cancel/']")
        ).to_have_count(0)
        # To say that one comes is no change.
        says = "form:not([action$='/come/']), button:not([action$='/come/'] *)"
        expect(page.locator("main").locator(says)).to_have_count(0)


def test_booking_again_from_a_past_visit(page, base_url):
    person, kind = patient(), doctors_type()
    long_ago = at("10:00", days=-30)
    AppointmentFactory(
        consultation_type=kind, patient=person, starts_at=long_ago, status=Status.DONE
    )
    sign_in(page.context, person.account, base_url)
    page.goto("/bookings/")
    page.locator(f"section[aria-labelledby=past] a[href*='type={kind.pk}']").click()
    expect(page.locator("#slot_grid")).to_be_visible()
