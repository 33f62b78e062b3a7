"""The messages about a doctor's registration (bookings.messages.registrations)."""

import datetime as dt

import pytest

from accounts.tests.factories import AdminFactory
from bookings.messages.registrations import tell_of_registrations
from bookings.models import Notification
from doctors.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def rows():
    return list(Notification.objects.order_by("pk").values_list("kind", "recipient", "language"))


def test_a_sign_up_is_told_to_the_admins_and_the_approval_to_the_doctor_once():
    boss = AdminFactory(language="en")
    AdminFactory(is_active=False)
    doctor = DoctorFactory(approved_at=None, user__date_joined=NOW - DAY)
    assert (tell_of_registrations(now=NOW), tell_of_registrations(now=NOW)) == (1, 0)
    doctor.approved_at = NOW
    doctor.save()
    assert (tell_of_registrations(now=NOW), tell_of_registrations(now=NOW)) == (1, 0)
    assert rows() == [("signed_up", boss.email, "en"), ("approved", doctor.user.email, "fr")]


def test_old_sign_ups_and_approvals_are_not_told():
    AdminFactory()
    DoctorFactory(approved_at=None, user__date_joined=NOW - 8 * DAY)
    DoctorFactory(approved_at=NOW - 8 * DAY)
    assert tell_of_registrations(now=NOW) == 0
