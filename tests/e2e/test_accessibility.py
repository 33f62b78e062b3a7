"""axe-core finds nothing, on any page in any state, errors shown too.

One table: each function brings the browser into one state, which is judged on a desktop in
daylight and on a phone at night. The entrance and the own account
have their own table, in test_accounts.py.
"""

import datetime as dt

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.tests.factories import (
    EmailAddressFactory,
    PatientFactory,
    RelativeFactory,
    UserFactory,
)
from bookings import services
from bookings.models import Hold, WaitingScreen
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory, HoldFactory, WaitingListEntryFactory
from bookings.tests.steps import secretary_of
from bookings.waiting_room.services import make_screen
from bookings.waiting_room.ticket import ticket_of
from doctors.tests.factories import DoctorFactory, PracticeFactory
from doctors.tests.pictures import give_photo
from scheduling.services import add_absence
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory
from tests.e2e.world import (
    CONFIRM_PAGE,
    at,
    calendar_address,
    confirm_button,
    day_in,
    doctors_type,
    go_and_choose,
    patient,
    pill,
    sign_in,
    taken_by_somebody,
    unaware,
)

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+33144556677"
STATES = {}
PROVOKED = {
    "confirm_refused_by_a_rule": {"Response Status Error Code 403"},
    "error_500": {"failed: GET"},
}


def state(bring_about):
    STATES[bring_about.__name__] = bring_about
    return bring_about


def judge(page, axe):
    axe(page)
    page.set_viewport_size({"width": 375, "height": 812})
    page.emulate_media(color_scheme="dark")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


# Finding --------------------------------------------------------------------------------------


@state
def home(page, enter):
    doctors_type()
    page.goto("/")
    expect(page.locator(".specialties a")).to_have_count(1)


@state
def home_with_suggestions(page, enter):
    practice = PracticeFactory(name="Cardinal", city="Cardiff", latitude=48.9, longitude=2.3)
    DoctorFactory(practice=practice, user__last_name="Cardin")
    page.goto("/")
    page.locator("[data-suggest=what]").press_sequentially("card")
    expect(page.locator("#suggestions-what [role=option]:visible")).to_have_count(4)
    page.keyboard.press("ArrowDown")


@state
def doctors_with_suggestions(page, enter):
    DoctorFactory(practice__latitude=48.9, practice__longitude=2.3)
    page.goto("/doctors/")
    page.locator("[data-suggest=what]").press_sequentially("card")
    expect(page.locator("#suggestions-what [role=option]:visible")).to_have_count(1)


@state
def doctors(page, enter):
    doctors_type()
    DoctorFactory(books_online=False, practice__phone=PHONE)
    page.goto("/doctors/")
    expect(page.locator("article, li.doctor-card")).to_have_count(2)


@state
def doctors_nobody_found(page, enter):
    page.goto("/doctors/?q=nobody")
    expect(page.locator(".empty h2")).to_be_visible()


@state
def doctors_with_the_menu_open(page, enter):
    enter(patient().account)
    page.goto("/doctors/")
    page.locator(".site-header details.menu > summary").click()
    expect(page.locator(".site-header .menu-list")).to_be_visible()


@state
def doctor_step_1(page, enter):
    kind = doctors_type(price=30, price_note="remboursé", doctor__presentation="Bonjour.")
    page.goto(kind.doctor.get_absolute_url())
    expect(page.locator("a.choice")).to_have_count(2)


@state
def doctor_with_everything_to_tell(page, enter):
    kind = doctors_type(
        price=30,
        doctor__presentation="Bonjour.",
        doctor__languages=["fr", "ar", "en"],
        doctor__practice__access="Tram T1\nAscenseur\nParking\nSonner\nVélos\nAu fond",
        doctor__practice__phone=PHONE,
    )
    OpeningHoursFactory(doctor=kind.doctor, weekday=0, practice=PracticeFactory())
    for days in range(7):
        HolidayFactory(practice=kind.doctor.practice, date=day_in(days), name="Fête")
    DoctorFactory.create_batch(6, practice=kind.doctor.practice)
    enter(give_photo(kind.doctor).user)
    page.goto(kind.doctor.get_absolute_url())
    expect(page.locator(".colleagues .person")).to_have_count(4)


@state
def own_page(page, enter):
    enter(give_photo(DoctorFactory()).user)
    page.goto("/accounts/doctor-page/")
    expect(page.locator("[data-photo] img.avatar")).to_be_visible()


