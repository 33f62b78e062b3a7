"""The way to the mail server: one connection, and the meaning of each refusal."""

import datetime as dt

import pytest

from accounts.tests.admin import admin_client, page
from bookings.messages.outbox import AWAY_AFTER, send_again, send_due
from bookings.models import Notification, RefusedAddress
from bookings.tests.factories import NotificationFactory
from bookings.tests.mail_server import CLOSE, CUT, HANG, MailServer
from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
        yield server


def due(recipient="patient@example.org", **values):
    return NotificationFactory(
        recipient=recipient, created_at=FRIDAY_MORNING, next_attempt_at=FRIDAY_MORNING, **values
    )


def send(now=FRIDAY_MORNING):
    return send_due(now=now)


class TestConnection:
    def test_is_one_for_all_messages_of_a_run(self, server):
        for name in "abc":
            due(f"{name}@example.org")
        assert send() == (3, 0)
        assert (server.sessions, server.recipients) == (
            1,
            ["a@example.org", "b@example.org", "c@example.org"],
        )

    def test_is_opened_for_no_message_at_all(self, server):
        assert send() == (0, 0)
        assert server.sessions == 0

    @pytest.mark.parametrize("goodbye", [CLOSE, "421 4.7.0 too many messages"])
    def test_closed_by_the_server_is_opened_again_for_the_same_message(self, server, goodbye):
        server.answer = lambda _recipient, number: goodbye if number == 2 else ""
        for name in "abc":
            due(f"{name}@example.org")
        assert send() == (3, 0)
        assert (server.sessions, len(server.taken)) == (2, 3)

    def test_cut_in_the_middle_of_a_message_does_not_stop_the_next(self, server):
        server.answer = lambda recipient, _number: CUT if recipient[0] == "b" else ""
        rows = [due(f"{name}@example.org") for name in "abc"]
        assert send() == (2, 1)
        assert server.recipients == ["a@example.org", "c@example.org"]
        rows[1].refresh_from_db()
        assert rows[1].failure == "SMTPServerDisconnected"
        server.answer = lambda _recipient, _number: ""
        assert send(FRIDAY_MORNING + MINUTE) == (1, 0)

    def test_that_hangs_is_left_for_a_new_one(self, server, settings):
        settings.EMAIL_TIMEOUT = 0.3
        server.answer = lambda recipient, _number: HANG if recipient[0] == "a" else ""
        first, _second = due("a@example.org"), due("b@example.org")
        assert send() == (1, 1)
        first.refresh_from_db()
        assert (first.failure, first.next_attempt_at) == (
            "SMTPServerDisconnected",
            FRIDAY_MORNING + MINUTE,
        )


class TestServerAway:
    def test_ends_the_run_after_some_messages(self, server):
        server.answer = lambda _recipient, _number: CUT
        for number in range(5):
            due(f"{number}@example.org")
        assert send() == (0, AWAY_AFTER)
        assert Notification.objects.filter(attempts=0).count() == 5 - AWAY_AFTER
        server.answer = lambda _recipient, _number: ""
        assert send() == (5 - AWAY_AFTER, 0)
        assert send(FRIDAY_MORNING + MINUTE) == (AWAY_AFTER, 0)

    def test_that_refuses_our_password_blames_no_message(self, server, settings):
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "wrong"
        row = due()
        for attempt in range(3):
            assert send(FRIDAY_MORNING + attempt * 60 * MINUTE) == (0, 1)
        row.refresh_from_db()
        assert row.failed_at is None
        assert not RefusedAddress.objects.exists()


class TestNoSuchAddress:
    def test_is_condemned_at_once(self, server):
        server.answer = lambda recipient, _number: f"550 5.1.1 <{recipient}>: who is that?"
        row = due("Nadia@example.org")
        assert send() == (0, 1)
        row.refresh_from_db()
        assert (row.failed_at, row.failure) == (FRIDAY_MORNING, "550 5.1.1")
        refused = RefusedAddress.objects.get()
        assert (refused.address, refused.code, refused.refused_at) == (
            "nadia@example.org",
            "550 5.1.1",
            FRIDAY_MORNING,
        )

    def test_gets_no_other_message(self, server):
        RefusedAddress.objects.note("Nadia@example.org", "550 5.1.1", now=FRIDAY_MORNING)
        row, other = due("nadia@EXAMPLE.org"), due("other@example.org")
        assert send() == (1, 1)
        assert server.recipients == ["other@example.org"]
        row.refresh_from_db()
        assert (row.failed_at, row.failure) == (FRIDAY_MORNING, "550 5.1.1")
        other.refresh_from_db()
        assert other.sent_at == FRIDAY_MORNING

    def test_is_tried_again_when_somebody_asks(self, server):
        server.answer = lambda _recipient, number: "550 5.1.1 no" if number == 1 else ""
        row = due("Nadia@example.org")
        send()
        assert send_again([row], now=FRIDAY_MORNING) == 1
        assert not RefusedAddress.objects.exists()
        assert send() == (1, 0)

    @pytest.mark.parametrize("code", ["5.1.7", "5.1.8"])
    def test_of_the_sender_condemns_nobody(self, server, code):
        server.answer = lambda _recipient, _number: f"553 {code} bad sender"
        due()
        assert send() == (0, 1)
        assert not RefusedAddress.objects.exists()


