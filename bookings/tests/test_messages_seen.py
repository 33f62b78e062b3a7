"""What the desk and the patient see of the messages about a visit."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from bookings.models import Notification
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
KINDS = Notification.Kind


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def visit():
    visit = AppointmentFactory()

    def message(kind, after, channel="email", **fate):
        at = FRIDAY_MORNING + after * HOUR
        NotificationFactory(
            appointment=visit, kind=kind, channel=channel, next_attempt_at=at, **fate
        )

    message(KINDS.BOOKED, -4, sent_at=FRIDAY_MORNING - 4 * HOUR)
    message(KINDS.REMINDER, 5)
    message(KINDS.REMINDER, 6, channel="sms", recipient="+33612345678", attempts=1, failure="451")
    message(KINDS.REMINDER_HOURS, 7, dropped_at=FRIDAY_MORNING)
    refused = {"failed_at": FRIDAY_MORNING, "failure": "550 5.1.1"}
    message(KINDS.MOVE_ASKED, -1, **refused)
    message(KINDS.NEW_REQUEST, -2, sent_at=FRIDAY_MORNING - 2 * HOUR, recipient="desk@example.org")
    return visit


def words(client, visit, page, user):
    client.force_login(user)
    html = client.get(reverse(page, args=[visit.pk])).content.decode()
    return " ".join(html.split())


ON_BOTH = (
    "<b>Confirmation</b>, e-mail",
    "Envoyé ven. 26 févr. à 05:00",
    "Part ven. 26 févr. à 14:00",
    "Pas encore remis, prochain essai ven. 26 févr. à 15:00",
    "06 12 34 56 78",
    "Non remis, abandonné ven. 26 févr. à 09:00 (550 5.1.1)",
)


def test_the_desk_sees_all_that_counts(client, visit):
    html = words(client, visit, "desk", visit.doctor.user)
    assert [text for text in ON_BOTH if text not in html] == []
    assert "desk@example.org" in html
    assert '<details class="desk-messages disclosure" open>' in html
    assert "5 messages" in html


def test_the_patient_sees_those_to_the_patient(client, visit):
    html = words(client, visit, "appointment_page", visit.patient.account)
    assert [text for text in ON_BOTH if text not in html] == []
    assert "desk@example.org" not in html
    assert "Un message a été envoyé à patient@example.org." in html
