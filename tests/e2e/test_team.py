"""A secretary with two doctors and one page for both."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.models import Appointment
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from doctors.tests.factories import DoctorFactory
from tests.e2e.world import at, day_in, doctors_type, patient, sign_in, taken_by_somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kinds():
    """A reason at each of two doctors of one practice."""
    first = doctors_type(doctor=DoctorFactory(user__last_name="Alami"), color="#2f7fd0")
    colleague = DoctorFactory(practice=first.doctor.practice, user__last_name="Bennani")
    return first, doctors_type(doctor=colleague)


@pytest.fixture
def secretary(kinds):
    return secretary_of(kinds[0].doctor)


def open_team(page, base_url, secretary, *, days=3):
    sign_in(page.context, secretary, base_url)
    page.goto(f"{base_url}/dashboard/team/?date={day_in(days)}")


def column_of(page, doctor):
    return page.locator(f".team-column[data-doctor='{doctor.pk}']")


def event_of(page, visit):
    return page.locator(f"#visit_{visit.pk}")


def cell(page, doctor, clock):
    """Where on the page a time of a doctor's column is."""
    hour, minute = map(int, clock.split(":"))
    lane = column_of(page, doctor).locator(".team-lane")
    first, last = (
        int(page.locator("#team_day").get_attribute(f"data-{end}")) for end in ("first", "last")
    )
    height = lane.bounding_box()["height"]
    return lane, {"x": 60, "y": (hour * 60 + minute - first) / (last - first) * height + 4}


def test_six_doctors_stand_side_by_side_on_a_wide_screen(page, base_url, kinds, secretary):
    for _each in range(4):
        doctors_type(doctor=DoctorFactory(practice=kinds[0].doctor.practice))
    page.set_viewport_size({"width": 1440, "height": 900})
    open_team(page, base_url, secretary)
    expect(page.locator(".team.is-placed .team-column")).to_have_count(6)
    team = page.locator("#team")
    assert team.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_a_patient_of_each_doctor_arrives(page, base_url, kinds, secretary):
    start = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=10)
    visits = [AppointmentFactory(consultation_type=kind, starts_at=start) for kind in kinds]
    open_team(page, base_url, secretary, days=0)
    page.goto(f"{base_url}/dashboard/team/?date={visits[0].local_start.date()}")
    for visit in visits:
        event_of(page, visit).click()
        # At once: the visit still on the desk is not the one that was meant.
        page.locator("#status-1").click()
        expect(page.locator("#desk")).to_have_attribute("data-appointment", str(visit.pk))
        expect(event_of(page, visit)).to_have_class(re.compile("is-arrived"))
        expect(event_of(page, visit)).to_have_attribute("aria-current", "true")
        expect(page.locator("#status-1")).to_have_attribute("aria-pressed", "true")
    statuses = set(Appointment.objects.values_list("status", flat=True))
    assert statuses == {Status.ARRIVED}
    if visits[0].local_start.date() == day_in(0):
        expect(page.locator(".team-room [data-waits='1']")).to_have_count(2)


def test_an_empty_cell_of_the_second_doctor_books_with_that_doctor(
    page, base_url, kinds, secretary
):
    doctor = kinds[1].doctor
    open_team(page, base_url, secretary)
    lane, position = cell(page, doctor, "11:15")
    lane.hover(position=position)
    expect(page.locator(".team-cursor")).to_have_text("+ 11:15")
    lane.click(position=position)
    expect(page.locator("#dialog header p")).to_contain_text(f"{doctor.name} · ")
    page.locator("#dialog summary").click()
    page.locator("#dialog [name=first_name]").fill("Nadia")
    page.locator("#dialog [name=last_name]").fill("Berrada")
    page.locator("#dialog .dialog-foot [type=submit]").click()
    expect(page.locator("#desk-name")).to_have_text("Nadia Berrada")
    expect(column_of(page, doctor).locator("a.event", has_text="Nadia Berrada")).to_be_visible()
    made = Appointment.objects.get()
    assert (made.doctor, made.starts_at) == (doctor, at("11:15"))


def test_what_a_doctor_does_appears_within_five_seconds(page, base_url, kinds, secretary):
    visit = AppointmentFactory(
        consultation_type=kinds[1], starts_at=at("10:00", days=0), patient__last_name="Tazi"
    )
    open_team(page, base_url, secretary, days=0)
    event_of(page, visit).click()
    expect(page.locator("#desk-name")).to_contain_text("Tazi")
    services.change_status(visit, Verb.ARRIVE, by=visit.doctor.user)
    expect(event_of(page, visit)).to_have_class(re.compile("is-arrived"), timeout=5000)
    expect(page.locator("#status-1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#news .strip")).to_contain_text(visit.doctor.name)


