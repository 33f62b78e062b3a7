"""Where a doctor is at a time: Monday 1 March 2027 in Paris (UTC+1)."""

import datetime as dt

import pytest

from doctors.tests.factories import ConsultationTypeFactory, MembershipFactory, PracticeFactory
from scheduling.models import FreedTime, Holiday
from scheduling.places import desk_practice, practice_at
from scheduling.services import decide_holiday
from scheduling.tests.factories import HolidayFactory, OpeningHoursFactory
from scheduling.week import week_of

pytestmark = pytest.mark.django_db


def monday(hour, minute=0):
    return dt.datetime(2027, 3, 1, hour - 1, minute, tzinfo=dt.UTC)


@pytest.fixture
def doctor():
    """Mondays from 9:00 to 12:00 at home, from 14:00 to 18:00 at another practice."""
    doctor = OpeningHoursFactory(end_minute=720).doctor
    there = PracticeFactory(name="Là-bas")
    OpeningHoursFactory(doctor=doctor, start_minute=840, end_minute=1080, practice=there)
    return doctor


@pytest.fixture
def there(doctor):
    return doctor.opening_hours.get(practice__isnull=False).practice


def test_a_time_is_at_the_practice_of_its_opening(doctor, there):
    places = [practice_at(doctor, monday(hour)) for hour in (8, 9, 12, 14, 17, 18)]
    assert places == [None, doctor.practice, None, there, there, None]


def test_a_night_range_has_its_place_on_the_next_morning_while_it_is_valid(doctor, there):
    night = {"weekday": 0, "start_minute": 1320, "end_minute": 1560, "practice": there}
    OpeningHoursFactory(doctor=doctor, valid_until=dt.date(2027, 3, 7), **night)
    hours = (21, 22, 25, 26, 22 + 7 * 24)
    places = [practice_at(doctor, monday(1) + dt.timedelta(hours=hour - 1)) for hour in hours]
    assert places == [None, there, there, None, None]


def test_an_opening_for_the_type_comes_before_one_that_is_kept_for_others(doctor, there):
    kind, other = ConsultationTypeFactory.create_batch(2, doctor=doctor)
    OpeningHoursFactory(doctor=doctor, start_minute=600, practice=there, types=[other])
    found = [practice_at(doctor, monday(10), type_id=each.pk) for each in (kind, other)]
    assert found == [doctor.practice, doctor.practice]
    assert practice_at(doctor, monday(13), type_id=kind.pk) == there


@pytest.mark.parametrize(("hour", "place"), [(8, "home"), (10, "home"), (13, "there"),
                                             (15, "there"), (20, "there")])  # fmt: skip
def test_the_doctor_is_where_the_hours_are_now_or_next_that_day(doctor, there, hour, place):
    expected = {"home": doctor.practice, "there": there}[place]
    assert desk_practice(doctor.user, doctor, monday(hour)) == expected


def test_a_secretary_of_one_practice_adds_there_whatever_the_hour(doctor, there):
    for practice in (doctor.practice, there):
        secretary = MembershipFactory(practice=practice).user
        found = {desk_practice(secretary, doctor, monday(hour)) for hour in (8, 10, 15)}
        assert found == {practice}


def test_the_desk_chooses_among_its_own_practices_only(doctor, there):
    assert desk_practice(doctor.user, doctor, monday(10), chosen=there) == there
    secretary = MembershipFactory(practice=there).user
    assert desk_practice(secretary, doctor, monday(10), chosen=doctor.practice) == there


def test_a_day_with_a_holiday_at_one_place_shows_the_hours_of_the_other(doctor, there):
    HolidayFactory(practice=there)
    day = week_of(doctor, monday(8)).days[0]
    assert ([each.opens for each in day.hours], day.is_closed, day.holiday) == (
        ["09:00"],
        False,
        "",
    )
    HolidayFactory(practice=doctor.practice, name="Chez moi")
    day = week_of(doctor, monday(8)).days[0]
    assert (len(day.hours), day.is_closed, day.holiday) == (2, True, "Chez moi")


def test_a_holiday_that_is_worked_frees_the_time_of_its_place(doctor, there):
    far = dt.date.today() + dt.timedelta(days=(7 - dt.date.today().weekday()) % 7 + 7)
    holiday = HolidayFactory(practice=there, date=far)
    decide_holiday(holiday, Holiday.Decision.OPEN)
    freed = FreedTime.objects.get()
    local = doctor.practice.local
    assert (local(freed.starts_at).hour, local(freed.ends_at).hour) == (14, 18)
