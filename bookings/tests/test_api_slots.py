import datetime as dt

import pytest
from django.contrib.sessions.models import Session

from accounts.tests.factories import AdminFactory, PatientFactory, RelativeFactory, UserFactory
from bookings.finding.visitor import TOKEN
from bookings.models import Appointment, PatientFile
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, HoldFactory
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

WEDNESDAY_AT_NINE = dt.datetime(2026, 12, 23, 8, tzinfo=dt.UTC)
"""Wednesday 23 December 2026, 09:00 in Paris: "now" unless a test says otherwise."""

PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(WEDNESDAY_AT_NINE, tick=False)


@pytest.fixture
def reader(client):
    """A visitor who reads English."""
    client.cookies["django_language"] = "en"
    return client


def slots_of(reader, doctor, **asked):
    return reader.get(f"/api/doctors/{doctor.pk}/slots", asked)


def times_on(reader, doctor, day, **asked):
    return slots_of(reader, doctor, start_date=day, days=1, **asked).json()[day]


def problem(response):
    """(status, code) of a refusal, which is problem+json throughout."""
    body = response.json()
    assert response["Content-Type"] == PROBLEM
    assert list(body) == ["type", "title", "status", "detail", "code"]
    assert body["status"] == response.status_code
    return body["status"], body["code"]


def open_on(doctor, weekday, start, end, **options):
    """Hours from `start` to `end`, in whole or half hours, on one weekday (Monday = 0)."""
    minutes = {"start_minute": int(start * 60), "end_minute": int(end * 60)}
    return OpeningHoursFactory(doctor=doctor, weekday=weekday, **minutes, **options)


