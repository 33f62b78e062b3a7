"""Rows that the sample data writes past the models are the models' rows."""

import datetime as dt
from decimal import Decimal

import pytest

from bookings.models import Appointment, StatusChange
from bookings.samples.bulk import write_rows
from bookings.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def values(row, without=()):
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in without}


def test_a_visit():
    visit = AppointmentFactory(price=Decimal("27.50"), reason="Toux à l'effort,\t\\N")
    visit.refresh_from_db()
    Appointment.objects.all().delete()
    write_rows(Appointment, [values(visit)])
    assert values(Appointment.objects.get()) == values(visit)


def test_what_a_row_does_not_name_has_its_default():
    visit = AppointmentFactory()
    at = dt.datetime(2027, 3, 1, 9, 30, 0, 120, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    row = {"appointment_id": visit.pk, "verb": "book", "to_status": "confirmed", "at": at}
    write_rows(StatusChange, [row, row])
    expected = values(StatusChange(**row), without=["id"])
    assert [values(each, without=["id"]) for each in visit.changes.all()] == [expected, expected]


def test_no_row():
    write_rows(StatusChange, [])
    assert not StatusChange.objects.exists()
