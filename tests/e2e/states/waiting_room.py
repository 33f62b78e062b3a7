"""The waiting room, its screen and its tickets."""

import datetime as dt

from playwright.sync_api import expect

from accounts.tests.factories import (
    PatientFactory,
)
from bookings import services
from bookings.models import WaitingScreen
from bookings.status import Verb
from bookings.waiting_room.services import make_screen
from bookings.waiting_room.ticket import ticket_of
from tests.e2e.states.table import state
from tests.e2e.world import doctors_type


def walk_in(doctor, first_name="Nora"):
    person = PatientFactory(account=None, first_name=first_name, birth_date=dt.date(1980, 5, 6))
    return services.add_walk_in(by=doctor.user, doctor=doctor, patient=person)


def waiting_room(page, enter):
    """Three wait, one is inside."""
    doctor = doctors_type(name="Suivi").doctor
    for name in ("Anna", "Bilal", "Chloé"):
        walk_in(doctor, name)
    services.change_status(walk_in(doctor, "Driss"), Verb.START, by=doctor.user)
    make_screen(by=doctor.user, doctor=doctor)
    enter(doctor.user)
    page.goto("/dashboard/queue/")
    expect(page.locator("[data-visit]")).to_have_count(3)
    return doctor


@state
def queue_with_a_menu_open(page, enter):
    waiting_room(page, enter)
    page.locator("#queue aside summary").click()
    page.locator("[data-visit] summary").last.click()
    expect(page.locator("[data-visit] .menu-list:visible")).to_have_count(1)


@state
def queue_while_typing(page, enter):
    waiting_room(page, enter)
    page.locator("#walkin_q").press_sequentially("Karim Tazi")
    expect(page.locator("#queue_found [name=new]")).to_be_visible()


@state
def queue_with_an_error(page, enter):
    waiting_room(page, enter)
    page.locator("#walkin_q").fill("Karim")
    page.locator("#walkin_q").press("Enter")
    expect(page.locator("#walkin_q[aria-invalid]")).to_be_visible()


@state
def queue_added(page, enter):
    waiting_room(page, enter)
    page.locator("#walkin_q").fill("Karim Tazi")
    page.locator("#walkin_q").press("Enter")
    expect(page.locator("#queue .notice")).to_be_visible()


@state
def queue_empty(page, enter):
    enter(doctors_type().doctor.user)
    page.goto("/dashboard/queue/")
    expect(page.locator("#queue .empty")).to_be_visible()


@state
def queue_ticket(page, enter):
    doctor = doctors_type().doctor
    enter(doctor.user)
    page.goto(f"/dashboard/queue/{walk_in(doctor).pk}/ticket/")
    expect(page.locator(".record-code")).to_be_visible()


@state
def wall_screen(page, enter):
    doctor = waiting_room(page, enter)
    page.goto(f"/screen/{WaitingScreen.objects.get(doctor=doctor).token}/")
    expect(page.locator(".wall-next li")).to_have_count(3)


@state
def waiting_ticket(page, enter):
    page.goto(f"/waiting/{ticket_of(walk_in(doctors_type().doctor))}/")
    expect(page.locator("#ticket h1")).to_be_visible()
