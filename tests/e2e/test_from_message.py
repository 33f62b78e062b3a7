"""From the link in a mail to its result, on a phone, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from bookings import services
from bookings.messages.links import visit_link
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from tests.e2e.desk import event_of
from tests.e2e.world import at, doctors_type, pill, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(settings, base_url):
    """In three days at ten, of a person without an account."""
    settings.SITE_URL = base_url
    kind = doctors_type(doctor__practice__phone="+33144556677")
    return AppointmentFactory(
        consultation_type=kind, starts_at=at("10:00"), patient__account=None, booked_by=None
    )


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def phone(request, new_context):
    page = new_context(java_script_enabled=request.param).new_page()
    page.set_viewport_size({"width": 375, "height": 812})
    page.runs_scripts = request.param
    return page


def said_by(visit):
    visit.refresh_from_db()
    return visit.status, visit.starts_at


def test_i_am_coming(phone, visit):
    phone.goto(f"{visit_link(visit)}?do=come")
    phone.get_by_role("button", name="Je viens").click()
    expect(phone.locator(".notice-success")).to_contain_text("le cabinet sait que vous venez")
    expect(phone.get_by_role("button", name="Je viens")).to_have_count(0)
    visit.refresh_from_db()
    assert visit.coming_at is not None


def test_cancel(phone, visit):
    phone.goto(f"{visit_link(visit)}?do=cancel")
    expect(phone.locator("h1")).to_have_text(re.compile("Annuler ce rendez-vous"))
    assert said_by(visit)[0] == Status.CONFIRMED
    phone.locator("main form [type=submit]").click()
    expect(phone.locator("h1")).to_have_text("Rendez-vous annulé")
    assert said_by(visit)[0] == Status.CANCELLED
    phone.goto(visit_link(visit))
    expect(phone.locator("h1")).to_have_text("Rendez-vous annulé")


def test_move(phone, visit):
    old = visit_link(visit)
    phone.goto(f"{old}?do=move")
    phone.locator(".days a.btn-icon").last.click()
    pill(phone, at("11:00", days=7)).click()
    if phone.runs_scripts:
        phone.locator("[data-next]").click()
    expect(phone.locator("h1")).to_contain_text("11:00")
    expect(phone.locator("#messages [role=status]")).to_be_visible()
    assert said_by(visit) == (Status.CONFIRMED, at("11:00", days=7))
    expect(phone).to_have_url(visit_link(visit))
    phone.goto(old)
    expect(phone.locator("h1")).to_have_text("Ce lien n’est plus valable")


def test_changing_ones_mind(phone, visit):
    phone.goto(f"{visit_link(visit)}cancel/")
    phone.get_by_role("link", name="Le garder").click()
    expect(phone).to_have_url(visit_link(visit))
    assert said_by(visit)[0] == Status.CONFIRMED


def test_add_to_my_calendar(phone, visit):
    phone.goto(visit_link(visit))
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename == "rendez-vous.ics"


def test_the_open_agenda_shows_who_comes(page, base_url, visit):
    sign_in(page.context, visit.doctor.user, base_url)
    page.goto(f"/dashboard/?date={visit.local_start.date()}")
    event = event_of(page, visit)
    expect(event).to_be_visible()
    expect(event.locator("svg")).to_have_count(0)
    services.say_coming(visit)
    expect(event.locator("svg")).to_have_count(1, timeout=8000)
    event.click()
    expect(page.locator("#desk .tag", has_text="Vient")).to_be_visible()
