"""Which messages a change writes, to whom, and by which way (bookings.services.notifications)."""

import datetime as dt

import pytest

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import services
from bookings.models import Notification
from bookings.status import Verb
from bookings.tests.factories import AppointmentFactory, MessageSettingsFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

KINDS = Notification.Kind
MOBILE, OFFICE = "+33612345678", "+33199001234"
EARLY_ON_MONDAY = monday("07:00")


@pytest.fixture(autouse=True)
def sends_sms(settings):
    settings.SENDS_SMS = True


def rows(**found):
    """(kind, channel, recipient) of the messages, in the order in which they were written."""
    written = Notification.objects.filter(**found).order_by("pk")
    return list(written.values_list("kind", "channel", "recipient"))


def of_the_desk(**values):
    return PatientFactory(account=None, **values)


def cancelled(visit, *, by=None, now=FRIDAY_MORNING):
    services.cancel(visit, by=by or visit.doctor.user, now=now)


class TestWays:
    def test_a_person_without_an_email_gets_an_sms(self):
        visit = AppointmentFactory(patient=of_the_desk(phone=MOBILE))
        cancelled(visit, now=visit.starts_at - dt.timedelta(days=30))
        assert rows() == [(KINDS.CANCELLED, "sms", MOBILE)]

    def test_a_landline_gets_none(self):
        cancelled(AppointmentFactory(patient=of_the_desk(phone=OFFICE)))
        assert rows() == []

    def test_a_childs_sms_goes_to_the_number_of_the_accounts_owner(self):
        owner = PatientFactory(account__email="", phone=MOBILE)
        cancelled(AppointmentFactory(patient=RelativeFactory(account=owner.account)))
        assert rows() == [(KINDS.CANCELLED, "sms", MOBILE)]

    @pytest.mark.parametrize(
        ("hours", "channels"), [(72, ["email", "sms"]), (73, ["email"])], ids=["near", "later"]
    )
    def test_a_cancellation_by_the_practice_goes_both_ways_when_the_visit_is_near(
        self, hours, channels
    ):
        visit = AppointmentFactory(patient__phone=MOBILE)
        cancelled(visit, now=visit.starts_at - dt.timedelta(hours=hours))
        assert [channel for _kind, channel, _to in rows()] == channels

    def test_the_patients_own_cancellation_needs_no_sms(self):
        visit = AppointmentFactory(patient__phone=MOBILE)
        cancelled(visit, by=visit.patient.account)
        assert [channel for _kind, channel, _to in rows()] == ["email"]

    def test_no_sms_where_the_practice_or_the_site_sends_none(self, settings):
        silent, other = (AppointmentFactory(patient=of_the_desk(phone=MOBILE)) for _ in range(2))
        MessageSettingsFactory(practice=silent.practice, sends_sms=False)
        cancelled(silent)
        settings.SENDS_SMS = False
        cancelled(other)
        assert rows() == []


class TestKinds:
    def test_the_practices_answers_to_a_request(self):
        kind = ConsultationTypeFactory(needs_confirmation=True)
        yes, no = book(kind), book(kind, at="11:00")
        services.change_status(yes, Verb.CONFIRM, by=kind.doctor.user, now=FRIDAY_MORNING)
        cancelled(no)
        told = Notification.objects.exclude(kind=KINDS.REQUESTED)
        assert list(told.values_list("appointment", "kind")) == [
            (yes.pk, KINDS.CONFIRMED),
            (no.pk, KINDS.DECLINED),
        ]

    def test_a_request_that_the_patient_takes_back_is_cancelled(self):
        request = book(ConsultationTypeFactory(needs_confirmation=True))
        cancelled(request, by=request.booked_by)
        assert rows(kind=KINDS.DECLINED) == []


class TestToThePractice:
    @pytest.fixture
    def consultation_type(self):
        kind = ConsultationTypeFactory(doctor__practice__cancellation_deadline_hours=0)
        MessageSettingsFactory(
            practice=kind.doctor.practice, staff_email="desk@example.org", staff_phone=MOBILE
        )
        return kind

    def to_the_desk(self):
        return [row for row in rows() if row[2] in ("desk@example.org", MOBILE)]

    def test_a_request_is_told_at_once(self, consultation_type):
        consultation_type.needs_confirmation = True
        consultation_type.save()
        book(consultation_type)
        assert self.to_the_desk() == [
            (KINDS.NEW_REQUEST, "email", "desk@example.org"),
            (KINDS.NEW_REQUEST, "sms", MOBILE),
        ]

    def test_a_change_is_told_within_four_hours_of_the_nearer_start(self, consultation_type):
        visit = book(consultation_type, at="10:30")
        assert self.to_the_desk() == []
        services.move(visit, by=visit.booked_by, starts_at=monday("16:00"), now=EARLY_ON_MONDAY)
        assert [kind for kind, _channel, _to in self.to_the_desk()] == [KINDS.LATE_CHANGE] * 2
        assert Notification.objects.last().previous_start == monday("10:30")

    def test_a_change_four_hours_before_is_not_late(self, consultation_type):
        visit = book(consultation_type, at="11:00")
        cancelled(visit, by=visit.booked_by, now=EARLY_ON_MONDAY)
        assert self.to_the_desk() == []

    def test_a_booking_for_the_same_morning_and_its_end_are_told(self, consultation_type):
        visit = book(consultation_type, at="10:00", now=EARLY_ON_MONDAY)
        cancelled(visit, by=visit.booked_by, now=EARLY_ON_MONDAY)
        late = Notification.objects.filter(kind=KINDS.LATE_CHANGE, channel="email")
        assert list(late.values_list("sequence", flat=True)) == [0, 1]

    def test_the_practices_own_changes_are_not(self, consultation_type):
        visit = book(consultation_type, at="10:00")
        cancelled(visit, now=EARLY_ON_MONDAY)
        assert self.to_the_desk() == []

    def test_switches(self, consultation_type):
        chosen = consultation_type.doctor.practice.message_settings
        chosen.tells_late_changes = chosen.tells_requests = False
        chosen.save()
        book(consultation_type, now=EARLY_ON_MONDAY)
        assert self.to_the_desk() == []
