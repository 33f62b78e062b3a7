"""The patient's pages over HTTP: fragments, query counts, own appointments."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.tests.factories import EmailAddressFactory, PatientFactory, UserFactory
from bookings.models import Appointment, Hold
from bookings.services.holds import address_digest
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, HoldFactory, WaitingListEntryFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def grid(client, kind, **headers):
    path = f"{kind.doctor.get_absolute_url()}?seen=yes&type={kind.pk}&from=2027-03-01"
    return client.get(path, headers=headers)


class TestDoctorPage:
    def test_steps_follow_the_address(self, client):
        kind = ConsultationTypeFactory()
        ConsultationTypeFactory(doctor=kind.doctor)
        page = kind.doctor.get_absolute_url()
        addresses = (page, f"{page}?seen=no", f"{page}?seen=no&type={kind.pk}")
        assert [client.get(each).context["panel"].step for each in addresses] == [1, 2, 3]

    def test_one_reason_needs_no_choosing(self, client):
        kind = ConsultationTypeFactory()
        page = client.get(f"{kind.doctor.get_absolute_url()}?seen=no")
        assert page.context["panel"].step == 3

    def test_new_patients_are_not_offered_what_is_for_known_ones(self, client):
        known = ConsultationTypeFactory(require_existing_patient=True)
        open_to_all = ConsultationTypeFactory(doctor=known.doctor)
        page = known.doctor.get_absolute_url()
        assert client.get(f"{page}?seen=no").context["panel"].types == [open_to_all]
        assert client.get(f"{page}?seen=yes").context["panel"].types == [known, open_to_all]

    @pytest.mark.parametrize(
        "nonsense",
        [
            "type=x",
            "type=9" * 30,
            "from=2027-02-30",
            "from=0001-01-01",
            "from=9999-12-31",
            "seen=maybe",
            "all=x",
        ],
    )
    def test_nonsense_in_the_address_is_a_step_not_taken(self, client, nonsense):
        kind = ConsultationTypeFactory()
        response = client.get(f"{kind.doctor.get_absolute_url()}?seen=yes&{nonsense}")
        assert response.status_code == 200

    @pytest.mark.parametrize("target", ["booking_panel", "slot_grid"])
    def test_htmx_gets_the_fragment_it_names(self, client, target):
        response = grid(
            client, ConsultationTypeFactory(), **{"HX-Request": "true", "HX-Target": target}
        )
        body = response.content.decode()
        assert (f'id="{target}"' in body, "<html" in body) == (True, False)
        assert "HX-Target" in response["Vary"]

    def test_a_history_restore_gets_the_page_whole(self, client):
        headers = {
            "HX-Request": "true",
            "HX-Target": "slot_grid",
            "HX-History-Restore-Request": "true",
        }
        assert "<html" in grid(client, ConsultationTypeFactory(), **headers).content.decode()

    @pytest.mark.parametrize("rows", [0, 40])
    def test_the_grid_costs_the_same_however_much_is_booked(
        self, client, django_assert_num_queries, rows
    ):
        kind = ConsultationTypeFactory(duration=5)
        for index in range(rows):
            start = monday("09:00") + dt.timedelta(minutes=10 * index)
            AppointmentFactory(consultation_type=kind, starts_at=start)
        # Doctor, types, hours, holidays, what is busy.
        with django_assert_num_queries(5):
            grid(client, kind, **{"HX-Request": "true", "HX-Target": "slot_grid"})

    def test_full_and_closed_are_told_apart(self, client):
        kind = ConsultationTypeFactory(duration=480)
        open_week(kind.doctor, weekdays=[0, 1])
        AbsenceFactory(doctor=kind.doctor, starts_at=monday("08:00"), ends_at=monday("19:00"))
        AppointmentFactory(consultation_type=kind, starts_at=monday("09:00") + dt.timedelta(days=1))
        days = grid(client, kind).context["grid"].days
        assert [(day.starts, day.is_closed) for day in days] == [
            ([], True),
            ([], False),
            ([], True),
        ]

    def test_an_empty_window_leads_to_the_next_free_time(self, client):
        kind = ConsultationTypeFactory()
        open_week(kind.doctor, weekdays=[4])
        shown = grid(client, kind).context["grid"]
        assert shown.next_start_address.endswith("from=2027-03-05")

    def test_the_visitors_own_hold_does_not_hide_its_slot(self, client):
        kind = ConsultationTypeFactory()
        data = {
            "doctor": kind.doctor.pk,
            "consultation_type": kind.pk,
            "appointment_time": "2027-03-01T10:00",
        }
        client.post("/bookings/hold/", data)
        mine, theirs = (
            grid(each, kind).context["grid"].days[0].starts for each in (client, type(client)())
        )
        assert [start.hour for start in mine if start not in theirs] == [10]

    def test_a_doctor_by_phone_only_shows_the_number(self, client):
        doctor = DoctorFactory(books_online=False, practice__phone="+33142715500")
        ConsultationTypeFactory(doctor=doctor)
        assert "tel:+33142715500" in client.get(doctor.get_absolute_url()).content.decode()


class TestConfirmPage:
    def test_without_a_choice_it_leads_home_to_find_a_doctor(self, client):
        response = client.get("/bookings/confirm-booking/")
        assert response.status_code == 200
        assert 'class="btn btn-primary" href="/"' in response.content.decode()

    def test_a_choice_in_the_address_is_shown_without_being_kept(self, client):
        kind = ConsultationTypeFactory()
        response = client.get(
            "/bookings/confirm-booking/",
            {
                "doctor": kind.doctor.pk,
                "consultation_type": kind.pk,
                "appointment_time": "2027-03-01T10:00",
            },
        )
        assert (response.status_code, response.context["hold"]) == (200, None)
        assert not kind.doctor.holds.exists()

    def test_a_time_lost_meanwhile_is_a_409_with_others(self, client):
        kind = ConsultationTypeFactory()
        data = {
            "doctor": kind.doctor.pk,
            "consultation_type": kind.pk,
            "appointment_time": "2027-03-01T10:00",
        }
        client.post("/bookings/hold/", data)
        kind.doctor.holds.all().delete()
        AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))
        response = client.get("/bookings/confirm-booking/")
        assert (response.status_code, len(response.context["nearest"])) == (409, 3)

    def test_extending_keeps_what_was_typed(self, client):
        kind, patient = ConsultationTypeFactory(), PatientFactory()
        client.force_login(patient.account)
        client.post(
            "/bookings/hold/",
            {
                "doctor": kind.doctor.pk,
                "consultation_type": kind.pk,
                "appointment_time": "2027-03-01T10:00",
            },
        )
        client.post("/bookings/hold/extend/", {"reason": "Fièvre depuis hier"})
        assert kind.doctor.holds.get().extensions == 1
        assert "Fièvre depuis hier" in client.get("/bookings/confirm-booking/").content.decode()

    def test_what_was_written_to_one_doctor_is_not_offered_to_another(self, client):
        kinds = ConsultationTypeFactory(), ConsultationTypeFactory()
        client.force_login(PatientFactory().account)
        for kind, words in zip(kinds, ["Fièvre depuis hier", ""], strict=True):
            choice = {"doctor": kind.doctor.pk, "consultation_type": kind.pk, "reason": words}
            client.post("/bookings/hold/", choice | {"appointment_time": "2027-03-01T10:00"})
        assert "Fièvre depuis hier" not in client.get("/bookings/confirm-booking/").text


class TestOwnAppointments:
    @pytest.mark.parametrize("count", [1, 30])
    def test_they_cost_the_same_for_one_and_thirty(self, client, django_assert_num_queries, count):
        patient = PatientFactory()
        for index in range(count):
            AppointmentFactory(
                patient=patient, starts_at=monday("10:00") + dt.timedelta(days=index)
            )
            WaitingListEntryFactory(patient=patient)
        AppointmentFactory(patient=patient, starts_at=FRIDAY_MORNING - dt.timedelta(days=1))
        client.force_login(patient.account)
        # Session, account, upcoming, past and their count, open offers, the waiting list and its
        # doctors' hours.
        with django_assert_num_queries(8):
            client.get("/bookings/")

    def test_upcoming_first_then_past_and_cancelled(self, client):
        patient = PatientFactory()
        past = AppointmentFactory(patient=patient, starts_at=FRIDAY_MORNING - dt.timedelta(days=1))
        later = AppointmentFactory(patient=patient, starts_at=monday("15:00"))
        sooner = AppointmentFactory(patient=patient, starts_at=monday("10:00"))
        gone = AppointmentFactory(
            patient=patient, starts_at=monday("11:00"), status=Status.CANCELLED
        )
        AppointmentFactory()
        client.force_login(patient.account)
        context = client.get("/bookings/").context
        assert (list(context["upcoming"]), list(context["past"])) == ([sooner, later], [gone, past])

    def test_pages_show_the_practices_time_whatever_the_servers_zone(self, client):
        appointment = AppointmentFactory(
            doctor__practice__time_zone="Africa/Casablanca",
            starts_at=dt.datetime(2027, 3, 1, 10, tzinfo=dt.UTC),
        )
        client.force_login(appointment.patient.account)
        page = client.get(reverse("appointment_page", args=[appointment.pk])).content.decode()
        assert ">10:00<" in page
        assert "Casablanca" in page

    def test_cancel_asks_first_then_cancels(self, client):
        appointment = AppointmentFactory()
        client.force_login(appointment.patient.account)
        path = reverse("cancel_appointment", args=[appointment.pk])
        client.get(path)
        assert Appointment.objects.get().status == Status.CONFIRMED
        assert client.post(path)["Location"] == "/bookings/"
        assert Appointment.objects.get().status == Status.CANCELLED

    def test_after_the_deadline_the_page_gives_the_phone_number_instead(self, client):
        appointment = AppointmentFactory(
            starts_at=FRIDAY_MORNING + dt.timedelta(hours=5), doctor__practice__phone="+33142715500"
        )
        client.force_login(appointment.patient.account)
        page = client.get(reverse("appointment_page", args=[appointment.pk])).content.decode()
        cancel = reverse("cancel_appointment", args=[appointment.pk])
        assert (cancel in page, "tel:+33142715500" in page) == (False, True)
        assert client.post(cancel).status_code == 403

    def test_move_shows_the_grid_and_moves(self, client):
        kind = ConsultationTypeFactory()
        appointment = AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))
        client.force_login(appointment.patient.account)
        path = reverse("move_appointment", args=[appointment.pk])
        assert client.get(path).context["grid"].days[0].date == dt.date(2027, 3, 1)
        response = client.post(path, {"appointment_time": "2027-03-01T14:00:00+01:00"})
        assert response.status_code == 303
        assert Appointment.objects.get().starts_at == monday("14:00")

    def test_move_to_a_taken_time_offers_three_others(self, client):
        kind = ConsultationTypeFactory()
        appointment = AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))
        AppointmentFactory(consultation_type=kind, starts_at=monday("14:00"))
        client.force_login(appointment.patient.account)
        response = client.post(
            reverse("move_appointment", args=[appointment.pk]),
            {"appointment_time": "2027-03-01T14:00:00+01:00"},
        )
        assert (response.status_code, len(response.context["nearest"])) == (409, 3)

    def test_a_time_kept_for_oneself_can_be_moved_to(self, client):
        kind = ConsultationTypeFactory()
        appointment = AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))
        client.force_login(appointment.patient.account)
        choice = {"doctor": kind.doctor.pk, "consultation_type": kind.pk}
        at_two = {"appointment_time": "2027-03-01T14:00:00+01:00"}
        client.post(reverse("hold_slot"), choice | at_two)
        response = client.post(reverse("move_appointment", args=[appointment.pk]), at_two)
        assert response.status_code == 303
        assert (Appointment.objects.get().starts_at, Hold.objects.count()) == (monday("14:00"), 0)

    def test_words_with_a_cancellation_are_the_desks_alone(self, client):
        by_patient, by_desk = AppointmentFactory(), AppointmentFactory()
        for visit, user in [
            (by_patient, by_patient.patient.account),
            (by_desk, by_desk.doctor.user),
        ]:
            client.force_login(user)
            cancel = reverse("cancel_appointment", args=[visit.pk])
            client.post(cancel, {"message": "Appelez\x00nous"})
        words = [visit.notifications.get().message for visit in (by_patient, by_desk)]
        assert words == ["", "Appelez nous"]

    def test_private_pages_stay_out_of_caches(self, client):
        client.force_login(UserFactory())
        assert client.get("/bookings/")["Cache-Control"] == "private, no-store"


def test_an_expired_session_sends_the_whole_page_to_sign_in_and_back(client):
    kind = ConsultationTypeFactory()
    appointment = AppointmentFactory(consultation_type=kind)
    path = reverse("move_appointment", args=[appointment.pk])
    headers = {
        "HX-Request": "true",
        "HX-Target": "slot_grid",
        "HX-Current-URL": "http://testserver/bookings/",
    }
    response = client.get(path, headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=/bookings/"


def test_a_hold_counts_the_address_without_keeping_it(client):
    kind = ConsultationTypeFactory()
    HoldFactory(consultation_type=kind, starts_at=monday("15:00"))
    client.post(
        "/bookings/hold/",
        {
            "doctor": kind.doctor.pk,
            "consultation_type": kind.pk,
            "appointment_time": "2027-03-01T10:00",
        },
        REMOTE_ADDR="192.0.2.7",
    )
    digest = kind.doctor.holds.get(starts_at=monday("10:00")).address_digest
    assert (digest == address_digest("192.0.2.7"), "192.0.2.7" in digest) == (True, False)


class TestTakenOnTheConfirmPage:
    """The page of a signed-in patient whose time went to somebody else."""

    @pytest.fixture
    def patient(self, client):
        patient = PatientFactory()
        client.force_login(patient.account)
        return patient

    @pytest.fixture
    def kind(self, client, patient):
        kind = ConsultationTypeFactory()
        client.post("/bookings/hold/", chosen(kind))
        return kind

    def taken(self, kind):
        kind.doctor.holds.all().delete()
        AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))

    def button(self, response):
        html = response.content.decode().split('id="confirm_submit"')[1]
        return html.split("</button>")[0]

    def test_has_nothing_to_confirm(self, client, kind):
        assert " disabled" not in self.button(client.get("/bookings/confirm-booking/"))
        self.taken(kind)
        assert " disabled" in self.button(client.get("/bookings/confirm-booking/"))

    def test_learns_it_with_the_end_of_the_countdown(self, client, kind):
        self.taken(kind)
        headers = {"HX-Request": "true", "HX-Target": "hold"}
        response = client.get("/bookings/confirm-booking/", headers=headers)
        assert " disabled" in self.button(response)
        assert 'hx-swap-oob="true"' in response.content.decode().split('id="confirm_submit"')[1]

    def test_may_still_be_booked_for_somebody_else_where_only_the_person_is_refused(
        self, client, kind, patient
    ):
        AppointmentFactory(patient=patient, starts_at=monday("10:00"))
        EmailAddressFactory(user=patient.account)
        response = client.post("/book", chosen(kind) | {"patient": patient.pk})
        assert (response.status_code, " disabled" in self.button(response)) == (409, False)


class TestWithoutAnAccount:
    @pytest.fixture
    def kind(self, client):
        kind = ConsultationTypeFactory()
        client.post("/bookings/hold/", chosen(kind))
        return kind

    def test_extending_keeps_what_was_typed_to_sign_up_but_no_password(self, client, kind):
        typed = {"first_name": "Yasmine", "email": "yasmine@example.org"}
        client.post("/bookings/hold/extend/", typed | {"password1": "mouette-bleue-77"})
        page = client.get("/bookings/confirm-booking/")
        assert page.context["sign_up_form"].initial == typed
        assert page.context["signs_up"] is True
        assert "mouette" not in page.content.decode() + str(dict(client.session))

    def test_what_was_typed_to_sign_up_names_no_relative(self, client, kind):
        client.post("/bookings/hold/extend/", {"first_name": "Yasmine"})
        client.force_login(PatientFactory().account)
        page = client.get("/bookings/confirm-booking/")
        assert page.context["form"].initial == {}


class TestSignOut:
    def test_gives_the_kept_time_back(self, client):
        kind = ConsultationTypeFactory()
        client.force_login(PatientFactory().account)
        client.post("/bookings/hold/", chosen(kind))
        assert Hold.objects.count() == 1
        client.post("/accounts/logout/")
        assert Hold.objects.count() == 0
        assert "_auth_user_id" not in client.session


def chosen(kind):
    return {
        "doctor": kind.doctor.pk,
        "consultation_type": kind.pk,
        "appointment_time": "2027-03-01T10:00",
    }
