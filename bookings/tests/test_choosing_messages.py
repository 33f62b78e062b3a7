"""A reader refuses messages from the message itself, signed out."""

import re

import pytest
from django.test import Client

from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings.messages.choices import choices_of_token, token_of
from bookings.messages.composing import compose
from bookings.models import MessageChoices, Notification
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def address(patient):
    """The one-click address of a reminder's header, without the host."""
    row = NotificationFactory(
        appointment=AppointmentFactory(patient=patient), kind=Notification.Kind.REMINDER
    )
    header = compose(row, now=FRIDAY_MORNING).extra_headers["List-Unsubscribe"]
    return re.fullmatch(r"<https?://[^/]+(/m/.+)>", header)[1]


@pytest.fixture
def stranger():
    """A browser or mail program without cookies, which Django's check of forms would refuse."""
    return Client(enforce_csrf_checks=True)


def test_one_click_turns_that_choice_off_alone(address, patient, stranger):
    assert stranger.post(address, ONE_CLICK).status_code == 204
    assert stranger.post(address, ONE_CLICK).status_code == 204
    choices = MessageChoices.objects.get(account=patient.account)
    assert (choices.reminders_by_email, choices.reminders_by_sms) == (False, True)
    assert (choices.offers, choices.turn_soon) == (True, True)


def test_a_scanner_that_reads_it_changes_nothing(address, patient, stranger):
    page = stranger.get(address)
    assert page.status_code == 200
    assert not MessageChoices.objects.exists()
    for name in ("Benali", "Nadia", patient.account.email):
        assert name not in page.text


def test_the_page_saves_all_choices(address, patient, client):
    sent = {"reminders_by_email": "on", "turn_soon": "on"}
    assert client.post(address, sent).status_code == 302
    choices = MessageChoices.objects.get(account=patient.account)
    assert choices.reminders_by_email
    assert choices.turn_soon
    assert not choices.offers
    assert not choices.reminders_by_sms


def test_the_page_of_a_link_to_refuse_shows_that_box_empty(address, stranger):
    form = stranger.get(address).context["form"]
    assert [form[name].value() for name in ("reminders_by_email", "offers")] == [False, True]


def test_a_relatives_messages_are_the_accounts(patient):
    child = RelativeFactory(account=patient.account)
    assert choices_of_token(token_of(child)).account == patient.account


def test_a_person_of_the_desk_has_choices_too_until_an_account_has_them():
    person = PatientFactory(account=None)
    token = token_of(person)
    assert choices_of_token(token).patient == person
    person.account = UserFactory()
    person.save()
    assert choices_of_token(token).account == person.account


@pytest.mark.parametrize("token", ["a1", "a1.forged", "x", "p1.AAAA"])
def test_a_guessed_address_is_nobodys(token, client, patient):
    assert client.get(f"/m/{token}/").status_code == 404
    assert client.post(f"/m/{token}/?stop=offers", ONE_CLICK).status_code == 404
    assert not MessageChoices.objects.exists()


def test_an_address_of_somebody_who_is_gone_is_over(client, patient):
    token = token_of(PatientFactory.build(account=None, pk=999_999))
    assert client.get(f"/m/{token}/").status_code == 404


def test_another_sites_form_changes_nothing(address, stranger):
    assert stranger.post(address, {"turn_soon": "on"}).status_code == 403
    assert not MessageChoices.objects.exists()
