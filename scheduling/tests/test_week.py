"""The week on a profile and its open or closed tag: Monday 1 March 2027 in Paris (UTC+1)."""

import datetime as dt

import pytest

from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.models import Holiday
from scheduling.tests.factories import (
    AbsenceFactory,
    HolidayFactory,
    OpeningHoursFactory,
    open_week,
)
from scheduling.week import week_of

pytestmark = pytest.mark.django_db

NINE_TO_FIVE = [("09:00", "17:00", None)]


def monday(clock, days=0):
    """Return this time in Paris, `days` after Monday 1 March."""
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2027, 3, 1, hour, minute, tzinfo=dt.UTC) + dt.timedelta(days=days, hours=-1)


def nine_to_five():
    """A doctor open 09:00-17:00 every day."""
    doctor = DoctorFactory()
    open_week(doctor)
    return doctor


def shown(doctor, now=None):
    return [day.hours for day in week_of(doctor, now or monday("08:00")).days]


def word(doctor, now):
    """Return the text of the tag in the section."""
    week = week_of(doctor, now)
    if week.is_open:
        return f"open until {week.closes:%H:%M}" if week.closes else "open"
    if week.opens_today:
        return f"opens at {week.opens:%H:%M}"
    return "closed today" if week.is_closed_all_day else "closed now"


class TestDays:
    def test_every_weekday_is_there_with_its_ranges_in_order(self):
        doctor = DoctorFactory()
        open_week(doctor, 840, 1080, weekdays=[0, 1])
        open_week(doctor, 540, 720, weekdays=[0])
        assert shown(doctor) == [
            [("09:00", "12:00", None), ("14:00", "18:00", None)],
            [("14:00", "18:00", None)],
            *[[]] * 5,
        ]

    def test_today_is_marked_by_the_practices_date(self):
        doctor = DoctorFactory(practice__time_zone="Australia/Sydney")
        days = week_of(doctor, monday("16:00")).days  # Tuesday, 02:00 there
        assert [day.is_today for day in days] == [False, True, *[False] * 5]

    def test_a_doctor_who_never_saved_any_has_none(self):
        week = week_of(DoctorFactory(), monday("08:00"))
        assert (week.is_saved, [day.hours for day in week.days]) == (False, [[]] * 7)

    def test_ranges_kept_for_some_types_are_left_out_and_are_no_fallback(self):
        consultation_type = ConsultationTypeFactory()
        OpeningHoursFactory(doctor=consultation_type.doctor, types=[consultation_type])
        assert shown(consultation_type.doctor) == [[]] * 7

    def test_hours_are_those_of_the_days_to_come(self):
        """On a Wednesday, Monday is the next one."""
        doctor = OpeningHoursFactory(valid_until=dt.date(2027, 3, 5)).doctor
        OpeningHoursFactory(doctor=doctor, valid_from=dt.date(2027, 3, 6), end_minute=720)
        assert shown(doctor)[0] == NINE_TO_FIVE
        assert shown(doctor, monday("08:00", days=2))[0] == [("09:00", "12:00", None)]

    def test_ranges_that_overlap_are_shown_as_one(self):
        doctor = DoctorFactory()
        open_week(doctor, 540, 720, weekdays=[0])
        open_week(doctor, 600, 780, weekdays=[0])
        open_week(doctor, 780, 840, weekdays=[0])
        assert shown(doctor)[0] == [("09:00", "14:00", None)]

    def test_a_night_range_belongs_to_its_first_day(self):
        doctor = DoctorFactory()
        open_week(doctor, 22 * 60, 26 * 60, weekdays=[6])
        assert shown(doctor) == [*[[]] * 6, [("22:00", "02:00", None)]]

    def test_hours_elsewhere_say_where(self):
        doctor, clinic = DoctorFactory(), PracticeFactory(name="Clinique du Parc")
        OpeningHoursFactory(doctor=doctor, end_minute=720, practice=doctor.practice)
        OpeningHoursFactory(doctor=doctor, start_minute=720, practice=clinic)
        assert shown(doctor)[0] == [("09:00", "12:00", None), ("12:00", "17:00", clinic)]
        assert week_of(doctor, monday("08:00")).practices == [clinic]

    def test_a_place_left_for_good_is_no_place(self):
        hours = OpeningHoursFactory(practice=PracticeFactory(), valid_until=dt.date(2027, 2, 28))
        assert week_of(hours.doctor, monday("08:00")).practices == []


class TestClosedDays:
    def closed(self, doctor):
        days = week_of(doctor, monday("08:00")).days
        return [(day.weekday, day.holiday) for day in days if day.is_closed]

    def test_a_confirmed_holiday_closes_its_day_and_has_a_name(self):
        doctor = nine_to_five()
        HolidayFactory(practice=doctor.practice, date=dt.date(2027, 3, 3), name="Fête du Trône")
        assert self.closed(doctor) == [(2, "Fête du Trône")]

    @pytest.mark.parametrize("decision", [Holiday.Decision.PROPOSED, Holiday.Decision.OPEN])
    def test_one_that_is_not_confirmed_closes_nothing(self, decision):
        doctor = nine_to_five()
        HolidayFactory(practice=doctor.practice, decision=decision)
        assert self.closed(doctor) == []

    def test_a_holiday_on_a_day_off_is_not_worth_a_word(self):
        doctor = DoctorFactory()
        open_week(doctor, weekdays=[1])
        HolidayFactory(practice=doctor.practice)
        assert self.closed(doctor) == []

    def test_an_absence_closes_the_days_that_it_takes_whole(self):
        doctor = nine_to_five()
        away = {"starts_at": monday("12:00"), "ends_at": monday("12:00", days=2)}
        AbsenceFactory(doctor=doctor, reason="Congés", **away)
        assert self.closed(doctor) == [(1, "")]

    def test_absences_that_touch_close_a_day_together(self):
        doctor = nine_to_five()
        noon = monday("12:00")
        AbsenceFactory(doctor=doctor, starts_at=monday("00:00"), ends_at=noon)
        AbsenceFactory(doctor=doctor, starts_at=noon, ends_at=monday("17:00"))
        assert self.closed(doctor) == [(0, "")]