class TestRefusal:
    @pytest.mark.parametrize(
        ("words", "failure"),
        [
            ("550 5.7.1 looks like spam", "550 5.7.1"),
            ("552 5.2.2 mailbox full", "552 5.2.2"),
            ("554 no", "554"),
            ("550 15.1.1 no", "550"),
        ],
    )
    def test_is_shown_and_tried_once_more(self, server, words, failure):
        server.answer = lambda _recipient, _number: words
        row = due()
        assert send() == (0, 1)
        row.refresh_from_db()
        assert (row.failed_at, row.failure) == (None, failure)
        second = row.next_attempt_at
        assert second == FRIDAY_MORNING + 15 * MINUTE
        assert send(second) == (0, 1)
        row.refresh_from_db()
        assert (row.failed_at, row.failure, server.asked) == (second, failure, 2)
        assert send(second + 600 * MINUTE) == (0, 0)
        assert not RefusedAddress.objects.exists()

    def test_for_now_is_tried_until_it_works(self, server):
        server.answer = lambda _recipient, number: "450 4.2.1 busy" if number < 3 else ""
        row = due()
        assert [send(FRIDAY_MORNING + wait * MINUTE) for wait in (0, 1, 2, 3)] == [
            *[(0, 1)] * 2,
            (0, 0),
            (1, 0),
        ]
        row.refresh_from_db()
        assert (row.failure, row.failed_at) == ("", None)

    def test_names_nobody(self, server, caplog):
        server.answer = lambda recipient, _number: f"550 5.7.1 {recipient} is Nadia"
        row = due("nadia@example.org")
        send()
        row.refresh_from_db()
        assert row.failure == "550 5.7.1"
        assert f"message {row.pk} not sent: 550 5.7.1" in caplog.text
        assert "nadia" not in caplog.text.lower()


def test_a_message_has_the_same_message_id_at_each_attempt(server, settings):
    settings.SITE_URL = "https://tbib.example"
    row = due()
    assert send() == (1, 0)
    # As after a crash between the server's answer and the mark.
    Notification.objects.update(sent_at=None, next_attempt_at=FRIDAY_MORNING + MINUTE)
    assert send(FRIDAY_MORNING + MINUTE) == (1, 0)
    seen = [message["Message-ID"] for message in server.taken]
    assert seen == [f"<notification.{row.pk}@tbib.example>"] * 2


@pytest.mark.parametrize("messages", [1, 30])
def test_a_message_costs_four_queries(django_assert_num_queries, messages):
    """The claim, the reading, one of the text, the mark; and one question for what is due."""
    for _each in range(messages):
        due()
    with django_assert_num_queries(1 + 4 * messages):
        assert send() == (messages, 0)


class TestAdmin:
    def test_sends_again_what_was_given_up_and_nothing_else(self):
        failed = due(failed_at=FRIDAY_MORNING, failure="550 5.7.1", attempts=2)
        sent, dropped = due(sent_at=FRIDAY_MORNING), due(dropped_at=FRIDAY_MORNING)
        rows = [failed, sent, dropped]
        response = admin_client().post(
            page(Notification),
            {"action": "send_again", "_selected_action": [row.pk for row in rows]},
            follow=True,
        )
        assert "1 message is due again." in response.content.decode()
        assert list(Notification.objects.waiting()) == [failed]
        failed.refresh_from_db()
        assert (failed.failure, failed.attempts) == ("", 0)

    def test_shows_messages_about_a_doctor(self):
        doctor = DoctorFactory()
        NotificationFactory(
            appointment=None, sequence=0, doctor=doctor, kind=Notification.Kind.APPROVED
        )
        assert str(doctor) in admin_client().get(page(Notification)).content.decode()
