"""How a browser walks in the cockpit."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from accounts.models import User
from bookings.models import Appointment
from tests.e2e.world import day_in, sign_in


def event_of(page: Page, visit: Appointment) -> Locator:
    return page.locator(f"[data-event='{visit.pk}']")


def status_button(page: Page, key: int) -> Locator:
    return page.locator(f"#status-{key}")


def status_of(visit: Appointment) -> str:
    visit.refresh_from_db()
    return visit.status


def open_agenda(page: Page, base_url: str, user: User, *, days: int = 3, **query: object) -> None:
    sign_in(page.context, user, base_url)
    more = "".join(f"&{name}={value}" for name, value in query.items())
    page.goto(f"/dashboard/?date={day_in(days)}{more}")
