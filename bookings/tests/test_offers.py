"""Offers of freed times: which times, to whom, for how long, and what follows an answer."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import rules, services
from bookings.messages.composing import compose
from bookings.messages.offers import offer_freed_times, offer_now
from bookings.messages.outbox import send_due
from bookings.models import Hold, Notification, Offer, PrivateNote, WaitingListEntry
from bookings.services.files import block_patient
from bookings.tests.factories import (
    AppointmentFactory,
    HoldFactory,
    MessageChoicesFactory,
    MessageSettingsFactory,
    WaitingListEntryFactory,
)
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on_monday, secretary_of, verified, version_of
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.models import FreedTime
from scheduling.services import remove_absence
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db

DAY = engine.DAY
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
AFTERNOON = monday("14:00")
STATUS = Offer.Status


@pytest.fixture
def consultation_type():
    """A type of half an hour of a doctor with hours on Mondays from nine."""
    consultation_type = ConsultationTypeFactory()
    open_week(consultation_type.doctor, weekdays=[0])
    return consultation_type


def waits(consultation_type, *, before=AFTERNOON, **options):
    """An entry; `asked` hours before that Friday morning."""
    if hours := options.pop("asked", None):
        options["created_at"] = FRIDAY_MORNING - hours * HOUR
    return WaitingListEntryFactory(consultation_type=consultation_type, before=before, **options)


def frees(consultation_type, clock="10:00", *, now=FRIDAY_MORNING):
    """Book that time and cancel the visit again."""
    visit = book(consultation_type, at=clock, now=now - MINUTE, by=consultation_type.doctor.user)
    return services.cancel(visit, by=consultation_type.doctor.user, now=now)


def offered(now=FRIDAY_MORNING):
    """[(person, start)] of the offers of one run, in their order."""
    last = Offer.objects.order_by("pk").last()
    offer_freed_times(now=now)
    rows = Offer.objects.filter(pk__gt=last.pk if last else 0).order_by("pk")
    return [(row.patient, row.starts_at) for row in rows]


def status_of(offer):
    offer.refresh_from_db()
    return offer.status


class TestKept:
    """Between the change and the first offer."""

    def test_a_freed_time_is_kept_a_minute_when_somebody_waits(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        before_end = FRIDAY_MORNING + 60 * SECOND - engine.INSTANT
        assert "10:00" not in free_on_monday(consultation_type, now=before_end)
        assert "10:00" in free_on_monday(consultation_type, now=FRIDAY_MORNING + 60 * SECOND)

    @pytest.mark.parametrize(
        "wish",
        [
            {"before": monday("10:00")},
            {"not_before": monday("10:00").date() + DAY, "before": AFTERNOON + 7 * DAY},
            {"weekdays": "12345"},
            {"mornings": False},
            {"notice_hours": 74},
        ],
        ids=["later", "other days", "weekdays", "half-day", "notice"],
    )
    def test_it_is_free_at_once_when_it_suits_nobody(self, consultation_type, wish):
        waits(consultation_type, **wish)
        frees(consultation_type)
        assert "10:00" in free_on_monday(consultation_type)
        assert offered() == []

    def test_it_is_free_at_once_where_the_practice_makes_no_offers(self, consultation_type):
        MessageSettingsFactory(practice=consultation_type.doctor.practice, offers_freed_times=False)
        waits(consultation_type)
        frees(consultation_type)
        assert "10:00" in free_on_monday(consultation_type)
        assert offered() == []

    def test_it_is_free_at_once_shortly_before(self, consultation_type):
        waits(consultation_type)
        soon = monday("10:30") - 90 * MINUTE
        frees(consultation_type, now=soon)
        assert "10:00" in free_on_monday(consultation_type, now=soon)

    def test_a_cancellation_only_notes_and_keeps_the_time(self, consultation_type):
        """A cancellation must not wait for the search of the waiting list."""
        waits(consultation_type)
        frees(consultation_type)
        freed = FreedTime.objects.get()
        assert (freed.starts_at, freed.ends_at) == (monday("10:00"), monday("10:30"))
        assert (Offer.objects.count(), Hold.objects.count()) == (0, 1)

    def test_the_public_cannot_book_it_and_the_desk_can(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        with pytest.raises(rules.SlotTaken):
            book(consultation_type, at="10:00")
        assert book(consultation_type, at="10:00", by=consultation_type.doctor.user)

    def test_a_run_for_which_nobody_is_left_frees_it(self, consultation_type):
        entry = waits(consultation_type)
        frees(consultation_type)
        services.leave_waiting_list(entry, now=FRIDAY_MORNING)
        version = version_of(consultation_type.doctor)
        assert offered() == []
        assert "10:00" in free_on_monday(consultation_type)
        assert version_of(consultation_type.doctor) > version


class TestWhatOpens:
    def test_a_cancelled_visit(self, consultation_type):
        entry = waits(consultation_type)
        frees(consultation_type)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_a_visit_moved_away(self, consultation_type):
        entry, visit = waits(consultation_type), book(consultation_type, at="10:00")
        services.move(visit, by=visit.booked_by, starts_at=monday("16:00"), now=FRIDAY_MORNING)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_an_absence_taken_back(self, consultation_type):
        entry = waits(consultation_type)
        absence = AbsenceFactory(doctor=consultation_type.doctor)
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            remove_absence(absence)
        assert free_on_monday(consultation_type) == []
        assert offered() == [(entry.patient, monday("09:00"))]
        assert free_on_monday(consultation_type)[0] == "09:30"

    def test_not_a_hold_that_ends(self, consultation_type):
        waits(consultation_type)
        HoldFactory(consultation_type=consultation_type, expires_at=FRIDAY_MORNING - MINUTE)
        book(consultation_type, at="10:00")
        assert offered() == []

    def test_not_a_time_that_the_desk_takes_again(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        book(consultation_type, at="10:00", by=consultation_type.doctor.user)
        assert offered() == []

    def test_not_a_cancellation_taken_back(self, consultation_type):
        waits(consultation_type)
        visit = frees(consultation_type)
        services.undo(visit, by=secretary_of(consultation_type.doctor), now=FRIDAY_MORNING)
        assert offered() == []

    def test_not_a_time_that_a_visitor_holds_after_the_minute(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        HoldFactory(
            consultation_type=consultation_type,
            starts_at=monday("10:00"),
            expires_at=FRIDAY_MORNING + 5 * MINUTE,
        )
        assert offered() == []

    def test_not_time_that_is_closed_meanwhile(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        AbsenceFactory(doctor=consultation_type.doctor)
        assert offered() == []

    def test_not_the_time_that_the_patient_gave_up(self, consultation_type):
        visit = book(consultation_type, at="10:00")
        WaitingListEntryFactory(appointment=visit)
        services.move(visit, by=visit.booked_by, starts_at=monday("16:00"), now=FRIDAY_MORNING)
        assert offered() == []

    def test_is_looked_at_once(self, consultation_type):
        waits(consultation_type)
        frees(consultation_type)
        assert len(offered()) == 1
        assert offered() == []
        assert not FreedTime.objects.exists()


class TestWhatFits:
    def test_is_as_long_as_their_visit_with_the_free_time_beside_it(self, consultation_type):
        long = ConsultationTypeFactory(doctor=consultation_type.doctor, duration=60)
        entry = waits(long)
        visit = AppointmentFactory(consultation_type=consultation_type, starts_at=monday("10:30"))
        frees(consultation_type, "10:00")
        assert offered() == []
        services.cancel(visit, by=visit.booked_by, now=FRIDAY_MORNING)
        assert offered() == [(entry.patient, monday("10:00"))]

    def test_is_in_hours_of_their_type(self, consultation_type):
        kept = ConsultationTypeFactory()
        open_week(kept.doctor, weekdays=[0], start=540, end=600)
        other = ConsultationTypeFactory(doctor=kept.doctor)
        for hours in open_week(kept.doctor, weekdays=[0], start=600, end=660):
            hours.types.set([other])
        waits(kept)
        frees(other, "10:00")
        assert offered() == []

    def test_is_not_within_the_notice_of_the_type(self, consultation_type):
        hasty = ConsultationTypeFactory(doctor=consultation_type.doctor, notice_minutes=4 * 1440)
        waits(hasty)
        frees(consultation_type)
        assert offered() == []

    def test_is_no_time_that_was_free_before(self, consultation_type):
        entry = waits(consultation_type)
        frees(consultation_type, "11:00")
        assert offered() == [(entry.patient, monday("11:00"))]

    def test_is_not_when_they_are_elsewhere(self, consultation_type):
        entry = waits(consultation_type)
        AppointmentFactory(patient=entry.patient, starts_at=monday("10:00"))
        verified(entry.patient)
        frees(consultation_type)
        assert offered() == []

    def test_is_another_doctors_for_nobody(self, consultation_type):
        waits(ConsultationTypeFactory())
        frees(consultation_type)
        assert offered() == []


class TestRank:
    def test_the_day_of_asking_decides(self, consultation_type):
        waits(consultation_type, asked=30)
        first = waits(consultation_type, asked=60)
        frees(consultation_type)
        assert offered() == [(first.patient, monday("10:00"))]

    def test_of_one_day_the_patient_who_wins_most_is_first(self, consultation_type):
        waits(consultation_type, asked=7)
        most = waits(consultation_type, asked=2, before=AFTERNOON + 7 * DAY)
        frees(consultation_type)
        assert offered() == [(most.patient, monday("10:00"))]

    def test_of_one_day_and_one_time_the_first_who_asked(self, consultation_type):
        waits(consultation_type, asked=2)
        first = waits(consultation_type, asked=3)
        frees(consultation_type)
        assert offered() == [(first.patient, monday("10:00"))]

    def test_an_urgent_patient_is_before_all_others(self, consultation_type):
        waits(consultation_type, asked=600, before=AFTERNOON + 90 * DAY)
        urgent = waits(consultation_type, asked=1)
        services.mark_urgent(urgent, by=secretary_of(urgent.doctor), is_urgent=True)
        frees(consultation_type)
        assert offered() == [(urgent.patient, monday("10:00"))]

    def test_a_second_time_is_for_the_next_patient(self, consultation_type):
        first, second = (waits(consultation_type, asked=hours) for hours in (60, 30))
        frees(consultation_type, "10:00")
        frees(consultation_type, "11:00")
        assert offered() == [(first.patient, monday("10:00")), (second.patient, monday("11:00"))]

    def test_a_patient_has_one_open_offer_at_all_doctors(self, consultation_type):
        entry, other = waits(consultation_type), ConsultationTypeFactory()
        open_week(other.doctor, weekdays=[0])
        waits(other, patient=entry.patient)
        frees(consultation_type)
        assert len(offered()) == 1
        frees(other, "11:00")
        assert offered() == []

    def test_a_patient_who_did_not_answer_waits_for_six_hours(self, consultation_type, settings):
        waits(consultation_type)
        frees(consultation_type)
        assert len(offered()) == 1
        ended = FRIDAY_MORNING + 4 * HOUR
        frees(consultation_type, "11:00", now=ended + HOUR)
        assert offered(ended + HOUR) == []
        later = ended + settings.WAITING_LIST_PAUSE + DAY - 6 * HOUR
        frees(consultation_type, "12:00", now=later)
        assert len(offered(later)) == 1

    def test_a_patient_who_may_not_book_gets_no_offer(self, consultation_type):
        entry = waits(consultation_type)
        block_patient(
            by=consultation_type.doctor.user,
            patient=entry.patient,
            practice=consultation_type.doctor.practice,
        )
        frees(consultation_type)
        assert offered() == []

    def test_a_patient_who_wants_no_offers_gets_none(self, consultation_type):
        entry = waits(consultation_type)
        MessageChoicesFactory(account=entry.patient.account, offers=False)
        frees(consultation_type)
        assert offered() == []

    def test_a_patient_who_cannot_move_online_gets_no_offer(self, consultation_type):
        visit = book(consultation_type, at="16:00")
        WaitingListEntryFactory(appointment=visit)
        late = monday("16:00") - 23 * HOUR
        frees(consultation_type, "15:00", now=late)
        assert offered(late) == []

    def test_an_ended_entry_gets_no_offer(self, consultation_type):
        left, over = waits(consultation_type), waits(consultation_type, before=monday("09:30"))
        services.leave_waiting_list(left, now=FRIDAY_MORNING)
        frees(consultation_type, "10:00", now=FRIDAY_MORNING)
        assert offered(monday("09:30")) == []
        over.refresh_from_db()
        assert over.end == WaitingListEntry.End.OVER

    @pytest.mark.parametrize("rows", [1, 30])
    def test_costs_the_same_queries_for_one_and_thirty_whom_it_does_not_suit(
        self, consultation_type, django_assert_num_queries, rows
    ):
        for _ in range(rows):
            waits(consultation_type, before=monday("10:00") + MINUTE, weekdays="1")
        waits(consultation_type, before=monday("09:00"))
        frees(consultation_type)
        with django_assert_num_queries(24):
            assert offer_freed_times(now=FRIDAY_MORNING) == 0


class TestHowLong:
    """FRIDAY_MORNING is nine o'clock in Paris, 73 hours before Monday at ten."""

    @pytest.mark.parametrize(
        ("now", "held_until"),
        [
            (FRIDAY_MORNING, FRIDAY_MORNING + 4 * HOUR),
            (FRIDAY_MORNING + 2 * HOUR, FRIDAY_MORNING + 3 * HOUR),
            # From half past seven in the evening on: half an hour then, the rest from eight on.
            (FRIDAY_MORNING + 10.5 * HOUR, FRIDAY_MORNING + 23.5 * HOUR),
            # At ten in the evening: told at eight in the morning, 26 hours before.
            (FRIDAY_MORNING + 37 * HOUR, FRIDAY_MORNING + 48 * HOUR),
            # On Sunday at 18:00, 16 hours before.
            (monday("10:00") - 16 * HOUR, monday("10:00") - 16 * HOUR + 20 * MINUTE),
        ],
        ids=["73 h", "71 h", "evening", "night", "16 h"],
    )
    def test_the_clock_stops_in_quiet_hours(self, consultation_type, now, held_until):
        entry = waits(consultation_type)
        frees(consultation_type, now=now)
        assert offered(now) == [(entry.patient, monday("10:00"))]
        assert Offer.objects.get().held_until == held_until

    def test_at_night_nobody_is_told_before_the_morning(self, consultation_type):
        waits(consultation_type)
        night = FRIDAY_MORNING + 14 * HOUR
        frees(consultation_type, now=night)
        offered(night)
        offer, message = Offer.objects.get(), Notification.objects.get(kind="offer")
        morning = FRIDAY_MORNING + 23 * HOUR
        assert (offer.told_from, message.next_attempt_at) == (morning, morning)
        assert "10:00" not in free_on_monday(consultation_type, now=morning)

    def test_less_than_four_hours_before_only_an_sms_tells_in_time(
        self, consultation_type, settings
    ):
        now = monday("16:00") - 3 * HOUR
        patient = PatientFactory(phone="+33612345678")
        waits(consultation_type, patient=patient, before=monday("17:00"))
        settings.SENDS_SMS = False
        frees(consultation_type, "16:00", now=now)
        assert offered(now) == []
        settings.SENDS_SMS = True
        frees(consultation_type, "16:00", now=now)
        assert len(offered(now)) == 1
        assert Offer.objects.get().held_until == now + 10 * MINUTE
        message = Notification.objects.get(kind="offer")
        assert (message.channel, message.recipient) == ("sms", "+33612345678")

    def test_it_ends_with_the_deadline_of_the_present_visit(self, consultation_type):
        visit = book(consultation_type, at="16:00")
        WaitingListEntryFactory(appointment=visit)
        deadline = visit.changes_close_at
        frees(consultation_type, "15:00", now=deadline - 10 * MINUTE)
        offered(deadline - 10 * MINUTE)
        assert Offer.objects.get().held_until == deadline


