"""Confirming a booking."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect

from accounts.tests.factories import (
    RelativeFactory,
)
from bookings.models import Hold
from scheduling.services import add_absence
from tests.e2e.states.table import state
from tests.e2e.world import (
    at,
    confirm_button,
    doctors_type,
    go_and_choose,
    patient,
    taken_by_somebody,
)


def confirm(page, enter, **options):
    """The confirm page of somebody with a relative; the type it is about."""
    person = patient()
    RelativeFactory(account=person.account)
    enter(person.account)
    kind = doctors_type(**options)
    go_and_choose(page, kind, at("10:00"))
    return kind


@state
def confirm_visitor(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    expect(page.locator("#sign_in_form")).to_be_visible()


@state
def confirm_visitor_signing_up_with_errors(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    page.locator("details:has(#sign_up_form) > summary").click()
    page.locator("#sign_up_form").evaluate("form => form.noValidate = true")
    page.locator("#sign_up_form [type=submit]").click()
    expect(page.locator("#sign_up_form .error-summary")).to_be_visible()


@state
def confirm_visitor_with_a_wrong_password(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    page.locator("#sign_in_form [name=login]").fill("nobody")
    page.locator("#sign_in_form [name=password]").fill("wrong")
    page.locator("#sign_in_form [type=submit]").click()
    expect(page.locator("#sign_in_form .error-summary")).to_be_visible()


@state
def confirm_visitor_time_taken(page, enter):
    kind = doctors_type()
    go_and_choose(page, kind, at("10:00"))
    Hold.objects.all().delete()
    taken_by_somebody(kind, at("10:00"))
    page.reload()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def confirm_kept_time_lost_to_an_absence(page, enter):
    kind = confirm(page, enter)
    day = {"starts_at": at("00:00"), "ends_at": at("00:00", days=4)}
    add_absence(kind.doctor, **day)
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def confirm_signed_in(page, enter):
    confirm(page, enter, instructions="Venir à jeun.\nApporter l'ordonnance.")
    expect(confirm_button(page)).to_be_visible()


@state
def confirm_a_new_person_with_errors(page, enter):
    confirm(page, enter)
    page.locator("label.person-add").click()
    confirm_button(page).click()
    expect(page.locator("#booking [aria-invalid=true]").first).to_be_visible()


@state
def confirm_text_too_long(page, enter):
    confirm(page, enter)
    page.locator("[name=reason]").evaluate("area => area.value = 'a'.repeat(1001)")
    confirm_button(page).click()
    expect(page.locator("#reason-error")).to_be_visible()


@state
def confirm_refused_by_a_rule(page, enter):
    kind = confirm(page, enter)
    type(kind).objects.update(require_existing_patient=True)
    confirm_button(page).click()
    expect(page.locator("#refusal")).to_be_visible()


@state
def confirm_time_taken(page, enter):
    kind = confirm(page, enter)
    Hold.objects.all().delete()
    taken_by_somebody(kind, at("10:00"))
    confirm_button(page).click()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def confirm_hold_over(page, enter):
    confirm(page, enter)
    Hold.objects.all().delete()
    page.reload()
    expect(page.locator("#hold .notice")).to_be_visible()


@state
def confirm_hold_cannot_be_extended(page, enter):
    confirm(page, enter)
    Hold.objects.update(extensions=2)
    page.locator("#hold button").click()
    expect(page.locator("#hold [role=alert]")).to_be_visible()


@state
def confirm_hold_about_to_end(page, enter):
    confirm(page, enter)
    Hold.objects.update(expires_at=timezone.now() + dt.timedelta(seconds=50))
    page.reload()
    expect(page.locator(".hold.is-ending")).to_be_visible()


@state
def confirm_line_lost(page, enter):
    confirm(page, enter)
    page.evaluate("htmx.trigger(document.getElementById('booking'), 'htmx:sendError')")
    page.evaluate(
        "document.getElementById('dock').append("
        "document.getElementById('connection-lost').content.cloneNode(true))"
    )
    expect(page.locator("#dock .notice")).to_be_visible()