@state
def own_page_with_errors(page, enter):
    enter(DoctorFactory().user)
    page.goto("/accounts/doctor-page/")
    wrong = {"name": "a.png", "mimeType": "image/png", "buffer": b"<svg/>"}
    page.locator("[name=new_photo]").set_input_files(wrong)
    page.locator("main form [type=submit]").click()
    expect(page.locator("#id_new_photo_error")).to_be_visible()


@state
def doctor_takes_no_new_patients(page, enter):
    kind = doctors_type(doctor__accepts_new_patients=False, doctor__practice__phone=PHONE)
    page.goto(kind.doctor.get_absolute_url())
    page.locator("a.choice[href*='seen=no']").click()
    expect(page.locator("#booking_panel .notice")).to_be_visible()


@state
def doctor_step_2(page, enter):
    kind = doctors_type(needs_confirmation=True)
    doctors_type(doctor=kind.doctor, is_emergency_only=True, name="Urgence", price=50)
    doctors_type(doctor=kind.doctor, require_existing_patient=True, name="Suivi")
    page.goto(kind.doctor.get_absolute_url())
    page.locator("a.choice[href*='seen=yes']").click()
    expect(page.locator("a.choice")).to_have_count(3)


@state
def doctor_step_3(page, enter):
    page.goto(calendar_address(doctors_type(), days=0))
    expect(page.locator(".day")).to_have_count(3)


@state
def doctor_step_3_chosen(page, enter):
    page.goto(calendar_address(doctors_type()))
    pill(page, at("10:00")).click()
    expect(page.locator("[data-next]")).to_be_enabled()


@state
def doctor_step_3_all_times(page, enter):
    kind = doctors_type()
    taken_by_somebody(kind, at("10:00"))
    page.goto(calendar_address(kind))
    page.locator(".days-more a[href*='all=1']").click()
    expect(pill(page, at("16:30"))).to_be_visible()


@state
def doctor_step_3_emergencies(page, enter):
    page.goto(calendar_address(doctors_type(is_emergency_only=True), days=0))
    expect(page.locator("#booking_panel a[href='tel:15']")).to_be_visible()


def day_page(page, kind, *, days=3):
    page.goto(f"{kind.doctor.get_absolute_url()}day/?type={kind.pk}&date={day_in(days)}")


@state
def whole_day(page, enter):
    kind = doctors_type(notice_minutes=60)
    taken_by_somebody(kind, at("10:00"))
    HoldFactory(consultation_type=kind, starts_at=at("11:00"))
    AbsenceFactory(doctor=kind.doctor, starts_at=at("15:00"))
    day_page(page, kind)
    pill(page, at("09:00")).click()
    expect(page.locator("#day_slots .time")).to_have_count(16)


@state
def whole_day_gone_by(page, enter):
    day_page(page, doctors_type(), days=-3)
    expect(page.locator("#day_slots .next-free")).to_be_visible()


@state
def whole_day_closed(page, enter):
    kind = doctors_type(doctor__practice__phone=PHONE)
    AbsenceFactory(doctor=kind.doctor, starts_at=at("00:00"), ends_at=at("00:00", days=400))
    kind.doctor.opening_hours.filter(weekday=day_in(3).weekday()).delete()
    day_page(page, kind)
    expect(page.locator("#day_slots .empty h2")).to_be_visible()


@state
def whole_day_of_emergencies(page, enter):
    day_page(page, doctors_type(is_emergency_only=True))
    expect(page.locator("#day_slots .notice")).to_be_visible()


@state
def developers(page, enter):
    page.goto("/developers/")
    expect(page.locator("article.operation").first).to_be_visible()


@state
def doctor_step_3_emergency_too_far(page, enter):
    page.goto(calendar_address(doctors_type(is_emergency_only=True)))
    expect(page.locator("#slot_grid [role=alert]")).to_be_visible()


@state
def doctor_step_3_closed_days(page, enter):
    kind = doctors_type()
    AbsenceFactory(doctor=kind.doctor, starts_at=at("00:00", days=4))
    page.goto(calendar_address(kind))
    expect(page.locator(".day-empty")).to_have_count(1)


@state
def doctor_step_3_nothing_free_here(page, enter):
    kind = doctors_type()
    away = {"starts_at": at("00:00", days=2), "ends_at": at("00:00", days=9)}
    AbsenceFactory(doctor=kind.doctor, **away)
    page.goto(calendar_address(kind))
    expect(page.locator("a.next-free")).to_be_visible()


