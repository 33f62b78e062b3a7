"""All agendas of a desk on one day, side by side."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import PrivateNote
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from dashboard.team.day import ColumnRow, Stretch, side_by_side
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.models import Holiday
from scheduling.tests.factories import AbsenceFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

MONDAY = {"date": "2027-03-01"}
ON_MONDAY = dt.date(2027, 3, 1)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def practice():
    return PracticeFactory()


@pytest.fixture
def membership(practice):
    return MembershipFactory(practice=practice)


@pytest.fixture
def desk(client, membership):
    client.force_login(membership.user)
    return client


def columns(client, day=MONDAY):
    return {column.doctor: column for column in shown(client, day).columns}


def shown(client, day=MONDAY):
    return client.get("/dashboard/team/", day).context["team"]


def visits(column):
    return [row.visit for row in column.rows if row.visit]


class TestWho:
    def test_every_doctor_of_the_practice_and_nobody_else(self, desk, practice):
        brown = DoctorFactory(practice=practice, user__last_name="Brown")
        adams = DoctorFactory(practice=practice, user__last_name="Adams")
        AppointmentFactory(patient_name="Zoé Ailleurs")
        page = desk.get("/dashboard/team/", MONDAY)
        assert [column.doctor for column in page.context["team"].columns] == [adams, brown]
        assert "Zoé" not in page.text

    def test_each_column_has_the_visits_of_its_doctor(self, desk, practice):
        first, second = (DoctorFactory(practice=practice) for _ in "ab")
        later = AppointmentFactory(doctor=first, starts_at=monday("15:00"))
        sooner = AppointmentFactory(doctor=first, starts_at=monday("10:00"))
        other = AppointmentFactory(doctor=second, starts_at=monday("10:00"))
        AppointmentFactory(doctor=second, starts_at=monday("11:00"), status=Status.CANCELLED)
        AppointmentFactory(doctor=second, starts_at=monday("11:00") + dt.timedelta(days=1))
        found = columns(desk)
        assert {each: visits(column) for each, column in found.items()} == {
            first: [sooner, later],
            second: [other],
        }

    def test_a_column_goes_the_moment_the_membership_ends(self, desk, practice, membership):
        there = DoctorFactory()
        here = DoctorFactory(practice=practice)
        MembershipFactory(practice=there.practice, user=membership.user)
        assert set(columns(desk)) == {here, there}
        version = desk.get("/dashboard/team/").context["cockpit"].version
        membership.ended_at = FRIDAY_MORNING
        membership.save()
        assert set(columns(desk)) == {there}
        assert desk.get("/dashboard/team/live/", {"version": version}).status_code == 200

    def test_with_the_last_membership_the_page_and_its_poll_are_gone(
        self, desk, practice, membership
    ):
        DoctorFactory(practice=practice)
        membership.ended_at = FRIDAY_MORNING
        membership.save()
        addresses = ("/dashboard/team/", "/dashboard/team/live/")
        assert [desk.get(address).status_code for address in addresses] == [404, 404]

    def test_a_time_at_another_practice_is_busy_without_a_person(self, desk, practice):
        doctor = DoctorFactory(practice=practice)
        there = {"doctor": doctor, "practice": PracticeFactory()}
        visit = AppointmentFactory(**there, patient_name="Zoé", type_name="Toux")
        AppointmentFactory(**there, patient_name="Yves", walk_in=True, queue_date=ON_MONDAY)
        page = desk.get("/dashboard/team/", MONDAY)
        assert visits(page.context["team"].columns[0]) == [visit]
        words = ("Occupé", "Zoé", "Toux", "Yves", str(visit.pk))
        assert [word in page.text for word in words] == [True, False, False, False, False]

    def test_private_notes_are_not_on_the_page(self, client, membership, practice):
        visit = AppointmentFactory(doctor=DoctorFactory(practice=practice), practice=practice)
        PrivateNote.objects.create(doctor=visit.doctor, appointment=visit, text="CANARY-NOTE")
        client.force_login(membership.user)
        for address in ("/dashboard/team/", "/dashboard/team/live/"):
            page = client.get(address, {**MONDAY, "appointment": visit.pk})
            assert "CANARY-NOTE" not in page.text

    def test_somebody_elses_visit_does_not_come_to_the_desk(self, desk, practice):
        DoctorFactory(practice=practice)
        query = {"appointment": AppointmentFactory().pk}
        assert desk.get("/dashboard/team/", query).status_code == 404

    def test_the_navigation_leads_here_when_there_is_more_than_one_doctor(self, desk, practice):
        DoctorFactory(practice=practice)
        alone = [item.page.route for item in desk.get("/dashboard/").context["cockpit"].items]
        DoctorFactory(practice=practice)
        several = [item.page.route for item in desk.get("/dashboard/").context["cockpit"].items]
        assert ("team" in alone, "team" in several) == (False, True)


class TestDay:
    def test_hours_absences_holidays_and_what_is_free_between(self, desk, practice):
        doctor = DoctorFactory(practice=practice)
        OpeningHoursFactory(doctor=doctor, start_minute=540, end_minute=720)
        AppointmentFactory(doctor=doctor, starts_at=monday("10:00"))
        away = {"starts_at": monday("11:30"), "ends_at": monday("18:00"), "reason": "Congrès"}
        AbsenceFactory(doctor=doctor, **away)
        column = columns(desk)[doctor]
        assert column.opened == [(540, 720)]
        assert [(each.title, each.at) for each in column.closed] == [("Congrès", (690, 1080))]
        assert [row.at for row in column.rows if row.gap] == [(540, 600), (630, 690)]
        assert shown(desk).hours == range(9, 12)
        Holiday.objects.create(
            practice=practice, date=ON_MONDAY, name="Fête", decision=Holiday.Decision.CLOSED
        )
        column = columns(desk)[doctor]
        assert (column.closed[-1].title, column.closed[-1].is_all_day) == ("Fête", True)
        assert [row for row in column.rows if row.gap] == []

    def test_time_kept_for_a_type_is_open_and_not_offered_to_all(self, desk, practice):
        kind = ConsultationTypeFactory(doctor=DoctorFactory(practice=practice))
        kept = OpeningHoursFactory(doctor=kind.doctor, start_minute=540, end_minute=600)
        kept.types.add(kind)
        column = columns(desk)[kind.doctor]
        assert (column.opened, column.rows) == ([(540, 600)], [])

    def test_a_night_stands_on_both_its_days(self, desk, practice):
        doctor = DoctorFactory(practice=practice)
        OpeningHoursFactory(doctor=doctor, start_minute=22 * 60, end_minute=26 * 60)
        kind = ConsultationTypeFactory(doctor=doctor, duration=60)
        visit = AppointmentFactory(consultation_type=kind, starts_at=monday("23:30"))
        first, second = shown(desk), shown(desk, {"date": "2027-03-02"})
        assert [first.columns[0].opened, second.columns[0].opened] == [[(1320, 1440)], [(0, 120)]]
        boxes = [
            (row.visit, row.at) for day in (first, second) for row in day.columns[0].visit_rows
        ]
        assert boxes == [(visit, (1410, 1440)), (visit, (0, 30))]

    @pytest.mark.parametrize(
        ("day", "starts_at"),
        [
            ("2027-03-28", dt.datetime(2027, 3, 28, 1, 15, tzinfo=dt.UTC)),  # 03:15, after the jump
            ("2027-10-31", dt.datetime(2027, 10, 31, 2, 15, tzinfo=dt.UTC)),  # 03:15, after both 2s
        ],
    )
    def test_the_day_the_clocks_change_shows_the_wall_clock(self, desk, practice, day, starts_at):
        doctor = DoctorFactory(practice=practice)
        OpeningHoursFactory(doctor=doctor, weekday=6, start_minute=60, end_minute=600)
        kind = ConsultationTypeFactory(doctor=doctor, duration=30)
        AppointmentFactory(consultation_type=kind, starts_at=starts_at)
        column = columns(desk, {"date": day})[doctor]
        assert column.opened == [(60, 600)]
        assert [row.at for row in column.visit_rows] == [(195, 225)]

    def test_the_hour_that_comes_twice_is_never_drawn_backwards(self, desk, practice):
        doctor = DoctorFactory(practice=practice)
        half_past_two = dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)
        AbsenceFactory(
            doctor=doctor, starts_at=half_past_two, ends_at=half_past_two + dt.timedelta(minutes=45)
        )
        [closed] = columns(desk, {"date": "2027-10-31"})[doctor].closed
        assert closed.at == (150, 150)

    def test_each_column_is_on_its_own_practices_clock(self, desk, membership, practice):
        here = DoctorFactory(practice=practice)
        there = DoctorFactory(practice__time_zone="America/New_York")
        MembershipFactory(practice=there.practice, user=membership.user)
        for doctor in (here, there):
            AppointmentFactory(doctor=doctor, starts_at=monday("15:00"))
        evening = dt.datetime(2027, 3, 2, 1, tzinfo=dt.UTC)  # 1 March, 20:00 in New York
        AppointmentFactory(doctor=there, starts_at=evening)
        page = desk.get("/dashboard/team/", MONDAY)
        found = {column.doctor: column for column in page.context["team"].columns}
        assert [row.at.start for row in found[here].visit_rows] == [15 * 60]
        assert [row.at.start for row in found[there].visit_rows] == [9 * 60, 20 * 60]
        assert "New York" in page.text

    def test_walk_ins_stand_at_the_head_and_count_among_who_waits(self, desk, practice):
        doctor = DoctorFactory(practice=practice)
        first = AppointmentFactory(doctor=doctor, walk_in=True)
        AppointmentFactory(doctor=doctor, walk_in=True, status=Status.CANCELLED)
        seen = AppointmentFactory(doctor=doctor, walk_in=True, status=Status.DONE)
        AppointmentFactory(doctor=doctor, starts_at=monday("09:00"), status=Status.ARRIVED)
        AppointmentFactory(doctor=doctor, starts_at=monday("14:00"))
        assert columns(desk)[doctor].waiting_count is None  # on Friday nobody waits for Monday
        with time_machine.travel(monday("10:00"), tick=False):
            column = columns(desk)[doctor]
        assert (column.walk_ins, column.waiting_count, column.now_minute) == ([first, seen], 2, 600)

    def test_five_minutes_are_drawn_as_a_whole_row(self, desk, practice):
        kind = ConsultationTypeFactory(doctor=DoctorFactory(practice=practice), duration=5)
        AppointmentFactory(consultation_type=kind, starts_at=monday("10:00"))
        assert [row.at for row in columns(desk)[kind.doctor].visit_rows] == [(600, 615)]

    @pytest.mark.parametrize("date", ["nonsense", "2027-02-30", "9999-12-31", "0001-01-01"])
    def test_a_date_that_is_none_is_today(self, desk, practice, date):
        DoctorFactory(practice=practice)
        assert shown(desk, {"date": date}).day == dt.date(2027, 2, 26)

    def test_htmx_gets_the_columns_alone(self, desk, practice):
        DoctorFactory(practice=practice)
        headers = {"HX-Request": "true", "HX-Target": "team_day"}
        fragment = desk.get("/dashboard/team/", MONDAY, headers=headers)
        assert fragment.templates[0].name == "dashboard/team/partials/team_day.html"

    @pytest.mark.parametrize(("doctors", "number"), [(1, 1), (10, 1), (2, 150)])
    def test_it_costs_the_same_for_one_doctor_and_ten_one_visit_and_three_hundred(
        self, desk, practice, django_assert_num_queries, doctors, number
    ):
        for _ in range(doctors):
            doctor = DoctorFactory(practice=practice)
            OpeningHoursFactory(doctor=doctor)
            AbsenceFactory(doctor=doctor, starts_at=monday("20:00"), ends_at=monday("21:00"))
            AppointmentFactory(doctor=doctor, walk_in=True)
            for index in range(number):
                start = monday("01:00") + dt.timedelta(minutes=5 * index)
                AppointmentFactory(doctor=doctor, starts_at=start, is_overbooked=True)
        desk.get("/dashboard/team/", MONDAY)
        # Session, account, desks; types, hours, holidays, visits, walk-ins, absences; waiting
        # room, last change.
        with django_assert_num_queries(11):
            desk.get("/dashboard/team/", MONDAY)


class TestLive:
    def test_nothing_new_is_a_204_and_any_doctors_change_is_news(self, desk, practice):
        first, second = (DoctorFactory(practice=practice) for _ in "ab")
        context = desk.get("/dashboard/team/", {"doctor": first.pk}).context
        seen = {"doctor": first.pk, "version": context["cockpit"].version, "change": 0}
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/dashboard/team/live/", seen).status_code == 204
        assert len(queries) == 3  # session, account, desks
        second.touch_calendar()
        fresh = desk.get("/dashboard/team/live/", seen)
        assert (fresh.status_code, fresh.context["cockpit"].version != seen["version"]) == (
            200,
            True,
        )


def box(start, end):
    return ColumnRow(dt.datetime(2027, 3, 1), Stretch(start, end))


@pytest.mark.parametrize(
    ("spans", "places"),
    [
        ([(600, 630), (630, 660)], [(0, 1), (0, 1)]),
        ([(600, 630), (600, 630)], [(0, 2), (1, 2)]),
        ([(600, 660), (610, 620), (620, 640), (660, 690)], [(0, 2), (1, 2), (1, 2), (0, 1)]),
        ([(600, 700), (610, 620), (615, 640)], [(0, 3), (1, 3), (2, 3)]),
    ],
)
def test_visits_of_the_same_time_stand_beside_each_other(spans, places):
    placed = side_by_side([box(*span) for span in spans])
    assert [(row.lane, row.lanes) for row in placed] == places