@pytest.fixture
def three(consultation_type):
    """Three patients who wait for a time of this type, by rank."""
    return [waits(consultation_type, asked=hours) for hours in (90, 60, 30)]


@pytest.fixture
def offer(consultation_type, three):
    """The offer of Monday at ten to the first of three."""
    frees(consultation_type)
    offer_freed_times(now=FRIDAY_MORNING)
    return Offer.objects.get()


LATER = FRIDAY_MORNING + 10 * MINUTE


class TestTaken:
    def test_without_a_visit_it_is_booked(self, offer, three):
        visit = services.take_offer(offer, now=LATER)
        assert (visit.patient, visit.starts_at) == (three[0].patient, monday("10:00"))
        assert (status_of(offer), offer.appointment, offer.replaced_start) == (
            STATUS.TAKEN,
            visit,
            None,
        )
        three[0].refresh_from_db()
        assert three[0].end == WaitingListEntry.End.BOOKED
        assert not Hold.objects.exists()

    def test_the_present_visit_moves_and_its_time_goes_to_the_next(self, consultation_type):
        visit = book(consultation_type, at="13:00")
        first = WaitingListEntryFactory(appointment=visit)
        second = waits(consultation_type, asked=1)
        frees(consultation_type)
        assert offered() == [(first.patient, monday("10:00"))]
        offer = Offer.objects.get()
        moved = services.take_offer(offer, now=LATER)
        assert (moved.pk, moved.starts_at) == (visit.pk, monday("10:00"))
        offer.refresh_from_db()
        assert offer.replaced_start == monday("13:00")
        assert "13:00" not in free_on_monday(consultation_type, now=LATER)
        assert offered(LATER) == [(second.patient, monday("13:00"))]

    def test_a_second_tap_is_the_same_visit(self, offer):
        first = services.take_offer(offer, now=LATER)
        assert services.take_offer(offer, now=LATER) == first
        assert first.notifications.count() == 1

    def test_not_after_its_time(self, offer):
        with pytest.raises(rules.StateConflict) as refused:
            services.take_offer(offer, now=offer.held_until)
        assert (refused.value.code, status_of(offer)) == ("offer_over", STATUS.OPEN)

    def test_a_refusal_changes_nothing(self, offer):
        block_patient(by=offer.doctor.user, patient=offer.patient, practice=offer.practice)
        with pytest.raises(rules.RuleRefused):
            services.take_offer(offer, now=LATER)
        assert status_of(offer) == STATUS.OPEN
        assert Hold.objects.count() == 1

    def test_nobody_else_can_book_it_meanwhile(self, offer, consultation_type):
        with pytest.raises(rules.SlotTaken):
            book(consultation_type, at="10:00", now=LATER)


