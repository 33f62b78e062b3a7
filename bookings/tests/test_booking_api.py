"""docs/contracts.md, C6: booking as JSON, in the words of the systems before and in ours."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client

from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings.finding.visitor import TOKEN
from bookings.models import Appointment, Hold, Notification
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.steps import verified
from doctors.tests.factories import (
    LONG_AGO,
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
)
from scheduling.tests.factories import AbsenceFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 12, 22, 8, tzinfo=dt.UTC)
"""Tuesday 22 December 2026, 09:00 in Paris: "now"."""

THURSDAY = "2026-12-24"
TAKEN = {"msg": "Time slot already booked! Choose another slot."}
ALL_FIELDS = {"msg": "All fields are required!"}


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
    """The ordinary visit of Dr Rajesh Kumar, who is open on Thursdays, 09:00-10:30."""
    kind = ConsultationTypeFactory(
        doctor__user__first_name="Rajesh", doctor__user__last_name="Kumar"
    )
    OpeningHoursFactory(doctor=kind.doctor, weekday=3, end_minute=10 * 60 + 30)
    return kind


@pytest.fixture
def patient(reader):
    """A signed-in patient, whose e-mail is confirmed."""
    patient = verified(PatientFactory())
    reader.force_login(patient.account)
    return patient


def kumar(**options):
    """One of several doctors of that name, with a visit of 30 minutes."""
    options |= {"user__first_name": "Rajesh", "user__last_name": "Kumar"}
    doctor = DoctorFactory(**options)
    ConsultationTypeFactory(doctor=doctor)
    return doctor


def on_thursday(hour, minute=0):
    """An instant of that Thursday by the clocks of Paris."""
    return dt.datetime(2026, 12, 24, hour - 1, minute, tzinfo=dt.UTC)


def slots(reader, path="/api/available-slots", **asked):
    return reader.get(path, {"doctor_name": "Dr. Rajesh Kumar", "date": THURSDAY} | asked)


def post(reader, fields, path="/api/appointments"):
    return reader.post(path, json.dumps(fields), content_type="application/json")


def theirs(patient, **changes):
    """The five fields of the system before."""
    fields = {
        "patient_id": patient.pk,
        "patient_name": patient.name,
        "doctor_name": "Dr. Rajesh Kumar",
        "time_slot": "9:30 AM - 10:00 AM",
        "date": THURSDAY,
    }
    return fields | changes


def ours(kind, **changes):
    fields = {
        "doctor": kind.doctor_id,
        "consultation_type": kind.pk,
        "appointment_time": f"{THURSDAY}T09:30",
    }
    return fields | changes


def refusal(response):
    """(status, code) of a refusal in problem+json that says the same in `msg`."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert (body["msg"], body["status"]) == (body["detail"], response.status_code)
    return body["status"], body["code"]


