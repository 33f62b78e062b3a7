"""A patient's own visits."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect

from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, WaitingListEntryFactory
from tests.e2e.states.table import PHONE, state
from tests.e2e.world import at, day_in, doctors_type, patient, pill, taken_by_somebody, unaware


def visit(page, enter, **options):
    """A visit in three days, whose patient is signed in."""
    appointment = AppointmentFactory(
        consultation_type=doctors_type(doctor__practice__phone=PHONE, price=30),
        patient=patient(),
        **{"starts_at": at("10:00"), "reason": "Toux", **options},
    )
    enter(appointment.patient.account)
    return appointment


@state
def appointment_confirmed(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/")
    expect(page.locator(".ticket-actions a")).to_have_count(3)


@state
def appointment_requested(page, enter):
    page.goto(f"/bookings/{visit(page, enter, status=Status.PENDING).pk}/")
    expect(page.locator(".said")).to_be_visible()


@state
def appointment_cancelled(page, enter):
    page.goto(f"/bookings/{visit(page, enter, status=Status.CANCELLED).pk}/")
    expect(page.locator(".ticket-actions")).to_have_count(0)


@state
def appointment_after_the_deadline(page, enter):
    soon = timezone.now() + dt.timedelta(hours=5)
    page.goto(f"/bookings/{visit(page, enter, starts_at=soon).pk}/")
    expect(page.locator(".ticket-actions a[href^=tel]")).to_be_visible()


@state
def appointment_waiting_for_an_earlier_one(page, enter):
    appointment = visit(page, enter)
    WaitingListEntryFactory(appointment=appointment)
    page.goto(f"/bookings/{appointment.pk}/")
    expect(page.get_by_role("switch", checked=True)).to_be_visible()


@state
def appointments_and_the_waiting_list(page, enter):
    appointment = visit(page, enter)
    WaitingListEntryFactory(appointment=appointment, not_before=day_in(2))
    page.goto("/bookings/")
    expect(page.locator("section[aria-labelledby=waiting] article")).to_be_visible()


@state
def appointments_none(page, enter):
    enter(patient().account)
    page.goto("/bookings/")
    expect(page.locator(".empty")).to_be_visible()


@state
def appointments(page, enter):
    first = visit(page, enter)
    shared = {"consultation_type": first.consultation_type, "patient": first.patient}
    soon = timezone.now() + dt.timedelta(hours=5)
    AppointmentFactory(**shared, starts_at=soon)
    AppointmentFactory(**shared, starts_at=at("12:00"), status=Status.PENDING)
    AppointmentFactory(**shared, starts_at=at("12:00"), status=Status.CANCELLED)
    for days, status in enumerate([Status.DONE, Status.NO_SHOW], start=10):
        AppointmentFactory(**shared, starts_at=at("12:00", days=-days), status=status)
    page.goto("/bookings/")
    expect(page.locator("article.appointment")).to_have_count(6)


@state
def cancelling(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/cancel/")
    expect(page.locator(".btn-danger-solid")).to_be_visible()


@state
def cancelling_too_late(page, enter):
    appointment = visit(page, enter)
    page.goto(f"/bookings/{appointment.pk}/cancel/")
    AppointmentFactory._meta.model.objects.update(status=Status.DONE)
    page.locator("main form [type=submit]").click()
    expect(page.locator("#refusal")).to_be_visible()


@state
def cancelling_after_the_deadline(page, enter):
    soon = timezone.now() + dt.timedelta(hours=5)
    page.goto(f"/bookings/{visit(page, enter, starts_at=soon).pk}/cancel/")
    expect(page.locator("main .notice a[href^=tel]")).to_be_visible()


@state
def moving_after_the_deadline(page, enter):
    soon = timezone.now() + dt.timedelta(hours=5)
    page.goto(f"/bookings/{visit(page, enter, starts_at=soon).pk}/move/")
    expect(page.locator("main .notice a[href^=tel]")).to_be_visible()


@state
def moving(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/move/")
    expect(page.locator("#slot_grid")).to_be_visible()


@state
def moving_time_taken(page, enter):
    unaware(page)
    appointment = visit(page, enter)
    page.goto(f"/bookings/{appointment.pk}/move/")
    pill(page, at("11:00")).click()
    taken_by_somebody(appointment.consultation_type, at("11:00"))
    page.locator("[data-next]").click()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def appointments_after_a_message(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/cancel/")
    page.locator("main form [type=submit]").click()
    expect(page.locator("#messages [role=status]")).to_be_visible()