class TestPassedOn:
    def test_a_no_goes_to_the_next_after_half_a_minute(self, offer, three):
        services.decline_offer(offer, now=LATER)
        assert offered(LATER + 29 * SECOND) == []
        assert offered(LATER + 30 * SECOND) == [(three[1].patient, monday("10:00"))]

    def test_a_no_can_become_a_yes_until_then(self, offer):
        declined = services.decline_offer(offer, now=LATER)
        assert declined.can_still_change(LATER + 20 * SECOND)
        visit = services.take_offer(offer, now=LATER + 20 * SECOND)
        assert (visit.starts_at, status_of(offer)) == (monday("10:00"), STATUS.TAKEN)

    def test_not_after_it_was_passed_on(self, offer):
        services.decline_offer(offer, now=LATER)
        offered(LATER + 30 * SECOND)
        with pytest.raises(rules.StateConflict):
            services.take_offer(offer, now=LATER + 31 * SECOND)

    def test_a_no_without_a_worker_is_public_after_a_minute(self, offer, consultation_type):
        services.decline_offer(offer, now=LATER)
        almost = LATER + 60 * SECOND - engine.INSTANT
        assert "10:00" not in free_on_monday(consultation_type, now=almost)
        assert "10:00" in free_on_monday(consultation_type, now=LATER + 60 * SECOND)

    def test_no_answer_goes_to_the_next(self, offer, three):
        assert offered(offer.held_until - engine.INSTANT) == []
        assert offered(offer.held_until) == [(three[1].patient, monday("10:00"))]
        assert status_of(offer) == STATUS.EXPIRED

    def test_no_answer_without_a_worker_is_public_a_minute_later(self, offer, consultation_type):
        until = offer.held_until + 60 * SECOND
        assert "10:00" not in free_on_monday(consultation_type, now=until - engine.INSTANT)
        assert "10:00" in free_on_monday(consultation_type, now=until)

    def test_the_last_offer_is_public_at_its_end(self, offer, consultation_type, three):
        for _ in range(2):
            now = Offer.objects.latest("pk").held_until
            offered(now)
        third = Offer.objects.latest("pk")
        assert (third.patient, third.number) == (three[2].patient, 3)
        assert third.kept_until == third.held_until
        assert "10:00" in free_on_monday(consultation_type, now=third.held_until)

    def test_after_three_offers_the_public_has_it(self, offer, consultation_type):
        waits(consultation_type)
        now = offer.held_until
        for _ in range(2):
            assert len(offered(now)) == 1
            now = Offer.objects.latest("pk").held_until
        assert offered(now) == []
        assert "10:00" in free_on_monday(consultation_type, now=now)

    def test_nobody_is_offered_one_freed_time_twice(self, consultation_type, settings):
        settings.WAITING_LIST_PAUSE = 0 * HOUR
        waits(consultation_type)
        frees(consultation_type)
        offered()
        services.decline_offer(Offer.objects.get(), now=LATER)
        assert offered(LATER + HOUR) == []
        assert "10:00" in free_on_monday(consultation_type, now=LATER + HOUR)

    @pytest.mark.parametrize("how", ["leaves", "cancels", "books"])
    def test_a_patient_who_does_not_want_it_any_more_passes_it_on(self, consultation_type, how):
        visit = book(consultation_type, at="13:00")
        first = WaitingListEntryFactory(appointment=visit)
        second = waits(consultation_type, asked=1)
        frees(consultation_type)
        assert offered() == [(first.patient, monday("10:00"))]
        offer = Offer.objects.get()
        if how == "leaves":
            services.leave_waiting_list(first, now=LATER)
        elif how == "cancels":
            services.cancel(visit, by=visit.booked_by, now=LATER)
        else:
            services.move(visit, by=visit.booked_by, starts_at=monday("09:00"), now=LATER)
        assert status_of(offer) == STATUS.DROPPED
        assert offered(LATER) == [(second.patient, monday("10:00"))]
        assert not Notification.objects.filter(kind="offer_withdrawn").exists()


