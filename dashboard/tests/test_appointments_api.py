"""docs/contracts.md, C5: GET /api/doctor/appointments, and what lies behind it."""

import datetime as dt

import pytest
import time_machine

from accounts.tests.factories import AdminFactory, PatientFactory
from bookings.models import PatientFile, PrivateNote
from bookings.status import TOOK_PLACE, Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import secretary_of
from dashboard.agenda.feed import ARRIVED_COLOR, NO_SHOW_COLOR
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.models import Holiday
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

URL = "/api/doctor/appointments"
BACKGROUND = "/api/doctor/background"
WEEK = {"start": "2027-03-01", "end": "2027-03-08"}


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def events(client, user, url=URL, **query):
    client.force_login(user)
    response = client.get(url, WEEK | query)
    assert response.status_code == 200
    return response.json()


def own_events(client, doctor, **query):
    return events(client, doctor.user, **query)


class TestEvents:
    def test_an_event_as_the_contract_writes_it(self, client):
        kind = ConsultationTypeFactory(name="Suivi", duration=45, color="#2f7fd0")
        person = PatientFactory(
            first_name="Karim",
            last_name="Tazi",
            birth_date=dt.date(1968, 3, 2),
            phone="+33142715500",
        )
        visit = AppointmentFactory(
            consultation_type=kind, patient=person, starts_at=monday("10:45"), reason="Tension"
        )
        [event] = own_events(client, kind.doctor)
        props = event.pop("extendedProps")
        assert event == {
            "id": str(visit.pk),
            "title": "Karim Tazi",
            "start": "2027-03-01T10:45:00",
            "end": "2027-03-01T11:30:00",
            "color": "#2f7fd0",
        }
        told = ("status", "age", "phone", "motif", "type", "first_visit", "no_shows")
        assert [props[name] for name in told] == [
            "confirmed",
            58,
            "01 42 71 55 00",
            "Tension",
            "Suivi",
            True,
            0,
        ]
        assert props["links"]["desk"] == f"/dashboard/desk/{visit.pk}/"
        assert props["label"] == "lundi 1er mars, 10 h 45, Karim Tazi, Suivi, Confirmé"

    @pytest.mark.parametrize("status", TOOK_PLACE)
    def test_whoever_came_is_lime(self, client, status):
        visit = AppointmentFactory(status=status)
        assert own_events(client, visit.doctor)[0]["color"] == ARRIVED_COLOR

    def test_whoever_did_not_is_grey(self, client):
        visit = AppointmentFactory(status=Status.NO_SHOW)
        assert own_events(client, visit.doctor)[0]["color"] == NO_SHOW_COLOR

    def test_cancelled_visits_and_walk_ins_are_left_out(self, client):
        doctor = DoctorFactory()
        AppointmentFactory(doctor=doctor, status=Status.CANCELLED)
        AppointmentFactory(doctor=doctor, walk_in=True)
        assert own_events(client, doctor) == []

    def test_the_range_is_half_open_and_a_visit_that_reaches_in_counts(self, client):
        doctor = DoctorFactory()
        midnight = dt.datetime(2027, 2, 28, 23, tzinfo=dt.UTC)  # Monday 0:00 in Paris
        half_an_hour = dt.timedelta(minutes=30)
        starts = [midnight - half_an_hour, midnight - half_an_hour / 2, midnight]
        for start in (*starts, midnight + dt.timedelta(days=7)):
            AppointmentFactory(doctor=doctor, starts_at=start, is_overbooked=True)
        found = [event["start"] for event in own_events(client, doctor)]
        assert found == ["2027-02-28T23:45:00", "2027-03-01T00:00:00"]

    def test_times_are_the_practices_whatever_the_zone(self, client):
        doctor = DoctorFactory(practice__time_zone="America/New_York")
        AppointmentFactory(doctor=doctor, starts_at=dt.datetime(2027, 3, 2, 1, tzinfo=dt.UTC))
        assert own_events(client, doctor)[0]["start"] == "2027-03-01T20:00:00"

    def test_no_visit_runs_backwards_the_night_the_clocks_go_back(self, client):
        doctor = DoctorFactory()
        kind = ConsultationTypeFactory(doctor=doctor, duration=30)
        before = dt.datetime(2027, 10, 31, 0, 45, tzinfo=dt.UTC)  # 2:45 in Paris, then 2:15 again
        AppointmentFactory(consultation_type=kind, starts_at=before)
        night = {"start": "2027-10-30", "end": "2027-11-02"}
        [event] = own_events(client, doctor, **night)
        assert (event["start"], event["end"]) == ("2027-10-31T02:45:00", "2027-10-31T03:15:00")

    def test_the_visit_that_is_not_the_first_says_its_number(self, client):
        visit = AppointmentFactory()
        same = {"doctor": visit.doctor, "patient": visit.patient}
        long_ago = monday("10:00") - dt.timedelta(days=90)
        AppointmentFactory(**same, starts_at=long_ago, status=Status.DONE)
        AppointmentFactory(**same, starts_at=long_ago, status=Status.NO_SHOW)
        AppointmentFactory(patient=visit.patient, starts_at=long_ago, status=Status.DONE)
        [event] = own_events(client, visit.doctor)
        props = event["extendedProps"]
        assert [props[name] for name in ("first_visit", "visit_number", "no_shows")] == [
            False,
            2,
            1,
        ]

    def test_no_shows_are_those_since_the_last_reset(self, client):
        visit = AppointmentFactory()
        same = {"doctor": visit.doctor, "patient": visit.patient, "status": Status.NO_SHOW}
        for days in (400, 60, 20):
            AppointmentFactory(**same, starts_at=monday("10:00") - dt.timedelta(days=days))
        count = "no_shows"
        assert own_events(client, visit.doctor)[0]["extendedProps"][count] == 2
        PatientFile.objects.create(
            patient=visit.patient,
            practice=visit.practice,
            no_shows_reset_at=monday("10:00") - dt.timedelta(days=30),
        )
        assert own_events(client, visit.doctor)[0]["extendedProps"][count] == 1

    def test_private_notes_are_in_no_feed(self, client):
        visit = AppointmentFactory()
        PrivateNote.objects.create(doctor=visit.doctor, appointment=visit, text="CANARY-NOTE")
        for user in (visit.doctor.user, secretary_of(visit.doctor)):
            client.force_login(user)
            answer = client.get(URL, WEEK | {"doctor": visit.doctor_id})
            assert (answer.status_code, b"CANARY-NOTE" in answer.content) == (200, False)

    @pytest.mark.parametrize("count", [1, 300])
    def test_it_costs_the_same_for_one_visit_and_three_hundred(
        self, client, django_assert_num_queries, count
    ):
        kind = ConsultationTypeFactory(duration=20)
        for index in range(count):
            start = monday("08:00") + dt.timedelta(minutes=20 * index)
            AppointmentFactory(consultation_type=kind, starts_at=start)
        client.force_login(kind.doctor.user)
        # Session, account, desk, visits, absences that count, earlier visits.
        with django_assert_num_queries(6):
            assert len(client.get(URL, WEEK).json()) == count


