"""Free slots by the time of now: notice, horizon, emergencies, next and nearest free.

See docs/contracts.md, rules 4 and 5.
"""

import datetime as dt

import pytest

from bookings.slots import (
    Blocker,
    SlotQuery,
    blocker_at,
    day_slots,
    free_slots,
    nearest_free,
    next_free,
)
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import free_on, free_on_monday
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.tests.factories import AbsenceFactory, OpeningHoursFactory, open_week

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = dt.date(2027, 2, 26), dt.date(2027, 3, 1)
MINUTE = dt.timedelta(minutes=1)


def query_of(consultation_type):
    return SlotQuery(consultation_type.doctor, consultation_type)


def labels(starts):
    return [f"{start:%d.%m. %H:%M}" for start in starts]


class TestNow:
    def test_a_start_is_offered_until_its_own_minute(self):
        consultation_type = ConsultationTypeFactory()
        assert free_on_monday(consultation_type, now=monday("16:30")) == ["16:30"]
        assert (
            free_on_monday(consultation_type, now=monday("16:30") + dt.timedelta(seconds=1)) == []
        )

    def test_days_gone_by_and_beyond_the_horizon_are_keys_without_times(self):
        consultation_type = ConsultationTypeFactory(horizon_days=3)
        found = free_slots(query_of(consultation_type), FRIDAY - engine.DAY, 6, now=FRIDAY_MORNING)
        counts = {day.isoformat(): len(starts) for day, starts in found.items()}
        assert counts == {
            "2027-02-25": 0,
            "2027-02-26": 16,
            "2027-02-27": 16,
            "2027-02-28": 16,
            "2027-03-01": 16,
            "2027-03-02": 0,
        }

    def test_a_window_outside_of_everything_asks_the_database_nothing(
        self, django_assert_num_queries
    ):
        query = query_of(ConsultationTypeFactory())
        with django_assert_num_queries(0):
            found = free_slots(query, dt.date(9000, 1, 1), 3, now=FRIDAY_MORNING)
        assert list(found.values()) == [[], [], []]

    def test_today_is_the_practices_date(self):
        consultation_type = ConsultationTypeFactory(doctor__practice__time_zone="Pacific/Auckland")
        open_week(consultation_type.doctor, start=0, end=1440)
        # Friday 08:00 UTC is Friday 21:00 there; at 12:00 UTC it is Saturday 01:00.
        assert free_on(FRIDAY, consultation_type) == [
            "21:00",
            "21:30",
            "22:00",
            "22:30",
            "23:00",
            "23:30",
        ]
        noon = FRIDAY_MORNING + dt.timedelta(hours=4)
        assert free_on(FRIDAY, consultation_type, now=noon) == []
        assert free_on(FRIDAY + engine.DAY, consultation_type, now=noon)[0] == "01:00"

    def test_the_server_in_utc_does_not_offer_past_times_of_paris(self):
        consultation_type = ConsultationTypeFactory(duration=15)
        open_week(consultation_type.doctor, start=8 * 60, end=10 * 60 + 15)
        half_past_nine = monday("09:30")
        free = free_on_monday(consultation_type, now=half_past_nine)
        assert free == ["09:30", "09:45", "10:00"]

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"])
    def test_a_late_evening_far_from_utc_is_offered_and_bookable(self, zone):
        consultation_type = ConsultationTypeFactory(doctor__practice__time_zone=zone)
        open_week(consultation_type.doctor, start=23 * 60, end=24 * 60)
        (start,) = free_slots(query_of(consultation_type), MONDAY, 1, now=FRIDAY_MORNING)[MONDAY][
            1:
        ]
        assert f"{start:%Y-%m-%d %H:%M}" == "2027-03-01 23:30"
        assert blocker_at(query_of(consultation_type), start, now=FRIDAY_MORNING) is None


class TestNoticeAndHorizon:
    def test_notice_is_exact_to_the_minute_from_now(self):
        consultation_type = ConsultationTypeFactory(notice_minutes=24 * 60)
        a_day_before = monday("10:00") - engine.DAY
        assert free_on_monday(consultation_type, now=a_day_before)[0] == "10:00"
        assert free_on_monday(consultation_type, now=a_day_before + MINUTE)[0] == "10:30"

    def test_blockers_differ(self):
        consultation_type = ConsultationTypeFactory(notice_minutes=120)
        slots = day_slots(query_of(consultation_type), MONDAY, now=monday("09:10"))
        codes = [slot.blocker for slot in slots[:6]]
        assert codes == [Blocker.PAST, *[Blocker.TOO_SOON] * 4, None]

    def test_the_horizon_counts_days_of_the_practice(self):
        consultation_type = ConsultationTypeFactory(
            horizon_days=1, doctor__practice__time_zone="America/Los_Angeles"
        )
        # 06:00 UTC on Monday is Sunday 22:00 there: Monday is the last day.
        now = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)
        assert len(free_on(MONDAY, consultation_type, now=now)) == 16
        assert free_on(MONDAY + engine.DAY, consultation_type, now=now) == []
        tuesday = dt.datetime(2027, 3, 2, 17, tzinfo=dt.UTC)
        assert blocker_at(query_of(consultation_type), tuesday, now=now) == Blocker.TOO_FAR

    def test_without_a_type_it_is_180_days(self):
        doctor = ConsultationTypeFactory().doctor
        last = FRIDAY + 180 * engine.DAY
        assert len(free_on(last, None, doctor=doctor)) == 16
        assert free_on(last + engine.DAY, None, doctor=doctor) == []