class TestWithdrawn:
    @pytest.fixture
    def told(self, offer):
        """The offer, and its e-mail is sent."""
        assert send_due(now=FRIDAY_MORNING + SECOND)[0] >= 1
        return offer

    def withdrawn_messages(self):
        rows = Notification.objects.filter(kind="offer_withdrawn")
        return [(row.offer, row.channel) for row in rows]

    def test_the_desk_books_the_time(self, told, consultation_type):
        visit = book(consultation_type, at="10:00", by=consultation_type.doctor.user, now=LATER)
        assert (visit.starts_at, status_of(told)) == (monday("10:00"), STATUS.WITHDRAWN)
        assert offered(LATER) == []
        assert self.withdrawn_messages() == [(told, "email")]

    def test_the_desk_moves_a_visit_there(self, told, consultation_type):
        visit = book(consultation_type, at="15:00")
        services.move(visit, by=told.doctor.user, starts_at=monday("10:15"), now=LATER)
        assert status_of(told) == STATUS.WITHDRAWN

    def test_the_desk_takes_the_cancellation_back(self, three, consultation_type):
        visit = frees(consultation_type)
        offered()
        services.undo(visit, by=consultation_type.doctor.user, now=LATER)
        visit.refresh_from_db()
        assert (visit.status, Offer.objects.get().status) == ("confirmed", STATUS.WITHDRAWN)

    def test_the_desk_withdraws_it_and_the_next_has_it(self, told, three):
        services.withdraw_offer(told, by=secretary_of(told.doctor), now=LATER)
        assert offered(LATER) == [(three[1].patient, monday("10:00"))]
        assert self.withdrawn_messages() == [(told, "email")]

    def test_the_time_closes(self, told):
        AbsenceFactory(doctor=told.doctor)
        told.doctor.touch_calendar()
        assert offered(LATER) == []
        assert status_of(told) == STATUS.WITHDRAWN
        assert self.withdrawn_messages() == [(told, "email")]

    def test_an_offer_that_nobody_was_told_of_needs_no_message(self, offer, consultation_type):
        book(consultation_type, at="10:00", by=consultation_type.doctor.user, now=LATER)
        offered(LATER)
        assert self.withdrawn_messages() == []

    def test_the_patient_cannot_take_it(self, offer, consultation_type):
        book(consultation_type, at="10:00", by=consultation_type.doctor.user, now=LATER)
        with pytest.raises(rules.StateConflict):
            services.take_offer(offer, now=LATER)