class TestWho:
    def test_a_secretary_says_whose(self, client):
        visit = AppointmentFactory()
        AppointmentFactory(doctor=DoctorFactory(practice=visit.practice))
        found = events(client, secretary_of(visit.doctor), doctor=visit.doctor_id)
        assert [event["id"] for event in found] == [str(visit.pk)]

    def test_nobody_else_gets_them(self, client):
        visit = AppointmentFactory()
        asked = WEEK | {"doctor": visit.doctor_id}
        assert client.get(URL, asked).status_code == 401
        strangers = (
            visit.patient.account,
            DoctorFactory(practice=visit.practice).user,
            secretary_of(DoctorFactory()),
            AdminFactory(),
        )
        for user in strangers:
            client.force_login(user)
            response = client.get(URL, asked)
            assert (response.status_code, response["Content-Type"]) == (
                404,
                "application/problem+json",
            )

    def test_a_visit_at_another_practice_is_a_taken_time_to_the_secretary(self, client):
        doctor, there = DoctorFactory(), PracticeFactory(name="Clinique du Parc")
        AppointmentFactory(doctor=doctor, practice=there, patient_name="Zoé", reason="Toux")
        AppointmentFactory(doctor=doctor, practice=there, status=Status.NO_SHOW)
        client.force_login(secretary_of(doctor))
        answer = client.get(URL, WEEK | {"doctor": doctor.pk})
        [event] = answer.json()
        assert (event["title"], event["start"]) == ("Occupé", "2027-03-01T10:00:00")
        assert "links" not in event["extendedProps"]
        assert not any(word in answer.text for word in ("Zoé", "Toux"))

    def test_the_other_practices_secretary_sees_the_visits_there(self, client):
        there = PracticeFactory()
        doctor = DoctorFactory()
        OpeningHoursFactory(doctor=doctor, practice=there)
        AppointmentFactory(doctor=doctor, patient_name="Ici")
        AppointmentFactory(
            doctor=doctor, practice=there, patient_name="Là", starts_at=monday("11:00")
        )
        found = events(client, MembershipFactory(practice=there).user, doctor=doctor.pk)
        assert [event["title"] for event in found] == ["Occupé", "Là"]