class TestSlots:
    """docs/contracts.md, C1."""

    def test_every_day_asked_for_is_a_key_with_its_free_times(self, reader):
        doctor = DoctorFactory()
        open_on(doctor, 3, 14, 14.5)
        open_on(doctor, 3, 9, 10)
        response = slots_of(reader, doctor, start_date="2026-12-24", days=3)
        assert response["Content-Type"] == "application/json"
        assert response.json() == {
            "2026-12-24": ["09:00", "09:30", "14:00"],
            "2026-12-25": [],
            "2026-12-26": [],
        }

    def test_days_come_in_their_order(self, reader):
        response = slots_of(reader, DoctorFactory(), start_date="2026-12-30", days=4)
        assert list(response.json()) == ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]

    def test_three_days_from_today_when_nothing_is_asked(self, reader):
        doctor = DoctorFactory()
        open_on(doctor, 2, 9, 10)
        assert slots_of(reader, doctor).json() == {
            "2026-12-23": ["09:00", "09:30"],
            "2026-12-24": [],
            "2026-12-25": [],
        }

    def test_today_is_the_practices_date(self, reader, time_machine):
        time_machine.move_to(dt.datetime(2026, 12, 23, 12, tzinfo=dt.UTC), tick=False)
        doctor = DoctorFactory(practice__time_zone="Pacific/Auckland")  # 01:00 the next day
        assert list(slots_of(reader, doctor, days=1).json()) == ["2026-12-24"]

    def test_the_types_duration_is_the_step(self, reader):
        doctor = DoctorFactory()
        open_on(doctor, 3, 9, 11)
        kind = ConsultationTypeFactory(doctor=doctor, duration=45)
        asked = {"consultation_type_id": kind.pk}
        assert times_on(reader, doctor, "2026-12-24", **asked) == ["09:00", "09:45"]

    def test_hours_kept_for_a_type_are_offered_for_that_type_only(self, reader):
        kind = ConsultationTypeFactory()
        open_on(kind.doctor, 3, 9, 10)
        open_on(kind.doctor, 3, 17, 18, types=[kind])
        day = "2026-12-24"
        assert times_on(reader, kind.doctor, day) == ["09:00", "09:30"]
        assert times_on(reader, kind.doctor, day, consultation_type_id=kind.pk) == [
            "09:00",
            "09:30",
            "17:00",
            "17:30",
        ]

    def test_a_booked_time_is_not_offered_until_it_is_cancelled(self, reader):
        visit = AppointmentFactory(starts_at=dt.datetime(2026, 12, 24, 8, 30, tzinfo=dt.UTC))
        open_on(visit.doctor, 3, 9, 10.5)
        assert times_on(reader, visit.doctor, "2026-12-24") == ["09:00", "10:00"]
        Appointment.objects.update(status=Status.CANCELLED)
        assert times_on(reader, visit.doctor, "2026-12-24") == ["09:00", "09:30", "10:00"]

    def test_absences_and_closed_holidays_offer_nothing(self, reader):
        doctor = DoctorFactory()
        AbsenceFactory(doctor=doctor, starts_at=dt.datetime(2026, 12, 23, 23, tzinfo=dt.UTC))
        HolidayFactory(practice=doctor.practice, date=dt.date(2026, 12, 25))
        response = slots_of(reader, doctor, start_date="2026-12-24", days=2)
        assert response.json() == {"2026-12-24": [], "2026-12-25": []}

    @pytest.mark.parametrize("days", [1, 2])
    def test_a_visit_into_a_holiday_is_not_offered_however_many_days_are_asked(self, reader, days):
        kind = ConsultationTypeFactory(duration=60)
        open_on(kind.doctor, 3, 22.5, 25.5)
        HolidayFactory(practice=kind.doctor.practice, date=dt.date(2026, 12, 25))
        asked = {"start_date": "2026-12-24", "days": days, "consultation_type_id": kind.pk}
        assert slots_of(reader, kind.doctor, **asked).json()["2026-12-24"] == ["22:30"]

    @pytest.mark.parametrize("days", [1, 3])
    def test_what_occupies_the_days_around_is_seen_however_many_are_asked(self, reader, days):
        kind = ConsultationTypeFactory(duration=480, buffer_after=240)
        doctor = kind.doctor
        for weekday in (1, 2, 3):
            open_on(doctor, weekday, 0.5, 24.5)
        AppointmentFactory(
            consultation_type=kind, starts_at=dt.datetime(2026, 12, 29, 22, 30, tzinfo=dt.UTC)
        )  # Tuesday 23:30 to Wednesday 07:30, then four hours of pause
        AbsenceFactory(doctor=doctor, starts_at=dt.datetime(2026, 12, 30, 23, tzinfo=dt.UTC))
        asked = {"start_date": "2026-12-30", "days": days, "consultation_type_id": kind.pk}
        assert slots_of(reader, doctor, **asked).json()["2026-12-30"] == []
        AbsenceFactory._meta.model.objects.all().delete()
        assert slots_of(reader, doctor, **asked).json()["2026-12-30"] == ["16:30"]

    def test_days_gone_by_are_empty(self, reader):
        response = slots_of(reader, DoctorFactory(), start_date="2026-12-21", days=2)
        assert response.json() == {"2026-12-21": [], "2026-12-22": []}

    def test_days_beyond_the_types_horizon_are_empty(self, reader):
        kind = ConsultationTypeFactory(horizon_days=7)
        open_on(kind.doctor, 2, 9, 9.5)
        open_on(kind.doctor, 3, 9, 9.5)
        asked = {"start_date": "2026-12-30", "days": 2, "consultation_type_id": kind.pk}
        assert slots_of(reader, kind.doctor, **asked).json() == {
            "2026-12-30": ["09:00"],
            "2026-12-31": [],
        }

    def test_without_a_type_the_horizon_is_180_days(self, reader):
        response = slots_of(reader, DoctorFactory(), start_date="2027-06-21", days=2)
        assert [len(times) for times in response.json().values()] == [16, 0]

    def test_the_notice_is_exact_to_the_minute(self, reader, time_machine):
        kind = ConsultationTypeFactory(notice_minutes=60)
        open_on(kind.doctor, 2, 9, 11)
        time_machine.move_to(WEDNESDAY_AT_NINE + dt.timedelta(minutes=30), tick=False)
        asked = {"consultation_type_id": kind.pk}
        assert times_on(reader, kind.doctor, "2026-12-23", **asked) == ["10:30"]
        time_machine.move_to(WEDNESDAY_AT_NINE + dt.timedelta(minutes=31), tick=False)
        assert times_on(reader, kind.doctor, "2026-12-23", **asked) == []

    def test_head_answers_as_get_without_the_body(self, reader):
        response = reader.head(f"/api/doctors/{DoctorFactory().pk}/slots")
        assert (response.status_code, response.content) == (200, b"")

    def test_reading_writes_nothing(self, reader):
        response = slots_of(reader, DoctorFactory())
        assert (response.cookies, Session.objects.count()) == ({}, 0)


