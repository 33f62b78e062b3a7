"""A doctor's whole day as a page: every time, and why it cannot be taken when it cannot."""

import datetime as dt
import re

import pytest

from accounts.tests.factories import PatientFactory
from bookings.models import Hold
from bookings.tests.factories import AppointmentFactory, HoldFactory
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 12, 22, 8, tzinfo=dt.UTC)
"""Tuesday 22 December 2026, 09:00 in Paris: "now"."""

WEDNESDAY = "2026-12-23"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(TUESDAY, tick=False)


@pytest.fixture
def reader(client):
    """A visitor who reads English."""
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def kind():
    """A visit of 30 minutes to a doctor who is open on Wednesdays, 09:00-11:00."""
    kind = ConsultationTypeFactory(doctor__slug="dr-smith")
    OpeningHoursFactory(doctor=kind.doctor, weekday=2, end_minute=11 * 60)
    return kind


def on_wednesday(hour, minute=0):
    """An instant of that Wednesday by the clocks of Paris."""
    return dt.datetime(2026, 12, 23, hour - 1, minute, tzinfo=dt.UTC)


def day(reader, doctor, path="day/", **asked):
    response = reader.get(f"/doctors/{doctor.slug}/{path}", {"date": WEDNESDAY} | asked)
    assert response.status_code == 200
    return response.content.decode()


def times(page):
    """{"09:00": "" or the reason in words}, in the page's order."""
    cells = re.findall(
        r'<li class="time [^"]*">(?:<span class="time-off">(\d\d:\d\d)</span><small>([^<]*)'
        r"|<button[^>]*>(\d\d:\d\d))",
        re.sub(r"\n\s*", "", page),
    )
    return {off or free: reason for off, reason, free in cells}


def starts(page):
    return re.findall(r'name="appointment_time" value="([^"]+)"', page)


def test_each_time_is_free_or_says_why_not(reader, kind):
    AppointmentFactory(consultation_type=kind, starts_at=on_wednesday(9, 30))
    HoldFactory(consultation_type=kind, starts_at=on_wednesday(10))
    AbsenceFactory(doctor=kind.doctor, starts_at=on_wednesday(10, 30))
    assert times(day(reader, kind.doctor)) == {
        "09:00": "",
        "09:30": "Already booked",
        "10:00": "Being booked by someone else",
        "10:30": "Closed",
    }


def test_it_says_what_the_api_says(reader, kind):
    AppointmentFactory(consultation_type=kind, starts_at=on_wednesday(9, 30))
    asked = {"date": WEDNESDAY, "consultation_type_id": kind.pk}
    slots = reader.get(f"/api/doctors/{kind.doctor_id}/day", asked).json()["slots"]
    assert times(day(reader, kind.doctor)) == {slot["time"]: slot["reason"] or "" for slot in slots}


def test_what_went_by_is_past_and_what_is_near_too_soon(reader, kind, time_machine):
    kind.notice_minutes = 60
    kind.save()
    time_machine.move_to(on_wednesday(9, 15), tick=False)
    assert times(day(reader, kind.doctor)) == {
        "09:00": "In the past",
        "09:30": "Too short notice",
        "10:00": "Too short notice",
        "10:30": "",
    }


def test_a_free_time_is_kept_as_in_the_grid(reader, kind):
    (first, *_others) = starts(day(reader, kind.doctor))
    assert first == "2026-12-23T09:00:00+01:00"
    data = {"doctor": kind.doctor_id, "consultation_type": kind.pk, "appointment_time": first}
    response = reader.post("/bookings/hold/", data)
    assert (response.status_code, response["Location"]) == (303, "/bookings/confirm-booking/")
    assert Hold.objects.get().starts_at == on_wednesday(9)


def test_the_reason_asked_for_else_the_ordinary_one(reader, kind):
    longer = ConsultationTypeFactory(doctor=kind.doctor, duration=60, name="Bilan", position=5)
    ConsultationTypeFactory(doctor=kind.doctor, is_emergency_only=True, position=0)
    kind.position = 1
    kind.save()
    assert list(times(day(reader, kind.doctor))) == ["09:00", "09:30", "10:00", "10:30"]
    assert list(times(day(reader, kind.doctor, type=longer.pk))) == ["09:00", "10:00"]
    foreign = ConsultationTypeFactory(duration=15)
    for nonsense in (foreign.pk, "x", "9" * 40, ""):
        assert len(times(day(reader, kind.doctor, type=nonsense))) == 4


def test_the_day_asked_for_else_today_there(reader, kind):
    OpeningHoursFactory(doctor=kind.doctor, weekday=1, start_minute=1380, end_minute=1440)
    assert list(times(day(reader, kind.doctor, date=""))) == ["23:00", "23:30"]
    for nonsense in ("abc", "2026-02-30", "9999-12-31", "0001-01-01", "\x00"):
        assert list(times(day(reader, kind.doctor, date=nonsense))) == ["23:00", "23:30"]


def test_days_gone_by_can_be_looked_at(reader, kind):
    page = day(reader, kind.doctor, date="2026-12-16")
    assert set(times(page).values()) == {"In the past"}
    assert 'rel="prev"' not in page


