"""The shown slots agree with the checked ones, for every start of small random agendas."""

import datetime as dt

import hypothesis
import pytest
from django.db import transaction
from hypothesis import event, example, given
from hypothesis import strategies as st

from accounts.tests.factories import PatientFactory
from bookings.slots import Calendars, SlotQuery, blocker_at, day_slots, free_slots, nearest_free
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, HoldFactory
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.models import Holiday
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, open_week

pytestmark = pytest.mark.django_db

# A window around a clock change of each zone, and one without a clock change.
WORLDS = [
    ("Europe/Paris", dt.date(2027, 3, 27)),
    ("Europe/Paris", dt.date(2027, 10, 30)),
    ("America/New_York", dt.date(2027, 11, 6)),
    ("Africa/Casablanca", dt.date(2027, 3, 1)),
    ("Pacific/Kiritimati", dt.date(2027, 6, 9)),
]
DAYS = 2

minutes_of_window = st.integers(-96, (DAYS + 1) * 96).map(lambda quarter: quarter * 15)
spans = st.tuples(minutes_of_window, st.sampled_from([5, 15, 30, 47, 60, 480]))


@st.composite
def agendas(draw):
    """A doctor with hours and a type, in plain values, which hypothesis prints on a failure."""
    starts = st.sampled_from([0, 60, 90, 540, 840, 1320])
    lengths = st.sampled_from([30, 125, 240, 480, 1440])
    weekdays = st.sampled_from([range(7), range(7), range(5), [5, 6]])
    return {
        "world": draw(st.sampled_from(WORLDS)),
        "hours": draw(st.lists(st.tuples(weekdays, starts, lengths, st.booleans()), max_size=2)),
        "duration": draw(st.sampled_from([30, 45, 60, 120])),
        "buffer_after": draw(st.sampled_from([0, 0, 10])),
        "notice_minutes": draw(st.sampled_from([0, 0, 90, 1440])),
        "horizon_days": draw(st.sampled_from([1, 2, 180, 180])),
        "is_emergency_only": draw(st.sampled_from([False, False, False, True])),
        "now": draw(st.integers(-30, 40)),
        "visits": draw(st.lists(st.tuples(spans, st.sampled_from(Status)), max_size=5)),
        "holds": draw(st.lists(st.tuples(spans, st.sampled_from(["mine", ""])), max_size=2)),
        "absences": draw(st.lists(spans, max_size=2)),
        "holidays": draw(
            st.dictionaries(st.integers(-1, DAYS), st.sampled_from(Holiday.Decision), max_size=2)
        ),
    }


def build(agenda):
    """Write the rows of an agenda; return (query, first day, now)."""
    zone, first_day = agenda["world"]
    names = ("duration", "buffer_after", "notice_minutes", "horizon_days", "is_emergency_only")
    consultation_type = ConsultationTypeFactory(
        doctor__practice__time_zone=zone, **{name: agenda[name] for name in names}
    )
    doctor = consultation_type.doctor
    midnight, _end = engine.day_span(first_day, doctor.practice.zone)
    now = midnight + dt.timedelta(hours=agenda["now"])

    def span(start, length):
        begin = midnight + dt.timedelta(minutes=start)
        return {"starts_at": begin, "ends_at": begin + dt.timedelta(minutes=length)}

    for weekdays, start, length, is_kept in agenda["hours"]:
        for hours in open_week(doctor, start, start + length, weekdays):
            hours.types.set([consultation_type] if is_kept else [])
    patient = PatientFactory(account=None)
    for (start, length), status in agenda["visits"]:
        AppointmentFactory(
            doctor=doctor,
            consultation_type=None,
            patient=patient,
            booked_by=None,
            status=status,
            is_overbooked=True,
            buffer_minutes=length % 7,
            **span(start, length),
        )
    for number, ((start, length), owner) in enumerate(agenda["holds"]):
        HoldFactory(
            consultation_type=consultation_type,
            token=owner if number == 0 and owner else f"theirs {number}",
            expires_at=now + dt.timedelta(minutes=5),
            **span(start, length),
        )
    for start, length in agenda["absences"]:
        AbsenceFactory(doctor=doctor, **span(start, length * 5))
    for day, decision in agenda["holidays"].items():
        date = first_day + day * engine.DAY
        HolidayFactory(practice=doctor.practice, date=date, decision=decision)
    return SlotQuery(doctor, consultation_type), first_day, now


PLAIN = {
    "world": WORLDS[0],
    "hours": [],
    "duration": 30,
    "buffer_after": 0,
    "notice_minutes": 0,
    "horizon_days": 180,
    "is_emergency_only": False,
    "now": -24,
    "visits": [],
    "holds": [],
    "absences": [],
    "holidays": {},
}
AUTUMN_NIGHT = PLAIN | {"world": WORLDS[1], "hours": [(range(7), 0, 300, False)]}
EVE_OF_A_HOLIDAY = PLAIN | {
    "hours": [(range(7), 1290, 270, False)],
    "duration": 60,
    "holidays": {1: Holiday.Decision.CLOSED},
}


@hypothesis.settings(max_examples=25)
@example(agenda=AUTUMN_NIGHT)
@example(agenda=EVE_OF_A_HOLIDAY)
@given(agenda=agendas())
def test_every_start_of_the_grid_is_shown_free_exactly_when_it_can_be_booked(agenda):
    with transaction.atomic():
        query, first_day, now = build(agenda)
        asked = {"now": now, "token": "mine"}

        shown = free_slots(query, first_day, DAYS, **asked)
        free = {start.astimezone(dt.UTC) for starts in shown.values() for start in starts}
        grid = [slot for day in shown for slot in day_slots(query, day, **asked)]
        starts = [slot.start.astimezone(dt.UTC) for slot in grid]

        # The grid has every start once, and the starts without a blocker are the shown ones.
        assert starts == sorted(set(starts))
        assert {start for start, slot in zip(starts, grid, strict=True) if not slot.blocker} == free
        # The booking check gives the same answer for each start, also between the grid's starts.
        assert {start for start in starts if blocker_at(query, start, **asked) is None} == free
        between = [start + dt.timedelta(minutes=1) for start in starts[:5]]
        assert not [start for start in between if blocker_at(query, start, **asked) is None]
        # One day alone shows the same as among other days.
        for day, starts_of_day in shown.items():
            assert free_slots(query, day, 1, **asked) == {day: starts_of_day}
        calendars = Calendars([query], list(shown), **asked)
        columns = calendars.columns(query)
        assert {day.date: day.starts for day in columns} == shown
        # The first free start is the first of all free starts.
        first = next((start for day in columns for start in day.starts), None)
        assert calendars.first_free(query) == first
        # Empty days say why, and other days do not.
        assert [day.no_slots is None for day in columns] == [bool(day.starts) for day in columns]
        # Alternatives are free.
        for slot in nearest_free(query, now + engine.DAY, **asked)[0]:
            assert blocker_at(query, slot.start, **asked) is None

        event("something is free" if free else "nothing is free")
        transaction.set_rollback(True)
