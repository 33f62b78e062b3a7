"""The practice's patients, and the link that ties one to an account."""

from playwright.sync_api import expect

from bookings import services
from tests.e2e.states.desk import at_the_desk
from tests.e2e.states.table import state
from tests.e2e.states.waiting_room import walk_in
from tests.e2e.world import doctors_type, patient


@state
def patients(page, enter):
    visit = at_the_desk(page, enter)
    services.block_patient(
        by=visit.doctor.user, patient=visit.patient, practice=visit.practice, reason="Insultes"
    )
    page.goto("/dashboard/patients/")
    expect(page.locator(".patient-row .tag")).to_be_visible()


@state
def patients_nobody_found(page, enter):
    at_the_desk(page, enter)
    page.goto("/dashboard/patients/?q=zzz")
    expect(page.locator("#patients .empty")).to_be_visible()


def patient_of_the_desk(page, enter):
    doctor = doctors_type().doctor
    person = walk_in(doctor).patient
    enter(doctor.user)
    page.goto(f"/dashboard/patients/{person.pk}/")
    expect(page.locator(".record")).to_be_visible()
    return doctor, person


@state
def patient_with_an_error_in_the_block(page, enter):
    patient_of_the_desk(page, enter)
    page.locator(".record-side details summary").click()
    form = page.locator("form[action*='/block/']")
    form.evaluate("form => form.noValidate = true")
    form.locator("[type=submit]").click()
    expect(page.locator("[name=reason][aria-invalid=true]")).to_be_visible()


@state
def patient_blocked_with_a_link_and_a_note(page, enter):
    doctor, person = patient_of_the_desk(page, enter)
    visit = person.appointments.get()
    services.save_note(by=doctor.user, appointment=visit, text="TA 15/9", expected_version="")
    services.block_patient(
        by=doctor.user, patient=person, practice=doctor.practice, reason="Insultes"
    )
    page.locator("form[action*='/invite/'] button").click()
    expect(page.locator(".record-code")).to_be_visible()
    expect(page.locator(".record-note")).to_be_visible()


@state
def patient_edited_with_errors(page, enter):
    _doctor, person = patient_of_the_desk(page, enter)
    page.goto(f"/dashboard/patients/{person.pk}/edit/")
    page.locator("[name=first_name]").fill("")
    page.locator(".record-edit form").evaluate("form => form.noValidate = true")
    page.locator(".record-edit [type=submit]").click()
    expect(page.locator("[name=first_name][aria-invalid=true]")).to_be_visible()


def claim_page(page, enter):
    doctor = doctors_type().doctor
    person = walk_in(doctor).patient
    token = services.invite(by=doctor.user, patient=person, practice=doctor.practice)
    enter(patient().account)
    page.goto(f"/bookings/claim/{token}/")
    expect(page.locator("[name=relation]")).to_be_visible()


@state
def claim_with_a_wrong_birth_date(page, enter):
    claim_page(page, enter)
    page.locator("[name=birth_date]").fill("1990-01-02")
    page.locator("main form.card [type=submit]").click()
    expect(page.locator("[name=birth_date][aria-invalid=true]")).to_be_visible()


@state
def claim_with_an_old_link(page, enter):
    enter(patient().account)
    page.goto("/bookings/claim/old/")
    expect(page.locator(".empty h1")).to_be_visible()
