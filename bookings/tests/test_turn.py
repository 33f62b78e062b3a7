"""The message "your turn is near" (bookings.waiting_room.turn)."""

import datetime as dt

import pytest

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.models import Notification
from bookings.status import Verb
from bookings.tests.factories import MessageChoicesFactory, MessageSettingsFactory
from bookings.tests.moments import monday
from bookings.waiting_room.turn import tell_turns
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

NOW = monday("10:00")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def doctor():
    return ConsultationTypeFactory(duration=20).doctor


@pytest.fixture
def queue(doctor):
    """Five walk-ins, a minute apart; the last came at 10:04."""
    return [
        services.add_walk_in(
            by=doctor.user, doctor=doctor, patient=PatientFactory(), now=NOW + at * MINUTE
        )
        for at in range(5)
    ]


def called(visit, now):
    services.change_status(visit, Verb.START, by=visit.doctor.user, now=now)
    services.change_status(visit, Verb.FINISH, by=visit.doctor.user, now=now)


def told():
    """The waiting-room numbers of those who were told, in that order."""
    rows = Notification.objects.filter(kind=Notification.Kind.TURN_SOON, dropped_at=None)
    return list(rows.order_by("pk").values_list("appointment__queue_number", flat=True))


def test_with_two_before_and_once(queue):
    for visit in queue:
        tell_turns(now=visit.created_at)
    assert told() == [], "the first three need not be told, the others wait for their turn"
    called(queue[0], NOW + 10 * MINUTE)
    assert (tell_turns(now=NOW + 10 * MINUTE), tell_turns(now=NOW + 11 * MINUTE)) == (1, 0)
    called(queue[1], NOW + 20 * MINUTE)
    tell_turns(now=NOW + 20 * MINUTE)
    assert told() == [4, 5]


@pytest.mark.parametrize("who", ["practice", "patient"])
def test_not_where_it_is_not_wanted(queue, who):
    if who == "practice":
        MessageSettingsFactory(practice=queue[0].practice, turn_soon=False)
    else:
        for visit in queue:
            MessageChoicesFactory(account=visit.patient.account, turn_soon=False)
    assert tell_turns(now=NOW + 10 * MINUTE) == 0


def test_one_sms_where_there_is_a_mobile(doctor, settings):
    settings.SENDS_SMS = True
    patient = PatientFactory(phone="+33612345678")
    services.add_walk_in(by=doctor.user, doctor=doctor, patient=patient, now=NOW)
    tell_turns(now=NOW + 5 * MINUTE)
    assert [row.channel for row in Notification.objects.all()] == ["sms"]


def test_not_those_of_yesterday(queue):
    assert tell_turns(now=NOW + dt.timedelta(days=2)) == 0