class TestRefusals:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "tomorrow",
            "2026-02-30",
            "2026-2-3",
            "20261224",
            "2026-W52-4",
            "24/12/2026",
            "2026-12-24T10:00",
            "９９９９-12-24",
            "0001-01-01",
            "9999-12-31",
            "-1",
            "\x00",
        ],
    )
    def test_what_is_no_date_is_a_400(self, reader, text):
        response = slots_of(reader, DoctorFactory(), start_date=text)
        assert response.json() == {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": f"“{text}” is not a date we know: write it like 2026-12-24.",
            "code": "bad_request",
        }
        assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)

    @pytest.mark.parametrize("day", ["0002-01-01", "1066-10-14", "9998-12-31"])
    def test_a_date_far_away_has_no_times(self, reader, day):
        response = slots_of(reader, DoctorFactory(), start_date=day, days=31)
        assert (len(response.json()), set(map(len, response.json().values()))) == (31, {0})

    @pytest.mark.parametrize("text", ["", "abc", "0", "-1", "32", "3.0", "1e1", "9" * 5000, "٣"])
    def test_days_are_1_to_31_or_a_400(self, reader, text):
        response = slots_of(reader, DoctorFactory(), days=text)
        assert problem(response) == (400, "bad_request")
        assert response.json()["detail"] == "“days” must be a whole number from 1 to 31."

    def test_both_are_told_at_once(self, reader):
        response = slots_of(reader, DoctorFactory(), start_date="soon", days="many")
        assert response.json()["detail"] == (
            "“soon” is not a date we know: write it like 2026-12-24. "
            "“days” must be a whole number from 1 to 31."
        )

    @pytest.mark.parametrize("pk", ["0", "12345", "9" * 19, "9" * 40, "9" * 5000, "smith", "-1"])
    def test_an_unknown_doctor_is_a_404(self, reader, pk):
        assert problem(reader.get(f"/api/doctors/{pk}/slots")) == (404, "not_found")

    @pytest.mark.parametrize("hidden", [{"approved_at": None}, {"user__is_active": False}])
    def test_a_doctor_who_is_not_shown_is_a_404(self, reader, hidden):
        response = slots_of(reader, DoctorFactory(**hidden))
        assert problem(response) == (404, "not_found")
        assert response.json()["detail"] == "There is no such doctor."

    def test_the_own_desk_sees_a_doctor_not_yet_approved(self, reader):
        doctor = DoctorFactory(approved_at=None)
        reader.force_login(doctor.user)
        assert len(times_on(reader, doctor, "2026-12-24")) == 16

    def test_another_doctors_type_is_a_422(self, reader):
        foreign = ConsultationTypeFactory()
        response = slots_of(reader, DoctorFactory(), consultation_type_id=foreign.pk)
        assert problem(response) == (422, "type_not_offered")
        assert response.json()["detail"] == "This doctor does not offer this reason for a visit."

    def test_a_retired_type_is_a_422(self, reader):
        kind = ConsultationTypeFactory(retired_at=WEDNESDAY_AT_NINE)
        response = slots_of(reader, kind.doctor, consultation_type_id=kind.pk)
        assert problem(response) == (422, "type_not_offered")

    @pytest.mark.parametrize("pk", ["", "0", "-1", "abc", "1.5", "9" * 18, "9" * 40, "٣", "\x00"])
    def test_an_unknown_type_is_a_422(self, reader, pk):
        response = slots_of(reader, DoctorFactory(), consultation_type_id=pk)
        assert problem(response) == (422, "type_not_offered")

    def test_a_doctor_who_does_not_book_online_offers_no_times_but_a_phone(self, reader):
        doctor = DoctorFactory(books_online=False, practice__phone="+33142000000")
        response = slots_of(reader, doctor)
        assert problem(response) == (403, "no_online_booking")
        assert response.json()["detail"] == (
            "Dr John Smith does not take bookings online. Call the practice on 01 42 00 00 00."
        )


