"""A doctor's page: its steps, its whole day, and what the doctor changes of it."""

from playwright.sync_api import expect

from accounts.tests.factories import (
    RelativeFactory,
)
from bookings.tests.factories import AppointmentFactory, HoldFactory, WaitingListEntryFactory
from doctors.tests.factories import DoctorFactory, PracticeFactory
from doctors.tests.pictures import give_photo
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory
from tests.e2e.states.table import PHONE, state
from tests.e2e.world import (
    at,
    calendar_address,
    day_in,
    doctors_type,
    patient,
    pill,
    taken_by_somebody,
    unaware,
)


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