def test_the_days_before_and_after_until_the_horizon(reader, kind):
    page = day(reader, kind.doctor, seen="no")
    rest = f"type={kind.pk}&amp;date={{}}&amp;seen=no"
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', page) == [
        ("prev", f"/doctors/dr-smith/day/?{rest.format('2026-12-22')}"),
        ("next", f"/doctors/dr-smith/day/?{rest.format('2026-12-24')}"),
    ]
    last = (TUESDAY.date() + dt.timedelta(days=180)).isoformat()
    assert 'rel="next"' not in day(reader, kind.doctor, date=last)


def test_a_day_without_hours_leads_to_the_next_free_time(reader, kind):
    page = day(reader, kind.doctor, date="2026-12-24")
    assert "No consultations on this day" in page
    assert re.findall(r'class="next-free" href="([^"]+)"', page) == [
        f"/doctors/dr-smith/day/?type={kind.pk}&amp;date=2026-12-30&amp;seen=yes"
    ]


def test_a_holiday_is_closed(reader, kind):
    HolidayFactory(practice=kind.doctor.practice, date=dt.date(2026, 12, 23))
    assert set(times(day(reader, kind.doctor)).values()) == {"Closed"}


def test_the_legend_counts(reader, kind):
    AppointmentFactory(consultation_type=kind, starts_at=on_wednesday(9, 30))
    page = day(reader, kind.doctor)
    assert re.findall(r"</span>([A-Z][a-z ]+) <b>(\d+)</b>", page) == [
        ("Free", "3"),
        ("Already booked", "1"),
    ]


def test_morning_afternoon_and_evening_stand_apart(reader):
    doctor = ConsultationTypeFactory().doctor
    OpeningHoursFactory(doctor=doctor, weekday=2, start_minute=11 * 60, end_minute=19 * 60)
    page = day(reader, doctor)
    assert re.findall(r'<h2 id="part-\d">([^<]+)</h2>', page) == ["Morning", "Afternoon", "Evening"]


def test_emergencies_are_for_today_and_tomorrow(reader, kind):
    kind.is_emergency_only = True
    kind.save()
    assert times(day(reader, kind.doctor)) != {}
    page = day(reader, kind.doctor, date="2026-12-30")
    assert (times(page), "within 24 hours" in page) == ({}, True)


def test_a_patient_sees_what_the_rules_say_of_them(reader, kind):
    patient = PatientFactory(account__is_blocked=True)
    reader.force_login(patient.account)
    page = day(reader, kind.doctor)
    assert (times(page), "This account cannot book online." in page) == ({}, True)


def test_a_doctor_who_does_not_book_online_says_so(reader):
    doctor = DoctorFactory(books_online=False)
    page = day(reader, doctor)
    assert ("No online booking" in page, starts(page)) == (True, [])


def test_it_is_not_for_search_engines(reader, kind):
    assert '<meta name="robots" content="noindex' in day(reader, kind.doctor)


def test_an_unknown_or_hidden_doctor_is_a_404(reader):
    hidden = DoctorFactory(approved_at=None)
    for slug in (hidden.slug, "nobody"):
        assert reader.get(f"/doctors/{slug}/day/").status_code == 404


def test_htmx_gets_the_times_alone(reader, kind):
    headers = {"HX-Request": "true", "HX-Target": "day_slots"}
    address = f"/doctors/dr-smith/day/?date={WEDNESDAY}"
    response = reader.get(address, headers=headers)
    page = response.content.decode().strip()
    assert page.startswith('<div id="day_slots"')
    assert len(times(page)) == 4
    assert "HX-Target" in response["Vary"]


@pytest.mark.parametrize("visits", [0, 3])
def test_five_queries_whatever_is_booked(reader, kind, django_assert_num_queries, visits):
    for n in range(visits):
        AppointmentFactory(
            consultation_type=kind, starts_at=on_wednesday(9) + n * dt.timedelta(minutes=30)
        )
    with django_assert_num_queries(5):
        assert len(times(day(reader, kind.doctor))) == 4


class TestOldCalendar:
    """docs/contracts.md, C7: a browser that asks for the old address gets the page."""

    BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    @pytest.mark.parametrize("path", ["calendar", "calendar/"])
    def test_a_browser_gets_the_page(self, reader, kind, path):
        address = f"/specialists/{kind.doctor_id}/{path}?date={WEDNESDAY}"
        response = reader.get(address, headers={"Accept": self.BROWSER})
        assert len(times(response.content.decode())) == 4
        assert "Accept" in response["Vary"]

    @pytest.mark.parametrize("accept", ["*/*", "application/json", "", "application/json, */*"])
    def test_a_program_gets_json(self, reader, kind, accept):
        address = f"/specialists/{kind.doctor_id}/calendar?date={WEDNESDAY}"
        response = reader.get(address, headers={"Accept": accept})
        assert (response["Content-Type"], len(response.json()["slots"])) == ("application/json", 4)

    def test_an_unknown_doctor_is_a_404(self, reader):
        headers = {"Accept": self.BROWSER}
        assert reader.get("/specialists/12345/calendar", headers=headers).status_code == 404
