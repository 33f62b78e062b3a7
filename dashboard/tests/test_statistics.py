"""The figures of past weeks: what counts, whose it is, and what a spreadsheet gets."""

import csv
import datetime as dt
import io

import pytest
import time_machine

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.models import Offer, StatusChange
from bookings.status import Status, Verb
from bookings.tests.factories import (
    AppointmentFactory,
    OfferFactory,
    WaitingListEntryFactory,
)
from bookings.tests.moments import FRIDAY_MORNING, monday
from dashboard.statistics.export import as_csv
from dashboard.statistics.figures import figures_of
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory
from scheduling import engine
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, open_week

pytestmark = pytest.mark.django_db

LAST_MONDAY = dt.date(2027, 2, 15)
"""Of the last whole week before FRIDAY_MORNING, 26 February 2027."""


def past(time, *, days=0):
    """Of that week: past("09:00") is its Monday."""
    return monday(time) - 14 * engine.DAY + days * engine.DAY


@pytest.fixture
def kind():
    found = ConsultationTypeFactory(name="Suivi", duration=60)
    open_week(found.doctor, weekdays=[0], start=9 * 60, end=13 * 60)
    return found


def visit(kind, start, status=Status.DONE, **options):
    return AppointmentFactory(
        doctor=kind.doctor,
        consultation_type=kind,
        starts_at=start,
        ends_at=start + kind.length,
        type_name=kind.name,
        status=status,
        **options,
    )


def changed(appointment, verb, at):
    return StatusChange.objects.create(
        appointment=appointment, verb=verb, to_status=Status.ARRIVED, at=at
    )


def figures(kind, *, weeks=4, user=None):
    return figures_of(kind.doctor, user or kind.doctor.user, weeks=weeks, now=FRIDAY_MORNING)


def test_only_closed_visits_of_whole_weeks_count(kind):
    visit(kind, past("09:00"))
    visit(kind, past("10:00"), Status.NO_SHOW)
    visit(kind, past("11:00"), Status.CONFIRMED)
    visit(kind, past("12:00"), Status.CANCELLED)
    visit(kind, past("09:00", days=7))  # this week is not over
    visit(kind, past("09:00", days=-28))  # before the first of four weeks
    total = figures(kind).total
    assert (total.finished_count, total.absent, total.absence_rate) == (1, 1, 0.5)


def test_weeks_are_the_practices_and_each_is_there(kind):
    found = figures(kind)
    assert [week.monday for week in found.weeks] == [
        LAST_MONDAY + dt.timedelta(days=days) for days in (-21, -14, -7, 0)
    ]
    assert found.is_empty


def test_a_late_visit_is_of_the_practices_week_not_of_utc():
    doctor = DoctorFactory(practice__time_zone="Australia/Sydney")
    kind = ConsultationTypeFactory(doctor=doctor)
    # Monday 08:00 there is Sunday evening in UTC.
    visit(kind, dt.datetime(2027, 2, 14, 21, tzinfo=dt.UTC))
    assert [week.finished_count for week in figures(kind, weeks=4).weeks] == [0, 0, 0, 1]


def test_the_fill_rate_is_kept_time_of_open_time(kind):
    visit(kind, past("09:00"))
    visit(kind, past("10:00"), Status.NO_SHOW)
    last = figures(kind).weeks[-1]
    assert (last.open_minutes, last.kept_minutes, last.fill_rate) == (240, 120, 0.5)


def test_open_time_before_the_first_visit_does_not_count(kind):
    visit(kind, past("09:00"), Status.CANCELLED)
    assert [week.open_minutes for week in figures(kind).weeks] == [0, 0, 0, 240]
    assert figures(kind).total.open_minutes == 240


def test_a_doctor_without_a_visit_has_no_open_time(kind):
    assert figures(kind).total.fill_rate is None


def test_absences_and_holidays_are_not_open_time(kind):
    visit(kind, past("09:00"), Status.CANCELLED)
    AbsenceFactory(doctor=kind.doctor, starts_at=past("12:00"), ends_at=past("18:00"))
    assert figures(kind).weeks[-1].open_minutes == 180
    HolidayFactory(practice=kind.doctor.practice, date=LAST_MONDAY)
    assert figures(kind).weeks[-1].open_minutes == 0
    assert figures(kind).weeks[-1].fill_rate is None


def test_hours_kept_for_one_type_are_open_time(kind):
    visit(kind, past("09:00"), Status.CANCELLED)
    kind.doctor.opening_hours.get().types.set([kind])
    assert figures(kind).weeks[-1].open_minutes == 240


def test_waiting_is_from_arrival_to_start_and_undone_changes_do_not_count(kind):
    one, other = visit(kind, past("09:00")), visit(kind, past("10:00"))
    undone = changed(one, Verb.ARRIVE, past("08:00"))
    StatusChange.objects.create(
        appointment=one, verb=Verb.UNDO, to_status=Status.CONFIRMED, undoes=undone
    )
    changed(one, Verb.ARRIVE, past("08:50"))
    changed(one, Verb.START, past("09:10"))
    changed(other, Verb.ARRIVE, past("10:00"))
    changed(other, Verb.START, past("10:10"))
    assert figures(kind).total.wait == 15


