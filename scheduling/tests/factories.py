"""Hours and closures for tests; each factory builds the smallest valid object."""

import datetime as dt
from collections.abc import Iterable

import factory

from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory, PracticeFactory
from scheduling.models import DoctorAbsence, FreedTime, Holiday, OpeningHours


class OpeningHoursFactory(factory.django.DjangoModelFactory):
    """Monday 09:00-17:00; `types=[...]` keeps the range for these types."""

    class Meta:
        model = OpeningHours
        skip_postgeneration_save = True

    doctor = factory.SubFactory(DoctorFactory)
    weekday = 0
    start_minute = 9 * 60
    end_minute = 17 * 60

    @factory.post_generation
    def types(self, create, extracted, **kwargs):
        if extracted:
            self.types.set(extracted)


class AbsenceFactory(factory.django.DjangoModelFactory):
    """Monday 1 March 2027, whole day in Paris."""

    class Meta:
        model = DoctorAbsence

    doctor = factory.SubFactory(DoctorFactory)
    starts_at = dt.datetime(2027, 2, 28, 23, tzinfo=dt.UTC)
    ends_at = factory.LazyAttribute(lambda absence: absence.starts_at + dt.timedelta(days=1))


class FreedTimeFactory(factory.django.DjangoModelFactory):
    """Monday 1 March 2027, 10:00 to 10:30 in Paris."""

    class Meta:
        model = FreedTime

    doctor = factory.SubFactory(DoctorFactory)
    starts_at = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
    ends_at = factory.LazyAttribute(lambda freed: freed.starts_at + dt.timedelta(minutes=30))


class HolidayFactory(factory.django.DjangoModelFactory):
    """Monday 1 March 2027, closed."""

    class Meta:
        model = Holiday

    practice = factory.SubFactory(PracticeFactory)
    date = dt.date(2027, 3, 1)
    name = "Fête"
    decision = Holiday.Decision.CLOSED


def open_week(
    doctor: Doctor, start: int = 540, end: int = 1020, weekdays: Iterable[int] = range(7)
):
    """Create hours from minute `start` to minute `end` on each of `weekdays`."""
    return [
        OpeningHoursFactory(doctor=doctor, weekday=day, start_minute=start, end_minute=end)
        for day in weekdays
    ]
