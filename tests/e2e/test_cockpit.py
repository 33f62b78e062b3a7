"""A morning at the cockpit, as the doctor and the secretary live it."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.models import Appointment, PrivateNote
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from doctors.tests.factories import DoctorFactory
from tests.e2e.desk import event_of, open_agenda, status_button, status_of
from tests.e2e.world import (
    PARIS,
    at,
    day_in,
    doctors_type,
    patient,
    sign_in,
    taken_by_somebody,
    zone_at_noon,
)

pytestmark = pytest.mark.django_db(transaction=True)

DESK = "#desk"


@pytest.fixture
def kind():
    return doctors_type(name="Suivi", color="#2f7fd0")


@pytest.fixture
def visit(kind):
    return taken_by_somebody(kind, at("10:00"), person=patient(last_name="Tazi"))


@pytest.fixture
def begun(kind):
    """A visit that began a few minutes ago, whenever the test runs: it is noon at the practice."""
    practice = kind.doctor.practice
    practice.time_zone = zone_at_noon()
    practice.save()
    start = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=10)
    return AppointmentFactory(consultation_type=kind, starts_at=start)


@pytest.fixture
def today(kind):
    """A visit of today, at which the patient can arrive whenever the test runs."""
    return AppointmentFactory(
        consultation_type=kind, starts_at=at("10:00", days=0), patient__last_name="Tazi"
    )


def go_to_begun(page, base_url, begun):
    sign_in(page.context, begun.doctor.user, base_url)
    page.goto(f"/dashboard/?date={begun.local_start.date()}")


class TestMorning:
    def test_from_arrival_to_the_end_with_a_note_on_the_way(self, page, base_url, begun):
        go_to_begun(page, base_url, begun)
        expect(page.locator(f"{DESK} h2")).to_have_text("Sélectionnez un rendez-vous.")
        address = page.url
        event_of(page, begun).click()
        expect(page.locator("#desk-name")).to_have_text(begun.patient_name)
        assert page.url.split("?")[0] == address.split("?")[0]
        status_button(page, 1).click()
        expect(event_of(page, begun)).to_have_class(re.compile("is-arrived"))
        expect(page.locator(".room [data-waiting-number]")).to_have_text("1")
        status_button(page, 2).click()
        expect(event_of(page, begun)).to_have_class(re.compile("is-progress"))
        expect(page.locator(".room [data-waiting-number]")).to_have_text("0")
        page.locator("textarea.notes").fill("TA 15/9, vérifier œdèmes")
        expect(page.locator("[data-note-words]")).to_have_text(
            re.compile(r"^Enregistré à \d\d:\d\d$")
        )
        status_button(page, 3).click()
        expect(event_of(page, begun)).to_have_class(re.compile("is-done"))
        expect(page.locator("textarea.notes")).to_have_value("TA 15/9, vérifier œdèmes")
        assert status_of(begun) == Status.DONE
        assert PrivateNote.objects.get().text == "TA 15/9, vérifier œdèmes"

    def test_of_two_visits_clicked_in_a_row_the_last_one_comes(self, page, base_url, visit):
        kind = visit.consultation_type
        first = AppointmentFactory(
            consultation_type=kind, starts_at=at("11:00"), patient__last_name="Alaoui"
        )
        last = AppointmentFactory(
            consultation_type=kind, starts_at=at("12:00"), patient__last_name="Bennis"
        )
        held = []
        page.route(f"**/dashboard/desk/{first.pk}/", lambda route: held.append(route))
        open_agenda(page, base_url, visit.doctor.user, appointment=visit.pk)
        with page.expect_request(f"**/dashboard/desk/{first.pk}/"):
            event_of(page, first).click()
        event_of(page, last).click()
        held.pop().continue_()
        expect(page.locator("#desk-name")).to_have_text(last.patient_name)
        expect(page.locator("#desk[inert]")).to_have_count(0)

    def test_absent_counts_and_undo_gives_it_back(self, page, base_url, begun):
        go_to_begun(page, base_url, begun)
        event_of(page, begun).click()
        status_button(page, 4).click()
        expect(event_of(page, begun)).to_have_class(re.compile("is-noshow"))
        expect(page.locator(".desk-meta .tag-warning")).to_have_text("1 absence")
        page.locator(".undo button").click()
        expect(event_of(page, begun)).to_have_class(re.compile("is-confirmed"))
        expect(page.locator(".desk-meta .tag-warning")).to_have_count(0)
        assert status_of(begun) == Status.CONFIRMED

    def test_a_refused_button_says_why(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        event_of(page, visit).click()
        status_button(page, 4).click(force=True)
        expect(page.locator("#why_not")).to_contain_text("avant")
        assert status_of(visit) == Status.CONFIRMED

    def test_the_later_of_two_desks_is_told(self, page, base_url, begun):
        go_to_begun(page, base_url, begun)
        # This one's poll sleeps, so that it still shows what the other changes.
        page.route("**/dashboard/live/**", lambda route: route.fulfill(status=204))
        event_of(page, begun).click()
        expect(status_button(page, 1)).to_be_visible()
        services.change_status(begun, Verb.ARRIVE, by=secretary_of(begun.doctor))
        status_button(page, 2).click()
        expect(page.locator(f"{DESK} [role=alert]")).to_contain_text("entre-temps")
        expect(status_button(page, 1)).to_have_attribute("aria-pressed", "true")
        assert status_of(begun) == Status.ARRIVED


class TestMoving:
    def test_by_dragging_with_a_question_first(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        drag(page, event_of(page, visit), 96)
        expect(page.locator("#dialog .from-to b")).to_contain_text("11:00")
        page.locator("#dialog [data-closes]").click()
        expect(event_of(page, visit)).to_have_attribute("data-start", re.compile("T10:00$"))
        drag(page, event_of(page, visit), 96)
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#dialog")).to_be_hidden()
        expect(page.locator(f"{DESK} .motif")).to_contain_text("11:00")
        visit.refresh_from_db()
        assert visit.starts_at == at("11:00")

    def test_onto_another_visit_only_as_overbooked(self, page, base_url, visit):
        taken_by_somebody(visit.consultation_type, at("11:00"))
        open_agenda(page, base_url, visit.doctor.user)
        drag(page, event_of(page, visit), 96)
        page.locator("#dialog .dialog-foot [type=submit]").click()
        page.locator("#dialog [name=overbook]").check()
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#dialog")).to_be_hidden()
        visit.refresh_from_db()
        assert (visit.starts_at, visit.is_overbooked) == (at("11:00"), True)

    def test_by_the_dialog_to_a_free_time_of_another_day(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        event_of(page, visit).click()
        page.locator(".desk-foot a[href$='/move/']").click()
        expect(page.locator("#dialog-title")).to_be_focused()
        page.locator("#id_date").fill(str(day_in(4)))
        free = page.locator(f"#dialog label.slot:has([value^='{day_in(4)}T15:00'])")
        free.click()
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#dialog")).to_be_hidden()
        visit.refresh_from_db()
        assert visit.starts_at == at("15:00", days=4)

    def test_cancelling_with_a_word(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        event_of(page, visit).click()
        page.locator(".desk-foot a[href$='/cancel/']").click()
        page.locator("#dialog [name=message]").fill("Appelez-nous.")
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(event_of(page, visit)).to_have_count(0)
        assert status_of(visit) == Status.CANCELLED


def drag(page, event, pixels):
    box = event.bounding_box()
    x, y = box["x"] + 40, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + pixels / 2, steps=5)
    page.mouse.move(x, y + pixels, steps=5)
    page.mouse.up()


class TestBookingAtTheDesk:
    def test_an_empty_cell_and_a_new_patient(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        box = event_of(page, visit).bounding_box()
        page.mouse.click(box["x"] + 40, box["y"] + 96 * 2 + 10)  # two hours later
        page.locator("#dialog summary").click()
        page.locator("#dialog [name=first_name]").fill("Nadia")
        page.locator("#dialog [name=last_name]").fill("Berrada")
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#desk-name")).to_have_text("Nadia Berrada")
        assert Appointment.objects.get(patient__last_name="Berrada").starts_at == at("12:00")

    def test_the_next_visit_of_the_patient_on_the_desk(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        event_of(page, visit).click()
        page.locator(".desk-foot a[href*='/new/']").click()
        expect(page.locator("#dialog .chosen-person")).to_contain_text("Tazi")
        expect(page.locator("#dialog-title")).to_be_focused()
        page.locator("#id_date").fill(str(day_in(5)))
        page.locator(f"#dialog label.slot:has([value^='{day_in(5)}T09:00'])").click()
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#dialog")).to_be_hidden()
        made = Appointment.objects.latest("created_at")
        assert (made.patient, made.starts_at) == (visit.patient, at("09:00", days=5))


def test_without_a_line_the_page_says_that_it_may_be_old(page, base_url, kind):
    open_agenda(page, base_url, kind.doctor.user)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    expect(page.locator("#news [role=alert]")).to_contain_text("Pas de connexion")
    page.context.set_offline(False)
    expect(page.locator("#news .strip")).to_have_count(0)


class TestLive:
    def test_an_online_booking_slides_in_and_is_named(self, page, base_url, kind):
        open_agenda(page, base_url, kind.doctor.user)
        expect(page.locator(".now-line, .lane").first).to_be_attached()
        booked = taken_by_somebody(kind, at("14:30"), person=patient(last_name="Berrada"))
        expect(event_of(page, booked)).to_be_visible(timeout=8000)
        strip = page.locator("#news .strip")
        expect(strip).to_contain_text("vient de réserver en ligne")
        strip.locator("a").click()
        expect(page.locator("#desk-name")).to_contain_text("Berrada")
        expect(strip).to_have_count(0)

    def test_a_booking_is_named_while_somebody_waits(self, page, base_url, begun):
        services.change_status(begun, Verb.ARRIVE, by=begun.doctor.user)
        open_agenda(page, base_url, begun.doctor.user)
        waits = page.locator("[data-waiting-longest]")
        expect(waits).to_contain_text("min")
        in_three_days = at("14:30", zone=begun.practice.zone)
        taken_by_somebody(
            begun.consultation_type, in_three_days, person=patient(last_name="Berrada")
        )
        expect(page.locator("#news .strip b")).to_contain_text("Berrada", timeout=8000)
        expect(waits).to_contain_text("min")

    def test_a_card_changed_elsewhere_keeps_the_note_being_typed(self, page, base_url, begun):
        go_to_begun(page, base_url, begun)
        event_of(page, begun).click()
        notes = page.locator("textarea.notes")
        notes.press_sequentially("TA 15/9")
        services.change_status(begun, Verb.ARRIVE, by=secretary_of(begun.doctor))
        expect(status_button(page, 1)).to_have_attribute("aria-pressed", "true", timeout=8000)
        expect(notes).to_have_value("TA 15/9")

    def test_a_note_that_cannot_be_saved_says_so_and_is_tried_again(self, page, base_url, begun):
        go_to_begun(page, base_url, begun)
        event_of(page, begun).click()
        page.route("**/note/", lambda route: route.fulfill(status=503))
        page.locator("textarea.notes").fill("TA 15/9")
        state = page.locator("[data-note-state]")
        expect(state).to_have_attribute("data-look", "failed")
        page.unroute("**/note/")
        expect(state).to_have_attribute("data-look", "saved", timeout=8000)
        assert PrivateNote.objects.get().text == "TA 15/9"

    def test_a_note_that_waits_is_back_with_its_visit(self, page, base_url, begun):
        other = AppointmentFactory(
            consultation_type=begun.consultation_type,
            starts_at=begun.ends_at,
            patient__last_name="Tazi",
        )
        go_to_begun(page, base_url, begun)
        event_of(page, begun).click()
        page.route("**/note/", lambda route: route.fulfill(status=503))
        page.locator("textarea.notes").fill("TA 15/9")
        event_of(page, other).click()
        expect(page.locator("#desk-name")).to_have_text(other.patient_name)
        event_of(page, begun).click()
        expect(page.locator("textarea.notes")).to_have_value("TA 15/9")
        page.unroute("**/note/")
        expect(page.locator("[data-note-state]")).to_have_attribute(
            "data-look", "saved", timeout=8000
        )
        assert PrivateNote.objects.get().text == "TA 15/9"

    def test_two_windows_on_one_note(self, page, base_url, begun):
        go_to_begun(page, base_url, begun)
        event_of(page, begun).click()
        page.locator("textarea.notes").wait_for()
        services.save_note(
            by=begun.doctor.user, appointment=begun, text="other", expected_version=""
        )
        page.locator("textarea.notes").fill("mine")
        expect(page.locator("[data-note-other]")).to_have_text("other")
        page.locator("[data-note-keep]").click()
        expect(page.locator("[data-note-state]")).to_have_attribute("data-look", "saved")
        assert PrivateNote.objects.get().text == "mine"


@pytest.mark.browser_context_args(timezone_id="America/New_York")
def test_a_browser_in_another_time_zone_shows_the_practices_time(page, base_url, visit):
    open_agenda(page, base_url, visit.doctor.user)
    expect(event_of(page, visit)).to_have_attribute("data-start", f"{day_in(3)}T10:00")
    page.locator("[data-goes=today]").click()
    expect(page.locator(".day-head b.is-today")).to_have_text(str(day_in(0).day))
    now = dt.datetime.now(PARIS)
    line = page.locator(".now-line")
    if line.count():
        minutes = page.evaluate(
            """() => {
                const line = document.querySelector(".now-line").getBoundingClientRect();
                const first = document.querySelector(".slot-head").closest("[data-time]");
                const top = first.getBoundingClientRect().top;
                const [hour] = first.dataset.time.split(":").map(Number);
                return hour * 60 + ((line.top - top) / 24) * 15;
            }"""
        )
        assert abs(minutes - (now.hour * 60 + now.minute)) <= 3


class TestSecretary:
    def test_goes_from_one_doctor_to_the_other(self, page, base_url, visit):
        colleague = DoctorFactory(practice=visit.practice, user__last_name="Bennani")
        other = taken_by_somebody(doctors_type(doctor=colleague), at("10:00"))
        open_agenda(page, base_url, secretary_of(visit.doctor), doctor=visit.doctor_id)
        expect(event_of(page, visit)).to_be_visible()
        page.locator(".nav-doctor").click()
        page.locator(".nav-menu a", has_text="Bennani").click()
        expect(event_of(page, other)).to_be_visible()
        expect(event_of(page, visit)).to_have_count(0)

    def test_reads_no_private_notes(self, page, base_url, visit):
        PrivateNote.objects.create(doctor=visit.doctor, appointment=visit, text="CANARY-NOTE")
        open_agenda(page, base_url, secretary_of(visit.doctor), doctor=visit.doctor_id)
        event_of(page, visit).click()
        expect(page.locator("#desk-name")).to_be_visible()
        assert page.locator("textarea.notes").count() == 0
        assert "CANARY-NOTE" not in page.content()

    def test_confirms_a_request_at_the_desk(self, page, base_url):
        asked = taken_by_somebody(doctors_type(needs_confirmation=True), at("10:00"))
        open_agenda(page, base_url, secretary_of(asked.doctor))
        expect(event_of(page, asked)).to_have_class(re.compile("is-pending"))
        event_of(page, asked).click()
        page.locator(".desk-request [value=confirm]").click()
        expect(event_of(page, asked)).to_have_class(re.compile("is-confirmed"))
        assert status_of(asked) == Status.CONFIRMED


class TestKeyboard:
    def test_arrows_enter_and_numbers(self, page, base_url, kind, today):
        second = AppointmentFactory(consultation_type=kind, starts_at=at("11:00", days=0))
        go_to_begun(page, base_url, today)
        expect(event_of(page, second)).to_be_visible()
        page.locator("#agenda-title").click()
        event_of(page, today).focus()
        page.keyboard.press("ArrowDown")
        expect(event_of(page, second)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#desk-name")).to_have_text(second.patient_name)
        page.keyboard.press("1")
        expect(status_button(page, 1)).to_have_attribute("aria-pressed", "true")
        assert (status_of(second), status_of(today)) == (Status.ARRIVED, Status.CONFIRMED)

    def test_the_key_of_a_digit_counts_whatever_it_types(self, page, base_url, begun):
        """A French keyboard types "&" with the key that is "1" with Shift."""
        go_to_begun(page, base_url, begun)
        event_of(page, begun).click()
        status_button(page, 1).wait_for()
        page.locator("#desk-name").dispatch_event(
            "keydown", {"key": "&", "code": "Digit1", "bubbles": True}
        )
        expect(status_button(page, 1)).to_have_attribute("aria-pressed", "true")
        assert status_of(begun) == Status.ARRIVED

    def test_a_slash_looks_for_a_patient_and_nothing_fires_while_typing(
        self, page, base_url, visit
    ):
        open_agenda(page, base_url, visit.doctor.user, appointment=visit.pk)
        page.locator("textarea.notes").press_sequentially("1/4?")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.locator("#agenda-title").click()
        page.keyboard.press("/")
        page.locator("#people_q").fill("tazi")
        page.locator("#people_found a[data-shows]").click()
        expect(page.locator("#desk-name")).to_contain_text("Tazi")
        page.locator("#agenda-title").click()
        page.keyboard.press("?")
        expect(page.locator("#shortcuts")).to_be_visible()
        assert status_of(visit) == Status.CONFIRMED


class TestAddress:
    def test_it_follows_and_back_leads_back(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        event_of(page, visit).click()
        expect(page).to_have_url(re.compile(f"appointment={visit.pk}"))
        page.locator("#toolbar a[data-view=day]").click()
        expect(page).to_have_url(re.compile("view=day"))
        page.go_back()
        expect(page).to_have_url(re.compile("view=week"))
        expect(page.locator("#desk-name")).to_be_visible()
        page.go_back()
        expect(page.locator(f"{DESK} .desk-empty")).to_be_visible()
        page.go_forward()
        expect(page.locator("#desk-name")).to_be_visible()

    def test_an_address_opens_the_same_agenda(self, page, base_url, visit):
        query = {"view": "day", "appointment": visit.pk}
        open_agenda(page, base_url, visit.doctor.user, **query)
        expect(page.locator("#desk-name")).to_contain_text("Tazi")
        expect(event_of(page, visit)).to_have_attribute("aria-current", "true")
        expect(page.locator(".day-head")).to_have_count(1)


def test_without_scripts_the_list_leads_everywhere(new_context, base_url, today):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, today.doctor.user, base_url)
    page.goto(f"{base_url}/dashboard/?date={day_in(0)}")
    page.locator("a.event", has_text="Tazi").click()
    page.locator(".desk-foot a[href$='/move/']").click()
    page.locator("[name=other]").fill("14:00")
    page.locator(".dialog-form [type=submit]:not([formmethod])").click()
    expect(page.locator(f"{DESK} .motif")).to_contain_text("14:00")
    status_button(page, 1).click()
    expect(status_button(page, 1)).to_have_attribute("aria-pressed", "true")
    assert status_of(today) == Status.ARRIVED


def test_a_phone_has_the_list_and_the_desk_as_a_sheet(page, base_url, today):
    page.set_viewport_size({"width": 375, "height": 812})
    go_to_begun(page, base_url, today)
    page.locator("a.event", has_text="Tazi").click()
    expect(page.locator("#desk-name")).to_be_visible()
    status_button(page, 1).click()
    expect(page.locator("a.event.is-arrived")).to_be_visible()
    page.locator("[data-desk-close]").click()
    expect(page.locator("#desk-name")).to_have_count(0)


def test_the_menu_stays_as_wide_as_it_was_left(page, base_url, visit):
    open_agenda(page, base_url, visit.doctor.user)
    nav = page.locator(".nav")
    assert nav.bounding_box()["width"] == 256
    page.locator("[data-nav-toggle]").click()
    assert nav.bounding_box()["width"] == 64
    page.reload()
    assert nav.bounding_box()["width"] == 64