class TestOfferNow:
    def test_the_desk_offers_a_free_time_whatever_the_rank(self, consultation_type, three):
        offer = offer_now(
            three[2], monday("09:30"), by=secretary_of(three[2].doctor), now=FRIDAY_MORNING
        )
        assert (offer.patient, offer.starts_at) == (three[2].patient, monday("09:30"))
        assert "09:30" not in free_on_monday(consultation_type)
        assert offer.notifications.get().kind == "offer"

    def test_not_a_second_open_offer(self, three):
        for clock in ("09:30", "10:00"):
            options = {"by": three[0].doctor.user, "now": FRIDAY_MORNING}
            if clock == "09:30":
                offer_now(three[0], monday(clock), **options)
            else:
                with pytest.raises(rules.StateConflict):
                    offer_now(three[0], monday(clock), **options)

    def test_not_a_time_that_another_patient_has(self, offer, three):
        with pytest.raises(rules.SlotTaken):
            offer_now(three[1], monday("10:00"), by=offer.doctor.user, now=LATER)

    def test_not_by_a_stranger(self, three):
        with pytest.raises(rules.RuleRefused):
            offer_now(three[0], monday("10:00"), by=PatientFactory().account, now=FRIDAY_MORNING)


class TestMail:
    @pytest.fixture
    def entry(self, consultation_type, settings):
        settings.SITE_URL = "https://tbib.example"
        doctor = consultation_type.doctor
        doctor.user.first_name, doctor.user.last_name = "Salma", "Alami"
        doctor.user.save()
        type(doctor.practice).objects.update(name="Cabinet de l'Atlas & fils")
        return waits(consultation_type)

    def sent(self, entry, language="en", clock="10:00"):
        frees(entry.consultation_type, clock)
        offer_freed_times(now=FRIDAY_MORNING)
        row = Notification.objects.get(kind=Notification.Kind.OFFER)
        row.language = language
        return compose(row, now=FRIDAY_MORNING)

    def test_leads_to_the_offer(self, entry):
        body = self.sent(entry).body
        assert "It is kept for you until Friday 26 February at 13:00." in body
        assert "https://tbib.example/o/" in body

    def test_with_an_appointment_says_that_it_is_replaced(self, entry):
        book(entry.consultation_type, patient=entry.patient, at="14:00")
        body = " ".join(self.sent(entry).body.split())
        assert "it replaces your appointment of Monday 1 March at 14:00" in body

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_says_nothing_of_health(self, entry, language):
        visit = book(entry.consultation_type, patient=entry.patient, at="14:00", reason="canary")
        PrivateNote.objects.create(doctor=entry.doctor, appointment=visit, text="canary")
        message = self.sent(entry, language)
        assert "canary" not in message.body + message.subject
        for word in ("Alami", "Consultation", "Nadia"):
            assert word not in message.subject
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_is_sent_by_the_outbox(self, entry):
        self.sent(entry)
        send_due(now=FRIDAY_MORNING + MINUTE)
        assert entry.patient.account.email in [each for out in mail.outbox for each in out.to]

    @pytest.mark.parametrize("what", ["taken", "left", "expired"])
    def test_is_dropped_when_the_offer_is_not_true_any_more(self, entry, what):
        self.sent(entry)
        now = FRIDAY_MORNING + MINUTE
        if what == "taken":
            services.take_offer(Offer.objects.get(), now=now)
        elif what == "left":
            services.leave_waiting_list(entry, now=now)
        else:
            now = Offer.objects.get().held_until
        Notification.objects.exclude(kind=Notification.Kind.OFFER).delete()
        assert send_due(now=now) == (0, 0)
        assert Notification.objects.get().dropped_at == now


def test_a_relative_has_an_offer_of_their_own(consultation_type):
    entry = waits(consultation_type, asked=60)
    relative = RelativeFactory(account=entry.patient.account)
    child = waits(consultation_type, patient=relative, asked=30)
    frees(consultation_type, "10:00")
    frees(consultation_type, "11:00")
    assert [patient for patient, _start in offered()] == [entry.patient, child.patient]


def test_the_command_says_how_many(consultation_type):
    waits(consultation_type)
    frees(consultation_type)
    out = StringIO()
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        call_command("offer_freed_times", stdout=out)
    assert out.getvalue() == "1 offers made\n"
