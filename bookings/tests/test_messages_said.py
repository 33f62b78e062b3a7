"""What pages say about messages: nothing that is not true."""

import pytest
import time_machine
from django.urls import reverse

from bookings.messages.outbox import send_due
from bookings.models import Appointment
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING
from bookings.tests.steps import book
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def page_of(client, visit, name="appointment_page", user=None):
    client.force_login(user or visit.patient.account)
    return client.get(reverse(name, args=[visit.pk])).content.decode()


@pytest.fixture
def without_email():
    return AppointmentFactory(patient__account__email="")


@pytest.fixture
def of_the_desk():
    return AppointmentFactory(patient__account=None)


def test_a_message_leaves_then_was_sent(client):
    visit = book(ConsultationTypeFactory())
    email = visit.patient.account.email
    assert f"Un message vient de partir à {email}." in page_of(client, visit)
    send_due(now=FRIDAY_MORNING)
    assert f"Un message a été envoyé à {email}." in page_of(client, visit)


def test_no_message_is_named_where_none_was_written(client):
    page = page_of(client, AppointmentFactory())
    assert ("Un message" in page, "Sans adresse e-mail" in page) == (False, False)


def test_without_an_address_the_page_says_so(client, without_email):
    page = page_of(client, without_email)
    assert "Un message vient de partir" not in page
    assert f'href="{reverse("account_email")}"' in page


def test_an_answer_to_a_request_is_promised_by_mail_only_with_an_address(client, without_email):
    Appointment.objects.update(status=Status.PENDING)
    without_email.refresh_from_db()
    page = page_of(client, without_email)
    assert "répond par e-mail" not in page
    assert "La réponse du cabinet s’affichera sur cette page" in page


@pytest.mark.parametrize("step", ["desk_move", "desk_cancel", "cancel_appointment"])
@pytest.mark.parametrize("who", ["without_email", "of_the_desk"])
def test_the_desk_is_told_to_call(client, request, who, step):
    visit = request.getfixturevalue(who)
    page = page_of(client, visit, step, user=visit.doctor.user)
    assert "Ce patient ne reçoit pas d’e-mail" in page
    assert "prévenu par e-mail" not in page


@pytest.mark.parametrize("who", ["without_email", "of_the_desk"])
def test_confirming_a_request_does_not_say_that_the_patient_is_told(client, request, who):
    visit = request.getfixturevalue(who)
    Appointment.objects.update(status=Status.PENDING)
    client.force_login(visit.doctor.user)
    page = client.post(reverse("confirm_request", args=[visit.pk]), follow=True).content.decode()
    assert "Ce patient ne reçoit pas d’e-mail" in page