class TestRulesOfThePerson:
    """docs/contracts.md, C2: the rules of the person, before a time is chosen."""

    def test_a_visitor_sees_times_of_a_type_for_known_patients(self, reader):
        kind = ConsultationTypeFactory(require_existing_patient=True)
        response = slots_of(reader, kind.doctor, consultation_type_id=kind.pk)
        assert response.status_code == 200

    def test_a_patient_never_seen_is_told_that_the_type_is_for_others(self, reader):
        kind = ConsultationTypeFactory(name="Suivi", require_existing_patient=True)
        reader.force_login(PatientFactory().account)
        response = slots_of(reader, kind.doctor, consultation_type_id=kind.pk)
        assert response.json() == {
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
            "detail": "“Suivi” is for people Dr John Smith has already seen. "
            "For a first visit, please choose another reason.",
            "code": "existing_patient_required",
        }
        assert (response.status_code, response["Content-Type"]) == (403, PROBLEM)

    def test_a_past_visit_that_took_place_opens_the_type(self, reader):
        kind = ConsultationTypeFactory(require_existing_patient=True)
        visit = seen(kind)
        reader.force_login(visit.patient.account)
        response = slots_of(reader, kind.doctor, consultation_type_id=kind.pk)
        assert response.status_code == 200

    def test_the_relative_is_asked_not_the_account(self, reader):
        kind = ConsultationTypeFactory(require_existing_patient=True)
        mother = seen(kind).patient
        child = RelativeFactory(account=mother.account)
        reader.force_login(mother.account)
        asked = {"consultation_type_id": kind.pk, "patient": child.pk}
        assert problem(slots_of(reader, kind.doctor, **asked)) == (403, "existing_patient_required")
        asked["patient"] = mother.pk
        assert slots_of(reader, kind.doctor, **asked).status_code == 200

    @pytest.mark.parametrize("pk", ["", "0", "abc", "9" * 40])
    def test_an_unknown_person_is_a_404(self, reader, pk):
        reader.force_login(PatientFactory().account)
        response = slots_of(reader, DoctorFactory(), patient=pk)
        assert problem(response) == (404, "not_found")
        assert response.json()["detail"] == "There is no such person in your account."

    def test_somebody_elses_person_is_a_404(self, reader):
        reader.force_login(PatientFactory().account)
        response = slots_of(reader, DoctorFactory(), patient=PatientFactory().pk)
        assert problem(response) == (404, "not_found")

    def test_a_visitor_has_no_persons(self, reader):
        response = slots_of(reader, DoctorFactory(), patient=PatientFactory().pk)
        assert problem(response) == (404, "not_found")

    @pytest.mark.parametrize("with_type", [True, False])
    def test_a_blocked_account_gets_no_times(self, reader, with_type):
        kind = ConsultationTypeFactory()
        reader.force_login(PatientFactory(account__is_blocked=True).account)
        asked = {"consultation_type_id": kind.pk} if with_type else {}
        response = slots_of(reader, kind.doctor, **asked)
        assert problem(response) == (403, "patient_blocked")

    def test_a_patient_blocked_by_the_practice_gets_its_phone(self, reader):
        kind = ConsultationTypeFactory(doctor__practice__phone="+33142000000")
        patient = PatientFactory()
        PatientFile.objects.create(
            patient=patient, practice=kind.doctor.practice, blocked_at=WEDNESDAY_AT_NINE
        )
        reader.force_login(patient.account)
        response = slots_of(reader, kind.doctor, consultation_type_id=kind.pk)
        assert problem(response) == (403, "patient_blocked")
        assert response.json()["detail"] == (
            "This practice takes bookings for Nadia Benali by phone only. "
            "Call the practice on 01 42 00 00 00."
        )

    def test_a_block_at_one_practice_leaves_the_others_open(self, reader):
        patient = PatientFactory()
        PatientFile.objects.create(
            patient=patient, practice=PracticeFactory(), blocked_at=WEDNESDAY_AT_NINE
        )
        reader.force_login(patient.account)
        assert slots_of(reader, DoctorFactory()).status_code == 200

    def test_the_third_no_show_ends_online_booking_there(self, reader):
        kind = ConsultationTypeFactory()
        patient = PatientFactory()
        reader.force_login(patient.account)
        asked = {"consultation_type_id": kind.pk}
        miss(kind, patient, weeks_ago=1)
        miss(kind, patient, weeks_ago=2)
        assert slots_of(reader, kind.doctor, **asked).status_code == 200
        miss(kind, patient, weeks_ago=3)
        assert problem(slots_of(reader, kind.doctor, **asked)) == (403, "patient_blocked")

    def test_new_patients_are_told_when_the_doctor_takes_none(self, reader):
        kind = ConsultationTypeFactory(doctor__accepts_new_patients=False)
        reader.force_login(PatientFactory().account)
        response = slots_of(reader, kind.doctor, consultation_type_id=kind.pk)
        assert problem(response) == (403, "new_patients_not_taken")

    def test_an_account_without_persons_is_asked_what_visitors_are(self, reader):
        kind = ConsultationTypeFactory(require_existing_patient=True)
        reader.force_login(UserFactory())
        assert slots_of(reader, kind.doctor, consultation_type_id=kind.pk).status_code == 200

    @pytest.mark.parametrize("who", ["doctor", "secretary", "admin"])
    def test_the_desk_is_asked_nothing(self, reader, who):
        kind = ConsultationTypeFactory(
            require_existing_patient=True, is_emergency_only=True, doctor__books_online=False
        )
        practice = kind.doctor.practice
        users = {
            "doctor": lambda: kind.doctor.user,
            "secretary": lambda: MembershipFactory(practice=practice).user,
            "admin": AdminFactory,
        }
        reader.force_login(users[who]())
        asked = {"consultation_type_id": kind.pk, "patient": PatientFactory().pk}
        response = slots_of(reader, kind.doctor, start_date="2026-12-27", days=1, **asked)
        assert response.json()["2026-12-27"][:2] == ["09:00", "09:30"]

    def test_another_practices_secretary_is_no_desk_here(self, reader):
        kind = ConsultationTypeFactory(doctor__books_online=False)
        reader.force_login(MembershipFactory().user)
        assert problem(slots_of(reader, kind.doctor)) == (403, "no_online_booking")

    def test_a_secretary_who_left_is_no_desk_any_more(self, reader):
        kind = ConsultationTypeFactory(doctor__books_online=False)
        left = MembershipFactory(practice=kind.doctor.practice, ended_at=WEDNESDAY_AT_NINE)
        reader.force_login(left.user)
        assert problem(slots_of(reader, kind.doctor)) == (403, "no_online_booking")


