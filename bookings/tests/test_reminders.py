"""Reminders: which are due and when, on the practice's clock (bookings.messages.reminders)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import services
from bookings.messages.reminders import queue_reminders
from bookings.models import Notification
from bookings.status import Status
from bookings.tests.factories import (
    AppointmentFactory,
    MessageChoicesFactory,
    MessageSettingsFactory,
)
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

KINDS = Notification.Kind
PARIS = ZoneInfo("Europe/Paris")
MOBILE = "+33612345678"


def paris(text: str) -> dt.datetime:
    """The instant of a Paris wall time, "2027-03-17 10:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(dt.UTC)


@pytest.fixture(autouse=True)
def sends_sms(settings):
    settings.SENDS_SMS = True


def visit_at(text="2027-03-17 10:00", *, booked="2027-02-01 09:00", **options):
    """A confirmed visit at a Paris wall time."""
    start = paris(text)
    end = start + dt.timedelta(minutes=30)
    return AppointmentFactory(starts_at=start, ends_at=end, created_at=paris(booked), **options)


def leaving(visit):
    """{kind: the Paris wall time at which its reminder leaves}, after two runs a day."""
    now = visit.starts_at - dt.timedelta(days=8)
    while now < visit.starts_at:
        queue_reminders(now=max(now, visit.created_at))
        now += dt.timedelta(hours=12)
    found = {}
    for row in visit.notifications.filter(channel="email"):
        assert row.kind not in found
        found[row.kind] = f"{row.next_attempt_at.astimezone(PARIS):%m-%d %H:%M}"
    return found


class TestWhen:
    def test_a_week_two_days_and_two_hours_before(self):
        assert leaving(visit_at()) == {
            KINDS.REMINDER_WEEK: "03-10 10:00",
            KINDS.REMINDER: "03-15 10:00",
            KINDS.REMINDER_HOURS: "03-17 08:00",
        }

    def test_the_weeks_reminder_is_for_visits_booked_more_than_14_days_ahead(self):
        assert KINDS.REMINDER_WEEK not in leaving(visit_at(booked="2027-03-03 10:01"))

    def test_in_the_quiet_hours_it_leaves_before_them_and_the_last_one_not_at_all(self):
        assert leaving(visit_at("2027-03-17 07:30")) == {
            KINDS.REMINDER_WEEK: "03-09 19:30",
            KINDS.REMINDER: "03-14 19:30",
        }

    def test_the_quiet_hours_are_the_practices(self):
        visit = visit_at("2027-03-17 10:30")
        MessageSettingsFactory(practice=visit.practice, quiet_until=dt.time(9))
        assert KINDS.REMINDER_HOURS not in leaving(visit)

    def test_in_morocco_they_end_at_nine(self):
        kind = ConsultationTypeFactory(doctor__practice__country="MA")
        later, early = (
            visit_at(f"2027-03-17 {at}", consultation_type=kind) for at in ("11:30", "10:30")
        )
        assert leaving(later)[KINDS.REMINDER_HOURS] == "03-17 09:30"
        assert KINDS.REMINDER_HOURS not in leaving(early)

    def test_booked_within_two_days_it_leaves_on_the_afternoon_before(self):
        eve = leaving(visit_at(booked="2027-03-15 12:00"))[KINDS.REMINDER]
        assert "03-16 14:00" <= eve < "03-16 16:00"

    def test_booked_later_than_its_time_it_is_left_out(self):
        assert leaving(visit_at(booked="2027-03-16 16:00")) == {KINDS.REMINDER_HOURS: "03-17 08:00"}
        assert leaving(visit_at(booked="2027-03-17 08:30")) == {}

    def test_over_a_change_of_the_clock_it_is_48_hours(self):
        assert leaving(visit_at("2027-03-29 10:00"))[KINDS.REMINDER] == "03-27 09:00"


class TestWhich:
    def run(self, now="2027-03-15 09:00"):
        return queue_reminders(now=paris(now))

    @pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED, Status.ARRIVED])
    def test_only_a_confirmed_visit(self, status):
        visit_at(status=status)
        assert self.run() == 0

    def test_once_however_often_it_runs(self):
        visit = visit_at()
        assert (self.run(), self.run("2027-03-15 12:00")) == (1, 0)
        services.move(
            visit,
            by=visit.doctor.user,
            starts_at=paris("2027-03-18 11:00"),
            now=paris("2027-03-15 13:00"),
        )
        assert self.run("2027-03-16 10:00") == 1, "the new time has a reminder of its own"

    def test_not_again_after_an_arrival_that_was_taken_back(self):
        visit = visit_at()
        assert self.run() == 1
        visit.sequence += 2
        visit.save()
        assert self.run() == 0

    def test_by_sms_too_where_the_patient_has_a_mobile(self):
        visit_at(patient__phone=MOBILE)
        self.run()
        assert list(Notification.objects.values_list("channel", "recipient")) == [
            ("email", Notification.objects.get(channel="email").recipient),
            ("sms", MOBILE),
        ]

    def test_as_the_patient_chose(self):
        visit = visit_at(patient__phone=MOBILE)
        choices = MessageChoicesFactory(account=visit.patient.account, reminders_by_email=False)
        self.run()
        assert [row.channel for row in visit.notifications.all()] == ["sms"]
        visit.notifications.all().delete()
        choices.reminders_by_sms = False
        choices.save()
        assert self.run() == 0

    def test_as_a_person_without_an_account_chose(self):
        visit = visit_at(patient=PatientFactory(account=None, email="a@example.org", phone=MOBILE))
        MessageChoicesFactory(account=None, patient=visit.patient, reminders_by_sms=False)
        self.run()
        assert [row.channel for row in visit.notifications.all()] == ["email"]

    def test_as_the_practice_chose(self):
        visit = visit_at()
        MessageSettingsFactory(practice=visit.practice, reminds=False)
        assert self.run() == 0

    def test_after_hours_without_a_worker_it_leaves_late_if_that_still_helps(self):
        visit = visit_at()
        self.run("2027-03-15 21:00")
        assert visit.notifications.get().next_attempt_at == paris("2027-03-16 08:00")

    def test_too_late_it_is_left_out(self):
        visit = visit_at()
        self.run("2027-03-16 22:00")
        assert visit.notifications.get().kind == KINDS.REMINDER_HOURS


def test_a_batch_costs_the_same_queries_for_one_visit_and_for_forty():
    kind = ConsultationTypeFactory(duration=5)

    def cost(now):
        with CaptureQueriesContext(connection) as queries:
            written = queue_reminders(now=paris(now))
        return written, len(queries)

    def visits(day, count):
        for at in range(count):
            visit_at(
                f"2027-03-{day} {10 + at // 12}:{at % 12 * 5:02}",
                consultation_type=kind,
                is_overbooked=True,
                patient=RelativeFactory() if at % 2 else PatientFactory(),
            )

    visits(17, 1)
    one = cost("2027-03-15 09:00")
    visits(24, 40)
    forty = cost("2027-03-22 09:00")
    assert (one[0], forty[0]) == (1, 40)
    assert one[1] == forty[1] == 5