class TestRange:
    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"start": "2027-03-01"},
            {"start": "nonsense", "end": "2027-03-08"},
            {"start": "2027-02-30", "end": "2027-03-08"},
            {"start": "2027-03-08", "end": "2027-03-01"},
            {"start": "2027-03-01", "end": "2027-03-01"},
            {"start": "2027-03-01", "end": "2027-05-30"},
            {"start": "9999-12-30", "end": "9999-12-31"},
            {"start": "0001-01-01", "end": "0001-01-02"},
        ],
    )
    @pytest.mark.parametrize("url", [URL, BACKGROUND])
    def test_what_is_no_range_is_a_400_in_words(self, client, url, query):
        client.force_login(DoctorFactory().user)
        response = client.get(url, query)
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert response.json()["code"] == "bad_request"

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2027-03-01T00:00:00Z", "2027-03-08T00:00:00Z"),  # FullCalendar on UTC
            ("2027-03-01T00:00:00", "2027-03-08T00:00:00"),
            ("2027-03-01T00:00:00+01:00", "2027-03-08T00:00:00+01:00"),
        ],
    )
    def test_a_time_without_offset_is_the_practices(self, client, start, end):
        doctor = DoctorFactory()
        for days in (0, 7):
            first_minute = dt.datetime(2027, 2, 28, 23, tzinfo=dt.UTC) + dt.timedelta(days=days)
            AppointmentFactory(doctor=doctor, starts_at=first_minute)
        assert len(own_events(client, doctor, start=start, end=end)) == 1


class TestBackground:
    def background(self, client, doctor, user=None):
        found = events(client, user or doctor.user, BACKGROUND, doctor=doctor.pk)
        names = ("start", "end", "title")
        return [(e["extendedProps"]["kind"], *(e[name] for name in names)) for e in found]

    def test_open_hours_absences_and_holidays(self, client):
        doctor = DoctorFactory()
        OpeningHoursFactory(doctor=doctor, weekday=0, start_minute=540, end_minute=750)
        away = {"starts_at": monday("14:00"), "ends_at": monday("18:00")}
        AbsenceFactory(doctor=doctor, reason="Congrès", **away)
        closed = {"date": dt.date(2027, 3, 3), "decision": Holiday.Decision.CLOSED}
        HolidayFactory(practice=doctor.practice, name="Fête", **closed)
        for user in (doctor.user, secretary_of(doctor)):
            assert self.background(client, doctor, user) == [
                ("open", "2027-03-01T09:00:00", "2027-03-01T12:30:00", ""),
                ("absence", "2027-03-01T14:00:00", "2027-03-01T18:00:00", "Congrès"),
                ("holiday", "2027-03-03T00:00:00", "2027-03-04T00:00:00", "Fête"),
            ]

    def test_a_holiday_to_decide_is_a_proposal_with_a_link(self, client):
        doctor = DoctorFactory()
        to_decide = {"date": dt.date(2027, 3, 3), "decision": Holiday.Decision.PROPOSED}
        HolidayFactory(practice=doctor.practice, name="Fête", **to_decide)
        [event] = [
            each
            for each in events(client, doctor.user, BACKGROUND, doctor=doctor.pk)
            if each["extendedProps"]["kind"] == "proposal"
        ]
        assert (event["start"], event["title"]) == (
            "2027-03-03T00:00:00",
            "Fête\N{NO-BREAK SPACE}: ouvert ou fermé\N{NO-BREAK SPACE}?",
        )
        page = client.get(event["extendedProps"]["link"])
        assert page.context["to_decide"] == 1

    def test_hours_kept_for_one_type_are_open_too_and_overlaps_are_one(self, client):
        kind = ConsultationTypeFactory()
        hours = {"doctor": kind.doctor, "weekday": 0}
        OpeningHoursFactory(**hours, start_minute=540, end_minute=720)
        OpeningHoursFactory(**hours, start_minute=660, end_minute=780).types.add(kind)
        assert self.background(client, kind.doctor) == [
            ("open", "2027-03-01T09:00:00", "2027-03-01T13:00:00", "")
        ]

    def test_a_night_that_began_on_sunday_reaches_into_the_week(self, client):
        doctor = DoctorFactory()
        OpeningHoursFactory(doctor=doctor, weekday=6, start_minute=1320, end_minute=1560)
        assert self.background(client, doctor)[0][1:3] == (
            "2027-02-28T22:00:00",
            "2027-03-01T02:00:00",
        )

    def test_it_costs_a_constant_few_queries(self, client, django_assert_num_queries):
        doctor = DoctorFactory()
        for weekday in range(7):
            OpeningHoursFactory(doctor=doctor, weekday=weekday)
        client.force_login(doctor.user)
        # Session, account, desk, types, hours, holidays, those to decide, absences.
        with django_assert_num_queries(8):
            client.get(BACKGROUND, WEEK)