def test_lead_time_is_the_median_of_days_ahead(kind):
    for days, time in ((1, "09:00"), (3, "10:00"), (100, "11:00")):
        start = past(time)
        visit(kind, start, created_at=start - days * engine.DAY)
    assert figures(kind).total.lead == 3


def test_walk_ins_count_as_visits_without_time(kind):
    person = PatientFactory(account=None)
    with time_machine.travel(past("09:00"), tick=False):
        walk_in = services.add_walk_in(doctor=kind.doctor, patient=person, by=kind.doctor.user)
    type(walk_in).objects.update(status=Status.DONE)
    total = figures(kind).total
    assert (total.finished_count, total.kept_minutes, total.lead) == (1, 0, None)


def test_types_are_by_number_of_visits(kind):
    rare = ConsultationTypeFactory(doctor=kind.doctor, name="Bilan")
    visit(rare, past("09:00"))
    visit(kind, past("10:00"))
    visit(kind, past("11:00"))
    assert [(each.name, each.visits) for each in figures(kind).types] == [
        ("Suivi", 2),
        ("Bilan", 1),
    ]


def test_freed_times_are_counted_with_who_filled_them(kind):
    for clock, days in (("09:00", 0), ("10:00", 0), ("11:00", 0)):
        gone = visit(kind, past(clock, days=days), Status.CANCELLED)
        changed(gone, Verb.CANCEL, past(clock) - engine.DAY)
    late = visit(kind, past("12:00"), Status.CANCELLED)
    changed(late, Verb.CANCEL, past("12:30"))
    visit(kind, past("09:00"))
    moved = visit(kind, past("10:00"))
    entry = WaitingListEntryFactory(appointment=moved)
    taken = {"status": Offer.Status.TAKEN, "ended_at": past("09:00"), "appointment": moved}
    OfferFactory(entry=entry, starts_at=past("10:00"), **taken)
    refill = figures(kind).refill
    assert (refill.freed, refill.filled, refill.by_list) == (3, 2, 1)
    assert refill.rate == 2 / 3


def test_a_time_left_by_a_move_is_freed(kind):
    moved = visit(kind, past("12:00"))
    StatusChange.objects.create(
        appointment=moved,
        verb=Verb.MOVE,
        to_status=Status.CONFIRMED,
        at=past("09:00") - engine.DAY,
        previous_start=past("09:00"),
    )
    refill = figures(kind).refill
    assert (refill.freed, refill.filled, refill.rate) == (1, 0, 0)


def test_a_secretary_counts_what_she_may_see(kind):
    own = MembershipFactory(practice=kind.doctor.practice)
    visit(kind, past("09:00"))
    visit(kind, past("10:00"), practice=DoctorFactory().practice)
    assert figures(kind).total.visits == 2
    assert figures(kind, user=own.user).total.visits == 1


@pytest.mark.parametrize("visits", [1, 30])
def test_queries_are_the_same_for_one_visit_and_thirty(kind, visits, django_assert_num_queries):
    for number in range(visits):
        visit(kind, past("09:00") + number * dt.timedelta(hours=1))
    with django_assert_num_queries(11):
        figures(kind)


class TestFile:
    def cells(self, kind):
        text = as_csv(figures(kind))
        assert text.startswith("\ufeff")
        return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))

    def test_it_says_what_the_page_says(self, kind):
        visit(kind, past("09:00"), created_at=past("09:00") - dt.timedelta(hours=36))
        rows = self.cells(kind)
        assert rows[4] == ["2027-02-15", "1", "0", "0", "1,5", "", "25"]
        assert rows[-1] == ["Suivi", "1", "0", "0", "1,5", ""]

    @pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1"])
    def test_no_type_is_taken_for_a_formula(self, kind, name):
        kind.name = name
        visit(kind, past("09:00"))
        assert self.cells(kind)[-1][0] == f"'{name}"

    def test_download(self, kind, client):
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            client.force_login(kind.doctor.user)
            answer = client.get("/dashboard/statistics/export/?weeks=4")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == (
            f'attachment; filename="{kind.doctor.slug}-2027-01-25-4.csv"'
        )


class TestPage:
    @pytest.fixture(autouse=True)
    def friday_morning(self):
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            yield

    def test_charts_and_tables_show_the_same_weeks(self, kind, client):
        visit(kind, past("09:00"))
        client.force_login(kind.doctor.user)
        page = client.get("/dashboard/statistics/?weeks=4")
        charts = page.context["charts"]
        assert charts["visits"]["series"][0]["values"] == [0, 0, 0, 1]
        assert charts["fill"]["series"][0]["values"] == [None, None, None, 25.0]
        assert page.content.decode().count("15 févr.") >= 3

    def test_nothing_to_count_says_what_counts(self, kind, client):
        client.force_login(kind.doctor.user)
        assert "canvas" not in client.get("/dashboard/statistics/").content.decode()

    def test_nonsense_for_a_period_is_the_usual_one(self, kind, client):
        client.force_login(kind.doctor.user)
        assert client.get("/dashboard/statistics/?weeks=9999").context["weeks"] == 12