@state
def doctor_step_3_nothing_free_at_all(page, enter):
    kind = doctors_type(doctor__practice__phone=PHONE)
    away = {"starts_at": at("00:00", days=-1), "ends_at": at("00:00", days=300)}
    AbsenceFactory(doctor=kind.doctor, **away)
    page.goto(calendar_address(kind))
    expect(page.locator(".days-note")).to_be_visible()


def full_days(**options):
    """One start a day, at 16:00, taken in three days and the two after."""
    kind = doctors_type(opens_at=16 * 60, duration=60, **options)
    for days in (3, 4, 5):
        AppointmentFactory(consultation_type=kind, starts_at=at("16:00", days=days))
    return kind


@state
def doctor_step_3_full_with_everything_else(page, enter):
    kind = full_days(doctor__practice__phone=PHONE)
    other = doctors_type(doctor=kind.doctor, name="Première visite")
    OpeningHoursFactory(
        doctor=kind.doctor, weekday=day_in(3).weekday(), end_minute=600, types=[other]
    )
    colleague = DoctorFactory(practice=kind.doctor.practice)
    doctors_type(doctor=colleague)
    page.goto(calendar_address(kind))
    expect(page.locator(".nothing-else a")).to_have_count(2)
    expect(page.locator("#slot_grid a[href*='waiting-list']")).to_be_visible()


@state
def doctor_step_3_each_day_its_reason(page, enter):
    kind = full_days()
    HolidayFactory(practice=kind.doctor.practice, date=day_in(4), name="Aïd el-Fitr")
    AbsenceFactory(doctor=kind.doctor, starts_at=at("00:00", days=5), ends_at=at("00:00", days=9))
    page.goto(calendar_address(kind))
    expect(page.locator(".day-empty")).to_have_count(3)


@state
def doctor_step_3_emergencies_all_taken(page, enter):
    kind = doctors_type(is_emergency_only=True, doctor__practice__phone=PHONE)
    AbsenceFactory(doctor=kind.doctor, starts_at=at("00:00", days=-1), ends_at=at("00:00", days=3))
    page.goto(calendar_address(kind, days=0))
    expect(page.locator(".nothing-why")).to_be_visible()


@state
def doctor_step_3_on_the_waiting_list(page, enter):
    person, kind = patient(), full_days()
    enter(person.account)
    WaitingListEntryFactory(patient=person, consultation_type=kind, before=at("16:00", days=6))
    page.goto(calendar_address(kind))
    expect(page.locator(".nothing-waits")).to_be_visible()


@state
def doctor_takes_known_patients_only(page, enter):
    kind = doctors_type(require_existing_patient=True, doctor__practice__phone=PHONE)
    page.goto(f"{kind.doctor.get_absolute_url()}?seen=no")
    expect(page.locator("#booking_panel .notice")).to_be_visible()


@state
def doctor_without_any_reason(page, enter):
    page.goto(DoctorFactory(practice__phone=PHONE).get_absolute_url())
    expect(page.locator("#booking_panel .empty")).to_be_visible()


@state
def joining_the_waiting_list(page, enter):
    person, kind = patient(), full_days()
    RelativeFactory(account=person.account)
    enter(person.account)
    page.goto(f"/bookings/waiting-list/?doctor={kind.doctor.pk}&consultation_type={kind.pk}")
    expect(page.locator("label.person")).to_have_count(2)


@state
def joining_the_waiting_list_refused(page, enter):
    person, kind = patient(account__email=""), full_days()
    enter(person.account)
    page.goto(f"/bookings/waiting-list/?doctor={kind.doctor.pk}&consultation_type={kind.pk}")
    page.locator("main form [type=submit]").click()
    expect(page.locator("#refusal")).to_be_visible()


@state
def doctor_refused_existing_patients_only(page, enter):
    enter(patient().account)
    page.goto(calendar_address(doctors_type(require_existing_patient=True)))
    expect(page.locator("#slot_grid [role=alert]")).to_be_visible()


@state
def doctor_step_3_a_time_went_while_looking(page, enter):
    kind = doctors_type()
    page.goto(calendar_address(kind))
    expect(pill(page, at("10:00"))).to_be_visible()
    taken_by_somebody(kind, at("10:00"))
    expect(page.locator(".slot.is-gone")).to_be_visible()


