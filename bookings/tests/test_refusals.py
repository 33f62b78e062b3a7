"""An address that mail servers refuse: the desk is told, and a correction makes it good again."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.urls import reverse

from accounts.tests.factories import PatientFactory, UserFactory
from bookings.models import RefusedAddress
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING

pytestmark = pytest.mark.django_db

OF_THE_DESK = {"account": None, "email": "leila@example.org"}
REFUSED = "Address refused since 26/02/2027: <bdi>leila@example.org</bdi>."


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def refused():
    RefusedAddress.objects.note("Leila@example.org", "550 5.1.1", now=FRIDAY_MORNING)


@pytest.fixture
def pages(client):
    """The text of the two pages of the doctor about a person's visit: the card, the record."""

    def read(**person):
        visit = AppointmentFactory(patient=PatientFactory(**person), doctor__user__language="en")
        client.force_login(visit.doctor.user)
        addresses = (
            reverse("desk", args=[visit.pk]),
            reverse("patient_record", args=[visit.patient_id]),
        )
        found = (client.get(address, follow=True) for address in addresses)
        return [" ".join(page.content.decode().split()) for page in found]

    return read


def test_the_desk_is_told_and_can_correct_it(pages, refused):
    card, record = pages(**OF_THE_DESK)
    assert [REFUSED in page for page in (card, record)] == [True, True]
    assert "Correct the address" in record
    assert "edit/?doctor=" in record


def test_the_owner_of_an_account_corrects_it(pages, refused):
    for page in pages(account=UserFactory(email="leila@example.org")):
        assert REFUSED in page
        assert "The person corrects it under “My account”" in page
        assert "Correct the address" not in page


def test_another_address_is_not_concerned(pages, refused):
    for page in pages(account=None, email="nadia@example.org"):
        assert "Address refused" not in page


def test_a_person_without_an_address_has_none_refused(pages, refused):
    for page in pages(account=None, email=""):
        assert "Address refused" not in page


@pytest.mark.parametrize("email", ["leila@example.org", "leila.b@example.org"])
def test_writing_the_address_anew_makes_it_good(client, refused, email):
    visit = AppointmentFactory(patient=PatientFactory(**OF_THE_DESK))
    client.force_login(visit.doctor.user)
    person = visit.patient
    typed = {"first_name": person.first_name, "last_name": person.last_name, "email": email}
    client.post(reverse("edit_patient", args=[person.pk]), typed)
    person.refresh_from_db()
    assert person.email == email
    assert RefusedAddress.objects.of(person.email).first() is None


def test_opening_the_mail_that_confirms_an_address_makes_it_good(refused):
    address = EmailAddress(email="leila@example.org")
    email_confirmed.send(EmailAddress, request=None, email_address=address)
    assert not RefusedAddress.objects.exists()