def test_a_column_goes_from_the_open_page_when_its_membership_ends(
    page, base_url, kinds, secretary
):
    elsewhere = doctors_type()
    membership = elsewhere.doctor.practice.memberships.create(user=secretary)
    open_team(page, base_url, secretary)
    expect(column_of(page, elsewhere.doctor)).to_be_visible()
    membership.ended_at = timezone.now()
    membership.save()
    expect(column_of(page, elsewhere.doctor)).to_have_count(0, timeout=8000)
    expect(page.locator(".team-column")).to_have_count(2)


def test_with_the_last_membership_the_open_page_goes(page, base_url, kinds, secretary):
    visit = taken_by_somebody(kinds[0], at("10:00"), person=patient(last_name="Tazi"))
    open_team(page, base_url, secretary)
    expect(event_of(page, visit)).to_be_visible()
    secretary.memberships.update(ended_at=timezone.now())
    expect(page.locator(".team-column")).to_have_count(0, timeout=8000)
    assert "Tazi" not in page.content()


def test_arrows_lead_down_a_column_and_across(page, base_url, kinds, secretary):
    first, below = (taken_by_somebody(kinds[0], at(clock)) for clock in ("10:00", "11:00"))
    beside = taken_by_somebody(kinds[1], at("11:00"))
    open_team(page, base_url, secretary)
    event_of(page, first).focus()
    page.keyboard.press("ArrowDown")
    expect(event_of(page, below)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(event_of(page, beside)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-name")).to_have_text(beside.patient_name)


def test_heads_and_hours_stay_in_sight_with_a_dozen_doctors(page, base_url, kinds, secretary):
    for _ in range(10):
        doctors_type(doctor=DoctorFactory(practice=kinds[0].doctor.practice))
    open_team(page, base_url, secretary)
    team = page.locator("#team")
    assert team.evaluate("team => team.scrollWidth > team.clientWidth")
    before = [page.locator(place).bounding_box() for place in (".team-head >> nth=0", ".team-axis")]
    team.evaluate("team => team.scrollTo(0, 200)")
    assert page.locator(".team-head").first.bounding_box()["y"] == before[0]["y"]
    team.evaluate("team => team.scrollTo(400, 200)")
    assert page.locator(".team-axis").bounding_box()["x"] == before[1]["x"]
    assert page.evaluate("document.documentElement.scrollWidth") == 1440


def test_from_the_agenda_to_all_and_to_one(page, base_url, kinds, secretary):
    sign_in(page.context, secretary, base_url)
    page.goto(f"/dashboard/?view=day&date={day_in(3)}")
    page.locator("#toolbar [data-team]").click()
    expect(page.locator(".team-column")).to_have_count(2)
    expect(page.locator(".team-date input")).to_have_value(str(day_in(3)))
    column_of(page, kinds[1].doctor).locator("h2 a").click()
    expect(page).to_have_url(re.compile(f"doctor={kinds[1].doctor.pk}.*date={day_in(3)}"))


def test_a_phone_has_a_list_for_each_doctor(page, base_url, kinds, secretary):
    visit = taken_by_somebody(kinds[1], at("10:00"))
    page.set_viewport_size({"width": 375, "height": 812})
    open_team(page, base_url, secretary)
    page.locator(".team-jump a", has_text="Bennani").click()
    event_of(page, visit).click()
    expect(page.locator("#desk-name")).to_have_text(visit.patient_name)
    page.locator("[data-desk-close]").click()
    column_of(page, kinds[1].doctor).locator("a.free").last.click()
    expect(page.locator("#dialog header p")).to_contain_text(kinds[1].doctor.name)


def test_without_scripts_each_doctor_has_a_list(new_context, base_url, kinds, secretary):
    visit = taken_by_somebody(kinds[1], at("10:00"))
    page = new_context(java_script_enabled=False).new_page()
    open_team(page, base_url, secretary)
    expect(column_of(page, kinds[1].doctor).locator("time").first).to_be_visible()
    page.locator(".team-date input").fill(str(day_in(4)))
    page.locator(".team-date button").click()
    expect(page.locator("a.event")).to_have_count(0)
    page.go_back()
    event_of(page, visit).click()
    expect(page.locator("#desk-name")).to_have_text(visit.patient_name)