class TestAvailableSlots:
    @pytest.mark.parametrize("path", ["/api/available-slots", "/available_slots"])
    def test_the_free_times_of_a_doctor_by_name(self, reader, kind, path):
        response = slots(reader, path)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
        assert response.json() == {
            "available_slots": ["9:00 AM - 9:30 AM", "9:30 AM - 10:00 AM", "10:00 AM - 10:30 AM"]
        }

    def test_what_is_booked_held_or_closed_is_left_out(self, reader, kind):
        AppointmentFactory(consultation_type=kind, starts_at=on_thursday(9))
        HoldFactory(consultation_type=kind, starts_at=on_thursday(9, 30))
        assert slots(reader).json() == {"available_slots": ["10:00 AM - 10:30 AM"]}
        AbsenceFactory(doctor=kind.doctor, starts_at=on_thursday(9))
        assert slots(reader).json() == {"available_slots": []}

    def test_noon_and_midnight_on_twelve_hours(self, reader):
        doctor = kumar()
        for start, end in ((0, 30), (12 * 60, 12 * 60 + 30), (23 * 60 + 30, 1440)):
            OpeningHoursFactory(doctor=doctor, weekday=3, start_minute=start, end_minute=end)
        assert slots(reader).json() == {
            "available_slots": ["12:00 AM - 12:30 AM", "12:00 PM - 12:30 PM", "11:30 PM - 12:00 AM"]
        }

    def test_the_end_is_read_off_the_wall_clock_when_the_clocks_change(self, reader):
        """Sunday 28 March 2027: in Paris the hour after 02:00 is 04:00."""
        doctor = kumar()
        OpeningHoursFactory(doctor=doctor, weekday=6, start_minute=60, end_minute=240)
        told = slots(reader, date="2027-03-28").json()["available_slots"]
        assert told == [
            "1:00 AM - 1:30 AM",
            "1:30 AM - 3:00 AM",
            "3:00 AM - 3:30 AM",
            "3:30 AM - 4:00 AM",
        ]

    @pytest.mark.parametrize(
        "name",
        [
            "Rajesh Kumar",
            "Dr Rajesh Kumar",
            "dr.rajesh kumar",
            "Docteur RAJESH  KUMAR",
            "Kumar Rajesh",
            "Kumar, Rajesh",
            "Rájesh Kumár",
        ],
    )
    def test_title_case_accents_and_order_do_not_matter(self, reader, kind, name):
        assert len(slots(reader, doctor_name=name).json()["available_slots"]) == 3

    @pytest.mark.parametrize(
        "name", ["Rajesh", "Dr.", "Rajesh Kumar Singh", "Kumar Rajesh Cardiology", "%", "\x00", "x"]
    )
    def test_any_other_name_is_a_404(self, reader, kind, name):
        assert refusal(slots(reader, doctor_name=name)) == (404, "not_found")

    @pytest.mark.parametrize("hidden", [{"approved_at": None}, {"user__is_active": False}])
    def test_a_doctor_who_is_not_shown_is_a_404(self, reader, hidden):
        kumar(**hidden)
        assert refusal(slots(reader)) == (404, "not_found")

    def test_two_doctors_of_one_name_need_the_number(self, reader, kind):
        other = kumar(practice__name="Cabinet Anfa", practice__city="Casablanca")
        response = slots(reader)
        assert refusal(response) == (409, "several_doctors")
        practice = kind.doctor.practice
        assert sorted(response.json()["doctors"], key=lambda each: each["id"]) == [
            {"id": kind.doctor_id, "practice": practice.name, "city": "Paris"},
            {"id": other.pk, "practice": "Cabinet Anfa", "city": "Casablanca"},
        ]
        for asked in (
            {"doctor_id": kind.doctor_id},
            {"doctor_id": kind.doctor_id, "doctor_name": ""},
        ):
            assert len(slots(reader, **asked).json()["available_slots"]) == 3

    @pytest.mark.parametrize("doctor_id", ["12345", "9" * 40, "-1", "x"])
    def test_an_unknown_number_is_a_404(self, reader, kind, doctor_id):
        assert refusal(slots(reader, doctor_id=doctor_id)) == (404, "not_found")

    @pytest.mark.parametrize("missing", ["doctor_name", "date"])
    @pytest.mark.parametrize("empty", ["", " "])
    def test_a_missing_field_is_a_400(self, reader, kind, missing, empty):
        response = slots(reader, **{missing: empty})
        assert (response.status_code, response.json()) == (400, ALL_FIELDS)
        assert response["Content-Type"] == "application/json"

    @pytest.mark.parametrize(
        "date", ["24/12/2026", "2026-02-30", "9999-12-31", "0001-01-01", "\x00"]
    )
    def test_what_is_no_date_is_a_400(self, reader, kind, date):
        assert refusal(slots(reader, date=date)) == (400, "bad_request")

    @pytest.mark.parametrize("date", ["2026-12-17", "2028-12-21", "0002-01-01", "9998-12-31"])
    def test_days_gone_by_or_too_far_ahead_are_empty(self, reader, kind, date):
        assert slots(reader, date=date).json() == {"available_slots": []}

    def test_who_is_blocked_is_told_so(self, reader, kind, patient):
        patient.account.is_blocked = True
        patient.account.save()
        assert refusal(slots(reader)) == (403, "patient_blocked")

    def test_a_doctor_who_does_not_book_online_is_a_403(self, reader):
        kumar(books_online=False)
        assert refusal(slots(reader)) == (403, "no_online_booking")

    def test_queries_do_not_grow_with_the_visits(self, reader, kind, django_assert_num_queries):
        for minute in (0, 30):
            AppointmentFactory(consultation_type=kind, starts_at=on_thursday(9, minute))
        with django_assert_num_queries(5):
            assert len(slots(reader).json()["available_slots"]) == 1

    def test_nothing_is_left_behind(self, reader, kind):
        assert slots(reader).cookies == {}

    def test_it_can_only_be_read(self, reader, kind):
        assert reader.post("/available_slots").status_code == 405


