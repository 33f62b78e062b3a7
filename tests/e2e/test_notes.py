"""A private note, and a page that goes while it is typed."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import PrivateNote
from tests.e2e.desk import open_agenda
from tests.e2e.world import at, doctors_type, taken_by_somebody

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "textarea.notes"


@pytest.fixture
def visit():
    return taken_by_somebody(doctors_type(), at("10:00"))


@pytest.fixture
def note(page, base_url, visit):
    open_agenda(page, base_url, visit.doctor.user, appointment=visit.pk)
    return page.locator(NOTE)


def is_saved(page, text):
    expect(page.locator(NOTE)).to_have_value(text)
    state = page.locator("[data-note-words]")
    expect(state).to_have_text(re.compile(r"^Enregistré à \d\d:\d\d$"))
    assert PrivateNote.objects.get().text == text


def test_the_last_words_before_a_reload_are_kept(page, note):
    note.press_sequentially("TA 15/9")
    page.reload()
    is_saved(page, "TA 15/9")


def test_the_last_words_are_kept_while_earlier_ones_are_being_saved(page, note):
    held = []
    page.route("**/note/", lambda route: held.append(route))
    with page.expect_request("**/note/"):
        note.press_sequentially("TA")
    note.press_sequentially(" 15/9")
    page.unroute("**/note/")
    page.reload()
    is_saved(page, "TA 15/9")


def test_last_words_that_could_not_be_sent_are_sent_by_the_next_page(page, note):
    page.route("**/note/", lambda route: route.fulfill(status=503))
    note.press_sequentially("TA 15/9")
    page.reload()
    page.unroute("**/note/")
    is_saved(page, "TA 15/9")
