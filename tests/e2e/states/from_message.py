"""The pages behind a message's link, and the calendar feeds."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.messages.links import visit_token
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from tests.e2e.states.table import PHONE, state
from tests.e2e.world import at, doctors_type, patient


def visit(**options):
    """A visit in three days, of a person without an account."""
    return AppointmentFactory(
        consultation_type=doctors_type(
            doctor__practice__phone=PHONE, doctor__practice__access="Métro Bourse\nAscenseur"
        ),
        **{
            "starts_at": at("10:00"),
            "patient__account": None,
            "booked_by": None,
            **options,
        },
    )


def opened(page, appointment, act=""):
    page.goto(f"/r/{visit_token(appointment)}/{act}")
    expect(page.locator("h1")).to_be_visible()


@state
def link_of_a_visit(page, enter):
    opened(page, visit())


@state
def link_when_coming(page, enter):
    opened(page, visit(coming_at=timezone.now()))


@state
def link_of_a_request(page, enter):
    opened(page, visit(status=Status.PENDING))


@state
def link_after_the_deadline(page, enter):
    opened(page, visit(starts_at=timezone.now() + dt.timedelta(hours=5)))


@state
def link_asked_to_move(page, enter):
    appointment = visit()
    services.ask_to_move(appointment, by=appointment.doctor.user)
    appointment.refresh_from_db()
    opened(page, appointment)


@state
def link_to_move(page, enter):
    opened(page, visit(), "move/")


@state
def link_to_cancel(page, enter):
    opened(page, visit(), "cancel/")


@state
def link_of_a_cancelled_visit(page, enter):
    opened(page, visit(status=Status.CANCELLED))


@state
def link_over(page, enter):
    appointment = visit()
    token = visit_token(appointment)
    services.move(appointment, by=appointment.doctor.user, starts_at=at("15:00"))
    page.goto(f"/r/{token}/")
    expect(page.locator("h1")).to_be_visible()


@state
def own_calendar_made(page, enter):
    enter(patient().account)
    page.goto("/bookings/calendars/")
    page.locator("main button[value=make]").click()
    expect(page.locator("main input[readonly]")).to_be_visible()


@state
def calendars_of_a_practice(page, enter):
    doctor = doctors_type().doctor
    enter(doctor.user)
    page.goto("/dashboard/configuration/calendars/")
    page.locator("main button[value=make]").first.click()
    expect(page.locator("input[readonly]")).to_be_visible()
