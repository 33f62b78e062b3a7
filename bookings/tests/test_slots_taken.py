"""Blocked starts: visits, their pauses, holds, midnight.

See docs/contracts.md, rules 3 and 8.
"""

import datetime as dt

import pytest
import time_machine

from bookings import services
from bookings.slots import Blocker, Calendars, SlotQuery, blocker_at, day_slots, free_slots
from bookings.status import LIVE, Status
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on, free_on_monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling import engine
from scheduling.tests.factories import AbsenceFactory, OpeningHoursFactory, open_week

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)
TUESDAY, WEDNESDAY = MONDAY + engine.DAY, MONDAY + 2 * engine.DAY
SOON = FRIDAY_MORNING + dt.timedelta(minutes=5)


def open_monday(consultation_type, start, end):
    OpeningHoursFactory(doctor=consultation_type.doctor, start_minute=start, end_minute=end)


def visit(consultation_type, at, minutes=30, **options):
    """A visit on that Monday to the type's doctor, of `minutes` minutes."""
    start = monday(at)
    end = start + dt.timedelta(minutes=minutes)
    return AppointmentFactory(
        doctor=consultation_type.doctor, starts_at=start, ends_at=end, **options
    )


def codes(consultation_type, day=MONDAY, **options):
    slots = day_slots(
        SlotQuery(consultation_type.doctor, consultation_type), day, now=FRIDAY_MORNING, **options
    )
    return {f"{slot.start:%H:%M}": slot.blocker for slot in slots}


class TestVisits:
    def test_are_half_open_on_both_sides(self):
        consultation_type = ConsultationTypeFactory()
        open_monday(consultation_type, 540, 660)
        visit(consultation_type, "10:00")
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "10:30"]

    def test_one_odd_visit_shifts_nothing_else(self):
        consultation_type = ConsultationTypeFactory()
        open_monday(consultation_type, 540, 720)
        visit(consultation_type, "10:07", 30)
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "11:00", "11:30"]

    def test_a_short_one_inside_a_long_candidate_removes_it(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        open_monday(consultation_type, 540, 720)
        visit(consultation_type, "10:20", 5)
        assert free_on_monday(consultation_type) == ["09:00", "11:00"]

    @pytest.mark.parametrize("status", Status)
    def test_take_time_while_live_and_not_when_cancelled_or_absent(self, status):
        consultation_type = ConsultationTypeFactory()
        visit(consultation_type, "10:00", status=status)
        assert ("10:00" not in free_on_monday(consultation_type)) == (status in LIVE)
        assert codes(consultation_type)["10:00"] == (Blocker.BOOKED if status in LIVE else None)

    def test_overbooked_on_purpose_take_time_too(self):
        consultation_type = ConsultationTypeFactory()
        visit(consultation_type, "10:00", is_overbooked=True)
        assert "10:00" not in free_on_monday(consultation_type)

    def test_walk_ins_take_none(self):
        consultation_type = ConsultationTypeFactory()
        AppointmentFactory(doctor=consultation_type.doctor, walk_in=True)
        assert len(free_on_monday(consultation_type)) == 16

    def test_other_doctors_take_none(self):
        consultation_type = ConsultationTypeFactory()
        visit(
            ConsultationTypeFactory(
                doctor=DoctorFactory(practice=consultation_type.doctor.practice)
            ),
            "10:00",
        )
        assert "10:00" in free_on_monday(consultation_type)

    def test_take_it_from_every_type(self):
        consultation_type = ConsultationTypeFactory()
        visit(consultation_type, "10:00")
        short = ConsultationTypeFactory(doctor=consultation_type.doctor, duration=15)
        assert {"10:00", "10:15"}.isdisjoint(free_on_monday(short))
        assert "10:00" not in free_on_monday(None, doctor=consultation_type.doctor)

    def test_do_not_stand_in_their_own_way_when_moved(self):
        consultation_type = ConsultationTypeFactory()
        moving = visit(consultation_type, "10:00")
        visit(consultation_type, "10:30")
        free = free_on_monday(consultation_type, moving=moving.pk)
        assert ("10:00" in free, "10:30" in free) == (True, False)

    def test_open_wednesday_with_one_at_half_past_ten_shows_exactly_that_one_as_booked(self):
        consultation_type = ConsultationTypeFactory()
        OpeningHoursFactory(doctor=consultation_type.doctor, weekday=2)
        AppointmentFactory(
            doctor=consultation_type.doctor, starts_at=monday("10:30") + 2 * engine.DAY
        )
        grid = codes(consultation_type, WEDNESDAY)
        assert (len(grid), min(grid), max(grid)) == (16, "09:00", "16:30")
        assert {at: code for at, code in grid.items() if code} == {"10:30": Blocker.BOOKED}

    @pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
    def test_of_eight_hours_and_a_pause_of_four_are_seen_from_the_next_day(self, zone):
        consultation_type = ConsultationTypeFactory(doctor__practice__time_zone=zone)
        open_week(consultation_type.doctor, start=0, end=1440)
        midnight, _end = engine.day_span(TUESDAY, consultation_type.doctor.practice.zone)
        AppointmentFactory(
            doctor=consultation_type.doctor,
            starts_at=midnight - dt.timedelta(minutes=5),
            ends_at=midnight - dt.timedelta(minutes=5) + dt.timedelta(hours=8),
            buffer_minutes=240,
        )
        assert free_on(TUESDAY, consultation_type)[0] == "12:00"
        assert free_on(MONDAY, consultation_type)[-1] == "23:00"


class TestPauses:
    def test_after_a_visit_is_busy_time(self):
        consultation_type = ConsultationTypeFactory()
        open_monday(consultation_type, 540, 720)
        visit(consultation_type, "10:00", buffer_minutes=10)
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "11:00", "11:30"]

    def test_of_the_type_asked_for_must_be_free_of_visits(self):
        consultation_type = ConsultationTypeFactory(buffer_after=10)
        open_monday(consultation_type, 540, 720)
        visit(consultation_type, "10:30")
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "11:00", "11:30"]

    def test_may_reach_past_closing_and_into_an_absence(self):
        consultation_type = ConsultationTypeFactory(buffer_after=240)
        open_monday(consultation_type, 540, 600)
        AbsenceFactory(
            doctor=consultation_type.doctor,
            starts_at=monday("10:00"),
            ends_at=monday("10:00") + engine.DAY,
        )
        assert free_on_monday(consultation_type) == ["09:00", "09:30"]

    def test_count_to_the_instant(self):
        consultation_type = ConsultationTypeFactory(duration=30)
        instant = dt.timedelta(microseconds=1)
        for at, too_long in (("09:00", -instant), ("11:00", instant)):
            end = monday(at) + dt.timedelta(minutes=20) + too_long
            AppointmentFactory(
                doctor=consultation_type.doctor,
                starts_at=monday(at),
                ends_at=end,
                buffer_minutes=10,
            )
        blockers = codes(consultation_type)
        assert (blockers["09:30"], blockers["11:30"]) == (None, Blocker.BOOKED)

    def test_do_not_stretch_the_grid(self):
        consultation_type = ConsultationTypeFactory(buffer_after=5)
        open_monday(consultation_type, 540, 660)
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "10:00", "10:30"]


