"""Finding a doctor from the first page: with the mouse, with keys alone, without scripts, and on
a line on which answers come late."""

import re

import pytest
from playwright.sync_api import expect

from doctors.tests.factories import DoctorFactory, PracticeFactory

pytestmark = pytest.mark.django_db(transaction=True)

LYON = {"city": "Lyon", "latitude": 45.76, "longitude": 4.84}
PARIS = {"city": "Paris", "latitude": 48.86, "longitude": 2.35}


@pytest.fixture
def doctors():
    """Dr Cardin in Lyon, Dr Carlier and Dr Martin in Paris, cardiologists."""
    found = {}
    for name, place in (("Cardin", LYON), ("Carlier", PARIS), ("Martin", PARIS)):
        practice = PracticeFactory(name=f"Cabinet {name}", **place)
        found[name] = DoctorFactory(user__last_name=name, practice=practice)
    return found


def field(page, name):
    return page.locator(f"[data-suggest={name}]")


def shown(page, name="what"):
    """The options on show, as a reader sees them."""
    return page.locator(f"#suggestions-{name} [role=option]:visible")


def pointed(page, name="what"):
    return page.locator(f"#suggestions-{name} [role=option][aria-selected=true]")


def type_in(page, text, name="what"):
    field(page, name).press_sequentially(text)
    expect(shown(page, name).first).to_be_visible()


def is_closed(page, name="what"):
    expect(shown(page, name)).to_have_count(0)
    expect(field(page, name)).to_have_attribute("aria-expanded", "false")
    assert field(page, name).get_attribute("aria-activedescendant") is None


# With the mouse --------------------------------------------------------------------------------


def test_a_doctor_is_found_in_one_click(page, doctors, width):
    page.goto("/")
    type_in(page, "cardin")
    shown(page).filter(has_text="Cardin").first.click()
    expect(page).to_have_url(re.compile(doctors["Cardin"].get_absolute_url()))


def test_a_specialty_and_a_city_fill_their_fields(page, doctors, width):
    page.goto("/")
    type_in(page, "cardio")
    shown(page).filter(has_text="Cardiologue").click()
    expect(field(page, "what")).to_have_value("Cardiologue")
    expect(field(page, "what")).to_be_focused()
    is_closed(page)
    type_in(page, "lyo", "where")
    shown(page, "where").filter(has_text="Lyon").first.click()
    expect(field(page, "where")).to_have_value("Lyon")
    page.get_by_role("button", name="Rechercher").click()
    expect(page).to_have_url(re.compile(r"/doctors/\?q=Cardiologue&where=Lyon$"))
    expect(page.locator("li.doctor-card")).to_have_count(1)


def test_a_city_typed_where_the_name_goes_moves_to_its_field(page, doctors):
    page.goto("/")
    type_in(page, "lyo")
    shown(page).filter(has_text="Lyon").last.click()
    expect(field(page, "where")).to_have_value("Lyon")
    expect(field(page, "where")).to_be_focused()
    expect(field(page, "what")).to_have_value("")


def test_a_practice_leads_to_its_doctors(page, doctors):
    page.goto("/")
    type_in(page, "cabinet car")
    page.locator("[role=option]", has_text="Cabinet Carlier").click()
    expect(page.locator("li.doctor-card")).to_have_count(1)
    expect(page.locator("li.doctor-card")).to_contain_text("Carlier")


def test_a_click_elsewhere_closes_the_list(page, doctors):
    page.goto("/")
    type_in(page, "card")
    page.locator("h1").click()
    is_closed(page)


def test_the_list_stays_within_the_window(page, doctors, width):
    page.goto("/")
    type_in(page, "car")
    # In one step: an answer to fewer letters may come first, and the next one replaces the list.
    bottom = page.evaluate(
        "document.getElementById('suggestions-what').getBoundingClientRect().bottom"
    )
    assert bottom <= page.viewport_size["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_header_of_the_results_has_the_same_bar(page, doctors, width):
    page.goto("/doctors/?q=Cardiologue&where=Lyon")
    expect(field(page, "what")).to_have_value("Cardiologue")
    field(page, "what").fill("")
    expect(field(page, "where")).to_have_value("Lyon")
    expect(field(page, "where")).to_be_visible()
    field(page, "where").fill("par")
    shown(page, "where").filter(has_text="Paris").first.click()
    page.get_by_role("button", name="Rechercher").click()
    expect(page).to_have_url(re.compile(r"/doctors/\?q=&where=Paris$"))
    expect(page.locator("li.doctor-card")).to_have_count(2)


# With keys alone -------------------------------------------------------------------------------


def test_keys_alone_find_a_doctor(page, doctors):
    page.goto("/")
    type_in(page, "car")
    expect(field(page, "what")).to_have_attribute("aria-expanded", "true")
    texts = shown(page).all_inner_texts()
    page.keyboard.press("ArrowUp")
    expect(pointed(page)).to_have_text(re.compile("Cabinet Carlier"))
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(pointed(page)).to_have_text(re.compile("Cardiologue"))
    page.keyboard.press("ArrowDown")
    expect(pointed(page)).to_have_text(re.compile("Cardin"))
    at = pointed(page).get_attribute("id")
    expect(field(page, "what")).to_have_attribute("aria-activedescendant", at)
    assert len(texts) == 5
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(doctors["Cardin"].get_absolute_url()))