class TestEmergencies:
    def test_a_visitor_sees_the_next_24_hours(self, reader):
        kind = ConsultationTypeFactory(is_emergency_only=True)
        open_on(kind.doctor, 2, 9, 10)
        open_on(kind.doctor, 3, 8, 10)
        asked = {"consultation_type_id": kind.pk, "days": 2}
        assert slots_of(reader, kind.doctor, **asked).json() == {
            "2026-12-23": ["09:00", "09:30"],
            "2026-12-24": ["08:00", "08:30", "09:00"],
        }

    def test_days_after_tomorrow_are_refused_with_whom_to_call(self, reader):
        kind = ConsultationTypeFactory(is_emergency_only=True)
        asked = {"consultation_type_id": kind.pk, "start_date": "2026-12-25"}
        response = slots_of(reader, kind.doctor, **asked)
        assert problem(response) == (403, "emergency_too_far")
        assert response.json()["detail"] == (
            "Emergency visits can only be booked within 24 hours. If it cannot wait, call 15, 112."
        )

    def test_tomorrow_is_the_practices(self, reader, time_machine):
        time_machine.move_to(dt.datetime(2026, 12, 23, 12, tzinfo=dt.UTC), tick=False)
        kind = ConsultationTypeFactory(
            is_emergency_only=True, doctor__practice__time_zone="Pacific/Auckland"
        )
        asked = {"consultation_type_id": kind.pk}
        near = slots_of(reader, kind.doctor, start_date="2026-12-25", **asked)
        assert near.status_code == 200
        far = slots_of(reader, kind.doctor, start_date="2026-12-26", **asked)
        assert problem(far) == (403, "emergency_too_far")

    def test_patients_are_refused_alike(self, reader):
        kind = ConsultationTypeFactory(is_emergency_only=True)
        reader.force_login(PatientFactory().account)
        asked = {"consultation_type_id": kind.pk, "start_date": "2026-12-25"}
        assert problem(slots_of(reader, kind.doctor, **asked)) == (403, "emergency_too_far")

    def test_other_types_know_no_such_rule(self, reader):
        kind = ConsultationTypeFactory()
        asked = {"consultation_type_id": kind.pk, "start_date": "2026-12-26"}
        assert slots_of(reader, kind.doctor, **asked).status_code == 200