@state
def doctor_step_3_the_chosen_time_went(page, enter):
    kind = doctors_type()
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    taken_by_somebody(kind, at("10:00"))
    expect(page.locator(".days-live.is-warning")).to_be_visible()


@state
def doctor_time_taken(page, enter):
    unaware(page)
    kind = doctors_type()
    page.goto(calendar_address(kind))
    pill(page, at("10:00")).click()
    taken_by_somebody(kind, at("10:00"))
    page.locator("[data-next]").click()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def doctor_by_phone(page, enter):
    kind = doctors_type(doctor__books_online=False, doctor__practice__phone=PHONE)
    page.goto(kind.doctor.get_absolute_url())
    expect(page.locator("#booking_panel .empty a[href^=tel]")).to_be_visible()


@state
def doctor_cannot_be_booked(page, enter):
    page.goto("/bookings/confirm-booking/?doctor=0&consultation_type=0&appointment_time=x")
    expect(page.locator(".error-page")).to_be_visible()


# Confirming -----------------------------------------------------------------------------------


def confirm(page, enter, **options):
    """The confirm page of somebody with a relative; the type it is about."""
    person = patient()
    RelativeFactory(account=person.account)
    enter(person.account)
    kind = doctors_type(**options)
    go_and_choose(page, kind, at("10:00"))
    return kind


