"""The agenda, the desk and the team."""

from playwright.sync_api import expect

from accounts.tests.factories import (
    UserFactory,
)
from bookings import services
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from doctors.tests.factories import DoctorFactory, PracticeFactory
from scheduling.tests.factories import AbsenceFactory
from tests.e2e.states.table import state
from tests.e2e.world import CONFIRM_PAGE, at, day_in, doctors_type, go_and_choose, taken_by_somebody


def busy_day(kind):
    """A visit in every status, one absence, one walk-in; the first one that still is to come."""
    AbsenceFactory(doctor=kind.doctor, starts_at=at("00:00", days=4), reason="Congrès")
    AppointmentFactory(consultation_type=kind, walk_in=True, queue_date=day_in(3))
    visits = {
        status: AppointmentFactory(
            consultation_type=kind, starts_at=at(f"{9 + number:02}:00"), status=status, reason="a"
        )
        for number, status in enumerate(Status)
    }
    return visits[Status.CONFIRMED]


def at_the_desk(page, enter, *, user=None, **query):
    """The agenda with a visit at the desk."""
    kind = doctors_type(needs_confirmation=True)
    doctors_type(doctor__practice=kind.doctor.practice)
    visit = busy_day(kind)
    enter(user or kind.doctor.user)
    more = "".join(f"&{name}={value}" for name, value in query.items())
    page.goto(f"/dashboard/?date={day_in(3)}&appointment={visit.pk}{more}")
    expect(page.locator("#desk-name")).to_be_visible()
    if query.get("view") != "list":
        expect(page.locator(f"[data-event='{visit.pk}']")).to_be_visible()
    return visit


@state
def dashboard(page, enter):
    at_the_desk(page, enter)


@state
def dashboard_day(page, enter):
    at_the_desk(page, enter, view="day")


@state
def dashboard_list(page, enter):
    kind = doctors_type(needs_confirmation=True)
    doctors_type(doctor__practice=kind.doctor.practice)
    busy_day(kind)
    enter(secretary_of(kind.doctor))
    page.goto(f"/dashboard/?doctor={kind.doctor.pk}&date={day_in(3)}&view=list")
    page.locator("#day_list details > summary").click()
    expect(page.locator("#day_list a.event")).to_have_count(9)


@state
def dashboard_with_the_menu_open(page, enter):
    at_the_desk(page, enter)
    page.locator(".nav-doctor").click()
    expect(page.locator(".nav-menu .menu-list")).to_be_visible()


@state
def dashboard_with_a_rail(page, enter):
    at_the_desk(page, enter)
    page.locator("[data-nav-toggle]").click()


@state
def dashboard_after_a_refusal(page, enter):
    visit = AppointmentFactory(consultation_type=doctors_type(), starts_at=at("10:00", days=0))
    enter(visit.doctor.user)
    page.route("**/dashboard/live/**", lambda route: route.fulfill(status=204))
    page.goto(f"/dashboard/?date={day_in(0)}&appointment={visit.pk}")
    services.change_status(visit, Verb.ARRIVE, by=secretary_of(visit.doctor))
    page.locator("#status-2").click()
    expect(page.locator("#desk [role=alert]")).to_be_visible()


@state
def dashboard_with_news(page, enter):
    visit = at_the_desk(page, enter)
    taken_by_somebody(visit.consultation_type, at("16:30"))
    expect(page.locator("#news .strip")).to_be_visible(timeout=8000)


@state
def dashboard_note_changed_elsewhere(page, enter):
    visit = at_the_desk(page, enter)
    services.save_note(by=visit.doctor.user, appointment=visit, text="other", expected_version="")
    page.locator("textarea.notes").fill("mine")
    expect(page.locator("[data-note-clash]")).to_be_visible()


def dialog_of_the_desk(page, enter, link):
    at_the_desk(page, enter)
    page.locator(f".desk-foot a[href*='{link}']").click()
    expect(page.locator("#dialog-title")).to_be_focused()


@state
def dashboard_moving(page, enter):
    dialog_of_the_desk(page, enter, "/move/")


