"""A practice sets its reasons, hours, absences and holidays, and patients see it at once."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import Appointment
from bookings.status import Status
from bookings.tests.steps import secretary_of
from doctors.models import Practice
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.models import DoctorAbsence, Holiday
from scheduling.tests.factories import HolidayFactory, OpeningHoursFactory
from tests.e2e.test_accessibility import judge
from tests.e2e.world import at, day_in, doctors_type, patient, pill, sign_in, taken_by_somebody

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = "/dashboard/configuration/"
SAVED = re.compile(r"Enregistré à \d\d:\d\d")


@pytest.fixture
def kind(page, base_url):
    """A reason of the doctor who is signed in, open from nine to five every day."""
    kind = doctors_type()
    sign_in(page.context, kind.doctor.user, base_url)
    return kind


def saved(page):
    expect(page.locator(".saved, #messages .notice")).to_have_text(SAVED)


def edit(page, day):
    page.goto(f"{ROOT}hours/")
    page.locator(f"a[href*='/hours/{day}/']").click()
    expect(page.locator("#day_form")).to_be_visible()


def write_range(page, index, opens, closes):
    page.locator(f"[name=ranges-{index}-opens]").fill(opens)
    page.locator(f"[name=ranges-{index}-closes]").fill(closes)


def save_day(page):
    page.locator("#day_form .submit [type=submit]").click()


def add_absence(page, days=3):
    page.locator("[name=first_day]").fill(str(day_in(days)))
    page.locator("#absence_form [type=submit]").click()


# Reasons --------------------------------------------------------------------------------------


def test_a_new_reason_is_on_the_public_page_at_once(page, kind):
    page.goto(ROOT)
    page.get_by_role("link", name="Ajouter").click()
    expect(page.locator("#type-form-title")).to_be_focused()
    page.locator("[name=name]").fill("Échographie")
    page.locator("[name=duration]").fill("500")
    page.locator("#type_form [type=submit]").click()
    expect(page.locator("#id_duration_error")).to_have_text("De 5 à 480 minutes.")
    expect(page.locator("[name=name]")).to_have_value("Échographie")
    page.locator("[name=duration]").fill("45")
    page.locator("[name=price]").fill("110,50")
    page.locator(".color[title=violet]").click()
    page.get_by_label("Je confirme chaque demande").check()
    page.locator("#type_form [type=submit]").click()
    saved(page)
    expect(page).to_have_url(re.compile(rf"{ROOT}\?doctor=\d+$"))
    page.goto(f"{kind.doctor.get_absolute_url()}?seen=no")
    row = page.locator("a.choice", has_text="Échographie")
    expect(row).to_contain_text("45 min · 110,50")
    expect(row).to_contain_text("Sur demande")


def test_reasons_change_places_with_the_keyboard(page, kind):
    ConsultationTypeFactory(doctor=kind.doctor, name="Suivi", position=1)
    page.goto(ROOT)
    names = page.locator(".type-row b")
    up = page.locator(".type-row", has_text="Suivi").locator("button[value=up]")
    up.focus()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Suivi", "Consultation"])
    expect(page.locator(".as-seen .choice b")).to_have_text(["Suivi", "Consultation"])


def test_a_retired_reason_is_offered_again(page, kind):
    taken_by_somebody(kind, at("10:00"))
    page.goto(ROOT)
    page.get_by_role("link", name=re.compile("Modifier")).click()
    page.locator(".type-retire summary").click()
    expect(page.locator(".type-retire p")).to_contain_text("rendez-vous à venir")
    page.locator(".type-retire [type=submit]").click()
    expect(page.locator(".empty")).to_be_visible()
    page.locator(".config-more summary").click()
    page.locator(".config-more [type=submit]").click()
    expect(page.locator(".type-row b")).to_have_text(["Consultation"])
    assert Appointment.objects.get().status == Status.CONFIRMED


def test_the_browsers_back_closes_the_form(page, kind):
    page.goto(ROOT)
    page.get_by_role("link", name=re.compile("Modifier")).click()
    expect(page.locator("#type_form")).to_be_visible()
    page.go_back()
    expect(page.locator("#type_form")).to_have_count(0)
    expect(page.locator(".type-row")).to_have_count(1)


# Hours ----------------------------------------------------------------------------------------


def test_overlapping_hours_say_so_and_nothing_typed_is_lost(page, kind):
    edit(page, 0)
    write_range(page, 0, "9h", "12:30")
    page.locator("[name=add]").click()
    expect(page.locator("[name=ranges-1-opens]")).to_be_focused()
    write_range(page, 1, "12:00", "1730")
    save_day(page)
    expect(page.locator("#id_ranges-1-opens_error")).to_have_text(
        "Cette plage chevauche 09:00 – 12:30."
    )
    expect(page.locator("[name=ranges-0-opens]")).to_have_value("9h")
    page.locator("[name=ranges-1-opens]").fill("14:00")
    page.locator(".copy-to label", has_text="mardi").click()
    page.keyboard.press("Tab")
    save_day(page)
    saved(page)
    monday = page.locator(".week-row", has_text="Lundi").locator(".range")
    expect(monday).to_have_text(["09:00 – 12:30", "14:00 – 17:30"])
    rows = kind.doctor.opening_hours.filter(weekday__in=[0, 1]).order_by("weekday", "start_minute")
    assert [(row.weekday, row.opens, row.closes) for row in rows] == [
        (day, *hours) for day in (0, 1) for hours in (("09:00", "12:30"), ("14:00", "17:30"))
    ]


def test_enter_saves_the_day(page, kind):
    edit(page, 0)
    page.locator("[name=ranges-0-closes]").fill("16:00")
    page.locator("[name=ranges-0-closes]").press("Enter")
    saved(page)
    assert kind.doctor.opening_hours.get(weekday=0).closes == "16:00"


def test_other_hours_show_the_visits_they_leave_outside(page, kind):
    visit = taken_by_somebody(kind, at("15:00"))
    edit(page, at("15:00").weekday())
    page.locator("[name=ranges-0-closes]").fill("12:00")
    save_day(page)
    expect(page.locator("#review-title")).to_be_focused()
    expect(page.locator(".hit b").first).to_have_text("15:00")
    page.locator(".hit label", has_text="Garder").click()
    page.get_by_role("button", name="Enregistrer les horaires").click()
    saved(page)
    visit.refresh_from_db()
    assert (visit.status, visit.changes.count()) == (Status.CONFIRMED, 1)


# Absences -------------------------------------------------------------------------------------


def test_an_absence_asks_about_its_visits_and_again_about_one_booked_meanwhile(page, kind):
    first = taken_by_somebody(kind, at("10:00"))
    page.goto(f"{ROOT}absences/")
    add_absence(page)
    expect(page.locator(".hit")).to_have_count(1)
    page.locator("[name=message]").fill("Je serai en congrès.")
    page.locator(".hit label", has_text="Annuler").click()
    second = taken_by_somebody(kind, at("11:00"))
    page.get_by_role("button", name="Enregistrer l’absence").click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".hit-new")).to_contain_text("11:00")
    expect(page.locator("[name=message]")).to_have_value("Je serai en congrès.")
    first.refresh_from_db()
    assert (first.status, DoctorAbsence.objects.count()) == (Status.CONFIRMED, 0)
    page.locator(".review-all label", has_text="Proposer un autre horaire").click()
    page.locator(".hit", has_text="10:00").locator("label", has_text="Annuler").click()
    page.get_by_role("button", name="Enregistrer l’absence").click()
    saved(page)
    for visit in (first, second):
        visit.refresh_from_db()
    assert (first.status, second.status) == (Status.CANCELLED, Status.CONFIRMED)
    assert second.is_asked_to_move()
    expect(page.locator(".away")).to_contain_text("1 rendez-vous reste prévu")


def test_who_was_asked_chooses_another_time_from_the_page(page, base_url, kind):
    visit = taken_by_somebody(kind, at("10:00"))
    page.goto(f"{ROOT}absences/")
    add_absence(page)
    page.locator(".hit label", has_text="Proposer un autre horaire").click()
    page.get_by_role("button", name="Enregistrer l’absence").click()
    saved(page)
    sign_in(page.context, visit.patient.account, base_url)
    page.goto(f"/bookings/{visit.pk}/")
    expect(page.locator(".notice")).to_contain_text("choisir un autre")
    page.locator(f"a[href='/bookings/{visit.pk}/move/']").click()
    page.locator(".days a.btn-icon").last.click()
    pill(page, at("11:00", days=6)).click()
    page.locator("[data-next]").click()
    expect(page.locator("h1")).to_contain_text("11:00")


# Holidays and the practice --------------------------------------------------------------------


def test_a_holiday_is_closed_with_its_name_on_the_public_page(page, kind):
    holiday = HolidayFactory(
        practice=kind.doctor.practice,
        date=day_in(3),
        name="Fête du Port",
        decision=Holiday.Decision.PROPOSED,
    )
    page.goto(f"{ROOT}holidays/")
    page.locator(f"#close-{holiday.pk}").click()
    saved(page)
    expect(page.locator(f"#close-{holiday.pk}")).to_have_attribute("aria-pressed", "true")
    address = f"{kind.doctor.get_absolute_url()}?seen=yes&type={kind.pk}&from={day_in(3)}"
    page.goto(address)
    expect(page.locator(f"[data-date='{day_in(3)}']")).to_contain_text("Fête du Port")


def test_the_secretary_saves_the_practices_details(page, base_url):
    doctor = DoctorFactory()
    sign_in(page.context, secretary_of(doctor), base_url)
    page.goto(f"{ROOT}practice/")
    page.locator("[name=phone]").fill("12")
    page.locator("#practice_form [type=submit]").click()
    expect(page.locator("#id_phone_error")).to_be_visible()
    page.locator("[name=phone]").fill("01 42 71 55 00")
    page.locator("#practice_form [type=submit]").click()
    saved(page)
    expect(page.locator(".as-seen")).to_contain_text("01 42 71 55 00")
    assert Practice.objects.get().phone.as_e164 == "+33142715500"


# Without scripts ------------------------------------------------------------------------------


def test_without_scripts_it_is_pages_and_forms(new_context, base_url):
    kind = doctors_type()
    visit = taken_by_somebody(kind, at("10:00"))
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page.context, kind.doctor.user, base_url)
    page.goto(ROOT)
    page.get_by_role("link", name="Ajouter").click()
    page.locator("[name=name]").fill("Suivi")
    page.locator("#type_form [type=submit]").click()
    saved(page)
    edit(page, 0)
    page.locator("[name=add]").click()
    write_range(page, 0, "09:00", "12:00")
    write_range(page, 1, "11:00", "13:00")
    save_day(page)
    expect(page.locator("#id_ranges-1-opens_error")).to_be_visible()
    page.locator("[name=remove]").last.click()
    expect(page.locator("[name=ranges-0-closes]")).to_have_value("12:00")
    page.goto(f"{ROOT}absences/")
    add_absence(page)
    page.locator(".review-all [value=cancel]").check()
    page.get_by_role("button", name="Enregistrer l’absence").click()
    saved(page)
    visit.refresh_from_db()
    assert (visit.status, DoctorAbsence.objects.count()) == (Status.CANCELLED, 1)


# Every state, judged --------------------------------------------------------------------------

STATES = {}


def state(bring_about):
    STATES[bring_about.__name__] = bring_about
    return bring_about


@state
def types(page, kind):
    flags = {"needs_confirmation": True, "require_existing_patient": True, "buffer_after": 10}
    ConsultationTypeFactory(doctor=kind.doctor, price=50, **flags)
    ConsultationTypeFactory(doctor=kind.doctor, is_emergency_only=True, retired_at=at("10:00"))
    page.goto(ROOT)
    page.locator(".config-more summary").click()


@state
def types_none_yet(page, kind):
    kind.delete()
    page.goto(ROOT)
    expect(page.locator(".empty")).to_be_visible()


@state
def type_with_errors(page, kind):
    page.goto(f"{ROOT}types/{kind.pk}/")
    page.locator("[name=name]").fill("")
    page.locator("[name=duration]").fill("1")
    page.locator("#type_form [type=submit]").click()
    expect(page.locator("#type_form .error").first).to_be_visible()


@state
def type_retiring(page, kind):
    page.goto(f"{ROOT}types/{kind.pk}/")
    page.locator(".type-retire summary").click()


@state
def hours(page, kind):
    row = {"doctor": kind.doctor, "weekday": 0, "start_minute": 1320, "end_minute": 1560}
    OpeningHoursFactory(**row, types=[kind])
    page.goto(f"{ROOT}hours/")
    expect(page.locator(".week-row")).to_have_count(8)


@state
def hours_never_saved(page, kind):
    kind.doctor.opening_hours.all().delete()
    page.goto(f"{ROOT}hours/1/")
    expect(page.locator(".notice-warning")).to_be_visible()


@state
def hours_with_errors(page, kind):
    edit(page, 0)
    page.locator("[name=add]").click()
    write_range(page, 1, "18:00", "16:00")
    save_day(page)
    expect(page.locator("#id_ranges-1-closes_error")).to_be_visible()


@state
def absences(page, kind):
    taken_by_somebody(kind, at("10:00"))
    DoctorAbsence.objects.create(doctor=kind.doctor, starts_at=at("09:00"), ends_at=at("12:00"))
    past = {"starts_at": at("09:00", days=-3), "ends_at": at("12:00", days=-3)}
    DoctorAbsence.objects.create(doctor=kind.doctor, **past)
    page.goto(f"{ROOT}absences/")
    for summary in page.locator("#absences_panel summary").all():
        summary.click()


@state
def absences_with_errors(page, kind):
    page.goto(f"{ROOT}absences/")
    page.locator("#absence_form [type=submit]").click()
    expect(page.locator("#absence_form .error").first).to_be_visible()


@state
def visits_hit(page, kind):
    taken_by_somebody(kind, at("10:00"), person=patient(phone="+33612345678"))
    page.goto(f"{ROOT}absences/")
    add_absence(page)
    expect(page.locator(".hit")).to_have_count(1)
    taken_by_somebody(kind, at("11:00"))
    page.get_by_role("button", name="Enregistrer l’absence").click()
    expect(page.locator(".hit-new")).to_have_count(1)


@state
def holidays(page, kind):
    for days, decision in enumerate(Holiday.Decision):
        HolidayFactory(
            practice=kind.doctor.practice,
            date=day_in(3 + days),
            decision=decision,
            is_estimated=not days,
        )
    taken_by_somebody(kind, at("10:00"))
    page.goto(f"{ROOT}holidays/")
    expect(page.locator(".holiday")).to_have_count(3)


@state
def holidays_none_known(page, kind):
    page.goto(f"{ROOT}holidays/")
    expect(page.locator(".empty")).to_be_visible()


@state
def practice_with_errors(page, kind):
    DoctorFactory(practice=kind.doctor.practice)
    page.goto(f"{ROOT}practice/")
    page.locator("[name=name]").fill("")
    page.locator("#practice_form [type=submit]").click()
    expect(page.locator("#practice_form .error").first).to_be_visible()


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page, kind, axe, state):
    STATES[state](page, kind)
    judge(page, axe)


@pytest.mark.parametrize("width", [375, 1440])
def test_own_words_show_in_the_mail_before_they_are_saved(page, axe, kind, provoked, width):
    # The script is the tests' own, of every page; the frame of a mail runs none.
    provoked.add("Blocked script execution")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{ROOT}messages/")
    mail = page.frame_locator("iframe[name=message_preview]")
    expect(mail.get_by_role("link", name="Je viens")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("[name=closing-fr]").fill("Le parking est fermé.")
    page.get_by_role("button", name="Voir l’aperçu").focus()
    page.keyboard.press("Enter")
    expect(mail.get_by_text("Le parking est fermé.")).to_be_visible()
    # The page itself stays, with what was typed.
    expect(page.locator("[name=closing-fr]")).to_have_value("Le parking est fermé.")
    page.reload()
    expect(page.locator("[name=closing-fr]")).to_have_value("")
