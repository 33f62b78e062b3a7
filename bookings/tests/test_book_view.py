"""POST /book (docs/contracts.md, C4) and the pages around it, over HTTP."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Patient
from accounts.tests.factories import (
    DoctorUserFactory,
    PatientFactory,
    RelativeFactory,
    SecretaryUserFactory,
)
from bookings import services
from bookings.models import Appointment, Hold, Notification
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory

pytestmark = pytest.mark.django_db

AT_TEN = "2027-03-01T10:00"
"""Without offset: the practice's wall clock."""


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def consultation_type():
    return ConsultationTypeFactory()


@pytest.fixture
def patient():
    return PatientFactory(account__with_verified_email=True)


def post(client, consultation_type, /, path="/book", **data):
    form = {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "appointment_time": AT_TEN,
    }
    return client.post(path, form | data)


def times_offered(response):
    """The starts of the answer's time buttons, as the page posts them."""
    return re.findall(r'name="appointment_time" value="([^"]+)"', response.content.decode())


class TestPatient:
    @pytest.mark.parametrize("path", ["/book", "/book/", "/bookings/create/"])
    def test_a_time_makes_a_confirmed_appointment(self, client, consultation_type, patient, path):
        client.force_login(patient.account)
        response = post(client, consultation_type, path)
        appointment = Appointment.objects.get()
        assert (response.status_code, response["Location"]) == (
            303,
            reverse("appointment_page", args=[appointment.pk]),
        )
        assert (
            appointment.patient,
            appointment.status,
            appointment.starts_at,
            appointment.queue_number,
        ) == (patient, Status.CONFIRMED, monday("10:00"), None)

    @pytest.mark.parametrize(
        "time", ["2027-03-01T10:00", "2027-03-01T10:00:00+01:00", "2027-03-01T09:00:00Z"]
    )
    def test_a_time_with_an_offset_is_that_instant(self, client, consultation_type, patient, time):
        client.force_login(patient.account)
        post(client, consultation_type, appointment_time=time)
        assert Appointment.objects.get().starts_at == monday("10:00")

    def test_for_a_relative(self, client, consultation_type, patient):
        child = RelativeFactory(account=patient.account)
        client.force_login(patient.account)
        post(client, consultation_type, patient=child.pk, reason="Vaccin")
        appointment = Appointment.objects.get()
        assert (appointment.patient, appointment.reason) == (child, "Vaccin")

    def test_for_a_relative_added_on_the_way(self, client, consultation_type, patient):
        client.force_login(patient.account)
        post(
            client,
            consultation_type,
            patient="new",
            relation="child",
            first_name="Adam",
            last_name="Berrada",
            birth_date="2020-05-04",
        )
        assert Appointment.objects.get().patient.account == patient.account
        assert Patient.objects.get(first_name="Adam").birth_date == dt.date(2020, 5, 4)

    def test_the_same_post_again_gets_the_same_answer_and_no_second_message(
        self, client, consultation_type, patient
    ):
        client.force_login(patient.account)
        answers = {post(client, consultation_type)["Location"] for _ in range(2)}
        assert len(answers) == 1
        assert (Appointment.objects.count(), Notification.objects.count()) == (1, 1)

    def test_without_a_time_a_time_is_asked_for(self, client, consultation_type, patient):
        client.force_login(patient.account)
        response = post(client, consultation_type, appointment_time="")
        assert response.status_code == 422
        assert "notice" in response.content.decode()
        assert not Appointment.objects.exists()

    @pytest.mark.parametrize(
        "bad",
        [
            {"appointment_time": "tomorrow"},
            {"appointment_time": "2027-03-28T02:30"},  # The clock change in Paris skips this hour.
            {"appointment_time": "9999-12-31T23:59"},
            {"appointment_time": "2027-03-01T10:07"},
            {"doctor": "999999"},
            {"doctor": "99999999999999999999999"},
            {"consultation_type": "nonsense"},
            {"patient": "999999"},
            {"patient": "99999999999999999999999"},
            {"patient": "new", "first_name": "Adam"},
            {"reason": "x" * 1001},
        ],
    )
    def test_bad_input_is_a_422_and_writes_nothing(self, client, consultation_type, patient, bad):
        client.force_login(patient.account)
        response = post(client, consultation_type, **bad)
        assert response.status_code == 422
        assert (Appointment.objects.count(), Patient.objects.count()) == (0, 1)

    def test_what_was_typed_stays_when_something_is_wrong(self, client, consultation_type, patient):
        client.force_login(patient.account)
        response = post(
            client, consultation_type, patient="new", first_name="Adam", reason="Fièvre depuis hier"
        )
        page = response.content.decode()
        assert "Fièvre depuis hier" in page
        assert 'value="Adam"' in page

    def test_taken_is_a_409_with_the_three_nearest_times_and_the_text(
        self, client, consultation_type, patient
    ):
        AppointmentFactory(consultation_type=consultation_type, starts_at=monday("10:00"))
        client.force_login(patient.account)
        response = post(client, consultation_type, reason="Fièvre depuis hier")
        assert response.status_code == 409
        assert times_offered(response)[1:] == [
            "2027-03-01T09:00:00+01:00",
            "2027-03-01T09:30:00+01:00",
            "2027-03-01T10:30:00+01:00",
        ]
        assert "Fièvre depuis hier" in response.content.decode()

    def test_a_rule_is_a_403_in_words(self, client, consultation_type, patient):
        consultation_type.require_existing_patient = True
        consultation_type.save()
        client.force_login(patient.account)
        response = post(client, consultation_type)
        assert response.status_code == 403
        assert 'role="alert"' in response.content.decode()

    def test_an_emergency_too_far_ahead_is_a_403(self, client, consultation_type, patient):
        consultation_type.is_emergency_only = True
        consultation_type.save()
        client.force_login(patient.account)
        response = post(client, consultation_type)
        assert (response.status_code, Appointment.objects.count()) == (403, 0)
        assert "appelez le" in response.content.decode()

    def test_the_browser_cannot_choose_end_duration_or_price(
        self, client, consultation_type, patient
    ):
        client.force_login(patient.account)
        post(
            client,
            consultation_type,
            ends_at="2027-03-01T18:00",
            duration="480",
            price="0",
            is_overbooked="1",
            overbook="1",
            status="done",
        )
        appointment = Appointment.objects.get()
        assert (
            appointment.ends_at,
            appointment.duration,
            appointment.price,
            appointment.is_overbooked,
            appointment.status,
        ) == (monday("10:30"), 30, consultation_type.price, False, Status.CONFIRMED)