def test_enter_without_an_option_searches_for_what_was_typed(page, doctors):
    page.goto("/")
    type_in(page, "cardio")
    field(page, "what").press_sequentially(" lyon")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/doctors/\?q=cardio\+lyon&where=$"))
    expect(page.locator("li.doctor-card")).to_have_count(1)


def test_enter_on_an_option_fills_and_a_second_one_searches(page, doctors):
    page.goto("/")
    type_in(page, "cardio")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(page, "what")).to_have_value("Cardiologue")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/doctors/\?q=Cardiologue&where=$"))


def test_escape_closes_and_keeps_what_was_typed(page, doctors):
    page.goto("/")
    type_in(page, "card")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    is_closed(page)
    expect(field(page, "what")).to_have_value("card")
    page.keyboard.press("ArrowDown")
    expect(shown(page).first).to_be_visible()


def test_tab_closes_and_goes_on(page, doctors):
    page.goto("/")
    type_in(page, "card")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    is_closed(page)
    expect(field(page, "where")).to_be_focused()
    expect(field(page, "what")).to_have_value("card")


def test_one_letter_suggests_nothing_and_a_text_taken_back_closes(page, doctors):
    page.goto("/")
    type_in(page, "ca")
    page.keyboard.press("Backspace")
    is_closed(page)


def test_how_many_there_are_is_announced(page, doctors):
    page.goto("/")
    type_in(page, "cardin")
    expect(page.locator("#live")).to_have_text("2 suggestions")
    field(page, "what").press_sequentially("zz")
    expect(page.locator("#live")).to_have_text("Aucune suggestion")
    is_closed(page)


# Without scripts, and on a bad line ------------------------------------------------------------


def test_without_scripts_the_bar_is_a_form(new_context, doctors):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.locator("[name=q]").fill("cardio")
    page.locator("[name=where]").fill("lyon")
    page.locator("form[role=search] [type=submit]").click()
    expect(page.locator("li.doctor-card")).to_have_count(1)
    expect(page.locator("li.doctor-card")).to_contain_text("Cardin")


def test_an_answer_that_comes_late_is_dropped(page, doctors):
    waiting = []
    page.route("**/search/suggestions/?q=cardin&*", lambda route: waiting.append(route))
    page.goto("/")
    with page.expect_request("**/search/suggestions/?q=cardin&*"):
        field(page, "what").fill("cardin")
    field(page, "what").fill("marti")
    expect(shown(page).first).to_contain_text("Martin")
    for route in waiting:
        route.fulfill(body='<div id="suggestions-what"><p role="option">Cardin</p></div>')
    page.wait_for_timeout(100)
    expect(shown(page).first).to_contain_text("Martin")


def test_an_answer_after_escape_opens_nothing(page, doctors):
    waiting = []
    page.route("**/search/suggestions/*", lambda route: waiting.append(route))
    page.goto("/")
    with page.expect_request("**/search/suggestions/*"):
        field(page, "what").fill("cardin")
    page.keyboard.press("Escape")
    for route in waiting:
        route.fulfill(body='<div id="suggestions-what"><p role="option">Cardin</p></div>')
    page.wait_for_timeout(100)
    is_closed(page)


def test_without_a_line_one_searches_all_the_same(page, doctors):
    page.route("**/search/suggestions/*", lambda route: route.fulfill(status=503))
    page.goto("/")
    with page.expect_response("**/search/suggestions/*"):
        field(page, "what").fill("cardin")
    expect(page.locator("#dock > *")).to_have_count(0)
    is_closed(page)
    page.keyboard.press("Enter")
    expect(page.locator("li.doctor-card")).to_have_count(1)
