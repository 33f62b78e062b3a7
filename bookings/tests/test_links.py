"""Tokens of links in messages (test_from_message tests the pages that they open)."""

import base64
import datetime as dt
from types import SimpleNamespace

import pytest

from bookings import services
from bookings.messages.links import (
    Over,
    offer_link,
    read_offer_token,
    read_visit_token,
    visit_link,
    visit_token,
)
from bookings.status import Status
from bookings.tests.factories import MONDAY_AT_TEN, AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

URL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def visit():
    kind = ConsultationTypeFactory()
    open_week(kind.doctor)
    return AppointmentFactory(consultation_type=kind)


def test_a_link_leads_to_its_visit_and_is_short(visit, settings):
    settings.SITE_URL = "https://tbib.example"
    token = visit_token(visit)
    assert visit_link(visit) == f"https://tbib.example/r/{token}/"
    assert len(token) == 44
    assert set(token) <= set(URL_LETTERS)
    link = read_visit_token(token)
    assert (link.appointment, link.sequence) == (visit, 0)
    assert link.why_over(FRIDAY_MORNING) is None


def test_every_changed_letter_makes_it_wrong(visit):
    token = visit_token(visit)
    for at, letter in enumerate(token):
        other = URL_LETTERS[(URL_LETTERS.index(letter) + 1) % 64]
        assert read_visit_token(token[:at] + other + token[at + 1 :]) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token + "=",
        lambda token: token[:10] + "*" + token[10:],
        lambda token: token.replace(token[0], "é"),
        lambda token: "",
        lambda token: base64.urlsafe_b64encode(bytes(33)).decode(),
    ],
)
def test_any_other_spelling_is_wrong(visit, change):
    assert read_visit_token(change(visit_token(visit))) is None


def test_one_purpose_is_wrong_for_another(visit):
    offer = SimpleNamespace(pk=70_000)
    token = offer_link(offer).split("/")[-2]
    assert read_offer_token(token) == 70_000
    assert read_visit_token(token) is None
    assert read_offer_token(visit_token(visit)) is None


def test_a_visit_that_changed_often_keeps_a_good_link(visit):
    visit.sequence = 256
    visit.save()
    token = visit_token(visit)
    assert len(token) == 46
    assert read_visit_token(token).why_over(FRIDAY_MORNING) is None


def test_a_new_secret_key_keeps_links_of_the_one_before(visit, settings):
    token = visit_token(visit)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 8
    assert read_visit_token(token) is None
    settings.SECRET_KEY_FALLBACKS = [before]
    assert read_visit_token(token).appointment == visit


def test_it_ends_with_a_move(visit):
    link = visit_token(visit)
    by = visit.doctor.user
    moved = services.move(visit, by=by, starts_at=monday("15:00"), now=FRIDAY_MORNING)
    assert read_visit_token(link).why_over(FRIDAY_MORNING) is Over.CHANGED
    assert read_visit_token(visit_token(moved)).why_over(FRIDAY_MORNING) is None


def test_it_ends_with_a_cancel(visit):
    link = visit_token(visit)
    cancelled = services.cancel(visit, by=visit.doctor.user, now=FRIDAY_MORNING)
    for token in (link, visit_token(cancelled)):
        assert read_visit_token(token).why_over(FRIDAY_MORNING) is Over.CANCELLED


def test_it_ends_with_the_visit(visit):
    link = read_visit_token(visit_token(visit))
    assert link.why_over(visit.ends_at - dt.timedelta(seconds=1)) is None
    assert link.why_over(visit.ends_at) is Over.PAST


def test_it_ends_with_the_arrival(visit):
    link = visit_token(visit)
    visit.status, visit.sequence = Status.ARRIVED, 1
    visit.save()
    assert read_visit_token(link).why_over(MONDAY_AT_TEN) is Over.CHANGED


def test_a_walk_in_has_no_page(visit):
    walk_in = AppointmentFactory(walk_in=True)
    assert read_visit_token(visit_token(walk_in)).why_over(MONDAY_AT_TEN) is Over.PAST
