"""Free times that change under the reader's eyes: two browsers, one agenda."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.models import Hold
from scheduling.services import add_absence, retire_type
from tests.e2e.world import (
    CONFIRM_PAGE,
    at,
    calendar_address,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
)

pytestmark = pytest.mark.django_db(transaction=True)

POLL = "**/live/calendars/**"
LINE = ".days-live"
SPOKEN = "#live"
NEXT = "[data-next]"
LATER = ".days a.btn-icon:last-child"


@pytest.fixture
def kind():
    return doctors_type()


@pytest.fixture
def grid(page, kind):
    """The doctor's page with the grid of three days from now."""
    page.goto(calendar_address(kind))
    expect(pill(page, at("10:00"))).to_be_visible()
    return page


@pytest.fixture
def polls(page):
    """The addresses of the polls so far."""
    asked = []
    page.on("request", lambda request: "/live/" in request.url and asked.append(request.url))
    return asked


def next_poll(page):
    return page.expect_response(POLL, timeout=6000)


# What others do -------------------------------------------------------------------------------


def test_a_time_somebody_books_leaves_the_other_screen_with_a_word(grid, new_context, kind):
    other = new_context().new_page()
    go_and_choose(other, kind, at("10:00"))
    expect(pill(grid, at("10:00"))).to_have_count(0)
    expect(grid.locator(LINE)).to_contain_text("à 10:00 vient d’être pris.")
    expect(grid.locator(SPOKEN)).to_contain_text("à 10:00 vient d’être pris.")
    expect(pill(grid, at("09:30"))).to_be_visible()


def test_a_time_that_is_cancelled_comes_back_with_a_word(page, kind):
    visit = taken_by_somebody(kind, at("10:00"))
    page.goto(calendar_address(kind))
    expect(pill(page, at("09:30"))).to_be_visible()
    services.cancel(visit, by=kind.doctor.user)
    expect(pill(page, at("10:00"))).to_be_visible()
    expect(page.locator(LINE)).to_contain_text("à 10:00 vient de se libérer.")


def test_a_hold_that_runs_out_frees_its_time_though_nobody_writes(page, kind):
    soon = timezone.now() + dt.timedelta(seconds=3)
    services.hold(
        token="theirs",
        doctor=kind.doctor,
        consultation_type=kind,
        starts_at=at("10:00"),
        address="192.0.2.1",
    )
    Hold.objects.update(expires_at=soon)
    page.goto(calendar_address(kind))
    expect(pill(page, at("10:00"))).to_have_count(0)
    expect(pill(page, at("10:00"))).to_be_visible(timeout=8000)


def test_several_at_once_are_one_word(grid, kind):
    add_absence(kind.doctor, starts_at=at("09:00"), ends_at=at("10:30"))
    expect(grid.locator(LINE)).to_contain_text("plusieurs heures viennent d’être prises.")
    expect(pill(grid, at("10:30"))).to_be_visible()


def test_a_time_that_others_cannot_see_is_no_news(grid, polls, kind):
    before = grid.locator(LINE).inner_text()
    with next_poll(grid) as poll:
        taken_by_somebody(kind, at("10:00", days=30))
    assert poll.value.status == 200
    with next_poll(grid) as poll:
        pass
    assert poll.value.status == 204
    assert grid.locator(LINE).inner_text() == before
    expect(grid.locator(SPOKEN)).to_be_empty()


# What the reader was doing --------------------------------------------------------------------


def test_a_chosen_time_stays_chosen_when_another_goes(grid, kind):
    pill(grid, at("10:30")).click()
    taken_by_somebody(kind, at("10:00"))
    expect(pill(grid, at("10:00"))).to_have_count(0)
    expect(pill(grid, at("10:30"))).to_have_attribute("aria-pressed", "true")
    expect(grid.locator("[data-choice]")).to_contain_text("10:30")
    grid.locator(NEXT).click()
    expect(grid).to_have_url(CONFIRM_PAGE)


def test_a_chosen_time_stays_chosen_when_others_push_it_out_of_sight(page, kind):
    visit = taken_by_somebody(kind, at("09:00"))
    page.goto(calendar_address(kind))
    pill(page, at("11:30")).click()
    services.cancel(visit, by=kind.doctor.user)
    expect(pill(page, at("09:00"))).to_be_visible()
    expect(pill(page, at("11:30"))).to_have_count(0)
    page.locator(NEXT).click()
    expect(page.locator(".recap-date")).to_contain_text("11:30")