class TestHolds:
    AT_NINE = dt.datetime(2026, 12, 24, 8, tzinfo=dt.UTC)

    def test_somebody_elses_hold_hides_the_time_until_it_ends(self, reader, time_machine):
        hold = HoldFactory(starts_at=self.AT_NINE)
        open_on(hold.doctor, 3, 9, 10)
        assert times_on(reader, hold.doctor, "2026-12-24") == ["09:30"]
        time_machine.move_to(hold.expires_at, tick=False)
        assert times_on(reader, hold.doctor, "2026-12-24") == ["09:00", "09:30"]

    def test_the_own_hold_does_not_hide_its_time(self, reader):
        hold = HoldFactory(starts_at=self.AT_NINE)
        open_on(hold.doctor, 3, 9, 10)
        session = reader.session
        session[TOKEN] = hold.token
        session.save()
        reader.cookies["sessionid"] = session.session_key
        assert times_on(reader, hold.doctor, "2026-12-24") == ["09:00", "09:30"]


class TestZones:
    def test_casablanca_is_on_utc_since_september_2026(self, reader, time_machine):
        """Whatever the operating system's zone files say."""
        time_machine.move_to(dt.datetime(2026, 12, 23, 9, 30, tzinfo=dt.UTC), tick=False)
        doctor = DoctorFactory(practice__time_zone="Africa/Casablanca")
        open_on(doctor, 2, 9, 11)
        assert times_on(reader, doctor, "2026-12-23") == ["09:30", "10:00", "10:30"]

    def test_half_hour_zones_show_their_own_clock(self, reader, time_machine):
        """18:30 UTC is midnight in Kolkata."""
        time_machine.move_to(dt.datetime(2026, 12, 23, 18, 29, tzinfo=dt.UTC), tick=False)
        doctor = DoctorFactory(practice__time_zone="Asia/Kolkata")
        open_on(doctor, 3, 0, 1)
        assert slots_of(reader, doctor, days=2).json() == {
            "2026-12-23": [],
            "2026-12-24": ["00:00", "00:30"],
        }

    def test_a_slot_sits_under_the_practices_day(self, reader):
        """Thursday 08:00 in Auckland is Wednesday for a reader in Paris."""
        doctor = DoctorFactory(practice__time_zone="Pacific/Auckland")
        open_on(doctor, 3, 8, 9)
        asked = {"start_date": "2026-12-23", "days": 2}
        assert slots_of(reader, doctor, **asked).json() == {
            "2026-12-23": [],
            "2026-12-24": ["08:00", "08:30"],
        }

    def test_at_half_past_nine_in_paris_a_quarter_to_nine_is_gone(self, reader, time_machine):
        """The server's clock says 08:30."""
        time_machine.move_to(dt.datetime(2026, 12, 23, 8, 30, tzinfo=dt.UTC), tick=False)
        kind = ConsultationTypeFactory(duration=75)
        open_on(kind.doctor, 2, 8.75, 12)
        asked = {"consultation_type_id": kind.pk}
        assert times_on(reader, kind.doctor, "2026-12-23", **asked) == ["10:00"]

    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
    def test_half_past_eleven_at_night_is_offered_far_from_utc(self, reader, zone):
        doctor = DoctorFactory(practice__time_zone=zone)
        open_on(doctor, 4, 23, 24)
        assert times_on(reader, doctor, "2026-12-25") == ["23:00", "23:30"]

    def test_the_spring_night_has_no_time_between_two_and_three(self, reader):
        """Europe/Paris, 28 March 2027."""
        doctor = DoctorFactory()
        open_on(doctor, 6, 1, 4)
        assert times_on(reader, doctor, "2027-03-28") == ["01:00", "01:30", "03:00", "03:30"]


