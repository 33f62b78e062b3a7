"""A patient's photo: who adds it, who sees it, and what becomes of its files."""

import pytest
from django.test import Client

from accounts.services import remove_relative, save_photo
from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings import services
from bookings.models import PatientFile
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from doctors.tests.pictures import BLUE, GREEN, RED, file, looks_like, opened, picture
from web import photos

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def give_photo(person, color=RED):
    save_photo(person, photos.squares(picture(color)))
    person.refresh_from_db()
    return person


def address_of(person):
    person.refresh_from_db()
    return person.photo_sizes[-1][0]


def kept(media):
    return len(list(media.glob("patients/*.webp")))


@pytest.mark.django_db(transaction=True)
def test_a_patient_adds_changes_and_removes_a_photo_in_the_profile(media):
    person = PatientFactory()
    client = signed_in(person.account)
    page = f"/accounts/persons/{person.pk}/photo/"
    for color in (RED, GREEN):
        assert client.post(page, {"new_photo": picture(color)}).status_code == 302
        content = client.get(address_of(person)).content
        assert looks_like(color, opened(content).getpixel((192, 192)))
        assert kept(media) == 3
    assert address_of(person) in client.get(page).text
    client.post(page, {"new_photo-clear": "on"})
    person.refresh_from_db()
    assert (person.photo_sizes, kept(media)) == ([], 0)


def test_the_desk_adds_the_photo_of_a_person_it_added_and_the_card_shows_it():
    visit = AppointmentFactory(patient__account=None)
    client = signed_in(secretary_of(visit.doctor))
    page = f"/dashboard/patients/{visit.patient_id}/photo/"
    assert client.post(page, {"new_photo": picture(BLUE)}).status_code == 302
    address = address_of(visit.patient)
    card = client.get(f"/dashboard/desk/{visit.pk}/", headers={"HX-Request": "true"})
    record = client.get(f"/dashboard/patients/{visit.patient_id}/")
    assert [address in shown.text for shown in (card, record)] == [True, True]


def test_the_desk_leaves_the_photo_of_an_account_to_its_owner():
    visit = AppointmentFactory()
    page = f"/dashboard/patients/{visit.patient_id}/photo/"
    assert signed_in(visit.doctor.user).post(page, {"new_photo": picture()}).status_code == 404


def test_what_is_no_picture_is_refused_in_words():
    person = PatientFactory()
    page = f"/accounts/persons/{person.pk}/photo/"
    response = signed_in(person.account).post(page, {"new_photo": file(b"<svg/>")})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["new_photo"])


def test_only_those_see_it_who_may_see_the_patient():
    visit = AppointmentFactory(patient=give_photo(PatientFactory()))
    address = address_of(visit.patient)
    known = (visit.patient.account, visit.doctor.user, secretary_of(visit.doctor))
    other = AppointmentFactory()
    strangers = (
        other.patient.account,
        other.doctor.user,
        secretary_of(other.doctor),
        UserFactory(),
    )
    assert [signed_in(user).get(address).status_code for user in known] == [200] * 3
    assert [signed_in(user).get(address).status_code for user in strangers] == [404] * 4
    assert Client().get(address).status_code == 302
    # Not under the address that everyone may read.
    assert Client().get(address.replace("/patients/", "/")).status_code == 404


def test_a_file_is_enough_to_see_it():
    person = give_photo(PatientFactory())
    visit = AppointmentFactory()
    reader = signed_in(visit.doctor.user)
    assert reader.get(address_of(person)).status_code == 404
    PatientFile.objects.create(patient=person, practice=visit.practice)
    assert reader.get(address_of(person)).status_code == 200


def test_no_cache_between_keeps_it_and_a_browser_asks_again():
    person = give_photo(PatientFactory())
    client, address = signed_in(person.account), address_of(person)
    response = client.get(address)
    assert response["Cache-Control"] == "private, no-cache"
    again = client.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db(transaction=True)
def test_the_photo_goes_with_the_person(media):
    relative = give_photo(RelativeFactory())
    remove_relative(relative)
    assert kept(media) == 0


def test_a_claimed_person_brings_the_photo_along(media):
    visit = AppointmentFactory(patient__account=None)
    invited = give_photo(visit.patient)
    own = PatientFactory(birth_date=invited.birth_date)
    services.invite(by=visit.doctor.user, patient=invited, practice=visit.practice)
    services.claim(
        invited.invitations.get(), by=own.account, relation="self", birth_date=own.birth_date
    )
    assert signed_in(own.account).get(address_of(own)).status_code == 200
    assert kept(media) == 3
