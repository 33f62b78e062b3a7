"""Patients: who is found at a practice, a record, blocks, fresh counts, links to accounts."""

import datetime as dt
import re

import pytest
import time_machine

from accounts.models import Patient
from accounts.tests.factories import PatientFactory, UserFactory
from bookings import services
from bookings.models import PatientFile, PrivateNote
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def doctor():
    return ConsultationTypeFactory().doctor


@pytest.fixture
def desk(client, doctor):
    """The doctor's browser."""
    client.force_login(doctor.user)
    return client


def known(doctor, *, start=None, status=Status.CONFIRMED, **person):
    person = PatientFactory(**person)
    AppointmentFactory(
        doctor=doctor, patient=person, status=status, starts_at=start or monday("10:00")
    )
    return person


def names(desk, text=""):
    page = desk.get("/dashboard/patients/", {"q": text}).context["page"]
    return [person.last_name for person in page]


class TestList:
    def test_it_is_of_the_own_practice_alone(self, desk, doctor):
        known(doctor, last_name="Alami")
        known(DoctorFactory(), last_name="Zola")
        PatientFactory(last_name="Martin")
        assert names(desk) == ["Alami"]

    def test_a_file_alone_makes_somebody_known(self, desk, doctor):
        PatientFile.objects.create(
            patient=PatientFactory(last_name="Alami"), practice=doctor.practice
        )
        assert names(desk) == ["Alami"]

    def test_search_ignores_case_accents_and_the_order_of_words(self, desk, doctor):
        known(doctor, first_name="Élodie", last_name="Müller")
        assert names(desk, "muller elodie") == ["Müller"]
        assert names(desk, "nobody") == []

    def test_search_by_the_digits_of_a_number(self, desk, doctor):
        known(doctor, last_name="Alami", phone="+33612345678")
        assert names(desk, "06 12 34") == ["Alami"]

    @pytest.mark.parametrize(
        "text",
        [
            *("12/03/1984", "12.03.84", "12-3-1984", "1984-03-12", "12 mars 1984", "12031984"),
            *("12 3 84", "tazi 12/03/1984", "12/03/84 Tazi"),
        ],
    )
    def test_search_by_the_date_of_birth_in_any_usual_form(self, desk, doctor, text):
        known(doctor, last_name="Tazi", birth_date=dt.date(1984, 3, 12))
        known(doctor, last_name="Tazin", birth_date=dt.date(1984, 12, 3), start=monday("11:00"))
        assert names(desk, text) == ["Tazi"]

    def test_last_and_next_visit_are_those_here(self, desk, doctor):
        person = known(doctor, start=FRIDAY_MORNING - 7 * DAY, status=Status.DONE)
        AppointmentFactory(doctor=doctor, patient=person, starts_at=monday("11:00"))
        AppointmentFactory(patient=person, starts_at=monday("09:00"))
        (row,) = desk.get("/dashboard/patients/").context["page"]
        assert (row.last_visit, row.next_visit) == (FRIDAY_MORNING - 7 * DAY, monday("11:00"))

    def test_htmx_gets_the_list_alone(self, desk, doctor):
        headers = {"HX-Request": "true", "HX-Target": "patients"}
        text = desk.get("/dashboard/patients/", headers=headers).content.decode()
        assert text.lstrip().startswith('<div id="patients">')

    @pytest.mark.parametrize("count", [1, 30])
    def test_it_costs_the_same_for_one_and_thirty(
        self, desk, doctor, django_assert_num_queries, count
    ):
        for number in range(count):
            known(doctor, start=monday("09:00") + number * dt.timedelta(hours=1))
        desk.get("/dashboard/patients/")
        with django_assert_num_queries(8):
            desk.get("/dashboard/patients/")


