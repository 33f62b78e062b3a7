"""The waiting room: order, codes, estimates, and the roles that can change it."""

import datetime as dt
import re

import pytest

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.models import Appointment, StatusChange, WaitingScreen
from bookings.rules import RuleRefused, StateConflict
from bookings.services import call_codes
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import monday
from bookings.waiting_room.room import Room, seen_by_staff, usual_minutes
from bookings.waiting_room.services import make_screen, order_room, skip
from bookings.waiting_room.ticket import ticket_of, visit_of
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory

pytestmark = pytest.mark.django_db

NOW = monday("10:00")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def doctor():
    return ConsultationTypeFactory(duration=20).doctor


def walk_in(doctor, *, now=NOW, **person):
    return services.add_walk_in(
        by=doctor.user, doctor=doctor, patient=PatientFactory(**person), now=now
    )


def arrived(doctor, start, *, now=NOW):
    visit = AppointmentFactory(doctor=doctor, starts_at=start, ends_at=start + 20 * MINUTE)
    return services.change_status(visit, Verb.ARRIVE, by=doctor.user, now=now)


def room(doctor, now=NOW):
    return Room(doctor, seen_by_staff(doctor.user, doctor, now), now)


def waiting(doctor, now=NOW):
    return [place.visit.pk for place in room(doctor, now).waiting_places]


class TestOrder:
    def test_walk_ins_and_appointments_by_arrival(self, doctor):
        late = walk_in(doctor, now=NOW - 5 * MINUTE)
        early = arrived(doctor, monday("11:00"), now=NOW - 10 * MINUTE)
        assert waiting(doctor) == [early.pk, late.pk]

    def test_it_is_of_today_and_of_this_doctor(self, doctor):
        walk_in(doctor, now=NOW - dt.timedelta(days=1))
        walk_in(DoctorFactory())
        own = walk_in(doctor)
        assert waiting(doctor) == [own.pk]

    def test_around_midnight_nobody_leaves_the_room(self, doctor):
        visit = arrived(doctor, monday("23:45"), now=monday("23:40"))
        assert waiting(doctor, monday("23:59") + 6 * MINUTE) == [visit.pk]

    def test_the_desks_order_stays_and_later_patients_are_last(self, doctor):
        first, second = walk_in(doctor), walk_in(doctor, now=NOW + MINUTE)
        order_room(by=doctor.user, doctor=doctor, order=[second.pk, first.pk], now=NOW)
        third = walk_in(doctor, now=NOW + 2 * MINUTE)
        assert waiting(doctor, NOW + 3 * MINUTE) == [second.pk, first.pk, third.pk]

    def test_an_order_of_another_room_is_refused(self, doctor):
        first, second = walk_in(doctor), walk_in(doctor)
        services.change_status(first, Verb.START, by=doctor.user, now=NOW)
        with pytest.raises(StateConflict):
            order_room(by=doctor.user, doctor=doctor, order=[second.pk, first.pk], now=NOW)
        with pytest.raises(StateConflict):
            order_room(by=doctor.user, doctor=doctor, order=[second.pk] * 2, now=NOW)

    def test_skipping_lets_one_go_first(self, doctor):
        one, two, three = (walk_in(doctor, now=NOW + n * MINUTE) for n in range(3))
        skip(one, by=doctor.user, now=NOW + 5 * MINUTE)
        assert waiting(doctor, NOW + 5 * MINUTE) == [two.pk, one.pk, three.pk]
        skip(three, by=doctor.user, now=NOW + 5 * MINUTE)
        assert waiting(doctor, NOW + 5 * MINUTE) == [two.pk, one.pk, three.pk]

    def test_who_does_not_wait_cannot_be_skipped(self, doctor):
        visit = walk_in(doctor)
        services.change_status(visit, Verb.START, by=doctor.user, now=NOW)
        with pytest.raises(StateConflict):
            skip(visit, by=doctor.user, now=NOW)

    def test_undone_calls_bring_back_to_the_same_place(self, doctor):
        one, two = walk_in(doctor), walk_in(doctor, now=NOW + MINUTE)
        order_room(by=doctor.user, doctor=doctor, order=[two.pk, one.pk], now=NOW)
        services.change_status(two, Verb.START, by=doctor.user, now=NOW)
        services.undo(two, by=doctor.user, now=NOW)
        assert waiting(doctor) == [two.pk, one.pk]

    def test_a_patient_who_arrives_again_lost_the_first_place(self, doctor):
        one = arrived(doctor, monday("11:00"))
        two = walk_in(doctor, now=NOW + MINUTE)
        order_room(by=doctor.user, doctor=doctor, order=[one.pk, two.pk], now=NOW)
        services.undo(one, by=doctor.user, now=NOW)
        services.change_status(one, Verb.ARRIVE, by=doctor.user, now=NOW + 2 * MINUTE)
        assert waiting(doctor, NOW + 3 * MINUTE) == [two.pk, one.pk]

    def test_changes_are_counted_for_open_pages(self, doctor):
        visit = walk_in(doctor)
        doctor.refresh_from_db()
        before = doctor.calendar_version
        order_room(by=doctor.user, doctor=doctor, order=[visit.pk], now=NOW)
        doctor.refresh_from_db()
        assert doctor.calendar_version == before + 1

    def test_only_the_desk_orders(self, doctor):
        visit = walk_in(doctor)
        for stranger in (DoctorFactory().user, visit.patient.account):
            with pytest.raises(RuleRefused):
                order_room(by=stranger, doctor=doctor, order=[visit.pk], now=NOW)
        secretary = MembershipFactory(practice=doctor.practice).user
        order_room(by=secretary, doctor=doctor, order=[visit.pk], now=NOW)


