"""A contrast theme of the system takes away backgrounds: the current choice still stands out."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import event_of, open_agenda
from tests.e2e.world import at, calendar_address, doctors_type, pill, taken_by_somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def contrast_theme(page):
    page.emulate_media(forced_colors="active")
    yield
    page.emulate_media(forced_colors="none")


def background(locator):
    return locator.evaluate("each => getComputedStyle(each).backgroundColor")


def stands_out(chosen, other):
    expect(chosen).to_be_visible()
    return background(chosen) != background(other)


def test_a_chosen_time(page):
    page.goto(calendar_address(doctors_type()))
    pill(page, at("10:00")).click()
    assert stands_out(pill(page, at("10:00")), pill(page, at("10:30")))


def test_a_filter_in_force(page):
    doctors_type(doctor__offers_video=True)
    page.goto("/doctors/?video=1")
    assert stands_out(page.locator("#filter-video"), page.locator("#filter-new"))


def test_the_page_the_view_and_the_visit_of_the_cockpit(page, base_url):
    kind = doctors_type()
    visit, other = (taken_by_somebody(kind, at(clock)) for clock in ("10:00", "11:00"))
    open_agenda(page, base_url, visit.doctor.user, appointment=visit.pk)
    expect(event_of(page, visit)).to_have_attribute("aria-current", "true")
    assert stands_out(event_of(page, visit), event_of(page, other))
    items = page.locator(".nav-items a")
    assert stands_out(items.first, items.last)
    views = page.locator("#toolbar .segmented a")
    assert stands_out(views.first, views.last)