@state
def dashboard_moving_onto_a_taken_time(page, enter):
    dialog_of_the_desk(page, enter, "/move/")
    page.locator("#id_other").fill("11:00")
    page.locator("#dialog .dialog-foot [type=submit]").click()
    expect(page.locator("#dialog [name=overbook]")).to_be_visible()


@state
def dashboard_cancelling(page, enter):
    dialog_of_the_desk(page, enter, "/cancel/")


@state
def dashboard_new_visit_with_errors(page, enter):
    at_the_desk(page, enter)
    page.locator("#toolbar a[data-dialog]").click()
    expect(page.locator("#dialog #id_q")).to_be_focused()
    page.locator("#dialog summary").click()
    page.locator("#dialog .dialog-foot [type=submit]").click()
    expect(page.locator("#dialog #new_visit_person .error").first).to_be_visible()


@state
def dashboard_new_visit_for_whom(page, enter):
    visit = at_the_desk(page, enter)
    page.locator("#toolbar a[data-dialog]").click()
    page.locator("#dialog #id_q").press_sequentially(visit.patient.last_name)
    expect(page.locator("#dialog [role=option][aria-selected=true]")).to_be_visible()


@state
def dashboard_looking_for_a_patient(page, enter):
    visit = at_the_desk(page, enter)
    page.locator(".nav a[data-people]").click()
    page.locator("#people_q").fill(visit.patient.last_name)
    expect(page.locator("#people_found li").first).to_be_visible()


@state
def dashboard_shortcuts(page, enter):
    at_the_desk(page, enter)
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


@state
def dashboard_empty(page, enter):
    enter(DoctorFactory(approved_at=None).user)
    page.goto("/dashboard/")
    expect(page.locator("#desk .desk-empty")).to_be_visible()
    expect(page.locator(".agenda-notice")).to_have_count(2)


@state
def team(page, enter):
    """Every drawing of a column, and somebody on the desk."""
    kind = doctors_type()
    practice = kind.doctor.practice
    away = DoctorFactory(practice=practice, user__last_name="Bennani")
    AbsenceFactory(doctor=away, starts_at=at("12:00"), ends_at=at("16:00"), reason="Congrès")
    visit = taken_by_somebody(kind, at("10:00"))
    for hour, status in enumerate(Status, start=11):
        AppointmentFactory(consultation_type=kind, starts_at=at(f"{hour}:00"), status=status)
    for status in (Status.ARRIVED, Status.IN_PROGRESS, Status.NO_SHOW):
        AppointmentFactory(doctor=away, walk_in=True, queue_date=day_in(3), status=status)
    AppointmentFactory(doctor=away, starts_at=at("10:00"), practice=PracticeFactory())
    enter(secretary_of(kind.doctor))
    page.goto(f"/dashboard/team/?date={day_in(3)}")
    page.locator(f"#visit_{visit.pk}").click()
    expect(page.locator("#desk-name")).to_be_visible()


@state
def team_empty(page, enter):
    enter(secretary_of(DoctorFactory()))
    page.goto("/dashboard/team/")
    expect(page.locator(".team-column")).to_have_count(1)


@state
def dashboard_without_a_practice(page, enter):
    enter(UserFactory(role="secretary"))
    page.goto("/dashboard/")
    expect(page.locator(".empty h1")).to_be_visible()


@state
def request_at_the_desk(page, enter):
    kind = doctors_type(needs_confirmation=True)
    appointment = taken_by_somebody(kind, at("10:00"))
    enter(kind.doctor.user)
    page.goto(f"/bookings/{appointment.pk}/")
    expect(page.locator(".ticket-actions button")).to_be_visible()


@state
def declining_a_request(page, enter):
    kind = doctors_type(needs_confirmation=True)
    appointment = taken_by_somebody(kind, at("10:00"))
    enter(kind.doctor.user)
    page.goto(f"/bookings/{appointment.pk}/cancel/")
    expect(page.locator("[name=message]")).to_be_visible()


@state
def confirm_at_the_desk(page, enter):
    kind = doctors_type()
    enter(kind.doctor.user)
    go_and_choose(page, kind, at("10:00"))
    expect(page).to_have_url(CONFIRM_PAGE)
