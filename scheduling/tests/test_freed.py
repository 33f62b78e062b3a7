"""Time that opens when hours, absences or holidays change is written for the waiting list."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from doctors.models import Doctor
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling import engine
from scheduling.freed import open_time
from scheduling.models import FreedTime, Holiday, OpeningHours
from scheduling.services import (
    add_absence,
    changing_agenda,
    decide_holiday,
    remove_absence,
    replace_hours,
    retire_type,
)
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

FRIDAY_MORNING = dt.datetime(2027, 2, 26, 8, tzinfo=dt.UTC)
MONDAY = dt.datetime(2027, 2, 28, 23, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
INSTANTS = [MONDAY + hour * HOUR for hour in range(12)]

spans_of_the_day = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).map(
        lambda pair: (INSTANTS[min(pair)], INSTANTS[max(pair)])
    ),
    max_size=5,
)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def doctor():
    """A doctor who is open on Mondays from 9:00 to 17:00."""
    return OpeningHoursFactory().doctor


def hours(start=540, end=1020):
    return OpeningHours(weekday=0, start_minute=start, end_minute=end)


def freed(doctor):
    """Return ["Mon 1 Mar 09:00-17:00", …] on the practice's clock."""
    local = doctor.practice.local
    return [
        f"{local(row.starts_at):%a %d %b %H:%M}-{local(row.ends_at):%H:%M}"
        for row in FreedTime.objects.filter(doctor=doctor)
    ]


@given(spans=spans_of_the_day, taken=spans_of_the_day)
def test_what_is_left_of_a_span_is_what_is_in_it_and_in_nothing_taken(spans, taken):
    def covered(instant, spans):
        return any(start <= instant < end for start, end in spans)

    left = engine.without(spans, taken)
    assert left == engine.merge(left)
    for instant in INSTANTS:
        assert covered(instant, left) == (covered(instant, spans) and not covered(instant, taken))


class TestOpens:
    def test_an_absence_taken_back(self, doctor):
        absence = AbsenceFactory(doctor=doctor, ends_at=MONDAY + 8 * 24 * HOUR)
        remove_absence(absence)
        assert freed(doctor) == ["Mon 01 Mar 09:00-17:00", "Mon 08 Mar 09:00-17:00"]

    def test_an_absence_that_ends_sooner(self, doctor):
        absence = AbsenceFactory(doctor=doctor)
        with changing_agenda(doctor.pk):
            absence.ends_at = MONDAY + 12 * HOUR
            absence.save()
        assert freed(doctor) == ["Mon 01 Mar 12:00-17:00"]

    def test_longer_hours_open_what_they_add(self, doctor):
        replace_hours(doctor, [hours(end=1080)])
        assert freed(doctor)[:2] == ["Mon 01 Mar 17:00-18:00", "Mon 08 Mar 17:00-18:00"]
        assert len(freed(doctor)) == 26  # Mondays in 180 days

    def test_a_holiday_worked(self, doctor):
        holiday = HolidayFactory(practice=doctor.practice)
        decide_holiday(holiday, Holiday.Decision.OPEN)
        assert freed(doctor) == ["Mon 01 Mar 09:00-17:00"]

    def test_the_rest_of_today_only(self, doctor):
        absence = AbsenceFactory(doctor=doctor)
        with time_machine.travel(MONDAY + 15 * HOUR, tick=False):
            remove_absence(absence)
        assert freed(doctor) == ["Mon 01 Mar 15:00-17:00"]

    def test_hours_kept_for_a_type_are_hours(self, doctor):
        consultation_type = ConsultationTypeFactory(doctor=doctor)
        row = hours(start=1020, end=1080)
        row.kept_for = [consultation_type]
        replace_hours(doctor, [hours(), row])
        assert freed(doctor)[0] == "Mon 01 Mar 17:00-18:00"


class TestOpensNothing:
    def test_an_absence_that_is_added(self, doctor):
        add_absence(doctor, starts_at=MONDAY, ends_at=MONDAY + 24 * HOUR)
        assert freed(doctor) == []

    def test_an_absence_taken_back_under_another(self, doctor):
        AbsenceFactory(doctor=doctor)
        remove_absence(AbsenceFactory(doctor=doctor))
        assert freed(doctor) == []

    def test_shorter_hours(self, doctor):
        replace_hours(doctor, [hours(end=720)])
        assert freed(doctor) == []

    def test_another_order_of_the_same_hours(self, doctor):
        replace_hours(doctor, [hours(start=720), hours(end=720)])
        assert freed(doctor) == []

    def test_a_change_of_types(self, doctor):
        retire_type(ConsultationTypeFactory(doctor=doctor))
        assert freed(doctor) == []

    def test_hours_that_were_refused(self, doctor):
        with pytest.raises(ValidationError):
            replace_hours(doctor, [hours(end=1080), hours(start=9999)])
        assert freed(doctor) == []


@pytest.mark.parametrize("count", [1, 30])
def test_open_time_of_any_number_of_doctors_is_four_queries(count, django_assert_num_queries):
    made = DoctorFactory.create_batch(count)
    for doctor in made[:2]:
        AbsenceFactory(doctor=doctor)
    doctors = list(Doctor.objects.for_pages())
    with django_assert_num_queries(4):
        assert len(open_time(doctors, FRIDAY_MORNING)) == count
