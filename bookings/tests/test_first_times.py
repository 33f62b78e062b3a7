"""The table of first free times: who writes it, and that searches agree with the calendars."""

from __future__ import annotations

import datetime as dt

import hypothesis
import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from bookings import services
from bookings.finding.results import read_results
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.models import FirstTime
from bookings.models.first_time import BY_PHONE, NEVER
from bookings.services.first_times import refresh_first_times, write_first_times
from bookings.slots import SlotQuery, free_slots
from bookings.tests.factories import HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.test_slots_agree import agendas, build
from doctors.models import Doctor
from doctors.models.doctor import LONG_AGO
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.services import retire_type
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db

HALF_HOUR = dt.timedelta(minutes=30)


def doctor_open(*weekdays, **options):
    """A doctor with one type, open 09:00-17:00 on these weekdays (Monday 0)."""
    kind = ConsultationTypeFactory(**options)
    open_week(kind.doctor, weekdays=weekdays)
    return kind.doctor


def starts(doctor, at):
    """The starts of the rows that count at each of these instants."""
    rows = list(FirstTime.objects.filter(doctor=doctor))
    return [row.start for now in at for row in rows if row.since <= now < row.until]


def written_after(change):
    """Run `change` and what follows its transaction; return the only doctor's first time."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        change()
    now = FRIDAY_MORNING
    doctor = Doctor.objects.get(first_times_until__gt=now)
    return starts(doctor, [now])[0]


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


class TestRows:
    def test_the_rows_follow_one_another_as_time_passes(self):
        doctor = doctor_open(4)
        write_first_times([doctor.pk], now=FRIDAY_MORNING)
        later = [FRIDAY_MORNING + minutes * HALF_HOUR / 30 for minutes in (0, 1, 30, 31, 359)]
        assert starts(doctor, later) == [FRIDAY_MORNING + n * HALF_HOUR for n in (0, 1, 1, 2, 12)]

    def test_a_held_time_is_the_first_again_when_its_hold_is_over(self):
        doctor = doctor_open(0)
        kind = doctor.consultation_types.get()
        over_at = FRIDAY_MORNING + dt.timedelta(minutes=5)
        HoldFactory(consultation_type=kind, starts_at=monday("09:00"), expires_at=over_at)
        write_first_times([doctor.pk], now=FRIDAY_MORNING)
        assert starts(doctor, [FRIDAY_MORNING, over_at]) == [monday("09:30"), monday("09:00")]

    def test_an_emergency_comes_near_by_time_alone(self):
        doctor = doctor_open(5, is_emergency_only=True)
        AbsenceFactory(
            doctor=doctor,
            starts_at=FRIDAY_MORNING,
            ends_at=FRIDAY_MORNING + dt.timedelta(hours=26),
        )
        write_first_times([doctor.pk], now=FRIDAY_MORNING)
        start = FRIDAY_MORNING + dt.timedelta(hours=26)
        near = start - dt.timedelta(hours=24)
        assert starts(doctor, [FRIDAY_MORNING, near - HALF_HOUR, near]) == [NEVER, NEVER, start]

    def test_who_has_no_type_or_takes_no_bookings_online_has_one_row_too(self):
        without_type, by_phone = DoctorFactory(), DoctorFactory(books_online=False)
        refresh_first_times()
        assert starts(without_type, [FRIDAY_MORNING]) == [NEVER]
        assert starts(by_phone, [FRIDAY_MORNING]) == [BY_PHONE]

    def test_they_are_right_for_six_hours_at_most(self):
        doctor = doctor_open(0)
        refresh_first_times()
        doctor.refresh_from_db()
        assert doctor.first_times_until == FRIDAY_MORNING + dt.timedelta(hours=6)


class TestWriters:
    def test_a_hold_and_its_end_are_written_at_once(self):
        doctor = doctor_open(0)
        asked = {"consultation_type": doctor.consultation_types.get(), "address": "192.0.2.1"}
        held = {"token": "t", "doctor": doctor, "starts_at": monday("09:00"), **asked}
        assert written_after(lambda: services.hold(**held)) == monday("09:30")
        assert written_after(lambda: services.release_hold("t")) == monday("09:00")

    def test_a_type_that_is_not_offered_any_more_is_written_at_once(self):
        doctor = doctor_open(0)
        kind = doctor.consultation_types.get()
        assert written_after(lambda: retire_type(kind)) == NEVER

    def test_a_change_outdates_them_in_its_own_transaction(self):
        doctor = doctor_open(0)
        refresh_first_times()
        doctor.touch_calendar()
        doctor.refresh_from_db()
        assert doctor.first_times_until == LONG_AGO

    def test_what_changes_while_they_are_read_is_not_overwritten(self, monkeypatch):
        doctor = doctor_open(0)
        locked = type(Doctor.objects.all()).locked

        def locked_later(doctors, *pks):
            doctor.touch_calendar()
            return locked(doctors, *pks)

        monkeypatch.setattr(type(Doctor.objects.all()), "locked", locked_later)
        write_first_times([doctor.pk], now=FRIDAY_MORNING)
        assert FirstTime.objects.count() == 0

    def test_the_command_writes_those_that_are_or_soon_will_be_outdated(self, capsys):
        doctor_open(0)
        call_command("refresh_first_times")
        call_command("refresh_first_times")
        with time_machine.travel(FRIDAY_MORNING + dt.timedelta(hours=5, minutes=30), tick=False):
            call_command("refresh_first_times")
        written = [line.split()[3] for line in capsys.readouterr().out.splitlines()]
        assert written == ["1", "0", "1"]


# Searches agree with the calendars ---------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 4, 15, 30, 90, 360, 1440]),
        st.sampled_from(["look", "look", "write", "write and refresh", "refresh"]),
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def worlds(draw):
    """Agendas of one place and time, with a short horizon: the check reads all their days."""
    first = draw(agendas())
    others = draw(st.lists(agendas(), max_size=3))
    same = {"world": first["world"], "now": first["now"], "horizon_days": 2}
    # A token has one hold in the whole world.
    return [first | same, *(agenda | same | {"holds": []} for agenda in others)]


def by_the_calendars(queries, now, within):
    """The order of a list, from every free start of every doctor."""
    found = []
    for query in queries:
        shown = free_slots(query, query.today(now), 4, now=now)
        first = next((start for day in shown.values() for start in day), None)
        days = (first.date() - query.today(now)).days if first else 99
        if not within or days < within:
            found.append((first.astimezone(dt.UTC) if first else NEVER, query.doctor.pk))
    return [pk for _start, pk in sorted(found)]


@hypothesis.settings(max_examples=15)
@given(world=worlds(), steps=STEPS, within=st.sampled_from(["", "1", "3"]))
def test_a_list_has_the_order_of_the_calendars_whatever_was_written_and_passed(
    world, steps, within
):
    search = Search.from_query(QueryDict(f"within={within}"))
    with transaction.atomic():
        built = [build(agenda) for agenda in world]
        now = built[0][2]
        queries = [
            SlotQuery(query.doctor, query.consultation_type) for query, _first_day, _now in built
        ]
        for number, (minutes, act) in enumerate(steps):
            now += dt.timedelta(minutes=minutes)
            if "write" in act:
                doctor = queries[number % len(queries)].doctor
                length = dt.timedelta(hours=number + 1)
                AbsenceFactory(doctor=doctor, starts_at=now, ends_at=now + length)
                doctor.touch_calendar()
            if "refresh" in act:
                refresh_first_times(now=now)
            found = list(read_results(search, Reader(now)).page)
            assert found == by_the_calendars(queries, now, int(within or 0))
        transaction.set_rollback(True)
    cache.clear()
