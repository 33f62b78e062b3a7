"""What stays in sight never covers what is to be chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.world import at, calendar_address, doctors_type, pill

pytestmark = pytest.mark.django_db(transaction=True)

PHONE, ZOOMED = {"width": 375, "height": 667}, {"width": 320, "height": 256}

COVERED = """() => [...document.querySelectorAll("button.slot")].filter((pill) => {
  pill.scrollIntoView({ block: "nearest", behavior: "instant" });
  const { left, top, width, height } = pill.getBoundingClientRect();
  return !pill.contains(document.elementFromPoint(left + width / 2, top + height - 2));
}).map((pill) => pill.value)"""


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "zoomed"])
def test_the_foot_covers_no_time(page, size):
    kind = doctors_type()
    page.set_viewport_size(size)
    page.goto(f"{calendar_address(kind)}&all=1")
    assert page.evaluate(COVERED) == []
    pill(page, at("10:00")).click()
    expect(page.locator("[data-next]")).to_be_enabled()
    assert page.evaluate(COVERED) == []


def test_the_foot_stays_in_sight_on_a_phone_once_a_time_is_chosen(page):
    kind = doctors_type()
    page.set_viewport_size(PHONE)
    page.goto(calendar_address(kind))
    foot = page.locator(".panel-foot")
    expect(foot).to_have_css("position", "static")
    pill(page, at("10:00")).click()
    expect(foot).to_have_css("position", "sticky")
    page.set_viewport_size(ZOOMED)
    expect(foot).to_have_css("position", "static")
    expect(page.locator(".site-header")).to_have_css("position", "static")


@pytest.mark.parametrize("address", ["/doctors/?q={0}&where={0}", "/?q={0}"])
def test_a_very_long_text_stays_on_the_page(page, width, address):
    page.goto(address.format("a" * 500))
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_taken_time_of_the_first_page_can_be_read(page):
    page.goto("/")
    taken = page.locator(".promise-picture .is-gone")
    expect(taken).to_have_css("animation-name", "none")
    expect(taken).to_have_css("opacity", "1")
