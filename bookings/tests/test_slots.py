"""Free slots by hours, absences and holidays (docs/contracts.md, rules 1 and 2)."""

import datetime as dt

import pytest

from bookings.slots import Blocker, Calendars, SlotQuery, day_slots, free_slots
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import free_on, free_on_monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling import engine
from scheduling.models import Holiday
from scheduling.services import decide_holiday
from scheduling.tests.factories import (
    AbsenceFactory,
    HolidayFactory,
    OpeningHoursFactory,
    open_week,
)

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)
TUESDAY, WEDNESDAY = MONDAY + engine.DAY, MONDAY + 2 * engine.DAY
HALF_HOURS = [f"{hour:02d}:{minute:02d}" for hour in range(9, 17) for minute in (0, 30)]
"""09:00-17:00 in steps of 30 minutes."""


def columns(consultation_type, day=MONDAY, days=3):
    """[(number of free starts, whether closed)] for each day."""
    query = SlotQuery(consultation_type.doctor, consultation_type)
    calendars = Calendars([query], engine.days_from(day, days), now=FRIDAY_MORNING)
    return [(len(each.starts), each.is_closed) for each in calendars.columns(query)]


def codes(consultation_type, day=MONDAY, **options):
    """{"09:00": None, "10:30": "booked", …} for a day's grid."""
    slots = day_slots(
        SlotQuery(consultation_type.doctor, consultation_type), day, now=FRIDAY_MORNING, **options
    )
    return {f"{slot.start:%H:%M}": slot.blocker for slot in slots}


class TestHours:
    def test_a_doctor_without_any_row_is_open_nine_to_five_every_day(self):
        consultation_type = ConsultationTypeFactory()
        found = free_slots(
            SlotQuery(consultation_type.doctor, consultation_type), MONDAY, 7, now=FRIDAY_MORNING
        )
        assert [[f"{start:%H:%M}" for start in starts] for starts in found.values()] == (
            [HALF_HOURS] * 7
        )

    def test_the_fallback_is_a_setting(self, settings):
        settings.FALLBACK_HOURS = (dt.time(10, 15), dt.time(11, 30))
        settings.FALLBACK_WEEKDAYS = (1, 2)
        consultation_type = ConsultationTypeFactory()
        assert free_on(TUESDAY, consultation_type) == ["10:15", "10:45"]
        assert columns(consultation_type) == [(0, True), (2, False), (2, False)]

    def test_a_weekday_without_hours_is_closed(self):
        consultation_type = ConsultationTypeFactory()
        open_week(consultation_type.doctor, start=540, end=600, weekdays=[0, 2])
        assert columns(consultation_type) == [(2, False), (0, True), (2, False)]

    def test_hours_of_which_all_have_expired_are_hours_and_no_fallback(self):
        hours = OpeningHoursFactory(valid_until=MONDAY - engine.DAY)
        consultation_type = ConsultationTypeFactory(doctor=hours.doctor)
        assert columns(consultation_type) == [(0, True)] * 3

    def test_validity_dates_are_inclusive(self):
        consultation_type = ConsultationTypeFactory()
        one_day = {"valid_from": TUESDAY, "valid_until": TUESDAY}
        for day in range(7):
            OpeningHoursFactory(
                doctor=consultation_type.doctor, weekday=day, end_minute=600, **one_day
            )
        assert columns(consultation_type) == [(0, True), (2, False), (0, True)]

    def test_steps_are_the_types_duration_from_the_opening_time(self):
        consultation_type = ConsultationTypeFactory(duration=45)
        OpeningHoursFactory(doctor=consultation_type.doctor, end_minute=12 * 60)
        assert free_on_monday(consultation_type) == ["09:00", "09:45", "10:30", "11:15"]

    def test_a_lunch_break_is_never_straddled(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        OpeningHoursFactory(
            doctor=consultation_type.doctor, start_minute=13 * 60, end_minute=15 * 60
        )
        OpeningHoursFactory(
            doctor=consultation_type.doctor, start_minute=9 * 60 + 15, end_minute=11 * 60
        )
        assert free_on_monday(consultation_type) == ["09:15", "13:00", "14:00"]

    def test_ranges_that_overlap_or_touch_are_one_anchored_at_the_first(self):
        consultation_type = ConsultationTypeFactory(duration=40)
        for start, end in ((600, 700), (540, 620), (700, 740)):
            OpeningHoursFactory(doctor=consultation_type.doctor, start_minute=start, end_minute=end)
        assert free_on_monday(consultation_type) == ["09:00", "09:40", "10:20", "11:00", "11:40"]

    def test_hours_are_each_doctors_own(self):
        consultation_type = ConsultationTypeFactory()
        OpeningHoursFactory(end_minute=600)
        assert free_on_monday(consultation_type) == HALF_HOURS


class TestRangesKeptForTypes:
    def test_are_offered_to_those_types_beside_everyones(self):
        consultation_type = ConsultationTypeFactory()
        other = ConsultationTypeFactory(doctor=consultation_type.doctor)
        OpeningHoursFactory(doctor=consultation_type.doctor, end_minute=600)
        OpeningHoursFactory(
            doctor=consultation_type.doctor,
            start_minute=840,
            end_minute=900,
            types=[consultation_type],
        )
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "14:00", "14:30"]
        assert free_on_monday(other) == ["09:00", "09:30"]
        assert free_on_monday(None, doctor=consultation_type.doctor) == ["09:00", "09:30"]

    def test_may_be_kept_for_several_types(self):
        consultation_types = [
            ConsultationTypeFactory(doctor=doctor) for doctor in [DoctorFactory()] * 2
        ]
        OpeningHoursFactory(
            doctor=consultation_types[0].doctor, end_minute=600, types=consultation_types
        )
        assert [free_on_monday(consultation_type) for consultation_type in consultation_types] == [
            ["09:00", "09:30"]
        ] * 2

    def test_alone_leave_a_doctor_closed_to_other_types(self):
        consultation_type = ConsultationTypeFactory()
        other = ConsultationTypeFactory(doctor=consultation_type.doctor)
        OpeningHoursFactory(
            doctor=consultation_type.doctor, end_minute=600, types=[consultation_type]
        )
        assert columns(other) == [(0, True)] * 3

    def test_that_touch_everyones_are_one_opening_for_those_types(self):
        consultation_type = ConsultationTypeFactory(duration=40)
        OpeningHoursFactory(doctor=consultation_type.doctor, end_minute=600)
        OpeningHoursFactory(
            doctor=consultation_type.doctor,
            start_minute=600,
            end_minute=660,
            types=[consultation_type],
        )
        assert free_on_monday(consultation_type) == ["09:00", "09:40", "10:20"]


