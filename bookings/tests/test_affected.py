import datetime as dt

import pytest

from bookings.models import Appointment
from bookings.services.affected import affected_by_absence, affected_by_holiday, outside_hours
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.tests.factories import OpeningHoursFactory

pytestmark = pytest.mark.django_db

PAST_IT_ALL = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)


def visit(at="10:00", **attributes):
    return AppointmentFactory(starts_at=monday(at), **attributes)


class TestAffectedByAbsence:
    def hit(self, doctor, start, end, now=FRIDAY_MORNING):
        return list(affected_by_absence(doctor, start, end, now=now))

    @pytest.mark.parametrize(
        ("start", "end", "is_hit"),
        [
            ("09:00", "10:00", False),
            ("09:00", "10:01", True),
            ("10:10", "10:20", True),
            ("10:29", "12:00", True),
            ("10:30", "12:00", False),
        ],
    )
    def test_is_half_open(self, start, end, is_hit):
        found = visit()
        hit = self.hit(found.doctor, monday(start), monday(end))
        assert hit == ([found] if is_hit else [])

    def test_a_long_absence_affects_all_visits_in_it_in_order(self):
        doctor = DoctorFactory()
        late, early = visit("16:00", doctor=doctor), visit("10:00", doctor=doctor)
        start, end = (
            monday("09:00") - dt.timedelta(days=30),
            monday("09:00") + dt.timedelta(days=30),
        )
        assert self.hit(doctor, start, end) == [early, late]

    def test_a_visit_of_eight_hours_is_affected_at_its_end(self):
        consultation_type = ConsultationTypeFactory(duration=480)
        found = visit("09:00", consultation_type=consultation_type)
        assert self.hit(consultation_type.doctor, monday("16:59"), monday("18:00")) == [found]

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW, Status.DONE])
    def test_a_visit_that_is_over_is_not_affected(self, status):
        found = visit(status=status)
        assert self.hit(found.doctor, monday("09:00"), monday("17:00")) == []

    def test_the_past_and_other_doctors_are_not_affected(self):
        found = visit()
        assert self.hit(found.doctor, monday("09:00"), monday("17:00"), now=PAST_IT_ALL) == []
        assert self.hit(DoctorFactory(), monday("09:00"), monday("17:00")) == []


def test_a_holiday_affects_the_local_day_of_the_practice():
    tokyo = DoctorFactory(practice__time_zone="Asia/Tokyo")
    # 00:30 in Tokyo on Monday 1 March, Sunday in UTC.
    early = AppointmentFactory(
        doctor=tokyo, starts_at=dt.datetime(2027, 2, 28, 15, 30, tzinfo=dt.UTC)
    )
    AppointmentFactory(doctor=tokyo, starts_at=dt.datetime(2027, 3, 1, 15, 30, tzinfo=dt.UTC))
    visit()
    hit = affected_by_holiday(tokyo.practice, dt.date(2027, 3, 1), now=FRIDAY_MORNING)
    assert list(hit) == [early]


class TestOutsideHours:
    def outside(self, doctor):
        return outside_hours(doctor, now=FRIDAY_MORNING)

    def test_a_doctor_without_visits_has_none_outside(self):
        assert self.outside(DoctorFactory()) == []

    def test_the_fallback_holds_visits_from_nine_to_five(self):
        doctor = DoctorFactory()
        visit("16:30", doctor=doctor)
        late = visit("17:00", doctor=doctor)
        assert self.outside(doctor) == [late]

    def test_a_visit_must_lie_whole_in_the_hours(self):
        found = visit("10:00")
        OpeningHoursFactory(doctor=found.doctor, start_minute=540, end_minute=620)
        assert self.outside(found.doctor) == [found]

    def test_hours_that_touch_hold_a_visit_across_them(self):
        found = visit("10:00")
        OpeningHoursFactory(doctor=found.doctor, start_minute=540, end_minute=615)
        OpeningHoursFactory(doctor=found.doctor, start_minute=615, end_minute=720)
        assert self.outside(found.doctor) == []

    def test_hours_past_midnight_hold_the_visits_of_the_next_morning(self):
        found = visit("01:00")
        OpeningHoursFactory(doctor=found.doctor, weekday=6, start_minute=1320, end_minute=1560)
        assert self.outside(found.doctor) == []

    def test_hours_kept_for_a_type_hold_visits_of_that_type_alone(self):
        consultation_type = ConsultationTypeFactory()
        kept = visit("10:00", consultation_type=consultation_type)
        other = visit("11:00", doctor=consultation_type.doctor)
        OpeningHoursFactory(doctor=consultation_type.doctor, types=[consultation_type])
        assert self.outside(consultation_type.doctor) == [other]
        assert kept in Appointment.objects.live()

    def test_hours_of_another_weekday_hold_none(self):
        found = visit()
        OpeningHoursFactory(doctor=found.doctor, weekday=1)
        assert self.outside(found.doctor) == [found]

    def test_hours_at_another_practice_hold_the_visits_there_alone(self):
        doctor, there = DoctorFactory(), PracticeFactory()
        OpeningHoursFactory(doctor=doctor, practice=there)
        here, away = visit("10:00", doctor=doctor), visit("11:00", doctor=doctor, practice=there)
        assert self.outside(doctor) == [here]
        doctor.opening_hours.update(practice=None)
        assert self.outside(doctor) == [away]


def test_a_holiday_affects_the_visits_at_its_practice_alone():
    doctor, there = DoctorFactory(), PracticeFactory()
    visit("10:00", doctor=doctor)
    away = visit("11:00", doctor=doctor, practice=there)
    hit = affected_by_holiday(there, dt.date(2027, 3, 1), now=FRIDAY_MORNING)
    assert list(hit) == [away]
