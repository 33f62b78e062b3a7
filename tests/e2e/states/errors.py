"""Error pages."""

import datetime as dt

from playwright.sync_api import expect

from tests.e2e.states.table import PHONE, STATES, state
from tests.e2e.world import patient


def error_page(status):
    def bring_about(page, enter):
        page.goto(f"/error/{status}/")
        expect(page.locator(".error-page h1")).to_be_visible()

    STATES[f"error_{status}"] = bring_about


@state
def error_no_such_doctor(page, enter):
    page.goto("/doctors/salma-alamy/")
    expect(page.locator("[name=q][value='salma alamy']")).to_be_visible()


@state
def error_stale_token(page, enter):
    enter(patient(birth_date=dt.date(1990, 5, 17), phone=PHONE).account)
    page.goto("/accounts/profile/")
    form = "form[action='/accounts/profile/']"
    page.locator(f"{form} [name=last_name]").fill("El Fassi Benali")
    page.context.clear_cookies(name="csrftoken")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(".error-again blockquote")).to_have_text("El Fassi Benali")


for status in (400, 403, 404, 405, 429, 500, 503, "maintenance"):
    error_page(status)
