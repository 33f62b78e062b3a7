"""An e-mail provider tells that a message bounced, or that its reader complained."""

import json
from base64 import b64encode

import pytest
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.core import mail

from bookings.messages.outbox import send_due
from bookings.models import Notification, RefusedAddress
from bookings.tests.factories import NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING

pytestmark = pytest.mark.django_db

ADDRESS = "/mail-events/"
BOUNCE = {
    "RecordType": "Bounce",
    "ID": 42,
    "Type": "HardBounce",
    "MessageID": "00000000-0000-0000-0000-000000000000",
    "Email": "Nadia@example.org",
    "BouncedAt": "2027-02-26T08:00:00Z",
    "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
}


@pytest.fixture
def row():
    return NotificationFactory(recipient="nadia@example.org", sent_at=FRIDAY_MORNING)


@pytest.fixture
def provider(settings):
    settings.EMAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "us:secret", "POSTMARK_SERVER_TOKEN": "token"}


def post(client, event, secret="us:secret"):
    name = "Basic " + b64encode(secret.encode()).decode()
    return client.post(
        ADDRESS, json.dumps(event), content_type="application/json", HTTP_AUTHORIZATION=name
    )


def tell(row, event_type=EventType.BOUNCED, **values):
    known = {"recipient": row.recipient, "metadata": {"notification": str(row.pk)}}
    event = AnymailTrackingEvent(event_type=event_type, **{"esp_event": {}} | known | values)
    tracking.send(sender=None, event=event, esp_name="Postmark")
    row.refresh_from_db()


class TestAddress:
    def test_takes_what_the_provider_tells(self, client, provider, row):
        event = BOUNCE | {"Metadata": {"notification": str(row.pk)}}
        assert post(client, event).status_code == 200
        refused = RefusedAddress.objects.get()
        assert (refused.address, refused.code) == ("nadia@example.org", "550 5.1.1")
        row.refresh_from_db()
        assert (row.sent_at, row.failure) == (None, "550 5.1.1")
        assert row.failed_at is not None

    def test_wants_the_secret(self, client, provider):
        assert post(client, BOUNCE, secret="us:guessed").status_code == 400
        assert not RefusedAddress.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value"), [("EMAIL_PROVIDER", ""), ("ANYMAIL", {"WEBHOOK_SECRET": ""})]
    )
    def test_is_nowhere_without_a_provider_and_a_secret(
        self, client, provider, settings, name, value
    ):
        setattr(settings, name, value)
        assert post(client, BOUNCE).status_code == 404


class TestEvent:
    @pytest.mark.parametrize(
        ("values", "code", "is_refused"),
        [
            ({"mta_response": "550 5.1.1 who?"}, "550 5.1.1", True),
            ({"mta_response": "550 5.1.8 bad sender"}, "550 5.1.8", False),
            ({"mta_response": "552 5.2.2 full"}, "550 5.2.2", False),
            ({"reject_reason": RejectReason.INVALID}, "invalid", True),
            (
                {"reject_reason": RejectReason.BOUNCED, "esp_event": {"event": "hard_bounce"}},
                "bounced",
                True,
            ),
            (
                {"reject_reason": RejectReason.BOUNCED, "esp_event": {"event": "soft_bounce"}},
                "bounced",
                False,
            ),
        ],
    )
    def test_that_it_bounced_gives_the_message_up(self, row, values, code, is_refused):
        tell(row, **values)
        assert (row.sent_at, row.failure) == (None, code)
        assert RefusedAddress.objects.exists() == is_refused

    def test_that_the_reader_complained_ends_the_messages(self, row):
        tell(row, EventType.COMPLAINED)
        assert row.sent_at == FRIDAY_MORNING
        assert RefusedAddress.objects.get().code == "complained"

    @pytest.mark.parametrize("event_type", [EventType.DELIVERED, EventType.DEFERRED])
    def test_that_all_is_well_changes_nothing(self, row, event_type):
        tell(row, event_type)
        assert row.sent_at == FRIDAY_MORNING
        assert not RefusedAddress.objects.exists()

    def test_of_a_message_that_is_not_ours_changes_no_row(self, row):
        tell(row, metadata={"notification": "x"}, mta_response="550 5.7.1")
        assert row.sent_at == FRIDAY_MORNING


def test_a_message_carries_its_number_to_the_provider():
    row = NotificationFactory(next_attempt_at=FRIDAY_MORNING)
    assert send_due(now=FRIDAY_MORNING) == (1, 0)
    assert mail.outbox[0].metadata == {"notification": str(row.pk)}
    assert Notification.objects.get().sent_at == FRIDAY_MORNING
