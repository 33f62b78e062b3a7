"""The deadline for online changes is elapsed hours before the visit, on page, mail and server."""

import datetime as dt

import pytest
import time_machine

from accounts.tests.factories import PatientFactory
from bookings import rules, services
from bookings.tests.moments import FRIDAY_MORNING
from bookings.tests.steps import verified
from bookings.tests.test_mails import last_mail
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

SUNDAY = dt.datetime(2027, 3, 28, 8, tzinfo=dt.UTC)
"""10:00 in Paris, some hours after the clocks there went from 02:00 to 03:00."""
DAY = dt.timedelta(hours=24)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def patient(client):
    patient = verified(PatientFactory())
    client.force_login(patient.account)
    return patient


def confirm_page(client, consultation_type, now):
    choice = {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "appointment_time": SUNDAY.isoformat(),
    }
    with time_machine.travel(now, tick=False):
        return client.get("/bookings/confirm-booking/", choice).content.decode()


def booked(patient, consultation_type):
    return services.book(
        by=patient.account,
        patient=patient,
        doctor=consultation_type.doctor,
        consultation_type=consultation_type,
        starts_at=SUNDAY,
        now=FRIDAY_MORNING,
    )


def test_the_confirm_page_counts_24_elapsed_hours_over_the_clock_change(client, patient):
    page = confirm_page(client, ConsultationTypeFactory(), FRIDAY_MORNING)
    assert "Annulation possible jusqu’au samedi 27 mars à 09:00." in " ".join(page.split())


def test_the_confirm_page_sends_to_the_phone_from_that_instant_on(client, patient):
    page = confirm_page(client, ConsultationTypeFactory(), SUNDAY - DAY)
    assert "Annulation possible" not in page


def test_the_mail_names_the_same_instant(patient):
    appointment = booked(patient, ConsultationTypeFactory())
    assert "until Saturday 27 March at 09:00 (Paris time)" in last_mail(appointment).body


def test_the_server_closes_at_that_instant(patient):
    appointment = booked(patient, ConsultationTypeFactory())
    with pytest.raises(rules.RuleRefused) as refused:
        services.cancel(appointment, by=patient.account, now=SUNDAY - DAY)
    assert refused.value.code == "too_late_to_change"
    in_time = SUNDAY - DAY - dt.timedelta(minutes=1)
    assert services.cancel(appointment, by=patient.account, now=in_time).status == "cancelled"