class TestStaffAsPatients:
    """A doctor or a secretary books elsewhere as anybody does."""

    MYSELF = {
        "patient": "new",
        "relation": "self",
        "first_name": "Salma",
        "last_name": "Alami",
        "birth_date": "1984-03-12",
    }

    @pytest.fixture(params=[DoctorUserFactory, SecretaryUserFactory])
    def user(self, request, client):
        user = request.param(first_name="Salma", last_name="Alami", with_verified_email=True)
        client.force_login(user)
        return user

    def test_the_form_is_about_themselves_first(self, client, consultation_type, user):
        post(client, consultation_type, path="/bookings/hold/")
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert '<option value="self" selected>Moi</option>' in page
        assert 'value="Salma"' in page

    def test_they_book_for_themselves(self, client, consultation_type, user):
        assert post(client, consultation_type, **self.MYSELF).status_code == 303
        person = Appointment.objects.get().patient
        assert (person.account, person.relation, person.name) == (user, "self", "Salma Alami")

    def test_an_account_has_one_owner_however_often_it_is_posted(
        self, client, consultation_type, user
    ):
        post(client, consultation_type, **self.MYSELF)
        post(client, consultation_type, **self.MYSELF)
        later = {"appointment_time": "2027-03-01T11:00"}
        assert post(client, consultation_type, **later).status_code == 303
        assert (Patient.objects.count(), Appointment.objects.count()) == (1, 2)

    def test_an_owner_who_exists_is_not_offered_again(self, client, consultation_type, patient):
        client.force_login(patient.account)
        post(client, consultation_type, path="/bookings/hold/")
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert '<option value="self"' not in page


