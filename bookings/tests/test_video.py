"""A video visit sends nobody to the street: the practice sends the link."""

import pytest
import time_machine

from bookings.messages.composing import compose
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING
from bookings.tests.steps import book
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

STREET = "12 rue des Consuls"
LINK = "Par vidéo\N{NO-BREAK SPACE}: le cabinet vous envoie le lien."


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def kind_of_visit(**options):
    return ConsultationTypeFactory(doctor__practice__street=STREET, **options)


def said(text):
    """Whether a page or a mail has the street, a way there, and the words about the link."""
    return (STREET in text, "openstreetmap" in text, LINK in text)


@pytest.mark.parametrize(
    ("is_video", "expected"), [(True, (False, False, True)), (False, (True, True, False))]
)
def test_the_visits_page(client, is_video, expected):
    visit = AppointmentFactory(consultation_type=kind_of_visit(is_video=is_video))
    client.force_login(visit.patient.account)
    assert said(client.get(f"/bookings/{visit.pk}/").text) == expected


@pytest.mark.parametrize(
    ("is_video", "expected"), [(True, (False, False, True)), (False, (True, False, False))]
)
def test_the_confirm_page(client, is_video, expected):
    kind = kind_of_visit(is_video=is_video)
    choice = {"doctor": kind.doctor_id, "consultation_type": kind.pk}
    choice["appointment_time"] = "2027-03-01T10:00"
    assert said(client.get("/bookings/confirm-booking/", choice).text) == expected


@pytest.mark.parametrize(
    ("is_video", "expected"), [(True, (False, False, True)), (False, (True, False, False))]
)
def test_the_mail(is_video, expected):
    visit = AppointmentFactory(consultation_type=kind_of_visit(is_video=is_video))
    mail = compose(NotificationFactory(appointment=visit, language="fr"), now=FRIDAY_MORNING)
    assert said(mail.body) == expected


def test_a_booked_visit_stays_what_it_was_when_the_type_changes():
    kind = kind_of_visit(is_video=True)
    visit = book(kind)
    type(kind).objects.update(is_video=False)
    visit.refresh_from_db()
    assert visit.is_video is True
