"""The practice's patients in a browser: found, blocked, put right, tied to their account."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.models import Appointment, PatientFile
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from doctors.tests.factories import DoctorFactory, MembershipFactory
from tests.e2e.world import at, doctors_type, patient, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

BORN = dt.date(1980, 5, 6)


@pytest.fixture
def doctor():
    return doctors_type(name="Suivi").doctor


@pytest.fixture
def added(doctor):
    """Somebody whom the desk made a file of, with a visit ahead."""
    person = PatientFactory(
        account=None, first_name="Salma", last_name="Idrissi", birth_date=BORN, phone="+33612345678"
    )
    services.book(
        by=doctor.user,
        patient=person,
        doctor=doctor,
        consultation_type=doctor.consultation_types.get(),
        starts_at=at("10:00"),
    )
    return person


def open_list(page, base_url, user):
    sign_in(page.context, user, base_url)
    page.goto(f"{base_url}/dashboard/patients/")


def open_record(page, base_url, user, person):
    sign_in(page.context, user, base_url)
    page.goto(f"{base_url}/dashboard/patients/{person.pk}/")


def found(page):
    return page.locator(".patient-who a")


class TestList:
    def test_it_narrows_as_one_types_and_leads_to_the_record(self, page, base_url, doctor, added):
        other = patient(first_name="Élodie", last_name="Müller")
        AppointmentFactory(doctor=doctor, patient=other, starts_at=at("11:00"))
        open_list(page, base_url, secretary_of(doctor))
        expect(found(page)).to_have_text(["Salma Idrissi", "Élodie Müller"])
        search = page.locator("#patients_q")
        search.press_sequentially("muller")
        expect(found(page)).to_have_text(["Élodie Müller"])
        expect(search).to_be_focused()
        search.fill("06 12 34")
        expect(found(page)).to_have_text(["Salma Idrissi"])
        found(page).click()
        expect(page.locator("h1")).to_have_text("Salma Idrissi")
        page.go_back()
        expect(page.locator("#patients_q")).to_have_value("06 12 34")

    def test_nobody_found_says_what_to_do(self, page, base_url, doctor, added):
        open_list(page, base_url, secretary_of(doctor))
        page.locator("#patients_q").press_sequentially("zzz")
        expect(page.locator("#patients .empty h2")).to_contain_text("zzz")

    def test_without_scripts(self, new_context, base_url, doctor, added):
        page = new_context(java_script_enabled=False).new_page()
        open_list(page, base_url, secretary_of(doctor))
        page.locator("#patients_q").fill("idrissi")
        page.locator(".patients-search [type=submit]").click()
        found(page).click()
        page.locator("details summary", has_text="Bloquer").click()
        page.locator("[name=reason]").fill("Insultes")
        page.locator("form[action*='/block/'] [type=submit]").click()
        expect(page.locator(".record-side .notice")).to_contain_text("Insultes")


class TestRecord:
    def test_blocking_with_a_reason_and_its_end(self, page, base_url, doctor, added):
        open_record(page, base_url, secretary_of(doctor), added)
        page.locator("details summary", has_text="Bloquer").click()
        page.locator("[name=reason]").fill("Insultes répétées")
        page.locator("form[action*='/block/'] [type=submit]").click()
        expect(page.locator(".record-side .notice")).to_contain_text("Insultes répétées")
        assert PatientFile.objects.get(patient=added).blocked_at
        page.locator("form[action*='/unblock/'] button").click()
        expect(page.locator(".record-ok")).to_be_visible()
        assert PatientFile.objects.get(patient=added).blocked_at is None

    def test_absences_count_from_zero_again(self, page, base_url, doctor):
        person = patient()
        for days in (3, 4, 5):
            AppointmentFactory(
                doctor=doctor,
                patient=person,
                status=Status.NO_SHOW,
                starts_at=at("10:00", days=-days),
            )
        open_record(page, base_url, secretary_of(doctor), person)
        expect(page.locator(".record-side .notice")).to_be_visible()
        page.locator("form[action*='/reset-no-shows/'] button").click()
        expect(page.locator(".record-ok")).to_be_visible()

    def test_of_the_practice_on_show_whatever_another_window_turned_to(
        self, page, base_url, doctor, added
    ):
        """A secretary of two practices which both know the person."""
        colleague = DoctorFactory()
        PatientFile.objects.create(patient=added, practice=colleague.practice)
        secretary = secretary_of(doctor)
        MembershipFactory(practice=colleague.practice, user=secretary)
        sign_in(page.context, secretary, base_url)
        page.goto(f"/dashboard/patients/{added.pk}/?doctor={doctor.pk}")
        page.context.new_page().goto(f"{base_url}/dashboard/?doctor={colleague.pk}")
        page.bring_to_front()
        page.locator("details summary", has_text="Bloquer").click()
        page.locator("[name=reason]").fill("Insultes")
        page.locator("form[action*='/block/'] [type=submit]").click()
        expect(page.locator(".record-side .notice")).to_contain_text("Insultes")
        blocked = PatientFile.objects.exclude(blocked_at=None)
        assert [file.practice for file in blocked] == [doctor.practice]

    def test_an_error_in_the_details_keeps_what_was_typed(self, page, base_url, doctor, added):
        open_record(page, base_url, secretary_of(doctor), added)
        page.locator("a[href*='/edit/']").click()
        page.locator("[name=first_name]").fill("Salma Lina")
        page.locator("[name=phone]").fill("12")
        page.locator(".record-edit form").evaluate("form => form.noValidate = true")
        page.locator(".record-edit [type=submit]").click()
        expect(page.locator("[name=phone]")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("[name=phone]")).to_have_value("12")
        expect(page.locator("[name=first_name]")).to_have_value("Salma Lina")
        page.locator("[name=phone]").fill("06 12 34 56 79")
        page.locator(".record-edit [type=submit]").click()
        expect(page.locator("h1")).to_have_text("Salma Lina Idrissi")


def test_a_link_leads_the_visits_into_the_patients_account(
    page, new_context, base_url, doctor, added
):
    open_record(page, base_url, secretary_of(doctor), added)
    page.locator("form[action*='/invite/'] button").click()
    expect(page.locator(".record-code")).to_be_visible()
    path = re.sub("^https?://[^/]+", "", page.locator("[data-select-all]").input_value())
    theirs = new_context().new_page()
    account = patient().account
    account.set_password("testpass123")
    account.save()
    theirs.goto(base_url + path)
    theirs.locator("#sign_in_login").fill(account.username)
    theirs.locator("#sign_in_password").fill("testpass123")
    theirs.locator("#sign_in_password").press("Enter")
    theirs.locator("[name=relation]").select_option("child")
    assert "Idrissi" not in theirs.content()
    born = theirs.locator("main form.card")
    fill_birth_date(born, dt.date(1990, 1, 2))
    born.locator("[type=submit]").click()
    expect(theirs.locator("main [aria-invalid=true]").first).to_be_visible()
    fill_birth_date(born, BORN)
    born.locator("[type=submit]").click()
    expect(theirs).to_have_url(re.compile("/bookings/$"))
    expect(theirs.locator("main")).to_contain_text("Salma Idrissi")
    assert Patient.objects.get(pk=added.pk).account == account
    assert list(Appointment.objects.visible_to(account)) == [added.appointments.get()]
    theirs.goto(base_url + path)
    expect(theirs.locator("h1")).to_have_text("Ce lien n’est plus valable")


def fill_birth_date(form, day):
    form.locator("[name=birth_date]").fill(day.isoformat())