class TestEmergencies:
    def test_are_offered_for_24_hours_from_now(self):
        consultation_type = ConsultationTypeFactory(is_emergency_only=True)
        found = free_slots(query_of(consultation_type), MONDAY, 3, now=monday("15:45"))
        assert [labels(starts) for starts in found.values()] == [
            ["01.03. 16:00", "01.03. 16:30"],
            [f"02.03. {hour:02d}:{minute:02d}" for hour in range(9, 16) for minute in (0, 30)],
            [],
        ]

    def test_later_ones_are_too_far(self):
        consultation_type = ConsultationTypeFactory(is_emergency_only=True)
        now = monday("10:00") - engine.DAY
        assert blocker_at(query_of(consultation_type), monday("10:00"), now=now) is None
        assert blocker_at(query_of(consultation_type), monday("10:30"), now=now) == Blocker.TOO_FAR


class TestNextFree:
    def next_of(self, consultation_type, after=FRIDAY, **options):
        found = next_free([query_of(consultation_type)], after, now=FRIDAY_MORNING, **options)
        start = found[consultation_type.doctor.pk]
        return f"{start:%Y-%m-%d %H:%M}" if start else None

    def test_is_the_first_one_of_the_first_day_that_has_any(self):
        consultation_type = ConsultationTypeFactory()
        open_week(consultation_type.doctor, weekdays=[3])
        assert self.next_of(consultation_type) == "2027-03-04 09:00"
        assert self.next_of(consultation_type, after=dt.date(2027, 3, 5)) == "2027-03-11 09:00"

    def test_respects_notice_and_taken_times(self):
        consultation_type = ConsultationTypeFactory(notice_minutes=3 * 24 * 60 + 61)
        AppointmentFactory(doctor=consultation_type.doctor, starts_at=monday("10:30"))
        HoldFactory(
            consultation_type=consultation_type,
            starts_at=monday("11:00"),
            expires_at=FRIDAY_MORNING + MINUTE,
        )
        assert self.next_of(consultation_type) == "2027-03-01 11:30"

    def test_looks_as_far_as_the_horizon_and_no_farther(self):
        consultation_type = ConsultationTypeFactory(horizon_days=100)
        last = FRIDAY + 100 * engine.DAY
        hours = OpeningHoursFactory(
            doctor=consultation_type.doctor, weekday=last.weekday(), valid_from=last
        )
        assert self.next_of(consultation_type) == f"{last} 09:00"
        hours.valid_from = last + engine.DAY
        hours.save()
        assert self.next_of(consultation_type) is None

    @pytest.mark.parametrize(("horizon", "queries"), [(13, 3), (14, 4), (180, 5), (730, 6)])
    def test_ends_when_there_is_none_after_a_bounded_number_of_queries(
        self, django_assert_num_queries, horizon, queries
    ):
        consultation_type = ConsultationTypeFactory(horizon_days=horizon)
        OpeningHoursFactory(doctor=consultation_type.doctor, valid_until=FRIDAY)
        with django_assert_num_queries(queries):
            assert self.next_of(consultation_type) is None

    def test_asks_nothing_beyond_the_horizon(self, django_assert_num_queries):
        consultation_type = ConsultationTypeFactory(horizon_days=30)
        with django_assert_num_queries(0):
            assert self.next_of(consultation_type, after=FRIDAY + 31 * engine.DAY) is None

    def test_of_an_emergency_is_within_24_hours_or_none(self):
        consultation_type = ConsultationTypeFactory(is_emergency_only=True)
        AbsenceFactory(
            doctor=consultation_type.doctor, starts_at=FRIDAY_MORNING, ends_at=monday("09:00")
        )
        assert self.next_of(consultation_type) is None

    def test_of_many_doctors_goes_on_for_those_without_only(self, django_assert_num_queries):
        consultation_types = [ConsultationTypeFactory() for _each in range(3)]
        open_week(consultation_types[1].doctor, weekdays=[0])
        later = FRIDAY + 20 * engine.DAY
        OpeningHoursFactory(
            doctor=consultation_types[2].doctor, weekday=later.weekday(), valid_from=later
        )
        with django_assert_num_queries(4):
            found = next_free(
                [query_of(consultation_type) for consultation_type in consultation_types],
                FRIDAY,
                now=FRIDAY_MORNING,
            )
        assert [
            f"{found[consultation_type.doctor.pk]:%m-%d %H:%M}"
            for consultation_type in consultation_types
        ] == [
            "02-26 09:00",
            "03-01 09:00",
            "03-18 09:00",
        ]


