"""The waiting room in a browser: at the desk, on the wall, on a patient's phone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.models import Appointment, WaitingScreen
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from bookings.waiting_room.ticket import ticket_of
from doctors.tests.factories import DoctorFactory
from tests.e2e.world import at, doctors_type, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 5000
"""Milliseconds in which a change elsewhere is here."""


@pytest.fixture
def doctor():
    return doctors_type(name="Suivi").doctor


def walk_in(doctor, first_name="Nora", last_name="Alami"):
    person = PatientFactory(account=None, first_name=first_name, last_name=last_name)
    return services.add_walk_in(by=doctor.user, doctor=doctor, patient=person)


def room_of_three(doctor):
    return [walk_in(doctor, name) for name in ("Anna", "Bilal", "Chloé")]


def open_room(page, base_url, user):
    sign_in(page.context, user, base_url)
    page.goto(f"{base_url}/dashboard/queue/")
    expect(page.locator("#queue")).to_be_visible()


def rows(page):
    return page.locator("ol[data-reorder] > li .queue-who a")


def names(*first_names):
    return [f"{each} Alami" for each in first_names]


def row(page, visit):
    return page.locator(f"[data-visit='{visit.pk}']")


def call_next(page):
    return page.locator("[data-call-next]")


def count(page):
    return page.locator(".nav-item [data-waiting-number]")


class TestAdding:
    def test_a_new_person_by_their_name(self, page, base_url, doctor):
        open_room(page, base_url, secretary_of(doctor))
        page.locator("#walkin_q").press_sequentially("Karim Ben Tazi 06 61 20 48 15")
        page.locator("#queue_found [name=new]").click()
        expect(page.locator("#queue .notice")).to_contain_text("Karim Ben Tazi a le numéro 1")
        expect(rows(page)).to_have_text(["Karim Ben Tazi"])
        expect(count(page)).to_have_text("1")
        expect(page.locator("#walkin_q")).to_have_value("")
        person = Patient.objects.get(last_name="Ben Tazi")
        assert person.phone.as_e164 == "+33661204815"

    def test_the_number_given_stays_said_when_something_changes_elsewhere(
        self, page, base_url, doctor
    ):
        open_room(page, base_url, secretary_of(doctor))
        page.locator("#walkin_q").fill("Karim Tazi")
        page.locator("#walkin_q").press("Enter")
        expect(rows(page)).to_have_text(["Karim Tazi"])
        walk_in(doctor, "Anna")
        expect(rows(page)).to_have_text(["Karim Tazi", "Anna Alami"], timeout=SOON)
        expect(page.locator("#queue .notice")).to_contain_text("Karim Tazi a le numéro 1")

    def test_somebody_known(self, page, base_url, doctor):
        known = PatientFactory(first_name="Karim", last_name="Tazi")
        AppointmentFactory(
            doctor=doctor, patient=known, status=Status.DONE, starts_at=at("10:00", days=-7)
        )
        open_room(page, base_url, secretary_of(doctor))
        page.locator("#walkin_q").press_sequentially("tazi")
        page.locator("#queue_found [name=patient]").click()
        expect(rows(page)).to_have_text(["Karim Tazi"])
        assert Appointment.objects.get(queue_number=1).patient == known

    def test_what_names_nobody_is_told_and_stays(self, page, base_url, doctor):
        open_room(page, base_url, secretary_of(doctor))
        field = page.locator("#walkin_q")
        field.fill("Karim")
        field.press("Enter")
        expect(page.locator("#walkin-error")).to_contain_text("prénom et le nom")
        expect(field).to_have_value("Karim")
        field.fill("Karim Tazi")
        field.press("Enter")
        expect(rows(page)).to_have_text(["Karim Tazi"])
        expect(page.locator("#walkin-error")).to_be_hidden()

    @pytest.mark.parametrize("name", ["Zoé 🦊 Renard", "محمد الإدريسي", "A " + "très-long" * 16])
    def test_names_of_all_sorts_stay_inside_the_page(self, page, base_url, doctor, name):
        page.set_viewport_size({"width": 375, "height": 812})
        open_room(page, base_url, secretary_of(doctor))
        page.locator("#walkin_q").fill(name)
        page.locator("#walkin_q").press("Enter")
        expect(page.locator("#queue .notice, #walkin-error:not(:empty)").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


class TestCalling:
    def test_the_next_one_comes_in_and_is_finished(self, page, base_url, doctor):
        anna, *_others = room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        call_next(page).click()
        expect(page.locator(".queue-inside")).to_contain_text("Anna Alami")
        expect(rows(page)).to_have_text(names("Bilal", "Chloé"))
        expect(count(page)).to_have_text("2")
        page.locator(".queue-inside [value=finish]").click()
        expect(page.locator(".queue-inside")).to_have_count(0)
        anna.refresh_from_db()
        assert anna.status == Status.DONE

    def test_a_double_click_calls_one_person(self, page, base_url, doctor):
        room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        box = call_next(page).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.click(x, y)
        expect(rows(page)).to_have_text(names("Bilal", "Chloé"))
        # The second click comes after the answer, onto the next person's button.
        page.mouse.move(x, y)
        page.mouse.down(click_count=2)
        page.mouse.up(click_count=2)
        page.locator("#queue_found").wait_for(state="attached")
        open_room(page, base_url, doctor.user)
        expect(rows(page)).to_have_text(names("Bilal", "Chloé"))

    def test_who_was_called_elsewhere_is_not_called_again(self, page, base_url, doctor):
        anna, *_others = room_of_three(doctor)
        page.route("**/dashboard/live/**", lambda route: route.fulfill(status=204))
        open_room(page, base_url, secretary_of(doctor))
        services.change_status(anna, Verb.START, by=doctor.user)
        call_next(page).click()
        expect(page.locator("#queue [role=alert].notice")).to_be_visible()
        expect(rows(page)).to_have_text(names("Bilal", "Chloé"))


class TestOrder:
    def test_by_the_mouse(self, page, base_url, doctor):
        anna, _bilal, chloe = room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        with page.expect_response("**/dashboard/queue/order/**"):
            row(page, chloe).locator(".token").drag_to(
                row(page, anna), target_position={"x": 20, "y": 5}
            )
        page.reload()
        expect(rows(page)).to_have_text(names("Chloé", "Anna", "Bilal"))

    def test_by_the_keyboard_and_the_focus_stays_at_the_row(self, page, base_url, doctor):
        anna, *_others = room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        menu = row(page, anna).locator("summary")
        for after in (("Bilal", "Anna", "Chloé"), ("Bilal", "Chloé", "Anna")):
            menu.focus()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(rows(page)).to_have_text(names(*after))
            expect(menu).to_be_focused()

    def test_skipping(self, page, base_url, doctor):
        anna, *_others = room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        row(page, anna).locator("summary").click()
        row(page, anna).locator(".menu-item").first.click()
        expect(rows(page)).to_have_text(names("Bilal", "Anna", "Chloé"))

    def test_of_the_doctor_on_show_whatever_another_window_turned_to(self, page, base_url, doctor):
        anna, _bilal, chloe = room_of_three(doctor)
        colleague = DoctorFactory(practice=doctor.practice)
        sign_in(page.context, secretary_of(doctor), base_url)
        page.goto(f"/dashboard/queue/?doctor={doctor.pk}")
        page.context.new_page().goto(f"{base_url}/dashboard/queue/?doctor={colleague.pk}")
        page.bring_to_front()
        with page.expect_response("**/dashboard/queue/order/**") as answer:
            row(page, chloe).locator(".token").drag_to(
                row(page, anna), target_position={"x": 20, "y": 5}
            )
        assert answer.value.status == 200
        expect(rows(page)).to_have_text(names("Chloé", "Anna", "Bilal"))


class TestElsewhere:
    def test_another_secretarys_walk_in_slides_in_and_what_i_type_stays(
        self, page, base_url, doctor
    ):
        open_room(page, base_url, secretary_of(doctor))
        field = page.locator("#walkin_q")
        field.press_sequentially("Karim Taz")
        expect(page.locator("#queue_found [name=new]")).to_be_visible()
        walk_in(doctor, "Anna")
        expect(rows(page)).to_have_text(names("Anna"), timeout=SOON)
        expect(count(page)).to_have_text("1")
        expect(page.locator(".walkin-row [type=submit]")).to_have_text("Donner le n° 2")
        expect(field).to_have_value("Karim Taz")
        expect(field).to_be_focused()
        page.keyboard.type("i")
        page.locator("#queue_found [name=new]").click()
        expect(rows(page)).to_have_text(["Anna Alami", "Karim Tazi"])

    def test_calling_somebody_keeps_what_is_typed(self, page, base_url, doctor):
        room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        page.locator("#walkin_q").fill("Karim Tazi")
        call_next(page).click()
        expect(rows(page)).to_have_text(names("Bilal", "Chloé"))
        expect(page.locator("#walkin_q")).to_have_value("Karim Tazi")

    def test_a_menu_that_is_open_stays_open_and_the_room_follows_after_it(
        self, page, base_url, doctor
    ):
        anna = walk_in(doctor, "Anna")
        open_room(page, base_url, doctor.user)
        row(page, anna).locator("summary").click()
        walk_in(doctor, "Bilal")
        expect(count(page)).to_have_text("2", timeout=SOON)
        expect(row(page, anna).locator(".menu-list")).to_be_visible()
        row(page, anna).locator("summary").click()
        expect(rows(page)).to_have_text(names("Anna", "Bilal"))

    def test_the_wall_follows_signed_out_and_never_shows_a_name(
        self, page, new_context, base_url, doctor
    ):
        room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        page.locator("form[action$='/screen/'] button").click()
        expect(page.locator("a[href*='/screen/']")).to_be_visible()
        wall = new_context().new_page()
        wall.goto(f"{base_url}/screen/{WaitingScreen.objects.get().token}/")
        expect(wall.locator(".wall-next li")).to_have_text(["1", "2", "3"])
        call_next(page).click()
        expect(wall.locator(".wall-now strong")).to_have_text("1", timeout=SOON)
        expect(wall.locator(".wall-next li")).to_have_text(["2", "3"])
        assert not re.search("Alami|Anna|Bilal|Chloé", wall.content())

    def test_the_patients_own_page_follows(self, page, new_context, base_url, doctor):
        _anna, bilal, _chloe = room_of_three(doctor)
        open_room(page, base_url, doctor.user)
        phone = new_context().new_page()
        phone.goto(f"{base_url}/waiting/{ticket_of(bilal)}/")
        expect(phone.locator("#ticket h1")).to_have_text("1 personne avant vous")
        call_next(page).click()
        expect(phone.locator("#ticket h1")).to_have_text("Vous êtes le prochain", timeout=6000)
        expect(rows(page)).to_have_text(names("Bilal", "Chloé"))
        call_next(page).click()
        page.locator("#queue_notice [name=finish]").click()
        expect(phone.locator("#ticket h1")).to_have_text("C’est à vous", timeout=6000)
        assert "Alami" not in phone.content()

    def test_whose_membership_ended_meanwhile_changes_nothing(self, page, base_url, doctor):
        anna = walk_in(doctor, "Anna")
        secretary = secretary_of(doctor)
        open_room(page, base_url, secretary)
        secretary.memberships.all().delete()
        with page.expect_response("**/change/") as answer:
            call_next(page).click()
        assert answer.value.status == 404
        anna.refresh_from_db()
        assert anna.status == Status.ARRIVED


def test_without_scripts(new_context, base_url, doctor):
    page = new_context(java_script_enabled=False).new_page()
    open_room(page, base_url, doctor.user)
    page.locator("#walkin_q").fill("Anna Alami")
    page.locator(".walkin-row [type=submit]").click()
    page.locator("#walkin_q").fill("Bilal Alami")
    page.locator(".walkin-row [type=submit]").click()
    expect(rows(page)).to_have_text(names("Anna", "Bilal"))
    page.locator("ol[data-reorder] summary").first.click()
    page.locator("ol[data-reorder] .menu-item").first.click()
    expect(rows(page)).to_have_text(names("Bilal", "Anna"))
    call_next(page).click()
    expect(page.locator(".queue-inside")).to_contain_text("Bilal")
    page.locator(".queue-inside [value=finish]").click()
    expect(rows(page)).to_have_text(names("Anna"))


def test_the_one_before_is_closed_with_the_next_call_and_comes_back(page, base_url, doctor):
    room_of_three(doctor)
    open_room(page, base_url, doctor.user)
    # The room is drawn anew after one's own change too.
    with page.expect_response("**/dashboard/queue/?doctor=*"):
        call_next(page).click()
    expect(page.locator(".queue-inside")).to_contain_text("Anna")
    call_next(page).click()
    expect(page.locator("#queue_notice")).to_contain_text("Encore en consultation : Anna Alami")
    page.locator("#queue_notice [name=finish]").click()
    expect(page.locator(".queue-inside")).to_contain_text("Bilal")
    expect(page.locator(".queue-inside")).to_have_count(1)
    page.locator("#queue_notice form[action*=undo] button").click()
    expect(page.locator(".queue-inside")).to_contain_text("Anna")
    expect(rows(page)).to_have_text(names("Bilal", "Chloé"))