class TestAbsence:
    def test_over_several_days_blocks_middle_days_whole_and_the_edges_in_part(self):
        consultation_type = ConsultationTypeFactory()
        AbsenceFactory(
            doctor=consultation_type.doctor,
            starts_at=monday("15:00"),
            ends_at=monday("10:00") + 2 * engine.DAY,
        )
        assert free_on(MONDAY, consultation_type) == HALF_HOURS[: HALF_HOURS.index("15:00")]
        assert free_on(TUESDAY, consultation_type) == []
        assert free_on(WEDNESDAY, consultation_type) == HALF_HOURS[HALF_HOURS.index("10:00") :]
        assert columns(consultation_type) == [(12, False), (0, True), (14, False)]
        assert codes(consultation_type, TUESDAY) == dict.fromkeys(HALF_HOURS, Blocker.CLOSED)

    def test_an_old_one_that_has_not_ended_blocks_today(self):
        consultation_type = ConsultationTypeFactory()
        start = monday("09:00") - dt.timedelta(days=400)
        AbsenceFactory(doctor=consultation_type.doctor, starts_at=start, ends_at=monday("16:00"))
        assert free_on_monday(consultation_type) == ["16:00", "16:30"]

    def test_a_visit_that_would_run_into_it_is_not_offered(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        AbsenceFactory(
            doctor=consultation_type.doctor, starts_at=monday("10:30"), ends_at=monday("10:31")
        )
        assert "10:00" not in free_on_monday(consultation_type)
        assert {"09:00", "11:00"} < set(free_on_monday(consultation_type))

    def test_is_each_doctors_own(self):
        consultation_type = ConsultationTypeFactory()
        AbsenceFactory(doctor=DoctorFactory(practice=consultation_type.doctor.practice))
        assert free_on_monday(consultation_type) == HALF_HOURS


class TestHoliday:
    def test_closes_online_booking_where_the_practice_says_so(self):
        consultation_type = ConsultationTypeFactory()
        HolidayFactory(practice=consultation_type.doctor.practice)
        assert columns(consultation_type) == [(0, True), (16, False), (16, False)]
        assert set(codes(consultation_type).values()) == {Blocker.CLOSED}

    @pytest.mark.parametrize("decision", [Holiday.Decision.PROPOSED, Holiday.Decision.OPEN])
    def test_that_is_undecided_or_open_closes_nothing(self, decision):
        consultation_type = ConsultationTypeFactory()
        HolidayFactory(practice=consultation_type.doctor.practice, decision=decision)
        assert free_on_monday(consultation_type) == HALF_HOURS

    def test_is_opened_again_on_purpose(self):
        consultation_type = ConsultationTypeFactory()
        holiday = HolidayFactory(practice=consultation_type.doctor.practice)
        decide_holiday(holiday, Holiday.Decision.OPEN)
        assert free_on_monday(consultation_type) == HALF_HOURS

    def test_is_each_practices_own(self):
        consultation_type = ConsultationTypeFactory()
        HolidayFactory(practice=PracticeFactory())
        assert free_on_monday(consultation_type) == HALF_HOURS

    def test_begins_and_ends_at_the_practices_midnight(self):
        consultation_type = ConsultationTypeFactory(
            duration=60, doctor__practice__time_zone="Pacific/Auckland"
        )
        open_week(consultation_type.doctor, start=0, end=1440)
        HolidayFactory(practice=consultation_type.doctor.practice, date=TUESDAY)
        assert columns(consultation_type) == [(24, False), (0, True), (24, False)]

    def test_stops_the_evening_visit_that_would_run_into_it_whichever_days_are_asked(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        open_week(consultation_type.doctor, start=21 * 60 + 30, end=26 * 60)
        HolidayFactory(practice=consultation_type.doctor.practice, date=TUESDAY)
        query = SlotQuery(consultation_type.doctor, consultation_type)
        for days in (1, 2, 3):
            evening = free_slots(query, MONDAY, days, now=FRIDAY_MORNING)[MONDAY]
            assert [f"{start:%H:%M}" for start in evening] == ["00:30", "21:30", "22:30"]