def test_a_chosen_time_that_goes_is_explained_and_next_sleeps(grid, kind):
    pill(grid, at("10:00")).click()
    expect(grid.locator(NEXT)).to_be_enabled()
    taken_by_somebody(kind, at("10:00"))
    expect(grid.locator(NEXT)).to_be_disabled()
    expect(grid.locator(LINE)).to_contain_text("L’heure que vous aviez choisie")
    expect(grid.locator(SPOKEN)).to_contain_text("L’heure que vous aviez choisie")
    expect(grid.locator("[data-choice]")).not_to_contain_text("10:00")


def test_the_focus_goes_to_the_neighbour_of_a_time_that_goes(grid, kind):
    pill(grid, at("10:00")).focus()
    taken_by_somebody(kind, at("10:00"))
    expect(pill(grid, at("10:30"))).to_be_focused()


def test_the_focus_stays_where_it_is_when_others_go(grid, kind):
    link = grid.locator(".days-more a[href*='all=1']")
    link.focus()
    taken_by_somebody(kind, at("10:00"))
    expect(pill(grid, at("10:00"))).to_have_count(0)
    expect(link).to_be_focused()


def test_the_times_stay_where_they_are_on_the_screen(grid, kind):
    grid.set_viewport_size({"width": 375, "height": 600})
    near = pill(grid, at("10:30"))
    pill(grid, at("11:00")).scroll_into_view_if_needed()
    before = near.bounding_box()
    assert grid.evaluate("scrollY") > 0
    taken_by_somebody(kind, at("10:00"))
    expect(pill(grid, at("10:00"))).to_have_count(0)
    assert near.bounding_box() == before


def test_all_times_of_other_days_stay_open(grid, kind):
    grid.locator(LATER).click()
    expect(pill(grid, at("10:00", days=6))).to_be_visible()
    grid.locator(".days-more a[href*='all=1']").click()
    expect(pill(grid, at("16:30", days=6))).to_be_visible()
    address = grid.url
    taken_by_somebody(kind, at("10:00", days=6))
    expect(pill(grid, at("10:00", days=6))).to_have_count(0)
    expect(pill(grid, at("16:30", days=6))).to_be_visible()
    assert grid.url == address


def test_ones_own_hold_changes_nothing_in_another_tab(grid, kind):
    tab = grid.context.new_page()
    go_and_choose(tab, kind, at("10:00"))
    with next_poll(grid):
        pass
    expect(pill(grid, at("10:00"))).to_be_visible()
    expect(grid.locator(SPOKEN)).to_be_empty()


def test_the_move_page_too(page, kind, base_url):
    person = patient()
    sign_in(page.context, person.account, base_url)
    visit = taken_by_somebody(kind, at("09:00"), person=person)
    page.goto(f"/bookings/{visit.pk}/move/")
    pill(page, at("10:00")).click()
    taken_by_somebody(kind, at("10:00"))
    expect(page.locator(NEXT)).to_be_disabled()
    expect(page.locator(LINE)).to_contain_text("L’heure que vous aviez choisie")


def test_a_list_of_doctors_asks_once_for_all_of_them(page, polls, kind):
    others = [doctors_type() for _ in range(3)]
    page.goto("/doctors/")
    today = pill(page, at("09:00", days=1))
    expect(today).to_have_count(4)
    with next_poll(page):
        pass
    assert len(polls) == 1
    assert polls[0].count("d=") == 4
    taken_by_somebody(others[0], at("09:00", days=1))
    expect(today).to_have_count(3)
    # Four cards are four times the news: one hears of the one that one is at.
    expect(page.locator(SPOKEN)).to_be_empty()


# The confirm page -----------------------------------------------------------------------------


def test_a_kept_time_lost_to_an_absence_is_said_and_what_is_typed_stays(page, kind, base_url):
    sign_in(page.context, patient().account, base_url)
    go_and_choose(page, kind, at("10:00"))
    page.locator("[name=reason]").fill("Toux depuis lundi")
    add_absence(kind.doctor, starts_at=at("09:00"), ends_at=at("12:00"))
    expect(page.locator("#hold .notice")).to_contain_text("n’est plus disponible")
    expect(page.locator("#refusal button.slot")).to_have_count(3)
    expect(page.locator("[name=reason]")).to_have_value("Toux depuis lundi")
    expect(page.locator("[name=reason]")).to_be_focused()
    expect(page.locator(SPOKEN)).to_contain_text("n’est plus disponible")


def test_a_kept_time_of_a_retired_type_is_said(page, kind):
    go_and_choose(page, kind, at("10:00"))
    page.locator("#sign_in_form [name=login]").fill("nadia")
    retire_type(kind)
    expect(page.locator("#hold .notice")).to_contain_text("n’est plus proposé")
    expect(page.locator("#sign_in_form [name=login]")).to_have_value("nadia")


