import datetime as dt

import pytest
from django.utils import translation

from bookings import services
from bookings.finding.visitor import TOKEN
from bookings.slots import Blocker
from bookings.tests.factories import AppointmentFactory, HoldFactory
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 12, 22, 8, tzinfo=dt.UTC)
"""Tuesday 22 December 2026, 09:00 in Paris: "now" unless a test says otherwise."""

WEDNESDAY = "2026-12-23"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(TUESDAY, tick=False)


@pytest.fixture
def reader(client):
    """A visitor who reads English."""
    client.cookies["django_language"] = "en"
    return client


def day_of(reader, doctor, **asked):
    return reader.get(f"/api/doctors/{doctor.pk}/day", asked)


def codes_of(reader, doctor, day=WEDNESDAY, **asked):
    """{time: code} of one day; None is free."""
    slots = day_of(reader, doctor, date=day, **asked).json()["slots"]
    assert all(slot["available"] is (slot["code"] is None) for slot in slots)
    return {slot["time"]: slot["code"] for slot in slots}


def on_wednesday(hour, minute=0):
    """An instant of that Wednesday by the clocks of Paris."""
    return dt.datetime(2026, 12, 23, hour - 1, minute, tzinfo=dt.UTC)


def open_on_wednesday(doctor, start=9, end=17, **options):
    minutes = {"start_minute": start * 60, "end_minute": end * 60}
    return OpeningHoursFactory(doctor=doctor, weekday=2, **minutes, **options)


def test_exactly_the_booked_start_is_taken_and_cancelling_frees_it_at_once(reader):
    """docs/contracts.md, C3: open on Wednesday 09:00-17:00, an appointment at 10:30."""
    visit = AppointmentFactory(starts_at=on_wednesday(10, 30))
    open_on_wednesday(visit.doctor)
    starts = [f"{hour:02d}:{minute}" for hour in range(9, 17) for minute in ("00", "30")]
    free = {"available": True, "reason": None, "code": None}
    booked = {"available": False, "reason": "Already booked", "code": "booked"}

    response = day_of(reader, visit.doctor, date=WEDNESDAY)
    assert response["Content-Type"] == "application/json"
    assert response.json() == {
        "date": WEDNESDAY,
        "slots": [{"time": at, **(booked if at == "10:30" else free)} for at in starts],
    }

    services.cancel(visit, by=visit.doctor.user)
    assert day_of(reader, visit.doctor, date=WEDNESDAY).json() == {
        "date": WEDNESDAY,
        "slots": [{"time": at, **free} for at in starts],
    }


def test_the_reason_is_in_the_readers_language(client):
    visit = AppointmentFactory(starts_at=on_wednesday(9))
    open_on_wednesday(visit.doctor, 9, 10)
    with translation.override("fr"):
        expected = str(Blocker.BOOKED.label)
    (taken, _free) = day_of(client, visit.doctor, date=WEDNESDAY).json()["slots"]
    assert taken == {"time": "09:00", "available": False, "reason": expected, "code": "booked"}


def test_the_types_duration_is_the_step_and_a_long_visit_needs_all_of_its_time(reader):
    kind = ConsultationTypeFactory(duration=60)
    AppointmentFactory(doctor=kind.doctor, starts_at=on_wednesday(10, 30))
    open_on_wednesday(kind.doctor, 9, 13)
    assert codes_of(reader, kind.doctor, consultation_type_id=kind.pk) == {
        "09:00": None,
        "10:00": "booked",
        "11:00": None,
        "12:00": None,
    }


def test_somebody_elses_hold_is_held_and_the_own_one_free(reader):
    hold = HoldFactory(starts_at=on_wednesday(9))
    open_on_wednesday(hold.doctor, 9, 10)
    assert codes_of(reader, hold.doctor) == {"09:00": "held", "09:30": None}
    session = reader.session
    session[TOKEN] = hold.token
    session.save()
    reader.cookies["sessionid"] = session.session_key
    assert codes_of(reader, hold.doctor) == {"09:00": None, "09:30": None}