class TestRecord:
    def test_strangers_are_not_found(self, desk, doctor):
        for person in (known(DoctorFactory()), PatientFactory()):
            assert desk.get(f"/dashboard/patients/{person.pk}/").status_code == 404

    def test_visits_here_in_two_lists(self, desk, doctor):
        person = known(doctor, start=FRIDAY_MORNING - 7 * DAY, status=Status.DONE)
        coming = AppointmentFactory(doctor=doctor, patient=person, starts_at=monday("11:00"))
        AppointmentFactory(patient=person, starts_at=monday("09:00"))
        record = desk.get(f"/dashboard/patients/{person.pk}/").context["record"]
        assert record.coming == [coming]
        assert [visit.status for visit in record.past] == [Status.DONE]

    def test_a_walk_in_stands_among_the_visits_of_its_time(self, desk, doctor):
        person = PatientFactory()
        same = {"doctor": doctor, "patient": person}
        before, after = (
            AppointmentFactory(**same, starts_at=FRIDAY_MORNING - days * DAY, status=Status.DONE)
            for days in (9, 2)
        )
        with time_machine.travel(FRIDAY_MORNING - 5 * DAY):
            walk_in = services.add_walk_in(by=doctor.user, **same)
        record = desk.get(f"/dashboard/patients/{person.pk}/").context["record"]
        assert record.past == [after, walk_in, before]

    def test_private_notes_are_the_writers_alone(self, desk, doctor, client):
        person = known(doctor, start=FRIDAY_MORNING - 7 * DAY, status=Status.DONE)
        PrivateNote.objects.create(
            doctor=doctor, appointment=person.appointments.get(), text="canary"
        )
        address = f"/dashboard/patients/{person.pk}/"
        assert "canary" in desk.get(address).content.decode()
        for user in (
            MembershipFactory(practice=doctor.practice).user,
            DoctorFactory(practice=doctor.practice).user,
        ):
            client.force_login(user)
            assert "canary" not in client.get(address).content.decode()

    def test_blocking_and_its_end(self, desk, doctor):
        person = known(doctor)
        address = f"/dashboard/patients/{person.pk}/"
        answer = desk.post(f"{address}block/", {"reason": "Insultes"})
        assert answer.url == f"{address}?doctor={doctor.pk}"
        file = PatientFile.objects.get()
        assert (file.block_reason, file.blocked_by) == ("Insultes", doctor.user)
        assert desk.get(address).context["record"].is_blocked
        desk.post(f"{address}unblock/")
        assert not desk.get(address).context["record"].is_blocked

    def test_a_block_needs_a_reason(self, desk, doctor):
        person = known(doctor)
        answer = desk.post(f"/dashboard/patients/{person.pk}/block/", {"reason": " "})
        assert answer.status_code == 422
        assert not PatientFile.objects.exists()

    def test_absences_count_from_zero_again(self, desk, doctor):
        person = known(doctor, start=FRIDAY_MORNING - 7 * DAY, status=Status.NO_SHOW)
        address = f"/dashboard/patients/{person.pk}/"
        assert desk.get(address).context["record"].no_shows == 1
        desk.post(f"{address}reset-no-shows/")
        assert desk.get(address).context["record"].no_shows == 0

    def test_the_desk_keeps_the_details_of_whom_it_added_only(self, desk, doctor):
        own, other = known(doctor, account=None), known(doctor, start=monday("11:00"))
        details = {"first_name": "Salma", "last_name": "Idrissi", "birth_date": "", "phone": ""}
        assert desk.post(f"/dashboard/patients/{own.pk}/edit/", details).status_code == 302
        own.refresh_from_db()
        assert (own.name, own.search_text) == ("Salma Idrissi", "salma idrissi")
        assert desk.post(f"/dashboard/patients/{other.pk}/edit/", details).status_code == 404

    def test_an_error_in_the_details_keeps_what_was_typed(self, desk, doctor):
        person = known(doctor, account=None)
        details = {"first_name": "Salma", "last_name": "", "birth_date": "", "phone": ""}
        answer = desk.post(f"/dashboard/patients/{person.pk}/edit/", details)
        assert answer.status_code == 422
        assert 'value="Salma"' in answer.content.decode()

    @pytest.mark.parametrize("visits", [1, 30])
    def test_it_costs_the_same_for_one_visit_and_thirty(
        self, desk, doctor, django_assert_num_queries, visits
    ):
        person = known(doctor)
        for number in range(1, visits):
            AppointmentFactory(
                doctor=doctor,
                patient=person,
                starts_at=monday("10:00") + number * dt.timedelta(hours=1),
            )
        desk.get(f"/dashboard/patients/{person.pk}/")
        with django_assert_num_queries(16):
            desk.get(f"/dashboard/patients/{person.pk}/")


class TestLink:
    def test_from_the_desk_to_the_patients_account(self, desk, doctor, client):
        person = known(doctor, account=None, birth_date=dt.date(1980, 5, 6))
        page = desk.post(f"/dashboard/patients/{person.pk}/invite/").content.decode()
        address = re.search(r'value="http[^"]*(/bookings/claim/[^"]+)"', page)[1]
        account = UserFactory()
        client.force_login(account)
        assert client.get(address).status_code == 200
        wrong = client.post(address, {"relation": "self", "birth_date": "1999-01-01"})
        assert wrong.status_code == 422
        right = client.post(address, {"relation": "self", "birth_date": "1980-05-06"})
        assert right.url == "/bookings/"
        assert Patient.objects.get(pk=person.pk).account == account
        assert client.get(address).status_code == 404

    def test_the_page_says_nothing_of_the_person_before(self, doctor, client):
        person = known(doctor, account=None, first_name="Canary", last_name="Bird")
        token = services.invite(by=doctor.user, patient=person, practice=doctor.practice)
        client.force_login(UserFactory())
        page = client.get(f"/bookings/claim/{token}/").content.decode()
        assert not re.search("Canary|Bird", page)

    def test_a_doctor_is_told_that_it_is_for_patients(self, desk, doctor):
        person = known(doctor, account=None)
        token = services.invite(by=doctor.user, patient=person, practice=doctor.practice)
        answer = desk.get(f"/bookings/claim/{token}/")
        assert answer.status_code == 404
        assert answer.context["is_staff"]

    def test_whoever_has_an_account_gets_no_link(self, desk, doctor):
        person = known(doctor)
        assert desk.post(f"/dashboard/patients/{person.pk}/invite/").status_code == 404
