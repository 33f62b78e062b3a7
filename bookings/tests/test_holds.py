import datetime as dt

import pytest
from django.utils import translation

from bookings import rules, services
from bookings.models import Hold
from bookings.services.holds import address_digest
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on_monday, hold, secretary_of, version_of
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.services import add_absence, retire_type

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
ENDS = FRIDAY_MORNING + 5 * MINUTE


def held():
    """(token, Paris wall time) of every hold."""
    holds = Hold.objects.order_by("token")
    return [(each.token, f"{each.local_start:%H:%M}") for each in holds]


class TestHold:
    def test_hold_keeps_the_types_time_and_pause_for_five_minutes(self):
        consultation_type = ConsultationTypeFactory(duration=45, buffer_after=10)
        kept = hold(consultation_type, at="09:45")
        assert (kept.starts_at, kept.ends_at, kept.buffer_minutes, kept.expires_at) == (
            monday("09:45"),
            monday("10:30"),
            10,
            ENDS,
        )

    def test_hold_hides_the_slot_from_others_and_says_so_in_the_calendar_version(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        assert "10:00" not in free_on_monday(consultation_type)
        assert version_of(consultation_type.doctor) == 1

    def test_own_hold_does_not_hide_the_slot_on_reload(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        assert "10:00" in free_on_monday(consultation_type, token="mine")

    def test_own_hold_does_not_refuse_its_own_confirmation(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        assert book(consultation_type, hold_token="mine").starts_at == monday("10:00")
        assert not Hold.objects.exists()

    def test_a_hold_that_is_over_hides_nothing(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        assert "10:00" not in free_on_monday(consultation_type, now=ENDS - dt.timedelta(seconds=1))
        assert "10:00" in free_on_monday(consultation_type, now=ENDS)

    def test_the_address_is_kept_as_a_digest_only(self):
        kept = hold(ConsultationTypeFactory(), address="192.0.2.1")
        assert "192.0.2.1" not in str(vars(kept))
        assert kept.address_digest == address_digest("192.0.2.1")


def test_b_is_refused_what_a_holds_gets_it_when_over_and_a_is_then_refused_politely():
    consultation_type = ConsultationTypeFactory()
    hold(consultation_type, token="a")
    with pytest.raises(rules.SlotTaken) as b_refused, translation.override("en"):
        hold(consultation_type, token="b", now=ENDS - MINUTE)
    assert str(b_refused.value) == "Someone else is booking this time right now."
    hold(consultation_type, token="b", now=ENDS)
    appointment = book(consultation_type, hold_token="b", now=ENDS + MINUTE)
    with pytest.raises(rules.SlotTaken) as a_refused, translation.override("en"):
        book(consultation_type, hold_token="a", now=ENDS + 2 * MINUTE)
    assert str(a_refused.value) == "This time has just been taken."
    assert (a_refused.value.status, a_refused.value.offers_times) == (409, True)
    assert list(consultation_type.doctor.appointments.all()) == [appointment]


def test_a_confirms_late_when_nobody_wanted_the_time():
    consultation_type = ConsultationTypeFactory()
    hold(consultation_type, token="a")
    assert book(consultation_type, hold_token="a", now=ENDS + MINUTE).starts_at == monday("10:00")


class TestAnotherChoice:
    def test_replaces_the_earlier_one(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type, at="10:00")
        hold(consultation_type, at="11:00", now=FRIDAY_MORNING + MINUTE)
        assert held() == [("mine", "11:00")]
        assert "10:00" in free_on_monday(consultation_type)

    def test_replaces_it_at_another_doctor_too_and_both_calendars_count_it(self):
        here, there = ConsultationTypeFactory(), ConsultationTypeFactory()
        hold(here)
        hold(there)
        assert [each.doctor for each in Hold.objects.all()] == [there.doctor]
        assert (version_of(here.doctor), version_of(there.doctor)) == (2, 1)

    def test_may_overlap_the_earlier_one(self):
        doctor = DoctorFactory()
        hold(ConsultationTypeFactory(doctor=doctor, duration=60), at="10:00")
        hold(ConsultationTypeFactory(doctor=doctor, duration=30), at="10:30")
        assert held() == [("mine", "10:30")]

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_that_is_refused_leaves_the_earlier_one(self, elsewhere):
        consultation_type = ConsultationTypeFactory()
        wanted = ConsultationTypeFactory() if elsewhere else consultation_type
        hold(consultation_type, at="10:00")
        hold(wanted, token="theirs", at="11:00")
        with pytest.raises(rules.SlotTaken):
            hold(wanted, at="11:00")
        assert held() == [("mine", "10:00"), ("theirs", "11:00")]

    def test_that_is_the_same_does_not_renew(self):
        consultation_type = ConsultationTypeFactory()
        first = hold(consultation_type)
        again = hold(consultation_type, now=FRIDAY_MORNING + 4 * MINUTE)
        assert (again, again.expires_at) == (first, ENDS)
        assert version_of(consultation_type.doctor) == 1

    def test_that_is_the_same_after_the_end_is_a_new_hold(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        again = hold(consultation_type, now=ENDS)
        assert again.expires_at == ENDS + 5 * MINUTE

    def test_of_another_type_at_the_same_time_is_another_hold(self):
        consultation_type = ConsultationTypeFactory()
        short = ConsultationTypeFactory(doctor=consultation_type.doctor, duration=15)
        hold(consultation_type)
        assert hold(short).ends_at == monday("10:15")
        assert held() == [("mine", "10:00")]


class TestHoldRefuses:
    def refused(self, consultation_type, **options):
        before = held()
        with pytest.raises(rules.Refusal) as caught:
            hold(consultation_type, **options)
        assert held() == before
        return caught.value.code

    def test_a_type_that_was_retired_meanwhile(self):
        consultation_type = ConsultationTypeFactory()
        stale = type(consultation_type).objects.get(pk=consultation_type.pk)
        retire_type(consultation_type)
        assert self.refused(stale) == "type_not_offered"

    def test_another_doctors_type(self):
        assert self.refused(ConsultationTypeFactory(), doctor=DoctorFactory()) == "type_not_offered"

    def test_a_doctor_who_takes_no_bookings_online(self):
        consultation_type = ConsultationTypeFactory(doctor__books_online=False)
        assert self.refused(consultation_type) == "no_online_booking"

    def test_a_time_that_is_booked(self):
        consultation_type = ConsultationTypeFactory()
        book(consultation_type)
        assert self.refused(consultation_type) == "slot_taken"

    def test_a_time_of_absence(self):
        consultation_type = ConsultationTypeFactory()
        add_absence(consultation_type.doctor, starts_at=monday("10:00"), ends_at=monday("12:00"))
        assert self.refused(consultation_type) == "slot_taken"

    def test_a_start_off_the_grid(self):
        assert self.refused(ConsultationTypeFactory(), at="10:07") == "off_grid"

    def test_a_start_inside_the_notice(self):
        consultation_type = ConsultationTypeFactory(notice_minutes=60)
        assert self.refused(consultation_type, now=monday("09:01")) == "too_soon"


class TestExtending:
    @pytest.mark.parametrize("minutes", [(0, 0), (4, 8)])
    def test_gives_five_minutes_more_twice_at_most_also_right_after_the_choice(self, minutes):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        for ends, minute in zip((10, 15), minutes, strict=True):
            kept = services.extend_hold("mine", now=FRIDAY_MORNING + minute * MINUTE)
            assert kept.expires_at == FRIDAY_MORNING + ends * MINUTE
        with pytest.raises(rules.StateConflict) as refused:
            services.extend_hold("mine", now=FRIDAY_MORNING + 12 * MINUTE)
        assert refused.value.code == "hold_not_extendable"
        assert Hold.objects.get().expires_at == FRIDAY_MORNING + 15 * MINUTE
        assert version_of(consultation_type.doctor) == 3

    def test_a_hold_that_is_over_stays_over(self):
        hold(ConsultationTypeFactory())
        with pytest.raises(rules.StateConflict) as refused:
            services.extend_hold("mine", now=ENDS)
        assert refused.value.code == "hold_over"

    def test_nobody_elses_hold(self):
        hold(ConsultationTypeFactory(), token="theirs")
        with pytest.raises(rules.StateConflict) as refused:
            services.extend_hold("mine", now=FRIDAY_MORNING)
        assert refused.value.code == "hold_over"

    def test_sign_up_gives_five_minutes_once_and_leaves_the_visitors_own_two(self):
        hold(ConsultationTypeFactory())
        for minute in (3, 4):
            services.extend_hold_after_sign_up("mine", now=FRIDAY_MORNING + minute * MINUTE)
        kept = Hold.objects.get()
        assert (kept.expires_at, kept.extensions) == (FRIDAY_MORNING + 10 * MINUTE, 0)

    def test_sign_up_takes_nothing_from_a_hold_that_was_extended(self):
        hold(ConsultationTypeFactory())
        services.extend_hold("mine", now=FRIDAY_MORNING)
        services.extend_hold_after_sign_up("mine", now=FRIDAY_MORNING)
        assert Hold.objects.get().expires_at == FRIDAY_MORNING + 15 * MINUTE

    def test_sign_up_without_a_hold_or_after_it_goes_on(self):
        services.extend_hold_after_sign_up("mine", now=FRIDAY_MORNING)
        hold(ConsultationTypeFactory())
        services.extend_hold_after_sign_up("mine", now=ENDS)
        assert Hold.objects.get().expires_at == ENDS

    def test_another_choice_may_be_extended_twice_again(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        services.extend_hold("mine", now=FRIDAY_MORNING)
        assert hold(consultation_type, at="11:00").extensions == 0


class TestReleasing:
    def test_gives_the_slot_back_at_once(self):
        consultation_type = ConsultationTypeFactory()
        hold(consultation_type)
        services.release_hold("mine", now=FRIDAY_MORNING)
        assert "10:00" in free_on_monday(consultation_type)
        assert version_of(consultation_type.doctor) == 2

    def test_without_a_hold_does_nothing(self):
        hold(ConsultationTypeFactory(), token="theirs")
        services.release_hold("mine", now=FRIDAY_MORNING)
        assert held() == [("theirs", "10:00")]


class TestOneAddress:
    @pytest.fixture(autouse=True)
    def limited(self, settings):
        settings.RATE_LIMITS = True

    def ten_holds(self, consultation_type):
        starts = ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00")
        for number, at in enumerate((*starts, "13:30")):
            hold(consultation_type, token=f"visitor {number}", at=at)

    def test_holds_ten_times_at_most(self):
        consultation_type = ConsultationTypeFactory()
        self.ten_holds(consultation_type)
        with pytest.raises(rules.TooManyHolds) as refused:
            hold(consultation_type, token="one more", at="14:00")
        assert refused.value.status == 429
        assert Hold.objects.count() == 10

    def test_counts_holds_at_every_doctor(self):
        self.ten_holds(ConsultationTypeFactory())
        with pytest.raises(rules.TooManyHolds):
            hold(ConsultationTypeFactory(), token="one more")

    def test_lets_a_visitor_change_their_choice(self):
        consultation_type = ConsultationTypeFactory()
        self.ten_holds(consultation_type)
        hold(consultation_type, token="visitor 0", at="14:00")
        assert Hold.objects.count() == 10

    def test_counts_no_hold_that_is_over(self):
        self.ten_holds(ConsultationTypeFactory())
        hold(ConsultationTypeFactory(), token="one more", now=ENDS)

    def test_is_a_network_where_a_visitor_has_more_than_one(self):
        same = address_digest("2001:db8:1:2::1"), address_digest("2001:db8:1:2:f::9")
        others = map(address_digest, ["2001:db8:1:3::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"])
        assert len({*same, *others}) == 4

    def test_leaves_other_addresses_alone(self):
        consultation_type = ConsultationTypeFactory()
        self.ten_holds(consultation_type)
        hold(consultation_type, token="elsewhere", at="14:00", address="192.0.2.2")

    def test_is_not_counted_where_limits_are_off(self, settings):
        settings.RATE_LIMITS = False
        consultation_type = ConsultationTypeFactory()
        self.ten_holds(consultation_type)
        hold(consultation_type, token="one more", at="14:00")


class TestEveryWriter:
    """Every writer checks the holds of others and deletes expired ones."""

    def writers(self, consultation_type, now):
        visit = AppointmentFactory(consultation_type=consultation_type, starts_at=monday("15:00"))
        staff = secretary_of(consultation_type.doctor)
        return {
            "a patient": lambda: book(consultation_type, now=now),
            "the desk": lambda: book(consultation_type, by=staff, now=now),
            "a move": lambda: services.move(
                visit, by=visit.booked_by, starts_at=monday("10:00"), now=now
            ),
            "the desk's move": lambda: services.move(
                visit, by=staff, starts_at=monday("10:00"), now=now
            ),
            "a hold": lambda: hold(consultation_type, now=now),
        }

    names = pytest.mark.parametrize(
        "writer", ["a patient", "the desk", "a move", "the desk's move", "a hold"]
    )

    @names
    def test_is_refused_a_held_time(self, writer):
        consultation_type = ConsultationTypeFactory()
        HoldFactory(consultation_type=consultation_type, token="theirs", expires_at=ENDS)
        with pytest.raises(rules.SlotTaken):
            self.writers(consultation_type, FRIDAY_MORNING)[writer]()
        assert held() == [("theirs", "10:00")]

    @names
    def test_sweeps_that_doctors_holds_when_they_are_over(self, writer):
        consultation_type = ConsultationTypeFactory()
        HoldFactory(consultation_type=consultation_type, token="over", expires_at=ENDS)
        HoldFactory(token="elsewhere", expires_at=ENDS)
        self.writers(consultation_type, ENDS)[writer]()
        assert [token for token, _at in held() if token != "mine"] == ["elsewhere"]

    def test_of_a_desk_overbooks_over_a_hold_on_purpose_only(self):
        consultation_type = ConsultationTypeFactory()
        HoldFactory(consultation_type=consultation_type, token="theirs", expires_at=ENDS)
        assert book(
            consultation_type, by=secretary_of(consultation_type.doctor), overbook=True
        ).is_overbooked