def test_what_has_begun_is_past_and_what_is_near_too_soon(reader, time_machine):
    kind = ConsultationTypeFactory(notice_minutes=60)
    open_on_wednesday(kind.doctor, 9, 11)
    time_machine.move_to(on_wednesday(9, 15), tick=False)
    assert codes_of(reader, kind.doctor, consultation_type_id=kind.pk) == {
        "09:00": "past",
        "09:30": "too_soon",
        "10:00": "too_soon",
        "10:30": None,
    }


def test_days_beyond_the_horizon_are_too_far(reader):
    kind = ConsultationTypeFactory(horizon_days=7)
    open_on_wednesday(kind.doctor, 9, 10)
    asked = {"day": "2026-12-30", "consultation_type_id": kind.pk}
    assert codes_of(reader, kind.doctor, **asked) == {"09:00": "too_far", "09:30": "too_far"}


def test_an_absence_is_closed_and_says_no_more(reader):
    doctor = DoctorFactory()
    open_on_wednesday(doctor, 9, 11)
    AbsenceFactory(
        doctor=doctor,
        starts_at=on_wednesday(9, 45),
        ends_at=on_wednesday(10, 30),
        reason="Operation",
    )
    response = day_of(reader, doctor, date=WEDNESDAY)
    closed = {"available": False, "reason": "Closed", "code": "closed"}
    free = {"available": True, "reason": None, "code": None}
    assert response.json()["slots"] == [
        {"time": "09:00", **free},
        {"time": "09:30", **closed},
        {"time": "10:00", **closed},
        {"time": "10:30", **free},
    ]


def test_a_holiday_that_closes_the_practice_is_closed(reader):
    doctor = DoctorFactory()
    open_on_wednesday(doctor, 9, 10)
    HolidayFactory(practice=doctor.practice, date=dt.date(2026, 12, 23))
    assert codes_of(reader, doctor) == {"09:00": "closed", "09:30": "closed"}


def test_a_day_without_hours_has_no_slots(reader):
    doctor = DoctorFactory()
    open_on_wednesday(doctor)
    response = day_of(reader, doctor, date="2026-12-24")
    assert response.json() == {"date": "2026-12-24", "slots": []}


def test_today_there_when_no_date_is_given(reader, time_machine):
    time_machine.move_to(dt.datetime(2026, 12, 22, 12, tzinfo=dt.UTC), tick=False)
    doctor = DoctorFactory(practice__time_zone="Pacific/Auckland")
    assert day_of(reader, doctor).json()["date"] == WEDNESDAY


@pytest.mark.parametrize("text", ["", "abc", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_what_is_no_date_is_a_400(reader, text):
    response = day_of(reader, DoctorFactory(), date=text)
    assert response.json() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": f"“{text}” is not a date we know: write it like 2026-12-24.",
        "code": "bad_request",
    }
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(("day", "code"), [("0002-01-01", "past"), ("9998-12-31", "too_far")])
def test_the_farthest_dates_are_still_days(reader, day, code):
    assert set(codes_of(reader, DoctorFactory(), day).values()) == {code}


def test_an_unknown_doctor_is_a_404_and_a_foreign_type_a_422(reader):
    unknown = reader.get("/api/doctors/12345/day", {"date": WEDNESDAY})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    foreign = ConsultationTypeFactory()
    response = day_of(reader, DoctorFactory(), consultation_type_id=foreign.pk)
    assert (response.status_code, response.json()["code"]) == (422, "type_not_offered")


def test_a_doctor_who_does_not_book_online_shows_the_desk_alone(reader):
    doctor = DoctorFactory(books_online=False)
    response = day_of(reader, doctor, date=WEDNESDAY)
    assert (response.status_code, response.json()["code"]) == (403, "no_online_booking")
    reader.force_login(doctor.user)
    assert len(codes_of(reader, doctor)) == 16


@pytest.mark.parametrize("visits", [0, 16])
def test_five_queries_whatever_is_booked(reader, django_assert_num_queries, visits):
    kind = ConsultationTypeFactory()
    for n in range(visits):
        AppointmentFactory(
            consultation_type=kind, starts_at=on_wednesday(9) + n * dt.timedelta(minutes=30)
        )
    with django_assert_num_queries(5):
        codes = codes_of(reader, kind.doctor, consultation_type_id=kind.pk)
    assert list(codes.values()).count("booked") == visits
