"""Which messages of the outbox are dropped when they are about to leave."""

import datetime as dt

import pytest

from bookings.messages.truth import is_moot, with_overtaken
from bookings.models import Notification
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db

KINDS = Notification.Kind
HOUR = dt.timedelta(hours=1)
CHANGES = [KINDS.REQUESTED, KINDS.BOOKED, KINDS.CONFIRMED, KINDS.MOVED, KINDS.MOVE_ASKED]
REMINDERS = [KINDS.REMINDER_WEEK, KINDS.REMINDER, KINDS.REMINDER_HOURS]


def message(kind, visit, **values):
    return NotificationFactory(kind=kind, appointment=visit, **values)


def moot(row, now=FRIDAY_MORNING):
    return is_moot(with_overtaken(Notification.objects.for_composing()).get(pk=row.pk), now)


def kept(status, kinds, now=FRIDAY_MORNING):
    """Those of `kinds` that are still sent when the visit has this status."""
    visit = AppointmentFactory(status=status)
    # One row at a time: a change overtakes the change before.
    sent = []
    for kind in kinds:
        row = message(kind, visit, created_at=now)
        if not moot(row, now):
            sent.append(kind)
        row.delete()
    return sent


class TestOfTheVisit:
    ALL = [
        each
        for each in KINDS
        if each not in (KINDS.OFFER, KINDS.OFFER_WITHDRAWN, KINDS.SIGNED_UP, KINDS.APPROVED)
    ]

    def test_cancelled_only_tells_the_cancellation(self):
        sent = [KINDS.DECLINED, KINDS.CANCELLED, KINDS.LATE_CHANGE]
        assert kept(Status.CANCELLED, self.ALL) == sent

    def test_confirmed_tells_no_cancellation(self):
        """The desk has taken it back."""
        expected = [*CHANGES, *REMINDERS, KINDS.LATE_CHANGE]
        assert kept(Status.CONFIRMED, self.ALL) == expected

    def test_pending_is_a_request(self):
        assert KINDS.NEW_REQUEST in kept(Status.PENDING, self.ALL)

    def test_arrived_may_be_told_of_the_turn(self):
        assert kept(Status.ARRIVED, [KINDS.TURN_SOON, *REMINDERS]) == [KINDS.TURN_SOON]

    def test_absent_gets_nothing(self):
        assert kept(Status.NO_SHOW, [*CHANGES, *REMINDERS, KINDS.TURN_SOON]) == []


class TestOfAPastVisit:
    def test_reminders_end_with_the_start(self):
        visit = AppointmentFactory()
        rows = [message(kind, visit) for kind in REMINDERS]
        before = visit.starts_at - dt.timedelta(seconds=1)
        assert [moot(row, before) for row in rows] == [False] * 3
        assert [moot(row, visit.starts_at) for row in rows] == [True] * 3

    @pytest.mark.parametrize("kind", [*CHANGES, KINDS.LATE_CHANGE])
    def test_changes_end_with_the_end(self, kind):
        row = message(kind, AppointmentFactory())
        end = row.appointment.ends_at
        assert (moot(row, end - dt.timedelta(seconds=1)), moot(row, end)) == (False, True)

    def test_cancellations_are_told_for_a_day(self):
        row = message(KINDS.CANCELLED, AppointmentFactory(status=Status.CANCELLED))
        end = row.appointment.ends_at
        assert (moot(row, end + 24 * HOUR), moot(row, end + 25 * HOUR)) == (False, True)

    def test_the_turn_is_told_for_half_an_hour(self):
        visit = AppointmentFactory(status=Status.ARRIVED)
        row = message(KINDS.TURN_SOON, visit, created_at=FRIDAY_MORNING)
        assert [moot(row, FRIDAY_MORNING + wait * HOUR) for wait in (0.5, 0.6)] == [False, True]


class TestOvertaken:
    @pytest.mark.parametrize("later", [*CHANGES, KINDS.CANCELLED])
    def test_a_change_by_a_later_change(self, later):
        visit = AppointmentFactory(sequence=1)
        booked = message(KINDS.BOOKED, visit, sequence=0)
        message(later, visit, sequence=1)
        assert moot(booked)

    @pytest.mark.parametrize("later", [*REMINDERS, KINDS.TURN_SOON, KINDS.LATE_CHANGE])
    def test_a_change_by_no_other_message(self, later):
        visit = AppointmentFactory(sequence=1)
        booked = message(KINDS.BOOKED, visit, sequence=0)
        message(later, visit, sequence=1)
        assert not moot(booked)

    def test_an_sms_by_a_later_change_in_an_email(self):
        visit = AppointmentFactory(sequence=1)
        sms = message(KINDS.BOOKED, visit, sequence=0, channel=Notification.Channel.SMS)
        message(KINDS.MOVED, visit, sequence=1)
        assert moot(sms)

    def test_neither_of_two_ways_of_one_change(self):
        visit = AppointmentFactory()
        rows = [message(KINDS.BOOKED, visit, channel=way) for way in Notification.Channel]
        assert [moot(row) for row in rows] == [False, False]

    def test_not_by_a_change_of_another_visit(self):
        booked = message(KINDS.BOOKED, AppointmentFactory())
        message(KINDS.MOVED, AppointmentFactory(sequence=1))
        assert not moot(booked)

    @pytest.mark.parametrize("kind", REMINDERS)
    def test_a_reminder_by_another_start_and_by_no_other_change(self, kind):
        visit = AppointmentFactory(sequence=3)
        row = message(kind, visit, sequence=0)
        assert not moot(row)
        visit.timed_at = row.created_at + dt.timedelta(minutes=1)
        visit.save()
        assert moot(row)

    def test_a_late_change_by_a_later_one(self):
        visit = AppointmentFactory(status=Status.CANCELLED, sequence=2)
        first = message(KINDS.LATE_CHANGE, visit, sequence=1)
        second = message(KINDS.LATE_CHANGE, visit, sequence=2)
        assert [moot(first), moot(second)] == [True, False]


@pytest.mark.parametrize(
    ("kind", "is_approved", "expected"),
    [
        (KINDS.SIGNED_UP, False, False),
        (KINDS.SIGNED_UP, True, True),
        (KINDS.APPROVED, True, False),
        (KINDS.APPROVED, False, True),
    ],
)
def test_of_a_doctor_follow_the_approval(kind, is_approved, expected):
    doctor = DoctorFactory(approved_at=FRIDAY_MORNING if is_approved else None)
    row = NotificationFactory(kind=kind, appointment=None, sequence=0, doctor=doctor)
    assert moot(row) == expected