class TestBackAfterConfirming:
    @pytest.fixture
    def booked(self, client, consultation_type, patient):
        client.force_login(patient.account)
        post(client, consultation_type, path="/bookings/hold/")
        post(client, consultation_type)
        return Appointment.objects.get()

    def test_the_confirm_page_says_booked_and_leads_to_the_visit(self, client, booked):
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert "Ce rendez-vous est réservé" in page
        assert f'href="/bookings/{booked.pk}/"' in page

    def test_so_does_the_address_of_that_choice(self, client, booked):
        choice = {
            "doctor": booked.doctor_id,
            "consultation_type": booked.consultation_type_id,
            "appointment_time": AT_TEN,
        }
        page = client.get("/bookings/confirm-booking/", choice).content.decode()
        assert f'href="/bookings/{booked.pk}/"' in page

    def test_another_tab_goes_to_the_visit(self, client, booked):
        htmx = {"HX-Request": "true", "HX-Target": "hold"}
        response = client.get("/bookings/confirm-booking/", headers=htmx)
        assert response["HX-Redirect"] == f"/bookings/{booked.pk}/"

    def test_a_new_choice_is_confirmed_as_ever(self, client, consultation_type, booked):
        later = {"appointment_time": "2027-03-01T11:00"}
        post(client, consultation_type, path="/bookings/hold/", **later)
        assert 'id="booking"' in client.get("/bookings/confirm-booking/").content.decode()

    def test_a_visit_cancelled_since_is_not_called_booked(self, client, booked):
        services.cancel(booked, by=booked.booked_by, now=FRIDAY_MORNING)
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert "Ce rendez-vous est réservé" not in page

    def test_nobody_else_sees_it(self, client, booked):
        client.force_login(PatientFactory().account)
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert str(booked.pk) not in page


class TestVisitor:
    def test_the_choice_is_kept_as_a_hold_and_leads_to_confirm(self, client, consultation_type):
        response = post(client, consultation_type)
        assert (response.status_code, response["Location"]) == (303, "/bookings/confirm-booking/")
        assert Hold.objects.get().starts_at == monday("10:00")

    def test_confirm_shows_the_kept_time_and_both_ways_in(self, client, consultation_type):
        post(client, consultation_type)
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert all(
            mark in page for mark in ('id="sign_in_form"', 'id="sign_up_form"', "data-expires-at")
        )

    @pytest.mark.parametrize("seen", ["yes", "no"])
    def test_changing_the_time_keeps_the_answer_about_a_first_visit(
        self, client, consultation_type, patient, seen
    ):
        post(client, consultation_type, path="/bookings/hold/", seen=seen)
        client.force_login(patient.account)
        page = client.get("/bookings/confirm-booking/").content.decode()
        state = f"seen={seen}&amp;type={consultation_type.pk}&amp;from=2027-03-01"
        assert f'href="{consultation_type.doctor.get_absolute_url()}?{state}"' in page
        assert f'<input type="hidden" name="seen" value="{seen}">' in page

    def test_the_hold_survives_sign_in(self, client, consultation_type, patient):
        post(client, consultation_type)
        client.force_login(patient.account)
        page = client.get("/bookings/confirm-booking/").content.decode()
        assert 'action="/bookings/create/"' in page
        assert "data-expires-at" in page

    def test_sign_up_on_the_way_gives_the_hold_five_more_minutes_once(
        self, client, consultation_type
    ):
        post(client, consultation_type)
        person = {
            "first_name": "Nadia",
            "last_name": "Berrada",
            "birth_date": "1992-03-04",
            "phone": "06 12 34 56 78",
            "email": "nadia@example.org",
            "password1": "mouette-bleue-77",
            "next": "/bookings/confirm-booking/",
        }
        with time_machine.travel(FRIDAY_MORNING + dt.timedelta(minutes=4), tick=False):
            response = client.post("/bookings/sign-up/", person)
        assert response["Location"] == "/bookings/confirm-booking/"
        assert Hold.objects.get().expires_at == FRIDAY_MORNING + dt.timedelta(minutes=10)

    def test_a_time_that_is_gone_is_a_409_on_the_doctors_page(self, client, consultation_type):
        AppointmentFactory(consultation_type=consultation_type, starts_at=monday("10:00"))
        response = post(client, consultation_type)
        assert response.status_code == 409
        assert "2027-03-01T09:30:00+01:00" in times_offered(response)

    def test_ten_times_at_once_are_all_an_address_may_keep(
        self, client, consultation_type, settings
    ):
        settings.RATE_LIMITS = True
        for index in range(10):
            type(client)().post(
                "/book",
                {
                    "doctor": consultation_type.doctor.pk,
                    "consultation_type": consultation_type.pk,
                    "appointment_time": f"2027-03-02T{9 + index // 2:02d}:{30 * (index % 2):02d}",
                },
            )
        assert (Hold.objects.count(), post(client, consultation_type).status_code) == (10, 429)


