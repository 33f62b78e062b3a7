import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.factories import UserFactory
from doctors.models import Doctor, Practice
from doctors.places import countries, zones, zones_by_country
from doctors.services import new_slug
from doctors.tests.factories import DoctorFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db


def sign_up(client, **data):
    filled = {
        "first_name": "Salma",
        "last_name": "Alami",
        "specialty": SpecialtyFactory().pk,
        "email": "salma@example.org",
        "password1": "mouette-bleue-77",
        "practice_name": "Cabinet Gauthier",
        "practice_street": "14, rue Jean-Jaurès",
        "practice_postal_code": "20000",
        "practice_city": "Casablanca",
        "practice_country": "MA",
        "practice_time_zone": "",
        "practice_phone": "05 22 27 41 60",
        **data,
    }
    return client.post("/accounts/register/doctor/", filled)


def test_it_makes_account_doctor_and_practice(client):
    response = sign_up(client)
    assert (response.status_code, response["Location"]) == (302, reverse("doctor_signed_up"))
    doctor = Doctor.objects.get()
    assert (doctor.user.role, doctor.name, doctor.slug) == (
        User.Role.DOCTOR,
        "Dr Salma Alami",
        "salma-alami-casablanca",
    )
    practice = doctor.practice
    assert (practice.name, practice.address, practice.country, practice.time_zone) == (
        "Cabinet Gauthier",
        "14, rue Jean-Jaurès, 20000 Casablanca",
        "MA",
        "Africa/Casablanca",
    )
    assert practice.phone.as_e164 == "+212522274160"
    assert client.session["_auth_user_id"] == str(doctor.user.pk)
    assert EmailAddress.objects.get().verified is False
    assert Patient.objects.count() == 0


def test_the_new_practice_is_asked_about_its_public_holidays(client):
    sign_up(client)
    holidays = Practice.objects.get().holidays.values_list("name", "decision")
    assert ("Fête du Trône", "proposed") in holidays


def test_nobody_finds_the_doctor_before_an_admin_approves(client):
    sign_up(client)
    doctor = Doctor.objects.get()
    assert (doctor.approved_at, doctor.hours_saved_at, doctor.is_listed) == (None, None, False)
    assert list(Doctor.objects.approved()) == []


def test_the_page_after_says_what_is_left(client):
    sign_up(client)
    page = client.get(reverse("doctor_signed_up"))
    assert page.status_code == 200
    assert page.context["doctor"] == Doctor.objects.get()


def test_a_patient_has_no_such_page(client):
    client.force_login(UserFactory())
    assert client.get(reverse("doctor_signed_up")).status_code == 404


def test_a_country_with_several_zones_asks_for_one(client):
    response = sign_up(client, practice_country="US", practice_phone="+1 212 555 0123")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["practice_time_zone"]
    assert User.objects.count() == 0


def test_it_takes_the_zone_that_was_chosen(client):
    chosen = "America/New_York"
    sign_up(
        client,
        practice_country="US",
        practice_phone="(212) 736-5000",
        practice_time_zone=chosen,
    )
    assert Practice.objects.get().time_zone == chosen


def test_a_known_address_makes_nothing(client):
    UserFactory(email="salma@example.org")
    response = sign_up(client)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    assert (Practice.objects.count(), Doctor.objects.count()) == (0, 0)


def test_a_failure_half_way_leaves_nothing(client, monkeypatch):
    def fail(**_columns):
        raise RuntimeError

    monkeypatch.setattr(Doctor.objects, "create", fail)
    with pytest.raises(RuntimeError):
        sign_up(client)
    assert (User.objects.count(), Practice.objects.count()) == (0, 0)
    assert not connection.needs_rollback


def test_the_fragment_is_the_form_alone(client):
    response = client.post(
        "/accounts/register/doctor/",
        {},
        headers={"HX-Request": "true", "HX-Target": "doctor_sign_up_form"},
    )
    assert response.status_code == 422
    assert response.text.strip().startswith('<form id="doctor_sign_up_form"')


def test_namesakes_get_addresses_of_their_own():
    DoctorFactory(slug="salma-alami-casablanca")
    slug = new_slug("Salma Alami Casablanca")
    assert slug.startswith("salma-alami-casablanca-")
    assert len(slug) == len("salma-alami-casablanca-") + 5


def test_every_country_has_a_zone_and_every_zone_is_known():
    offered = {zone for _part, zones_of_part in zones() for zone, _city in zones_of_part}
    assert zones_by_country()["MA"] == ["Africa/Casablanca"]
    assert {"FR", "BE", "MA", "DZ", "TN", "CH", "US", "AU"} <= {code for code, _name in countries()}
    assert {zone for listed in zones_by_country().values() for zone in listed} == offered