def test_a_kept_time_stays_kept_while_others_book(page, kind):
    go_and_choose(page, kind, at("10:00"))
    ring = page.locator("#hold .hold").element_handle()
    with next_poll(page) as poll:
        taken_by_somebody(kind, at("11:00"))
    assert poll.value.status == 200
    with next_poll(page) as poll:
        pass
    assert poll.value.status == 204
    assert ring.is_visible()


# When it asks, and when not -------------------------------------------------------------------


def set_hidden(page, hidden):
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


@pytest.mark.browser_context_args  # its clock is set
def test_a_page_nobody_looks_at_does_not_ask_and_looks_at_once_when_seen(page, polls, kind):
    page.clock.install()
    page.goto(calendar_address(kind))
    set_hidden(page, True)
    page.clock.run_for(60_000)
    taken_by_somebody(kind, at("10:00"))
    assert polls == []
    set_hidden(page, False)
    expect(pill(page, at("10:00"))).to_have_count(0)
    assert len(polls) == 1


@pytest.mark.browser_context_args  # its clock is set
def test_a_page_without_free_times_does_not_ask(page, polls, kind):
    page.clock.install()
    page.goto(f"{kind.doctor.get_absolute_url()}")
    page.clock.run_for(60_000)
    assert polls == []
    page.locator("a.choice").first.click()
    expect(page.locator(".day")).to_have_count(3)
    with next_poll(page):
        page.clock.run_for(5_000)


@pytest.mark.browser_context_args  # its clock is set
def test_a_slow_server_is_asked_once_at_a_time(page, kind):
    waiting = []
    page.clock.install()
    page.route(POLL, lambda route: waiting.append(route))
    page.goto(calendar_address(kind))
    with page.expect_request(POLL):
        page.clock.run_for(5_000)
    page.clock.run_for(4_000)
    assert len(waiting) == 1


def pass_seconds(page, count):
    """For the page's timers, with room for real answers in between."""
    for _ in range(count):
        page.clock.run_for(1_000)
        page.wait_for_timeout(20)


@pytest.mark.browser_context_args  # its clock is set
def test_a_server_that_fails_is_asked_less_and_less_and_the_line_says_so(page, polls, kind):
    is_down = True

    def answer(route):
        if is_down:
            route.fulfill(status=503, headers={"Retry-After": "5"}, body="")
        else:
            route.continue_()

    page.clock.install()
    page.route(POLL, answer)
    page.goto(calendar_address(kind))
    pass_seconds(page, 120)
    assert 4 <= len(polls) <= 10
    expect(page.locator(LINE)).to_contain_text("Pas de connexion")
    is_down = False
    pass_seconds(page, 31)
    expect(page.locator(LINE)).to_contain_text("Mis à jour en direct")


def test_offline_it_asks_nobody_says_so_and_recovers(grid, polls, kind):
    grid.context.set_offline(True)
    expect(grid.locator(LINE)).to_contain_text("Pas de connexion")
    before = len(polls)
    taken_by_somebody(kind, at("10:00"))
    grid.wait_for_timeout(5000)
    assert len(polls) == before
    grid.context.set_offline(False)
    expect(pill(grid, at("10:00"))).to_have_count(0)
    expect(grid.locator(LINE)).to_contain_text("à 10:00 vient d’être pris.")


def test_the_readers_own_request_comes_first(grid, kind):
    """A grid that was asked for before the reader went on is not put in the place of theirs."""
    requests, later = [], at("10:00", days=6).date()
    grid.route(f"**/doctors/*/?*from={day_of_grid()}*", lambda route: requests.append(route))
    with grid.expect_request(lambda request: "hx-target" in request.headers, timeout=8000):
        taken_by_somebody(kind, at("10:00"))
    grid.locator(LATER).click()
    expect(pill(grid, at("10:00", days=6))).to_be_visible()
    assert grid.url.endswith(f"from={later}")


def day_of_grid():
    return at("10:00").date()


def test_nothing_moves_under_a_finger(grid, kind):
    asked = []
    grid.route(POLL, lambda route: asked.append(route))
    with grid.expect_request(POLL, timeout=6000):
        taken_by_somebody(kind, at("10:00"))
    pill(grid, at("10:30")).hover()
    grid.mouse.down()
    with grid.expect_response(lambda response: "hx-target" in response.request.headers):
        asked[0].continue_()
    assert pill(grid, at("10:00")).count() == 1
    grid.mouse.up()
    expect(pill(grid, at("10:30"))).to_have_attribute("aria-pressed", "true")
    expect(pill(grid, at("10:00"))).to_have_count(0)
    expect(pill(grid, at("10:30"))).to_have_attribute("aria-pressed", "true")
