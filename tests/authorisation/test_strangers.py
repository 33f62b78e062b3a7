"""Objects that exist, but not for this person."""

import pytest

from bookings.models import Appointment
from doctors.tests.factories import DoctorFactory
from tests.authorisation.world import client_of

pytestmark = pytest.mark.django_db


def test_the_public_does_not_see_a_doctor_who_is_not_approved(world):
    hidden = DoctorFactory(approved_at=None)
    paths = (f"/doctors/{hidden.slug}/", f"/api/doctors/{hidden.pk}/slots", f"/doctor/{hidden.pk}")
    strangers = ("anonymous", "patient_a", "doctor_a", "secretary_b")
    for person in strangers:
        client = client_of(world, person)
        assert [client.get(path).status_code for path in paths] == [404, 404, 404]


def test_nobody_books_for_somebody_elses_relative(world):
    before = Appointment.objects.count()
    data = {
        "doctor": world.doctor.pk,
        "consultation_type": world.kind.pk,
        "appointment_time": world.free,
        "patient": world.relative.pk,
    }
    for person in ("patient_b", "doctor_b", "secretary_b"):
        response = client_of(world, person).post("/book", data)
        assert response.status_code == 422
    assert Appointment.objects.count() == before