class TestOrdinaryVisit:
    """What somebody comes for who does not say."""

    def test_the_first_reason_open_to_everyone(self, reader, kind):
        doctor = kind.doctor
        for position, options in enumerate(
            (
                {"is_emergency_only": True, "duration": 10},
                {"require_existing_patient": True, "duration": 10},
                {"retired_at": LONG_AGO, "duration": 10},
                {"needs_confirmation": True, "duration": 10},
                {"duration": 45},
            )
        ):
            ConsultationTypeFactory(doctor=doctor, position=position, **options)
        kind.position = 9
        kind.save()
        assert slots(reader).json()["available_slots"] == [
            "9:00 AM - 9:45 AM",
            "9:45 AM - 10:30 AM",
        ]

    def test_on_request_when_there_is_no_other(self, reader, kind, patient):
        kind.needs_confirmation = True
        kind.save()
        response = post(reader, theirs(patient))
        assert (response.status_code, response.json()["msg"]) == (
            201,
            "Appointment requested: the practice will confirm it.",
        )
        assert Appointment.objects.get().status == Status.PENDING

    def test_its_rules_are_asked_when_it_is_the_only_one(self, reader, kind, patient):
        kind.require_existing_patient = True
        kind.save()
        assert refusal(slots(reader)) == (403, "existing_patient_required")
        assert refusal(post(reader, theirs(patient))) == (403, "existing_patient_required")

    def test_without_any_nothing_can_be_booked(self, reader, kind, patient):
        kind.retired_at = LONG_AGO
        kind.save()
        assert refusal(slots(reader)) == (422, "type_not_offered")
        assert refusal(post(reader, theirs(patient))) == (422, "type_not_offered")


