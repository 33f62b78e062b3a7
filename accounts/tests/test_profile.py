import datetime as dt

import pytest

from accounts.models import Patient, User
from accounts.tests.factories import (
    DoctorUserFactory,
    PatientFactory,
    RelativeFactory,
    SecretaryUserFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NADIA = {
    "first_name": "Nadia",
    "last_name": "Alaoui",
    "birth_date": "1992-03-04",
    "phone": "+212612345678",
    "language": "fr",
}


def relatives(user):
    return list(Patient.objects.exclude(relation="self").filter(account=user))


class TestProfile:
    def test_it_saves_the_account_and_its_person(self, client):
        person = PatientFactory()
        client.force_login(person.account)
        response = client.post("/accounts/profile/", NADIA)
        assert (response.status_code, response["Location"]) == (302, "/accounts/profile/")
        person.refresh_from_db()
        user = person.account
        user.refresh_from_db()
        assert (user.first_name, user.last_name, user.language) == ("Nadia", "Alaoui", "fr")
        assert (person.name, person.birth_date) == ("Nadia Alaoui", dt.date(1992, 3, 4))
        assert (person.phone.as_e164, person.search_text) == ("+212612345678", "nadia alaoui")

    def test_a_patient_without_a_person_gets_one(self, client):
        user = UserFactory()
        client.force_login(user)
        client.post("/accounts/profile/", NADIA)
        assert Patient.objects.get().account == user
        assert Patient.objects.get().is_self

    def test_a_refusal_saves_nothing_and_keeps_what_was_typed(self, client):
        person = PatientFactory()
        client.force_login(person.account)
        response = client.post("/accounts/profile/", {**NADIA, "phone": "12"})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["phone"]
        assert 'value="Alaoui"' in response.text
        assert User.objects.get().last_name == "Benali"

    def test_a_secretary_has_a_name_and_a_language(self, client):
        user = SecretaryUserFactory()
        client.force_login(user)
        form = client.get("/accounts/profile/").context["form"]
        assert list(form.fields) == ["first_name", "last_name", "language"]
        client.post("/accounts/profile/", {**NADIA, "language": "en"})
        assert Patient.objects.count() == 0

    def test_a_doctor_does_not_change_the_name_that_patients_search_for(self, client):
        user = DoctorUserFactory()
        client.force_login(user)
        client.post("/accounts/profile/", NADIA)
        user.refresh_from_db()
        assert (user.get_full_name(), user.language) == ("John Smith", "fr")

    def test_nobody_changes_role_or_block_from_here(self, client):
        person = PatientFactory(account__is_blocked=True)
        client.force_login(person.account)
        data = {**NADIA, "role": "doctor", "is_blocked": "", "is_staff": "on"}
        client.post("/accounts/profile/", data)
        user = User.objects.get()
        assert (user.role, user.is_blocked, user.is_staff) == ("patient", True, False)

    @pytest.mark.parametrize("count", [1, 30])
    def test_its_queries_do_not_grow_with_relatives(self, client, django_assert_num_queries, count):
        user = PatientFactory().account
        RelativeFactory.create_batch(count, account=user)
        client.force_login(user)
        # Session, account, its person, the confirmed address, relatives.
        with django_assert_num_queries(5):
            client.get("/accounts/profile/")


class TestRelatives:
    LINA = {
        "relation": "child",
        "first_name": "Lina",
        "last_name": "Benali",
        "birth_date": "2020-05-06",
        "phone": "",
    }

    def test_a_relative_is_added_to_the_readers_account(self, client):
        user = UserFactory()
        client.force_login(user)
        client.post("/accounts/relatives/add/", self.LINA)
        [lina] = relatives(user)
        assert (lina.name, lina.relation, lina.birth_date) == (
            "Lina Benali",
            "child",
            dt.date(2020, 5, 6),
        )

    def test_a_relative_is_never_the_owner(self, client):
        client.force_login(UserFactory())
        response = client.post("/accounts/relatives/add/", {**self.LINA, "relation": "self"})
        assert (response.status_code, Patient.objects.count()) == (422, 0)

    def test_one_is_changed(self, client):
        lina = RelativeFactory()
        client.force_login(lina.account)
        client.post(f"/accounts/relatives/{lina.pk}/", {**self.LINA, "last_name": "Alaoui"})
        lina.refresh_from_db()
        assert lina.name == "Lina Alaoui"

    def test_one_without_visits_is_removed(self, client):
        lina = RelativeFactory()
        client.force_login(lina.account)
        response = client.post(f"/accounts/relatives/{lina.pk}/remove/")
        assert (response["Location"], Patient.objects.count()) == ("/accounts/profile/", 0)

    def test_get_removes_nobody(self, client):
        lina = RelativeFactory()
        client.force_login(lina.account)
        assert client.get(f"/accounts/relatives/{lina.pk}/remove/").status_code == 405

    @pytest.mark.parametrize("path", ["", "remove/"])
    def test_a_relative_of_another_account_is_a_404(self, client, path):
        lina = RelativeFactory()
        client.force_login(UserFactory())
        response = client.post(f"/accounts/relatives/{lina.pk}/{path}", self.LINA)
        assert (response.status_code, relatives(lina.account)) == (404, [lina])

    def test_oneself_is_no_relative(self, client):
        person = PatientFactory()
        client.force_login(person.account)
        assert client.post(f"/accounts/relatives/{person.pk}/remove/").status_code == 404