class TestNearestFree:
    def nearest(self, consultation_type, around, *, now=FRIDAY_MORNING, **options):
        slots, _weeks = nearest_free(query_of(consultation_type), around, now=now, **options)
        return labels(slot.start for slot in slots)

    def test_are_the_three_closest_in_order_of_time(self):
        consultation_type = ConsultationTypeFactory()
        for at in ("10:00", "10:30"):
            AppointmentFactory(doctor=consultation_type.doctor, starts_at=monday(at))
        assert self.nearest(consultation_type, monday("10:00")) == [
            "01.03. 09:00",
            "01.03. 09:30",
            "01.03. 11:00",
        ]

    def test_reach_over_days_to_both_sides(self):
        consultation_type = ConsultationTypeFactory(duration=480)
        AppointmentFactory(consultation_type=consultation_type, starts_at=monday("09:00"))
        assert self.nearest(consultation_type, monday("09:00")) == [
            "27.02. 09:00",
            "28.02. 09:00",
            "02.03. 09:00",
        ]

    def test_are_nearer_ones_before_rather_than_later_ones_after(self):
        consultation_type = ConsultationTypeFactory(duration=480)
        asked = monday("09:00") + 28 * engine.DAY
        # Free on the four Thursdays before, and again more than three weeks later.
        open_week(consultation_type.doctor, weekdays=[3])
        AbsenceFactory(
            doctor=consultation_type.doctor,
            starts_at=asked - engine.DAY,
            ends_at=asked + 21 * engine.DAY,
        )
        assert self.nearest(consultation_type, asked) == [
            "11.03. 09:00",
            "18.03. 09:00",
            "25.03. 09:00",
        ]

    def test_are_found_before_the_time_asked_when_nothing_comes_after(self):
        consultation_type = ConsultationTypeFactory()
        OpeningHoursFactory(doctor=consultation_type.doctor, end_minute=660, valid_until=MONDAY)
        asked = monday("10:00") + 60 * engine.DAY
        assert self.nearest(consultation_type, asked) == [
            "01.03. 09:30",
            "01.03. 10:00",
            "01.03. 10:30",
        ]

    def test_are_as_many_as_there_are(self):
        consultation_type = ConsultationTypeFactory()
        OpeningHoursFactory(doctor=consultation_type.doctor, end_minute=600, valid_until=MONDAY)
        AppointmentFactory(doctor=consultation_type.doctor, starts_at=monday("09:00"))
        assert self.nearest(consultation_type, monday("09:00")) == ["01.03. 09:30"]

    def test_of_a_time_past_or_far_beyond_the_horizon_are_the_first_or_the_last(self):
        consultation_type = ConsultationTypeFactory(horizon_days=3)
        long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        far = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
        assert self.nearest(consultation_type, long_ago)[0] == "26.02. 09:00"
        assert self.nearest(consultation_type, far)[-1] == "01.03. 16:30"

    def test_end_when_there_is_none_after_a_bounded_number_of_queries(
        self, django_assert_num_queries
    ):
        consultation_type = ConsultationTypeFactory(horizon_days=730)
        OpeningHoursFactory(doctor=consultation_type.doctor, valid_until=FRIDAY)
        with django_assert_num_queries(15):
            assert self.nearest(consultation_type, monday("10:00")) == []

    def test_leave_out_others_holds_and_keep_ones_own_and_the_visit_to_move(self):
        consultation_type = ConsultationTypeFactory()
        OpeningHoursFactory(doctor=consultation_type.doctor, end_minute=660, valid_until=MONDAY)
        soon = FRIDAY_MORNING + MINUTE
        HoldFactory(consultation_type=consultation_type, token="mine", expires_at=soon)
        HoldFactory(consultation_type=consultation_type, starts_at=monday("09:00"), expires_at=soon)
        moving = AppointmentFactory(
            doctor=consultation_type.doctor, starts_at=monday("09:30"), status=Status.PENDING
        )
        found = self.nearest(consultation_type, monday("10:00"), token="mine", moving=moving.pk)
        assert found == ["01.03. 09:30", "01.03. 10:00", "01.03. 10:30"]

    def test_leave_out_when_the_person_is_elsewhere(self):
        consultation_type = ConsultationTypeFactory()
        elsewhere = (monday("09:45"), monday("10:30"))
        found = self.nearest(consultation_type, monday("10:00"), avoid=elsewhere)
        assert found == ["01.03. 09:00", "01.03. 10:30", "01.03. 11:00"]
