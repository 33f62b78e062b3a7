import pytest

from dashboard.tests.configuring import ROOT, panel, staffed_by
from doctors.models import Doctor, Practice
from doctors.tests.factories import DoctorFactory, MembershipFactory, PracticeFactory
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db

URL = f"{ROOT}practice/"
TYPED = {
    "name": "Cabinet du Port",
    "street": "3 quai du Port",
    "address_details": "2e étage",
    "postal_code": "13002",
    "city": "Marseille",
    "access": "Métro Vieux-Port\nAscenseur",
    "phone": "04 91 55 01 02",
    "cancellation_deadline_hours": "48",
}


def test_it_is_saved_once_for_every_doctor_who_works_there(client):
    doctor = DoctorFactory()
    colleague = DoctorFactory(practice=doctor.practice)
    client.force_login(doctor.user)
    response = client.post(URL, TYPED)
    practice = Practice.objects.get()
    assert response["Location"] == f"{URL}?doctor={doctor.pk}"
    assert (practice.name, practice.address, practice.phone.as_e164) == (
        "Cabinet du Port",
        "3 quai du Port, 13002 Marseille",
        "+33491550102",
    )
    assert practice.cancellation_deadline_hours == 48
    versions = Doctor.objects.order_by("pk").values_list("calendar_version", flat=True)
    assert list(versions) == [1, 1]
    assert set(Doctor.objects.search("marseille")) == {doctor, colleague}


def test_another_address_is_another_point_on_the_map(client):
    doctor = DoctorFactory(practice__latitude=48.87, practice__longitude=2.33)
    client.force_login(doctor.user)
    same = {"street": doctor.practice.street, "postal_code": "", "city": "Paris"}
    client.post(URL, TYPED | same)
    assert Practice.objects.get().latitude == 48.87
    client.post(URL, TYPED)
    assert Practice.objects.get().latitude is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("city", ""),
        ("phone", "12"),
        ("cancellation_deadline_hours", "721"),
        ("cancellation_deadline_hours", "x"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_is_written(client, field, typed):
    doctor = DoctorFactory()
    client.force_login(doctor.user)
    response = client.post(URL, TYPED | {field: typed})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert "3 quai du Port" in response.text
    assert Practice.objects.get().street == "1 rue de la Paix"


def test_a_phone_number_is_one_of_the_practices_country(client):
    doctor = DoctorFactory(practice__country="MA")
    client.force_login(doctor.user)
    client.post(URL, TYPED | {"phone": "05 22 27 41 60"})
    assert Practice.objects.get().phone.as_e164 == "+212522274160"


def test_country_and_clock_are_shown_and_not_changed(client):
    doctor = DoctorFactory()
    client.force_login(doctor.user)
    assert "Heure locale : Paris" in client.get(URL).text.replace("\xa0", " ")
    client.post(URL, TYPED | {"time_zone": "Asia/Tokyo", "country": "JP"})
    practice = Practice.objects.get()
    assert (practice.time_zone, practice.country) == ("Europe/Paris", "FR")


def test_to_htmx_it_answers_the_panel(client):
    doctor = DoctorFactory()
    client.force_login(doctor.user)
    response = client.post(URL, TYPED, headers=panel("practice_panel"))
    assert response.templates[0].name == "dashboard/configuration/partials/practice_panel.html"
    assert "Cabinet du Port" in response.text


def test_the_secretary_saves_it_too(client):
    doctor = DoctorFactory()
    staffed_by(client, doctor).post(URL, TYPED)
    assert Practice.objects.get().name == "Cabinet du Port"


def test_to_a_secretary_elsewhere_it_is_her_own(client):
    doctor, hers = DoctorFactory(), PracticeFactory(name="Le sien")
    OpeningHoursFactory(doctor=doctor, practice=hers)
    client.force_login(MembershipFactory(practice=hers).user)
    assert client.get(URL, {"doctor": doctor.pk}).context["practice"] == hers


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_for_one_doctor_and_thirty(client, django_assert_num_queries, count):
    practice = PracticeFactory()
    doctors = DoctorFactory.create_batch(count, practice=practice)
    client.force_login(doctors[0].user)
    # Session, account, desk, practice, doctors, the frame's two.
    with django_assert_num_queries(7):
        client.get(URL)