class TestQueries:
    """One each for version, doctor with type, hours, holidays, and whatever occupies time.

    The version alone where the answer is kept (test_kept_slots.py).
    """

    def ask(self, reader, kind, **asked):
        return slots_of(reader, kind.doctor, consultation_type_id=kind.pk, **asked)

    @pytest.mark.parametrize("days", [1, 31])
    def test_five_for_any_number_of_days(self, reader, django_assert_num_queries, days):
        kind = ConsultationTypeFactory()
        with django_assert_num_queries(5):
            self.ask(reader, kind, days=days)

    def test_five_with_300_appointments_and_30_types(self, reader, django_assert_num_queries):
        kind = ConsultationTypeFactory()
        ConsultationTypeFactory.create_batch(29, doctor=kind.doctor)
        patient = PatientFactory()
        Appointment.objects.bulk_create(
            AppointmentFactory.build(
                patient=patient,
                consultation_type=kind,
                starts_at=WEDNESDAY_AT_NINE + n * dt.timedelta(minutes=30),
            )
            for n in range(300)
        )
        with django_assert_num_queries(5):
            response = self.ask(reader, kind, days=31)
        # From nine on Wednesday, 150 hours are taken: until Tuesday 15:00.
        free = [len(times) for times in response.json().values()]
        assert free == [0] * 6 + [4] + [16] * 24

    def test_five_without_a_type(self, reader, django_assert_num_queries):
        doctor = DoctorFactory()
        with django_assert_num_queries(5):
            slots_of(reader, doctor)

    def test_two_where_no_day_can_be_booked(self, reader, django_assert_num_queries):
        kind = ConsultationTypeFactory()
        with django_assert_num_queries(2):
            self.ask(reader, kind, start_date="2030-01-01")


def seen(kind):
    """A visit of last month that took place."""
    return AppointmentFactory(
        consultation_type=kind,
        starts_at=WEDNESDAY_AT_NINE - dt.timedelta(days=30),
        status=Status.DONE,
    )


def miss(kind, patient, *, weeks_ago):
    return AppointmentFactory(
        consultation_type=kind,
        patient=patient,
        starts_at=WEDNESDAY_AT_NINE - dt.timedelta(weeks=weeks_ago),
        status=Status.NO_SHOW,
    )
