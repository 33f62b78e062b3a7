"""Why a day or several days are empty, and the colleagues that the panel offers instead."""

import datetime as dt

import pytest

from bookings.finding.alternatives import soonest_colleague
from bookings.slots import Calendars, SlotQuery
from bookings.slots.no_slots import NoSlots, NoSlotsReason, combine_no_slots
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling import engine
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, open_week

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)
DAY = engine.DAY
HOUR = dt.timedelta(hours=1)
FRIDAY = FRIDAY_MORNING.date()
MIDNIGHT = monday("09:00") - 9 * HOUR


def one_start_a_day(**options):
    """A type of one hour of a doctor with one hour a day, at nine."""
    consultation_type = ConsultationTypeFactory(duration=60, **options)
    open_week(consultation_type.doctor, end=600)
    return consultation_type


def nothing_on(day, consultation_type, *, now=FRIDAY_MORNING, days=1):
    """Why there is nothing on `day`, read with the `days - 1` days after it."""
    query = SlotQuery(consultation_type.doctor, consultation_type)
    return Calendars([query], engine.days_from(day, days), now=now).columns(query)[0].no_slots


class TestOneDay:
    def test_with_a_free_time_has_nothing_to_explain(self):
        assert nothing_on(MONDAY, one_start_a_day()) is None

    def test_without_hours_is_closed(self):
        consultation_type = ConsultationTypeFactory()
        open_week(consultation_type.doctor, weekdays=[1])
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.CLOSED)

    def test_a_holiday_has_its_name(self):
        consultation_type = one_start_a_day()
        HolidayFactory(practice=consultation_type.doctor.practice, name="Aïd el-Fitr")
        assert nothing_on(MONDAY, consultation_type) == NoSlots(
            NoSlotsReason.HOLIDAY, holiday="Aïd el-Fitr"
        )

    def test_a_holiday_on_a_day_without_hours_is_a_closed_day(self):
        consultation_type = ConsultationTypeFactory()
        open_week(consultation_type.doctor, weekdays=[1])
        HolidayFactory(practice=consultation_type.doctor.practice)
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.CLOSED)

    def test_in_an_absence_names_the_last_day_of_it(self):
        consultation_type = one_start_a_day()
        AbsenceFactory(doctor=consultation_type.doctor, ends_at=MIDNIGHT + 11 * DAY)
        assert nothing_on(MONDAY, consultation_type) == NoSlots(
            NoSlotsReason.AWAY, until=dt.date(2027, 3, 11)
        )

    def test_an_absence_that_ends_at_noon_lasts_that_day(self):
        consultation_type = one_start_a_day()
        AbsenceFactory(doctor=consultation_type.doctor, ends_at=monday("12:00") + 11 * DAY)
        assert nothing_on(MONDAY, consultation_type) == NoSlots(
            NoSlotsReason.AWAY, until=dt.date(2027, 3, 12)
        )

    def test_absences_one_after_the_other_are_one(self):
        consultation_type = one_start_a_day()
        AbsenceFactory(doctor=consultation_type.doctor)
        AbsenceFactory(doctor=consultation_type.doctor, starts_at=MIDNIGHT + DAY)
        assert nothing_on(MONDAY, consultation_type, days=2) == NoSlots(
            NoSlotsReason.AWAY, until=MONDAY + DAY
        )

    def test_an_absence_without_end_names_none(self):
        consultation_type = one_start_a_day()
        AbsenceFactory(
            doctor=consultation_type.doctor, ends_at=dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)
        )
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.AWAY)

    @pytest.mark.parametrize("taken_by", [AppointmentFactory, HoldFactory])
    def test_taken_by_others_is_full(self, taken_by):
        consultation_type = one_start_a_day()
        options = {"expires_at": FRIDAY_MORNING + HOUR} if taken_by is HoldFactory else {}
        taken_by(consultation_type=consultation_type, starts_at=monday("09:00"), **options)
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.FULL)

    def test_full_in_the_morning_and_away_in_the_afternoon_is_full(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        open_week(consultation_type.doctor, end=660)
        AppointmentFactory(consultation_type=consultation_type, starts_at=monday("09:00"))
        AbsenceFactory(doctor=consultation_type.doctor, starts_at=monday("10:00"))
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.FULL)

    def test_today_after_the_last_start_is_over(self):
        assert nothing_on(FRIDAY, one_start_a_day(), now=FRIDAY_MORNING + HOUR) == NoSlots(
            NoSlotsReason.OVER
        )

    def test_today_with_a_visit_in_the_remaining_hours_is_full(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        open_week(consultation_type.doctor, end=660)
        AppointmentFactory(consultation_type=consultation_type, starts_at=FRIDAY_MORNING + HOUR)
        now = FRIDAY_MORNING + HOUR / 2
        assert nothing_on(FRIDAY, consultation_type, now=now) == NoSlots(NoSlotsReason.FULL)

    def test_within_the_notice_is_too_soon_though_part_of_it_is_booked(self):
        consultation_type = ConsultationTypeFactory(duration=60, notice_minutes=4 * 1440)
        AppointmentFactory(consultation_type=consultation_type, starts_at=monday("09:00"))
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.NOTICE)

    def test_beyond_the_horizon_says_when_it_opens(self):
        consultation_type = one_start_a_day(horizon_days=2)
        expected = NoSlots(NoSlotsReason.HORIZON, opens_on=MONDAY - 2 * DAY)
        assert nothing_on(MONDAY, consultation_type) == expected

    def test_an_emergency_is_beyond_its_24_hours(self):
        consultation_type = one_start_a_day(is_emergency_only=True)
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.BEYOND_EMERGENCY)

    def test_an_evening_that_runs_into_a_holiday_is_closed_that_day(self):
        consultation_type = ConsultationTypeFactory(duration=120)
        open_week(consultation_type.doctor, start=23 * 60, end=25 * 60)
        HolidayFactory(practice=consultation_type.doctor.practice, date=MONDAY + DAY)
        assert nothing_on(MONDAY, consultation_type) == NoSlots(NoSlotsReason.CLOSED)

    def test_which_closures_close_the_day_is_said_too(self):
        whys = [NoSlotsReason.CLOSED, NoSlotsReason.HOLIDAY, NoSlotsReason.AWAY]
        assert [why for why in NoSlotsReason if NoSlots(why).is_closed] == whys