class TestHolds:
    def test_of_others_take_time_with_their_pause_until_they_end(self):
        consultation_type = ConsultationTypeFactory()
        open_monday(consultation_type, 540, 720)
        HoldFactory(consultation_type=consultation_type, buffer_minutes=10, expires_at=SOON)
        assert free_on_monday(consultation_type) == ["09:00", "09:30", "11:00", "11:30"]
        assert len(free_on_monday(consultation_type, now=SOON)) == 6

    def test_are_named_as_such_and_a_visit_comes_first(self):
        consultation_type = ConsultationTypeFactory()
        HoldFactory(consultation_type=consultation_type, expires_at=SOON)
        visit(consultation_type, "11:00")
        grid = codes(consultation_type)
        assert (grid["10:00"], grid["11:00"]) == (Blocker.HELD, Blocker.BOOKED)

    def test_of_ones_own_take_none(self):
        consultation_type = ConsultationTypeFactory()
        HoldFactory(consultation_type=consultation_type, token="mine", expires_at=SOON)
        assert "10:00" in free_on_monday(consultation_type, token="mine")
        assert "10:00" not in free_on_monday(consultation_type, token="theirs")


class TestMidnight:
    """A doctor with hours from 22:00 to 02:00."""

    def night_doctor(self, duration=30):
        consultation_type = ConsultationTypeFactory(duration=duration)
        open_week(consultation_type.doctor, start=22 * 60, end=26 * 60)
        return consultation_type

    def test_slots_lie_on_both_dates(self):
        consultation_type = self.night_doctor(duration=60)
        assert free_on_monday(consultation_type) == ["00:00", "01:00", "22:00", "23:00"]

    def test_a_visit_across_midnight_blocks_both_days(self):
        consultation_type = self.night_doctor()
        visit(consultation_type, "23:45", 30)
        assert free_on(MONDAY, consultation_type)[-3:] == ["22:00", "22:30", "23:00"]
        assert free_on(TUESDAY, consultation_type)[:3] == ["00:30", "01:00", "01:30"]

    def test_a_step_across_midnight_is_offered_on_the_day_it_starts(self):
        consultation_type = self.night_doctor(duration=45)
        assert free_on_monday(consultation_type) == ["00:15", "01:00", "22:00", "22:45", "23:30"]

    def test_around_the_clock_offers_the_last_full_slot(self):
        consultation_type = ConsultationTypeFactory(duration=60)
        open_week(consultation_type.doctor, start=0, end=1440)
        assert free_on_monday(consultation_type) == [f"{hour:02d}:00" for hour in range(24)]