class TestDesk:
    @pytest.fixture
    def secretary(self, client, consultation_type):
        user = MembershipFactory(practice=consultation_type.doctor.practice).user
        client.force_login(user)
        return user

    def test_the_desk_says_for_whom(self, client, consultation_type, secretary):
        assert post(client, consultation_type).status_code == 422

    def test_the_desk_books_for_a_patient_of_the_practice(
        self, client, consultation_type, secretary
    ):
        known = AppointmentFactory(
            doctor=consultation_type.doctor,
            status=Status.DONE,
            starts_at=FRIDAY_MORNING - dt.timedelta(days=9),
        ).patient
        response = post(client, consultation_type, patient=known.pk)
        assert response.status_code == 303
        assert Appointment.objects.upcoming(FRIDAY_MORNING).get().booked_by == secretary

    def test_the_desk_books_for_a_new_patient(self, client, consultation_type, secretary):
        post(
            client, consultation_type, first_name="Karim", last_name="Tazi", birth_date="1968-01-02"
        )
        assert (Appointment.objects.get().patient_name, Patient.objects.get().account) == (
            "Karim Tazi",
            None,
        )

    def test_a_new_patient_needs_no_date_of_birth(self, client, consultation_type, secretary):
        post(client, consultation_type, first_name="Karim", last_name="Tazi")
        assert Appointment.objects.get().patient.birth_date is None

    def test_a_walk_in_is_refused_for_what_is_missing(self, client, consultation_type, secretary):
        walk_in = {"appointment_time": "", "first_name": "Karim", "birth_date": "1968-13-13"}
        response = post(client, consultation_type, **walk_in)
        page = response.content.decode()
        assert (response.status_code, Appointment.objects.count()) == (422, 0)
        assert "Nom\N{NO-BREAK SPACE}: Ce champ est obligatoire." in page
        assert "Date de naissance\N{NO-BREAK SPACE}: " in page

    def test_without_a_time_it_is_a_walk_in_with_the_next_number(
        self, client, consultation_type, secretary
    ):
        for last_name in ("Tazi", "Alaoui"):
            response = post(
                client,
                consultation_type,
                appointment_time="",
                first_name="Karim",
                last_name=last_name,
                birth_date="1968-01-02",
            )
            assert response.status_code == 303
        walk_ins = Appointment.objects.order_by("queue_number")
        assert list(walk_ins.values_list("queue_number", "starts_at", "status")) == [
            (1, None, Status.ARRIVED),
            (2, None, Status.ARRIVED),
        ]

    @pytest.mark.parametrize("nonsense", ["²", "-1", "9" * 30, "9" * 5000])
    @pytest.mark.parametrize("name", ["doctor", "consultation_type", "patient"])
    @pytest.mark.parametrize("time", [AT_TEN, ""])
    def test_an_id_that_is_no_number_finds_nobody(
        self, client, consultation_type, secretary, time, name, nonsense
    ):
        response = post(client, consultation_type, **{"appointment_time": time, name: nonsense})
        assert (response.status_code, Appointment.objects.count()) == (422, 0)

    def test_another_practices_patient_is_nobody_here(
        self, client, consultation_type, secretary, patient
    ):
        AppointmentFactory(patient=patient)
        assert post(client, consultation_type, patient=patient.pk).status_code == 422


@pytest.mark.parametrize(("who", "queries"), [("patient", 34), ("secretary", 29), ("doctor", 27)])
def test_a_booking_costs_as_many_queries(
    client, consultation_type, patient, who, queries, django_assert_num_queries
):
    AppointmentFactory(
        doctor=consultation_type.doctor,
        patient=patient,
        status=Status.DONE,
        starts_at=monday("10:00"),
    )
    secretary = MembershipFactory(practice=consultation_type.doctor.practice).user
    users = {
        "patient": patient.account,
        "secretary": secretary,
        "doctor": consultation_type.doctor.user,
    }
    client.force_login(users[who])
    with django_assert_num_queries(queries):
        post(client, consultation_type, appointment_time="2027-03-08T10:00", patient=patient.pk)
    assert Appointment.objects.filter(booked_by=users[who]).exists()


def test_a_refused_booking_costs_as_many_queries(
    client, consultation_type, patient, django_assert_num_queries
):
    AppointmentFactory(consultation_type=consultation_type, starts_at=monday("10:00"))
    client.force_login(patient.account)
    with django_assert_num_queries(14):
        response = post(client, consultation_type, appointment_time=AT_TEN, patient=patient.pk)
    assert response.status_code == 409