class TestSeveralDays:
    AWAY, LATER = (
        NoSlots(NoSlotsReason.AWAY, until=MONDAY),
        NoSlots(NoSlotsReason.AWAY, until=MONDAY + DAY),
    )
    FULL, CLOSED, OVER = (
        NoSlots(NoSlotsReason.FULL),
        NoSlots(NoSlotsReason.CLOSED),
        NoSlots(NoSlotsReason.OVER),
    )

    @pytest.mark.parametrize(
        ("days", "answer"),
        [
            ([FULL, FULL, FULL], FULL),
            ([FULL, None, FULL], None),
            ([CLOSED, CLOSED, CLOSED], CLOSED),
            # A weekend and a day that is over do not count beside other reasons.
            ([OVER, FULL, CLOSED], FULL),
            (
                [CLOSED, CLOSED, NoSlots(NoSlotsReason.HOLIDAY, holiday="Noël")],
                NoSlots(NoSlotsReason.HOLIDAY, holiday="Noël"),
            ),
            ([OVER, CLOSED, CLOSED], NoSlots(NoSlotsReason.SEVERAL)),
            ([FULL, AWAY, AWAY], NoSlots(NoSlotsReason.SEVERAL)),
            ([AWAY, LATER, LATER], LATER),
        ],
    )
    def test_have_one_answer(self, days, answer):
        assert combine_no_slots(days) == answer


@pytest.mark.parametrize("doctors", [1, 30])
def test_reasons_of_many_doctors_cost_no_query_more(doctors, django_assert_num_queries):
    consultation_types = [one_start_a_day() for _ in range(doctors)]
    for consultation_type in consultation_types:
        AbsenceFactory(doctor=consultation_type.doctor)
        HolidayFactory(practice=consultation_type.doctor.practice, date=MONDAY + DAY)
        AppointmentFactory(consultation_type=consultation_type, starts_at=monday("09:00") + 2 * DAY)
    queries = [
        SlotQuery(consultation_type.doctor, consultation_type)
        for consultation_type in consultation_types
    ]
    # Hours, holidays, and busy time.
    with django_assert_num_queries(3):
        calendars = Calendars(queries, engine.days_from(MONDAY, 3), now=FRIDAY_MORNING)
        found = [[day.no_slots.why for day in calendars.columns(query)] for query in queries]
    assert found == [[NoSlotsReason.AWAY, NoSlotsReason.HOLIDAY, NoSlotsReason.FULL]] * doctors


class TestColleague:
    def colleague_of(self, consultation_type, **options):
        doctor = DoctorFactory(practice=consultation_type.doctor.practice, **options)
        return ConsultationTypeFactory(doctor=doctor)

    def soonest(self, consultation_type):
        query = SlotQuery(consultation_type.doctor, consultation_type)
        found = soonest_colleague(query, MONDAY, now=FRIDAY_MORNING)
        return found and (found.consultation_type, found.start)

    def test_is_the_one_with_the_first_free_time(self):
        consultation_type = one_start_a_day()
        late, early = self.colleague_of(consultation_type), self.colleague_of(consultation_type)
        open_week(late.doctor, start=600)
        open_week(early.doctor, start=540)
        assert self.soonest(consultation_type) == (early, monday("09:00"))

    def test_is_asked_for_the_same_reason_when_there_is_one(self):
        consultation_type = one_start_a_day(name="Suivi")
        other = self.colleague_of(consultation_type)
        same = ConsultationTypeFactory(doctor=other.doctor, name="Suivi")
        ConsultationTypeFactory(doctor=other.doctor)
        assert self.soonest(consultation_type) == (same, monday("09:00"))

    @pytest.mark.parametrize(
        "options",
        [
            {"books_online": False},
            {"accepts_new_patients": False},
            {"approved_at": None},
            {"specialty__slug": "dermatology", "specialty__name_en": "Dermatology"},
        ],
    )
    def test_is_nobody_who_takes_no_such_bookings(self, options):
        consultation_type = one_start_a_day()
        self.colleague_of(consultation_type, **options)
        assert self.soonest(consultation_type) is None

    def test_is_nobody_of_another_practice(self):
        ConsultationTypeFactory()
        assert self.soonest(one_start_a_day()) is None

    @pytest.mark.parametrize("colleagues", [1, 30])
    def test_costs_the_same_for_one_and_thirty(self, colleagues, django_assert_num_queries):
        consultation_type = one_start_a_day()
        for _ in range(colleagues):
            self.colleague_of(consultation_type)
        # The types with their doctors, then hours, holidays, busy time.
        with django_assert_num_queries(4):
            assert self.soonest(consultation_type)
