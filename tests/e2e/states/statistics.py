"""Statistics."""

from playwright.sync_api import expect

from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from tests.e2e.states.table import state
from tests.e2e.world import at, doctors_type


@state
def statistics(page, enter):
    kind = doctors_type()
    AppointmentFactory(consultation_type=kind, status=Status.DONE, starts_at=at("10:00", days=-14))
    enter(kind.doctor.user)
    page.goto("/dashboard/statistics/")
    for summary in page.locator(".chart summary").all():
        summary.click()
    expect(page.locator(".chart details table")).to_have_count(3)


@state
def statistics_empty(page, enter):
    enter(doctors_type().doctor.user)
    page.goto("/dashboard/statistics/")
    expect(page.locator(".figures .empty")).to_be_visible()