class TestNow:
    @pytest.mark.parametrize(
        ("clock", "said"),
        [
            ("08:59", "opens at 09:00"),
            ("09:00", "open until 12:30"),
            ("12:29", "open until 12:30"),
            ("12:30", "opens at 14:30"),
            ("17:59", "open until 18:00"),
            ("18:00", "closed now"),
            ("23:59", "closed now"),
        ],
    )
    def test_through_a_day_with_a_lunch_break(self, clock, said):
        doctor = DoctorFactory()
        open_week(doctor, 540, 750)
        open_week(doctor, 870, 1080)
        assert word(doctor, monday(clock)) == said

    def test_on_a_day_off(self):
        doctor = DoctorFactory()
        open_week(doctor, weekdays=[2])
        assert word(doctor, monday("10:00")) == "closed today"
        assert week_of(doctor, monday("10:00")).opens == dt.datetime(2027, 3, 3, 9)

    @pytest.mark.parametrize(
        ("day", "clock", "said"),
        [
            (0, "21:00", "opens at 22:00"),
            (0, "23:00", "open until 02:00"),
            (1, "01:59", "open until 02:00"),
            (1, "02:00", "closed now"),
            (2, "01:00", "closed today"),
        ],
    )
    def test_through_a_night(self, day, clock, said):
        doctor = DoctorFactory()
        open_week(doctor, 22 * 60, 26 * 60, weekdays=[0])
        assert word(doctor, monday(clock, day)) == said

    def test_around_the_clock(self):
        doctor = DoctorFactory()
        open_week(doctor, 0, 1440)
        assert word(doctor, monday("23:00")) == "open"

    def test_hours_that_are_not_valid_yet_or_any_more_open_nothing(self):
        doctor = OpeningHoursFactory(valid_until=dt.date(2027, 2, 28)).doctor
        OpeningHoursFactory(doctor=doctor, valid_from=dt.date(2027, 3, 2))
        assert word(doctor, monday("10:00")) == "closed today"
        assert week_of(doctor, monday("10:00")).opens == dt.datetime(2027, 3, 8, 9)

    @pytest.mark.parametrize(
        ("clock", "said"),
        [("09:30", "open until 10:00"), ("10:30", "opens at 11:00"), ("16:00", "open until 17:00")],
    )
    def test_around_an_absence_of_an_hour(self, clock, said):
        doctor = nine_to_five()
        AbsenceFactory(doctor=doctor, starts_at=monday("10:00"), ends_at=monday("11:00"))
        assert word(doctor, monday(clock)) == said

    def test_in_the_middle_of_a_long_absence(self):
        doctor = nine_to_five()
        away = {"starts_at": monday("00:00", days=-7), "ends_at": monday("00:00", days=21)}
        AbsenceFactory(doctor=doctor, **away)
        assert word(doctor, monday("10:00")) == "closed today"
        assert week_of(doctor, monday("10:00")).opens == dt.datetime(2027, 3, 22, 9)

    def test_away_from_noon_on_is_not_closed_all_day(self):
        doctor = nine_to_five()
        AbsenceFactory(doctor=doctor, starts_at=monday("12:00"), ends_at=monday("00:00", days=2))
        assert word(doctor, monday("10:00")) == "open until 12:00"
        assert word(doctor, monday("13:00")) == "closed now"

    def test_on_a_confirmed_holiday(self):
        doctor = nine_to_five()
        HolidayFactory(practice=doctor.practice)
        assert word(doctor, monday("10:00")) == "closed today"

    def test_never_again(self):
        doctor = OpeningHoursFactory(valid_until=dt.date(2020, 1, 31)).doctor
        assert word(doctor, monday("10:00")) == "closed today"
        assert week_of(doctor, monday("10:00")).opens is None

    def test_by_the_practices_clock_on_the_day_clocks_change(self):
        doctor = nine_to_five()
        sunday_in_utc = dt.datetime(2027, 3, 28, tzinfo=dt.UTC)
        assert word(doctor, sunday_in_utc.replace(hour=6, minute=59)) == "opens at 09:00"
        assert word(doctor, sunday_in_utc.replace(hour=7)) == "open until 17:00"


@pytest.mark.parametrize("rows", [1, 30])
def test_three_queries_for_any_number_of_rows(rows, django_assert_num_queries):
    doctor = DoctorFactory()
    for index in range(rows):
        OpeningHoursFactory(doctor=doctor, practice=PracticeFactory(), weekday=index % 7)
        AbsenceFactory(doctor=doctor, starts_at=monday("10:00") - dt.timedelta(hours=index))
        HolidayFactory(practice=doctor.practice, date=dt.date(2027, 3, 1 + index))
    with django_assert_num_queries(3):
        week = week_of(doctor, monday("08:00"))
        assert (len(week.days), week.is_open, len(week.practices)) == (7, False, rows)