class TestSeveralDoctorsAtOnce:
    def test_each_sits_under_the_days_of_its_own_practice(self):
        zones = ("Pacific/Auckland", "Europe/Paris", "Africa/Casablanca", "America/Los_Angeles")
        queries = []
        for zone in zones:
            consultation_type = ConsultationTypeFactory(
                duration=480, doctor__practice__time_zone=zone
            )
            queries.append(SlotQuery(consultation_type.doctor, consultation_type))
        calendars = Calendars(queries, [MONDAY], now=FRIDAY_MORNING)
        starts = [calendars.free(query)[MONDAY] for query in queries]
        assert [[f"{start:%d %H:%M %z}" for start in found] for found in starts] == [
            ["01 09:00 +1300"],
            ["01 09:00 +0100"],
            ["01 09:00 +0000"],
            ["01 09:00 -0800"],
        ]

    def test_each_is_blocked_by_its_own_rows_only(self):
        consultation_types = [ConsultationTypeFactory() for _each in range(3)]
        visit(consultation_types[0], "10:00")
        AbsenceFactory(doctor=consultation_types[1].doctor)
        queries = [
            SlotQuery(consultation_type.doctor, consultation_type)
            for consultation_type in consultation_types
        ]
        calendars = Calendars(queries, [MONDAY], now=FRIDAY_MORNING)
        assert [len(calendars.free(query)[MONDAY]) for query in queries] == [15, 0, 16]


class TestWhyNot:
    @pytest.mark.parametrize(
        ("at", "code"),
        [
            ("09:00", Blocker.BOOKED),
            ("10:00", Blocker.HELD),
            ("11:00", Blocker.CLOSED),
            ("12:00", None),
            ("12:07", Blocker.OFF_GRID),
            ("17:00", Blocker.OFF_GRID),
            ("08:30", Blocker.OFF_GRID),
        ],
    )
    def test_names_the_reason(self, at, code):
        consultation_type = ConsultationTypeFactory()
        visit(consultation_type, "09:00")
        HoldFactory(consultation_type=consultation_type, expires_at=SOON)
        AbsenceFactory(
            doctor=consultation_type.doctor, starts_at=monday("11:00"), ends_at=monday("11:30")
        )
        assert (
            blocker_at(
                SlotQuery(consultation_type.doctor, consultation_type),
                monday(at),
                now=FRIDAY_MORNING,
            )
            == code
        )

    def test_takes_the_same_instant_in_any_zone(self):
        consultation_type = ConsultationTypeFactory()
        query = SlotQuery(consultation_type.doctor, consultation_type)
        start = monday("10:00").astimezone(dt.timezone(dt.timedelta(hours=-11)))
        assert blocker_at(query, start, now=FRIDAY_MORNING) is None

    def test_an_hour_read_twice_is_offered_once(self):
        consultation_type = ConsultationTypeFactory(horizon_days=365)
        open_week(consultation_type.doctor, start=0, end=5 * 60)
        query = SlotQuery(consultation_type.doctor, consultation_type)
        autumn = dt.date(2027, 10, 31)
        first, second = (dt.datetime(2027, 10, 31, hour, 30, tzinfo=dt.UTC) for hour in (0, 1))
        labels = [
            f"{start:%H:%M}" for start in free_slots(query, autumn, 1, now=FRIDAY_MORNING)[autumn]
        ]
        assert labels.count("02:30") == 1
        assert blocker_at(query, first, now=FRIDAY_MORNING) is None
        assert blocker_at(query, second, now=FRIDAY_MORNING) == Blocker.OFF_GRID


def test_a_cancelled_time_is_offered_to_the_public_at_once(client):
    """On the doctor's page and in the API (docs/contracts.md, C1)."""
    consultation_type = ConsultationTypeFactory()
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        visit = book(consultation_type, at="10:00")
        assert offered(client, consultation_type) == (False, False)
        services.cancel(visit, by=visit.patient.account)
        assert offered(client, consultation_type) == (True, True)


def offered(client, consultation_type):
    """Whether Monday 10:00 is on the page, and in the API."""
    page = client.get(
        f"{consultation_type.doctor.get_absolute_url()}?seen=yes&type={consultation_type.pk}&from=2027-03-01"
    )
    address = f"/api/doctors/{consultation_type.doctor.pk}/slots?start_date=2027-03-01"
    times = client.get(f"{address}&consultation_type_id={consultation_type.pk}").json()
    starts = [start for day in page.context["grid"].days for start in day.starts]
    return monday("10:00") in starts, "10:00" in times["2027-03-01"]