class TestBookByName:
    @pytest.mark.parametrize("path", ["/api/appointments", "/book_appointment"])
    def test_the_five_fields_book(self, reader, kind, patient, path):
        response = post(reader, theirs(patient), path)
        visit = Appointment.objects.get()
        assert (response.status_code, response["Content-Type"]) == (201, "application/json")
        assert response.json() == {"msg": "Appointment booked successfully!", "id": str(visit.pk)}
        assert (visit.patient, visit.doctor, visit.consultation_type) == (
            patient,
            kind.doctor,
            kind,
        )
        assert (visit.starts_at, visit.status, visit.booked_by) == (
            on_thursday(9, 30),
            Status.CONFIRMED,
            patient.account,
        )

    def test_every_slot_that_is_offered_books(self, reader, kind, patient):
        for slot in slots(reader).json()["available_slots"]:
            assert post(reader, theirs(patient, time_slot=slot)).status_code == 201
        assert slots(reader).json() == {"available_slots": []}

    @pytest.mark.parametrize(
        "slot",
        ["9:30 AM", "09:30", "9:30", "09:30 - 10:00", "9:30 am-10:00 am", "9:30AM – 10:00 a.m."],
    )
    def test_other_ways_to_write_a_slot(self, reader, kind, patient, slot):
        assert post(reader, theirs(patient, time_slot=slot)).status_code == 201
        assert Appointment.objects.get().starts_at == on_thursday(9, 30)

    @pytest.mark.parametrize(
        ("slot", "hour"),
        [("12:00 AM - 12:30 AM", 0), ("12:00 PM", 12), ("11:30 PM - 12:00 AM", 23)],
    )
    def test_twelve_is_midnight_in_the_morning_and_noon_after(self, reader, patient, slot, hour):
        OpeningHoursFactory(doctor=kumar(), weekday=3, start_minute=0, end_minute=1440)
        assert post(reader, theirs(patient, time_slot=slot)).status_code == 201
        visit = Appointment.objects.get()
        assert (visit.local_start.date().isoformat(), visit.local_start.hour) == (THURSDAY, hour)

    @pytest.mark.parametrize(
        "slot",
        ["morning", "25:00", "9:60", "0:30 AM", "13:00 PM", "9", "9:30 AM - ", "٩:٣٠", "x" * 9999],
    )
    def test_what_is_no_slot_is_a_422(self, reader, kind, patient, slot):
        assert refusal(post(reader, theirs(patient, time_slot=slot))) == (
            422,
            "choice_not_understood",
        )

    def test_a_time_that_the_clocks_skip_is_a_422(self, reader, patient):
        OpeningHoursFactory(doctor=kumar(), weekday=6, start_minute=60, end_minute=240)
        asked = theirs(patient, date="2027-03-28", time_slot="2:30 AM")
        assert refusal(post(reader, asked)) == (422, "choice_not_understood")

    @pytest.mark.parametrize(
        "slot", ["9:07 AM - 9:37 AM", "9:30 AM - 11:00 AM", "9:30 AM - 9:30 AM", "8:00 AM"]
    )
    def test_start_and_end_are_the_grids(self, reader, kind, patient, slot):
        assert refusal(post(reader, theirs(patient, time_slot=slot))) == (422, "off_grid")
        assert not Appointment.objects.exists()

    def test_a_time_gone_by_is_a_422(self, reader, kind, patient, time_machine):
        time_machine.move_to(on_thursday(9, 45), tick=False)
        assert refusal(post(reader, theirs(patient))) == (422, "past")

    def test_inside_the_notice_or_beyond_the_horizon_is_a_422(self, reader, kind, patient):
        far = theirs(patient, date="2028-12-21")
        assert refusal(post(reader, far)) == (422, "too_far")
        kind.notice_minutes = 5 * 24 * 60
        kind.save()
        assert refusal(post(reader, theirs(patient))) == (422, "too_soon")

    @pytest.mark.parametrize("date", ["24/12/2026", "2026-02-30", "9999-12-31", "0001-01-01"])
    def test_what_is_no_date_is_a_400(self, reader, kind, patient, date):
        assert refusal(post(reader, theirs(patient, date=date))) == (400, "bad_request")

    @pytest.mark.parametrize("name", list(theirs(PatientFactory.build())))
    @pytest.mark.parametrize("value", [None, "", "  ", [], {}, True, 1.5])
    def test_a_missing_field_is_a_400(self, reader, kind, patient, name, value):
        response = post(reader, theirs(patient, **{name: value}))
        assert (response.status_code, response.json()) == (400, ALL_FIELDS)
        assert response["Content-Type"] == "application/json"

    @pytest.mark.parametrize(
        "body",
        ["", "nonsense", "[]", "7", "null", "[" * 99_999, '{"a": ' + "9" * 5000 + "}", b"\xff"],
    )
    def test_a_body_that_is_no_object_is_a_400(self, reader, patient, body):
        response = reader.post("/api/appointments", body, content_type="application/json")
        assert refusal(response) == (400, "bad_request")

    def test_a_forms_body_is_a_400(self, reader, kind, patient):
        assert refusal(reader.post("/api/appointments", theirs(patient))) == (400, "bad_request")

    def test_a_body_of_megabytes_is_a_413(self, reader, patient):
        response = post(reader, {"reason": "x" * 2_000_000})
        assert refusal(response) == (413, "too_large")

    def test_a_taken_slot_is_a_409(self, reader, kind, patient):
        AppointmentFactory(consultation_type=kind, starts_at=on_thursday(9, 30))
        response = post(reader, theirs(patient))
        assert (response.status_code, response.json()) == (409, TAKEN)
        assert response["Content-Type"] == "application/json"

    def test_somebody_elses_hold_is_a_409_and_the_own_one_books(self, reader, kind, patient):
        hold = HoldFactory(consultation_type=kind, starts_at=on_thursday(9, 30))
        assert post(reader, theirs(patient)).json() == TAKEN
        session = reader.session
        session[TOKEN] = hold.token
        session.save()
        assert post(reader, theirs(patient)).status_code == 201
        assert not Hold.objects.exists()

    def test_two_doctors_of_one_name_are_a_409_that_asks_for_the_number(
        self, reader, kind, patient
    ):
        kumar()
        assert refusal(post(reader, theirs(patient))) == (409, "several_doctors")
        response = post(reader, theirs(patient, doctor_id=kind.doctor_id))
        assert (response.status_code, Appointment.objects.get().doctor) == (201, kind.doctor)

    def test_an_unknown_doctor_is_a_404(self, reader, kind, patient):
        asked = theirs(patient, doctor_name="Dr. Nobody")
        assert refusal(post(reader, asked)) == (404, "not_found")

    def test_the_same_post_again_gets_the_same_answer_and_no_second_message(
        self, reader, kind, patient
    ):
        answers = [post(reader, theirs(patient)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert (Appointment.objects.count(), Notification.objects.count()) == (1, 1)


class TestForWhom:
    def test_for_a_relative(self, reader, kind, patient):
        child = RelativeFactory(account=patient.account)
        assert post(reader, theirs(child)).status_code == 201
        assert Appointment.objects.get().patient == child

    @pytest.mark.parametrize("patient_id", ["12345", "9" * 40, 0, -1, "x", "x\x00", "\ud800"])
    def test_nobody_is_a_404(self, reader, kind, patient, patient_id):
        asked = theirs(patient, patient_id=patient_id)
        assert refusal(post(reader, asked)) == (404, "not_found")

    def test_somebody_elses_person_is_a_404_whatever_the_name(self, reader, kind, patient):
        stranger = PatientFactory(first_name=patient.first_name, last_name=patient.last_name)
        assert refusal(post(reader, theirs(stranger))) == (404, "not_found")
        assert not Appointment.objects.exists()

    def test_a_name_never_finds_a_person(self, reader, kind, patient):
        other = PatientFactory(first_name="Karim", last_name="Tazi")
        assert post(reader, theirs(patient, patient_name=other.name)).status_code == 201
        assert Appointment.objects.get().patient == patient

    def test_the_desk_books_for_the_practices_patients_only(self, reader, kind, patient):
        secretary = MembershipFactory(practice=kind.doctor.practice).user
        reader.force_login(secretary)
        assert refusal(post(reader, theirs(patient))) == (404, "not_found")
        AppointmentFactory(
            consultation_type=kind, patient=patient, status=Status.DONE, starts_at=LONG_AGO
        )
        assert post(reader, theirs(patient)).status_code == 201
        assert Appointment.objects.get(starts_at=on_thursday(9, 30)).booked_by == secretary

    def test_nobody_is_at_two_doctors_at_once(self, reader, kind, patient):
        AppointmentFactory(patient=patient, starts_at=on_thursday(9, 30))
        assert refusal(post(reader, theirs(patient))) == (409, "patient_overlap")

    def test_a_blocked_account_is_a_403(self, reader, kind, patient):
        patient.account.is_blocked = True
        patient.account.save()
        assert refusal(post(reader, theirs(patient))) == (403, "patient_blocked")

    def test_an_unverified_account_has_one_future_appointment(self, reader, kind):
        patient = PatientFactory()
        reader.force_login(patient.account)
        assert post(reader, theirs(patient)).status_code == 201
        again = theirs(patient, time_slot="10:00 AM")
        assert refusal(post(reader, again)) == (403, "email_not_confirmed")


class TestBookByNumber:
    def test_doctor_reason_and_time_book_for_oneself(self, reader, kind, patient):
        response = post(reader, ours(kind, reason="Mal au genou\x00"))
        visit = Appointment.objects.get()
        assert (response.status_code, response.json()) == (
            201,
            {"msg": "Appointment booked successfully!", "id": str(visit.pk)},
        )
        assert (visit.patient, visit.starts_at, visit.reason) == (
            patient,
            on_thursday(9, 30),
            "Mal au genou",
        )

    @pytest.mark.parametrize(
        "time", ["2026-12-24T09:30:00+01:00", "2026-12-24T08:30:00Z", "2026-12-24 09:30"]
    )
    def test_the_time_is_iso_8601(self, reader, kind, patient, time):
        assert post(reader, ours(kind, appointment_time=time)).status_code == 201
        assert Appointment.objects.get().starts_at == on_thursday(9, 30)

    @pytest.mark.parametrize("name", ["doctor", "consultation_type", "appointment_time"])
    def test_a_missing_field_is_a_400(self, reader, kind, patient, name):
        response = post(reader, ours(kind, **{name: None}))
        assert (response.status_code, response.json()) == (400, ALL_FIELDS)

    def test_for_a_relative_and_nobody_elses(self, reader, kind, patient):
        child = RelativeFactory(account=patient.account)
        assert post(reader, ours(kind, patient=child.pk)).status_code == 201
        stranger = PatientFactory()
        assert refusal(post(reader, ours(kind, patient=stranger.pk))) == (404, "not_found")

    def test_the_desk_says_for_whom(self, reader, kind):
        reader.force_login(kind.doctor.user)
        assert refusal(post(reader, ours(kind))) == (422, "person_required")

    def test_an_account_without_a_person_says_for_whom(self, reader, kind):
        reader.force_login(UserFactory())
        assert refusal(post(reader, ours(kind))) == (422, "person_required")

    def test_another_doctors_reason_is_a_422(self, reader, kind, patient):
        foreign = ConsultationTypeFactory()
        asked = ours(kind, consultation_type=foreign.pk)
        assert refusal(post(reader, asked)) == (422, "type_not_offered")

    @pytest.mark.parametrize("time", ["tomorrow", "2026-12-24T25:00", "9999-12-31T23:59"])
    def test_what_is_no_time_is_a_422(self, reader, kind, patient, time):
        asked = ours(kind, appointment_time=time)
        assert refusal(post(reader, asked)) == (422, "choice_not_understood")

    def test_an_unknown_doctor_is_a_404(self, reader, kind, patient):
        assert refusal(post(reader, ours(kind, doctor=12345))) == (404, "not_found")

    def test_a_taken_time_is_a_409(self, reader, kind, patient):
        AppointmentFactory(consultation_type=kind, starts_at=on_thursday(9, 30))
        response = post(reader, ours(kind))
        assert (response.status_code, response.json()) == (409, TAKEN)


class TestDoor:
    @pytest.mark.parametrize("path", ["/api/appointments", "/book_appointment"])
    def test_signed_out_is_a_401_in_json(self, reader, kind, path):
        response = post(reader, theirs(PatientFactory()), path)
        assert refusal(response) == (401, "sign_in_required")
        assert not Appointment.objects.exists()

    @pytest.mark.parametrize("path", ["/api/appointments", "/book_appointment"])
    def test_without_the_csrf_token_is_a_403_in_json(self, kind, path):
        patient = PatientFactory()
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(patient.account)
        assert refusal(post(browser, theirs(patient), path)) == (403, "csrf_failed")
        assert not Appointment.objects.exists()

    def test_with_the_csrf_token_of_any_page_it_books(self, kind):
        patient = PatientFactory()
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(patient.account)
        browser.get("/accounts/profile/")
        response = browser.post(
            "/api/appointments",
            json.dumps(theirs(patient)),
            content_type="application/json",
            headers={"X-CSRFToken": browser.cookies["csrftoken"].value},
        )
        assert response.status_code == 201
        assert uuid.UUID(response.json()["id"]) == Appointment.objects.get().pk

    def test_it_can_only_be_posted(self, reader, patient):
        assert reader.get("/book_appointment").status_code == 405


class TestOwnPersons:
    def test_the_owner_first_then_the_relatives(self, reader, patient):
        child = RelativeFactory(account=patient.account)
        PatientFactory()
        assert reader.get("/api/me/patients").json() == [
            {"id": patient.pk, "name": "Nadia Benali", "relation": "self"},
            {"id": child.pk, "name": "Lina Benali", "relation": "child"},
        ]

    def test_signed_out_is_a_401(self, reader):
        response = reader.get("/api/me/patients")
        assert (response.status_code, response.json()["code"]) == (401, "sign_in_required")