@state
def confirm_visitor(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    expect(page.locator("#sign_in_form")).to_be_visible()


@state
def confirm_visitor_signing_up_with_errors(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    page.locator("details:has(#sign_up_form) > summary").click()
    page.locator("#sign_up_form").evaluate("form => form.noValidate = true")
    page.locator("#sign_up_form [type=submit]").click()
    expect(page.locator("#sign_up_form .error-summary")).to_be_visible()


@state
def confirm_visitor_with_a_wrong_password(page, enter):
    go_and_choose(page, doctors_type(), at("10:00"))
    page.locator("#sign_in_form [name=login]").fill("nobody")
    page.locator("#sign_in_form [name=password]").fill("wrong")
    page.locator("#sign_in_form [type=submit]").click()
    expect(page.locator("#sign_in_form .error-summary")).to_be_visible()


@state
def confirm_visitor_time_taken(page, enter):
    kind = doctors_type()
    go_and_choose(page, kind, at("10:00"))
    Hold.objects.all().delete()
    taken_by_somebody(kind, at("10:00"))
    page.reload()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def confirm_kept_time_lost_to_an_absence(page, enter):
    kind = confirm(page, enter)
    day = {"starts_at": at("00:00"), "ends_at": at("00:00", days=4)}
    add_absence(kind.doctor, **day)
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def confirm_signed_in(page, enter):
    confirm(page, enter, instructions="Venir à jeun.\nApporter l'ordonnance.")
    expect(confirm_button(page)).to_be_visible()


@state
def confirm_a_new_person_with_errors(page, enter):
    confirm(page, enter)
    page.locator("label.person-add").click()
    confirm_button(page).click()
    expect(page.locator("#booking [aria-invalid=true]").first).to_be_visible()


@state
def confirm_text_too_long(page, enter):
    confirm(page, enter)
    page.locator("[name=reason]").evaluate("area => area.value = 'a'.repeat(1001)")
    confirm_button(page).click()
    expect(page.locator("#reason-error")).to_be_visible()


@state
def confirm_refused_by_a_rule(page, enter):
    kind = confirm(page, enter)
    type(kind).objects.update(require_existing_patient=True)
    confirm_button(page).click()
    expect(page.locator("#refusal")).to_be_visible()


@state
def confirm_time_taken(page, enter):
    kind = confirm(page, enter)
    Hold.objects.all().delete()
    taken_by_somebody(kind, at("10:00"))
    confirm_button(page).click()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def confirm_hold_over(page, enter):
    confirm(page, enter)
    Hold.objects.all().delete()
    page.reload()
    expect(page.locator("#hold .notice")).to_be_visible()


@state
def confirm_hold_cannot_be_extended(page, enter):
    confirm(page, enter)
    Hold.objects.update(extensions=2)
    page.locator("#hold button").click()
    expect(page.locator("#hold [role=alert]")).to_be_visible()


@state
def confirm_hold_about_to_end(page, enter):
    confirm(page, enter)
    Hold.objects.update(expires_at=timezone.now() + dt.timedelta(seconds=50))
    page.reload()
    expect(page.locator(".hold.is-ending")).to_be_visible()


@state
def confirm_line_lost(page, enter):
    confirm(page, enter)
    page.evaluate("htmx.trigger(document.getElementById('booking'), 'htmx:sendError')")
    page.evaluate(
        "document.getElementById('dock').append("
        "document.getElementById('connection-lost').content.cloneNode(true))"
    )
    expect(page.locator("#dock .notice")).to_be_visible()


# Own appointments -----------------------------------------------------------------------------


def visit(page, enter, **options):
    """A visit in three days, whose patient is signed in."""
    appointment = AppointmentFactory(
        consultation_type=doctors_type(doctor__practice__phone=PHONE, price=30),
        patient=patient(),
        **{"starts_at": at("10:00"), "reason": "Toux", **options},
    )
    enter(appointment.patient.account)
    return appointment


@state
def appointment_confirmed(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/")
    expect(page.locator(".ticket-actions a")).to_have_count(2)


@state
def appointment_requested(page, enter):
    page.goto(f"/bookings/{visit(page, enter, status=Status.PENDING).pk}/")
    expect(page.locator(".said")).to_be_visible()


@state
def appointment_cancelled(page, enter):
    page.goto(f"/bookings/{visit(page, enter, status=Status.CANCELLED).pk}/")
    expect(page.locator(".ticket-actions")).to_have_count(0)


@state
def appointment_after_the_deadline(page, enter):
    soon = timezone.now() + dt.timedelta(hours=5)
    page.goto(f"/bookings/{visit(page, enter, starts_at=soon).pk}/")
    expect(page.locator(".ticket-actions a[href^=tel]")).to_be_visible()


@state
def appointment_waiting_for_an_earlier_one(page, enter):
    appointment = visit(page, enter)
    WaitingListEntryFactory(appointment=appointment)
    page.goto(f"/bookings/{appointment.pk}/")
    expect(page.get_by_role("switch", checked=True)).to_be_visible()


@state
def appointments_and_the_waiting_list(page, enter):
    appointment = visit(page, enter)
    WaitingListEntryFactory(appointment=appointment, not_before=day_in(2))
    page.goto("/bookings/")
    expect(page.locator("section[aria-labelledby=waiting] article")).to_be_visible()


@state
def appointments_none(page, enter):
    enter(patient().account)
    page.goto("/bookings/")
    expect(page.locator(".empty")).to_be_visible()


@state
def appointments(page, enter):
    first = visit(page, enter)
    shared = {"consultation_type": first.consultation_type, "patient": first.patient}
    soon = timezone.now() + dt.timedelta(hours=5)
    AppointmentFactory(**shared, starts_at=soon)
    AppointmentFactory(**shared, starts_at=at("12:00"), status=Status.PENDING)
    AppointmentFactory(**shared, starts_at=at("12:00"), status=Status.CANCELLED)
    for days, status in enumerate([Status.DONE, Status.NO_SHOW], start=10):
        AppointmentFactory(**shared, starts_at=at("12:00", days=-days), status=status)
    page.goto("/bookings/")
    expect(page.locator("article.appointment")).to_have_count(6)


@state
def cancelling(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/cancel/")
    expect(page.locator(".btn-danger-solid")).to_be_visible()


@state
def cancelling_too_late(page, enter):
    appointment = visit(page, enter)
    page.goto(f"/bookings/{appointment.pk}/cancel/")
    AppointmentFactory._meta.model.objects.update(status=Status.DONE)
    page.locator("main form [type=submit]").click()
    expect(page.locator("#refusal")).to_be_visible()


@state
def cancelling_after_the_deadline(page, enter):
    soon = timezone.now() + dt.timedelta(hours=5)
    page.goto(f"/bookings/{visit(page, enter, starts_at=soon).pk}/cancel/")
    expect(page.locator("main .notice a[href^=tel]")).to_be_visible()


@state
def moving_after_the_deadline(page, enter):
    soon = timezone.now() + dt.timedelta(hours=5)
    page.goto(f"/bookings/{visit(page, enter, starts_at=soon).pk}/move/")
    expect(page.locator("main .notice a[href^=tel]")).to_be_visible()


@state
def moving(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/move/")
    expect(page.locator("#slot_grid")).to_be_visible()


@state
def moving_time_taken(page, enter):
    unaware(page)
    appointment = visit(page, enter)
    page.goto(f"/bookings/{appointment.pk}/move/")
    pill(page, at("11:00")).click()
    taken_by_somebody(appointment.consultation_type, at("11:00"))
    page.locator("[data-next]").click()
    expect(page.locator("#refusal button.slot")).to_have_count(3)


@state
def appointments_after_a_message(page, enter):
    page.goto(f"/bookings/{visit(page, enter).pk}/cancel/")
    page.locator("main form [type=submit]").click()
    expect(page.locator("#messages [role=status]")).to_be_visible()


# The desk -------------------------------------------------------------------------------------


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
    visit = at_the_desk(page, enter)
    page.route("**/dashboard/live/**", lambda route: route.fulfill(status=204))
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
    expect(page.locator("#dialog-title")).to_be_focused()
    page.locator("#dialog summary").click()
    page.locator("#dialog .dialog-foot [type=submit]").click()
    expect(page.locator("#dialog #new_visit_person .error").first).to_be_visible()


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


# The waiting room, patients, statistics --------------------------------------------------------


def walk_in(doctor, first_name="Nora"):
    person = PatientFactory(account=None, first_name=first_name, birth_date=dt.date(1980, 5, 6))
    return services.add_walk_in(by=doctor.user, doctor=doctor, patient=person)


def waiting_room(page, enter):
    """Three wait, one is inside."""
    doctor = doctors_type(name="Suivi").doctor
    for name in ("Anna", "Bilal", "Chloé"):
        walk_in(doctor, name)
    services.change_status(walk_in(doctor, "Driss"), Verb.START, by=doctor.user)
    make_screen(by=doctor.user, doctor=doctor)
    enter(doctor.user)
    page.goto("/dashboard/queue/")
    expect(page.locator("[data-visit]")).to_have_count(3)
    return doctor


@state
def queue_with_a_menu_open(page, enter):
    waiting_room(page, enter)
    page.locator("#queue aside summary").click()
    page.locator("[data-visit] summary").last.click()
    expect(page.locator("[data-visit] .menu-list:visible")).to_have_count(1)


@state
def queue_while_typing(page, enter):
    waiting_room(page, enter)
    page.locator("#walkin_q").press_sequentially("Karim Tazi")
    expect(page.locator("#queue_found [name=new]")).to_be_visible()


@state
def queue_with_an_error(page, enter):
    waiting_room(page, enter)
    page.locator("#walkin_q").fill("Karim")
    page.locator("#walkin_q").press("Enter")
    expect(page.locator("#walkin_q[aria-invalid]")).to_be_visible()


@state
def queue_added(page, enter):
    waiting_room(page, enter)
    page.locator("#walkin_q").fill("Karim Tazi")
    page.locator("#walkin_q").press("Enter")
    expect(page.locator("#queue .notice")).to_be_visible()


@state
def queue_empty(page, enter):
    enter(doctors_type().doctor.user)
    page.goto("/dashboard/queue/")
    expect(page.locator("#queue .empty")).to_be_visible()


@state
def queue_ticket(page, enter):
    doctor = doctors_type().doctor
    enter(doctor.user)
    page.goto(f"/dashboard/queue/{walk_in(doctor).pk}/ticket/")
    expect(page.locator(".record-code")).to_be_visible()


@state
def wall_screen(page, enter):
    doctor = waiting_room(page, enter)
    page.goto(f"/screen/{WaitingScreen.objects.get(doctor=doctor).token}/")
    expect(page.locator(".wall-next li")).to_have_count(3)


@state
def waiting_ticket(page, enter):
    page.goto(f"/waiting/{ticket_of(walk_in(doctors_type().doctor))}/")
    expect(page.locator("#ticket h1")).to_be_visible()


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


@state
def statistics(page, enter):
    kind = doctors_type()
    AppointmentFactory(consultation_type=kind, status=Status.DONE, starts_at=at("10:00", days=-14))
    enter(kind.doctor.user)
    page.goto("/dashboard/statistics/")
    for summary in page.locator(".chart summary").all():
        summary.click()
    expect(page.locator(".chart details table")).to_have_count(3)


@state
def statistics_empty(page, enter):
    enter(doctors_type().doctor.user)
    page.goto("/dashboard/statistics/")
    expect(page.locator(".figures .empty")).to_be_visible()


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


# The entrance, errors shown -------------------------------------------------------------------


def refused(page, address, form="main form"):
    page.goto(address)
    page.locator(form).first.evaluate("form => form.noValidate = true")
    page.locator(f"{form} [type=submit]").first.click()
    expect(page.locator(".error-summary, [aria-invalid=true]").first).to_be_visible()


@state
def signing_up_with_errors(page, enter):
    refused(page, "/accounts/register/")


@state
def signing_up_as_a_doctor_with_errors(page, enter):
    refused(page, "/accounts/register/doctor/")


@state
def password_reset_with_errors(page, enter):
    refused(page, "/accounts/password/reset/")


@state
def password_reset_with_an_old_link(page, enter):
    page.goto("/accounts/password/reset/key/1-old/")
    expect(page.locator("main h1")).to_be_visible()


@state
def password_reset_choosing_one_with_errors(page, enter):
    user = patient().account
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    page.goto(f"/accounts/password/reset/key/{key}/")
    page.locator("[name=password1]").fill("12345678")
    page.locator("main form [type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()


@state
def password_change_with_errors(page, enter):
    enter(patient().account)
    refused(page, "/accounts/password/change/")


@state
def email_with_errors(page, enter):
    enter(patient().account)
    refused(page, "/accounts/email/")


@state
def email_to_confirm(page, enter):
    address = EmailAddressFactory(verified=False)
    page.goto(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")
    expect(page.locator("main form [type=submit]")).to_be_visible()


@state
def email_confirmed_with_an_old_link(page, enter):
    page.goto("/accounts/confirm-email/old/")
    expect(page.locator("main h1")).to_be_visible()


@state
def account_closed(page, enter):
    page.goto("/accounts/inactive/")
    expect(page.locator("main h1")).to_be_visible()


@state
def doctor_signed_up(page, enter):
    enter(DoctorFactory(approved_at=None, hours_saved_at=None).user)
    page.goto("/accounts/register/doctor/done/")
    expect(page.locator("main .facts li")).to_have_count(3)


@state
def profile_with_errors(page, enter):
    enter(patient().account)
    page.goto("/accounts/profile/")
    page.locator("[name=first_name]").fill("")
    form = "form[action='/accounts/profile/']"
    page.locator(form).evaluate("form => form.noValidate = true")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()


@state
def relative(page, enter):
    person = patient()
    enter(person.account)
    page.goto(f"/accounts/relatives/{RelativeFactory(account=person.account).pk}/")
    page.locator("main details > summary").click()
    expect(page.locator("main details form")).to_be_visible()


@state
def relative_with_errors(page, enter):
    enter(patient().account)
    refused(page, "/accounts/relatives/add/")


# Error pages ----------------------------------------------------------------------------------


def error_page(status):
    def bring_about(page, enter):
        page.goto(f"/error/{status}/")
        expect(page.locator(".error-page h1")).to_be_visible()

    STATES[f"error_{status}"] = bring_about


for status in (400, 403, 404, 405, 429, 500, 503, "maintenance"):
    error_page(status)


@state
def error_no_such_doctor(page, enter):
    page.goto("/doctors/salma-alamy/")
    expect(page.locator("[name=q][value='salma alamy']")).to_be_visible()


@state
def error_stale_token(page, enter):
    enter(patient(birth_date=dt.date(1990, 5, 17), phone=PHONE).account)
    page.goto("/accounts/profile/")
    form = "form[action='/accounts/profile/']"
    page.locator(f"{form} [name=last_name]").fill("El Fassi Benali")
    page.context.clear_cookies(name="csrftoken")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(".error-again blockquote")).to_have_text("El Fassi Benali")


# ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page, base_url, axe, provoked, settings, state):
    settings.ROOT_URLCONF = "tests.e2e.errors"
    provoked |= PROVOKED.get(state, set())
    STATES[state](page, lambda user: sign_in(page.context, user, base_url))
    judge(page, axe)


OTHER_LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
LONGEST = [
    doctors,
    doctor_step_2,
    doctor_time_taken,
    confirm_a_new_person_with_errors,
    appointments,
    dashboard,
]


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
@pytest.mark.parametrize("bring_about", LONGEST, ids=lambda each: each.__name__)
def test_axe_finds_nothing_in_other_languages(page, base_url, axe, language, bring_about):
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base_url}
    page.context.add_cookies([cookie])
    bring_about(page, lambda user: sign_in(page.context, user, base_url))
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    judge(page, axe)