class TestCodes:
    def code(self, visit):
        return Appointment.objects.get(pk=visit.pk).call_name

    def test_walk_ins_have_numbers_and_appointments_codes_from_the_arrival_on(self, doctor):
        assert self.code(walk_in(doctor)) == "1"
        assert self.code(AppointmentFactory(doctor=doctor, starts_at=monday("14:00"))) == ""
        assert re.fullmatch("[A-Z][0-9]{2}", self.code(arrived(doctor, monday("11:00"))))

    def test_nobody_else_has_the_code_that_day(self, doctor, monkeypatch):
        monkeypatch.setattr(call_codes, "codes_for", lambda pk: iter(["A10", "B20", "C30"]))
        first, second = arrived(doctor, monday("11:00")), arrived(doctor, monday("12:00"))
        elsewhere = arrived(DoctorFactory(), monday("12:00"))
        assert [self.code(each) for each in (first, second, elsewhere)] == ["A10", "B20", "A10"]

    def test_a_code_stays_when_another_visit_is_cancelled_or_comes_back(self, doctor, monkeypatch):
        monkeypatch.setattr(call_codes, "codes_for", lambda pk: iter(["A10", "B20", "C30"]))
        first, second = arrived(doctor, monday("11:00")), arrived(doctor, monday("12:00"))
        services.cancel(first, by=doctor.user, now=NOW)
        assert self.code(second) == "B20"
        services.undo(second, by=doctor.user, now=NOW)
        services.change_status(second, Verb.ARRIVE, by=doctor.user, now=NOW)
        assert self.code(second) == "B20"

    def test_a_patient_called_in_at_once_has_a_code_too(self, doctor):
        visit = AppointmentFactory(doctor=doctor, starts_at=monday("11:00"))
        services.change_status(visit, Verb.START, by=doctor.user, now=NOW)
        assert room(doctor).inside[0].code == self.code(visit) != ""


class TestEstimate:
    def lasting(self, doctor, minutes, *, at):
        visit = walk_in(doctor, now=at - MINUTE)
        services.change_status(visit, Verb.START, by=doctor.user, now=at)
        services.change_status(visit, Verb.FINISH, by=doctor.user, now=at + minutes * MINUTE)

    def test_the_usual_length_is_the_median_of_recent_visits(self, doctor):
        for minutes in (10, 12, 50):
            self.lasting(doctor, minutes, at=NOW - dt.timedelta(hours=minutes))
        assert usual_minutes(doctor, NOW) == 12

    def test_a_visit_closed_on_a_later_day_says_nothing_about_its_length(self, doctor):
        self.lasting(doctor, 10, at=NOW - dt.timedelta(days=2))
        self.lasting(doctor, 23 * 60, at=NOW - dt.timedelta(days=1))
        assert usual_minutes(doctor, NOW) == 10

    def test_old_visits_and_those_of_others_do_not_count(self, doctor):
        self.lasting(doctor, 50, at=NOW - dt.timedelta(days=61))
        self.lasting(DoctorFactory(), 50, at=NOW - dt.timedelta(hours=2))
        assert usual_minutes(doctor, NOW) == 20

    def test_without_any_visit_the_types_say(self, doctor):
        ConsultationTypeFactory(doctor=doctor, duration=40)
        assert usual_minutes(doctor, NOW) == 30
        assert usual_minutes(DoctorFactory(), NOW) == 30

    def test_it_counts_the_remaining_minutes_and_everybody_before(self, doctor):
        now_in = walk_in(doctor, now=NOW - 30 * MINUTE)
        services.change_status(now_in, Verb.START, by=doctor.user, now=NOW - 5 * MINUTE)
        visits = [walk_in(doctor, now=NOW - n * MINUTE) for n in (4, 3, 2)]
        found = room(doctor)
        assert [found.ahead_of(visit) for visit in visits] == [0, 1, 2]
        # 15 of 20 minutes are left.
        assert [found.estimate(ahead) for ahead in (0, 1, 2)] == [15, 35, 55]
        assert found.ahead_of(now_in) is None


class TestTicket:
    def test_it_leads_to_the_visit_for_a_day(self, doctor):
        visit = walk_in(doctor)
        assert visit_of(ticket_of(visit)) == visit

    @pytest.mark.parametrize("ticket", ["", "x", "x:y:z", "\x00"])
    def test_nonsense_leads_nowhere(self, ticket):
        assert visit_of(ticket) is None


def test_a_new_screen_ends_the_one_before(doctor):
    first = make_screen(by=doctor.user, doctor=doctor).token
    second = make_screen(by=doctor.user, doctor=doctor).token
    assert first != second
    assert [screen.token for screen in WaitingScreen.objects.all()] == [second]
    with pytest.raises(RuleRefused):
        make_screen(by=DoctorFactory().user, doctor=doctor)


@pytest.mark.parametrize("count", [1, 30])
def test_the_room_costs_the_same_for_one_and_thirty(doctor, count, django_assert_num_queries):
    for number in range(count):
        walk_in(doctor, account=None, now=NOW - number * MINUTE)
    with django_assert_num_queries(4):
        found = room(doctor)
        assert len(found.waiting_places) == count
        assert found.estimate(0) == 0
        assert (found.inside, found.expected, found.finished_count) == ([], [], 0)


def test_changes_of_the_past_are_not_todays(doctor):
    visit = walk_in(doctor)
    assert StatusChange.objects.filter(appointment=visit).count() == 1
    assert visit.status == Status.ARRIVED
    assert room(doctor).waiting_places[0].minutes(NOW + 25 * MINUTE) == 25
    assert room(doctor).waiting_places[0].waits_long(NOW + 20 * MINUTE)
