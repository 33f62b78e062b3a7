"""What somebody reads does not move while the rest of the page comes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.world import at, calendar_address, doctors_type, go_and_choose, patient, sign_in

# Contexts of their own: nothing is cached.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser_context_args()]

MOST_SHIFT = 0.01
"""Google calls 0.1 good."""

COUNT_SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""

PAINTED = """new Promise((done) => new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) done();
}).observe({ type: "paint", buffered: true }))"""
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def home(page, enter):
    return "/"


def results(page, enter):
    doctors_type()
    return "/doctors/"


def doctor(page, enter):
    return doctors_type(
        doctor__presentation="Bonjour et bienvenue. " * 30
    ).doctor.get_absolute_url()


def grid(page, enter):
    return calendar_address(doctors_type())


def confirm(page, enter):
    enter(patient().account)
    return confirm_visitor(page, enter)


def confirm_visitor(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    return "/bookings/confirm-booking/"


def sign_up(page, enter):
    return "/accounts/register/"


def not_found(page, enter):
    return "/nothing/here/"


PAGES = [home, results, doctor, grid, confirm, confirm_visitor, sign_up, not_found]


@pytest.mark.parametrize("address_of", PAGES, ids=lambda each: each.__name__)
def test_nothing_moves_when_the_font_comes(page, base_url, width, address_of):
    address = address_of(page, lambda user: sign_in(page.context, user, base_url))
    waiting, is_painted = [], False
    page.add_init_script(COUNT_SHIFTS)
    # On a slow line the text stands there first, in a font of the machine.
    page.route(
        "**/*.woff2",
        lambda route: route.continue_() if is_painted else waiting.append(route),
    )
    page.goto(address, wait_until="commit")
    page.evaluate(PAINTED)
    is_painted = True
    [font] = waiting
    font.continue_()
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("document.fonts.check('16px \"Readex Pro Variable\"')")
    assert page.evaluate("window.shift") < MOST_SHIFT


@pytest.mark.parametrize("address_of", [results, doctor, grid], ids=lambda each: each.__name__)
def test_nothing_moves_when_the_scripts_come(page, base_url, width, address_of):
    """What only scripts can use has its place before they run."""
    address = address_of(page, lambda user: sign_in(page.context, user, base_url))
    waiting, is_painted = [], False
    page.add_init_script(COUNT_SHIFTS)
    page.route(
        "**/build/site*.js",
        lambda route: route.continue_() if is_painted else waiting.append(route),
    )
    page.goto(address, wait_until="commit")
    page.evaluate(PAINTED)
    page.evaluate(TWO_FRAMES)
    is_painted = True
    [script] = waiting
    script.continue_()
    page.wait_for_load_state("load")
    expect(page.locator("html.js")).to_be_attached()
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("window.shift") < MOST_SHIFT
