"""The waiting list: joined where nothing is free or from a visit; a time opens; it is taken."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from bookings import services
from bookings.models import Appointment, WaitingListEntry
from bookings.tests.factories import MessageSettingsFactory
from tests.e2e.world import (
    APPOINTMENT_PAGE,
    at,
    calendar_address,
    doctors_type,
    patient,
    sign_in,
    taken_by_somebody,
)

pytestmark = pytest.mark.django_db(transaction=True)

LINK = re.compile(r"http://[^/\s]+(/\S+)")


@pytest.fixture(autouse=True)
def site(settings, base_url):
    settings.SITE_URL = base_url


def full_days(*, until=6):
    """One start a day, at 16:00, taken from today on until that many days from now."""
    kind = doctors_type(
        opens_at=16 * 60, duration=60, doctor__practice__cancellation_deadline_hours=1
    )
    # The tests run at night too.
    midnight = dt.time(0)
    MessageSettingsFactory(practice=kind.doctor.practice, quiet_from=midnight, quiet_until=midnight)
    visits = [taken_by_somebody(kind, at("16:00", days=n)) for n in range(1, until)]
    return kind, visits


def frees(visit):
    """Another patient cancels; then what the worker does. The mail's first link: the offer."""
    services.cancel(visit, by=visit.booked_by)
    mail.outbox.clear()
    call_command("offer_freed_times")
    call_command("send_outbox")
    (told,) = [each for each in mail.outbox if "heure s’est libérée" in each.subject]
    return LINK.search(told.body)[1]


def test_from_an_empty_grid_to_a_time_that_opened(page):
    kind, visits = full_days()
    person = patient()
    page.goto(calendar_address(kind))
    page.locator("#slot_grid a[href*='waiting-list']").click()
    page.locator("[name=login]").fill(person.account.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("#sign_in_form [type=submit]").click()
    expect(page.locator(".wish-before")).to_contain_text("16:00")
    page.locator("main form [type=submit]").click()
    expect(page.locator("[id^=waiting-]").first).to_be_visible()

    page.goto(frees(visits[2]))
    page.locator("button[value=take]").click()
    expect(page.locator("#offer a[href^='/bookings/']")).to_be_visible()
    booked = Appointment.objects.get(patient=person)
    assert (booked.starts_at, WaitingListEntry.objects.get().end) == (at("16:00"), "booked")


def test_from_the_confirmed_page_to_an_earlier_time(page, base_url):
    kind, visits = full_days()
    person = patient()
    own = taken_by_somebody(kind, at("16:00", days=6), person=person)
    sign_in(page.context, person.account, base_url)
    page.goto(f"/bookings/{own.pk}/")
    switch = page.get_by_role("switch")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")

    page.goto(frees(visits[2]))
    expect(page.locator(".swap-old .slot")).to_have_text("16:00")
    page.locator("button[value=take]").click()
    page.locator("#offer a[href^='/bookings/']").click()
    expect(page).to_have_url(APPOINTMENT_PAGE)
    own.refresh_from_db()
    assert (own.starts_at, WaitingListEntry.objects.get().end) == (at("16:00"), "booked")


def test_signed_out_from_the_mail_no_and_yes_after_all(page):
    kind, visits = full_days()
    person = patient()
    wish = {"consultation_type": kind, "seen_from": at("16:00").date()}
    services.join_waiting_list(patient=person, doctor=kind.doctor, **wish)
    page.goto(frees(visits[2]))
    page.locator("button[value=no]").click()
    page.locator("button[value=take]").click()
    expect(page.locator("#offer a[href*='/r/']")).to_be_visible()
    assert Appointment.objects.get(patient=person).starts_at == at("16:00")


def test_leaving_among_the_own_appointments(page, base_url):
    kind, _visits = full_days()
    person = patient()
    services.join_waiting_list(patient=person, doctor=kind.doctor, consultation_type=kind)
    sign_in(page.context, person.account, base_url)
    page.goto("/bookings/")
    page.locator("form[action*='waiting-list'] [type=submit]").click()
    expect(page.locator("#messages [role=status]")).to_be_visible()
    expect(page.locator("[id^=waiting-]")).to_have_count(0)
    assert WaitingListEntry.objects.get().end == "left"


def test_without_scripts(new_context, base_url):
    kind, visits = full_days()
    person = patient()
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, person.account, base_url)
    page.goto(calendar_address(kind))
    page.locator("#slot_grid a[href*='waiting-list']").click()
    page.locator("main form [type=submit]").click()
    expect(page.locator("[id^=waiting-]").first).to_be_visible()
    page.goto(frees(visits[2]))
    page.locator("button[value=no]").click()
    expect(page.locator("button[value=take]")).to_be_visible()
    own = taken_by_somebody(kind, at("16:00", days=8), person=person)
    page.goto(f"/bookings/{own.pk}/")
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
