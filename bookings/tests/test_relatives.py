"""Relatives with visits cannot be removed."""

import pytest
from django.conf import settings

from accounts.models import Patient
from accounts.tests.factories import RelativeFactory
from bookings.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def test_a_relative_with_visits_is_not_removed_and_it_is_said(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    lina = RelativeFactory()
    AppointmentFactory(patient=lina)
    client.force_login(lina.account)
    response = client.post(f"/accounts/relatives/{lina.pk}/remove/", follow=True)
    assert list(Patient.objects.all()) == [lina]
    assert "Lina Benali has appointments, past or to come, and stays on your list." in response.text
