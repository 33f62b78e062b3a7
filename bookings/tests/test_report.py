"""What the admin's first page says of the messages, and what is forgotten of them."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation
from django_q.models import Failure as FailedJob

from accounts.tests.admin import admin_client, said
from bookings.messages.report import Failure, read_report
from bookings.messages.retention import forget_old_messages
from bookings.models import Notification, RefusedAddress, WorkerBeat
from bookings.tests.factories import NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING

pytestmark = pytest.mark.django_db

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NOW = FRIDAY_MORNING
SMS = Notification.Channel.SMS


def message(**values):
    return NotificationFactory(**{"created_at": NOW, "next_attempt_at": NOW} | values)


def beat(at):
    return WorkerBeat.objects.create(host="a", process=1, started_at=at, beat_at=at)


class TestReport:
    def test_of_an_empty_outbox(self):
        report = read_report(NOW)
        assert (report.workers, report.last_beat, report.due, report.due_since) == (
            0,
            None,
            0,
            None,
        )
        assert (report.planned, report.sent_lately, report.is_late) == (0, 0, False)
        assert report.given_up == report.tried_again == []

    def test_counts_what_waits_and_what_was_sent(self):
        for minutes in (7, 2):
            message(next_attempt_at=NOW - minutes * MINUTE)
        message(next_attempt_at=NOW + MINUTE)
        message(dropped_at=NOW)
        for ago in (0.5 * DAY, 2 * DAY):
            message(sent_at=NOW - ago)
        report = read_report(NOW)
        assert (report.due, report.due_since) == (2, NOW - 7 * MINUTE)
        assert (report.planned, report.sent_lately, report.is_late) == (1, 1, True)

    def test_knows_which_workers_live(self):
        for ago in (1, 90, 3000):
            beat(NOW - dt.timedelta(seconds=ago))
        report = read_report(NOW)
        assert (report.workers, report.last_beat) == (1, NOW - dt.timedelta(seconds=1))

    def test_groups_failures_by_reason_and_way(self):
        for _each in range(2):
            message(failed_at=NOW - MINUTE, failure="550 5.1.1")
        message(failed_at=NOW, failure="30003", channel=SMS)
        message(failed_at=NOW - 8 * DAY, failure="long ago")
        message(failure="TimeoutError", next_attempt_at=NOW + MINUTE)
        report = read_report(NOW)
        assert report.given_up == [
            Failure("550 5.1.1", "email", 2, NOW - MINUTE),
            Failure("30003", "sms", 1, NOW),
        ]
        assert report.tried_again == [Failure("TimeoutError", "email", 1, NOW + MINUTE)]

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("550 5.1.1", "The address does not exist."),
            ("552 5.2.2", "The mailbox is full."),
            ("554", "The server refuses the message."),
            ("421", "The server is busy."),
            ("535", "The server refuses our name or password: see EMAIL_URL."),
            ("ConnectionRefusedError", "The server does not answer: see EMAIL_URL."),
            ("30003", ""),
        ],
    )
    def test_says_a_code_in_words(self, code, words):
        with translation.override("en"):
            assert Failure(code, "email", 1, NOW).reason == words

    @pytest.mark.parametrize("rows", [1, 30])
    def test_costs_the_same_for_1_and_30_messages(self, rows, django_assert_num_queries):
        for number in range(rows):
            message(failed_at=NOW, failure=f"55{number % 3}")
        with django_assert_num_queries(8):
            read_report(NOW)


@pytest.fixture
def first_page(time_machine):
    time_machine.move_to(NOW, tick=False)
    boss = admin_client()

    def read():
        return " ".join(boss.get("/admin/").content.decode().split())

    read.boss = boss
    return read


class TestFirstPage:
    def test_warns_without_a_worker(self, first_page):
        assert "No worker runs: messages wait. Start one: <code>make worker</code>" in first_page()
        beat(NOW - 60 * MINUTE)
        assert "The last sign of life was 1 hour ago." in first_page()

    def test_says_that_a_worker_lives(self, first_page):
        beat(NOW)
        html = first_page()
        assert ("No worker" in html, "last sign of life 0 minutes ago" in html) == (False, True)

    def test_says_what_is_late(self, first_page):
        message(next_attempt_at=NOW - 10 * MINUTE)
        assert "1, the oldest for 10 minutes <strong>late</strong>" in first_page()

    def test_has_no_inline_style_or_script(self, first_page):
        message(failed_at=NOW, failure="554")
        html = first_page()
        assert [html.count(what) for what in ("style=", "<style", "<script>", "onclick=")] == [
            0
        ] * 4

    def test_sends_again_the_messages_of_one_failure(self, first_page):
        failed = message(failed_at=NOW, failure="554 5.7.1")
        message(failed_at=NOW, failure="554 5.7.1", channel=SMS)
        message(failed_at=NOW, failure="550 5.1.1")
        html = first_page()
        assert html.count(f'action="{reverse("admin:send_again")}"') == 3
        posted = {"code": "554 5.7.1", "channel": "email"}
        response = first_page.boss.post(reverse("admin:send_again"), posted)
        assert (response["Location"], said(response)) == (
            "/admin/",
            ["1 message is due again."],
        )
        assert list(Notification.objects.waiting()) == [failed]

    def test_links_to_the_messages_of_one_failure(self, first_page):
        row = message(failed_at=NOW, failure="554 5.7.1")
        message(failed_at=NOW, failure="550 5.1.1")
        address = "?failure=554+5.7.1&amp;channel__exact=email&amp;failed_at__isempty=0"
        assert address in first_page()
        found = first_page.boss.get(
            reverse("admin:bookings_notification_changelist") + address.replace("&amp;", "&")
        )
        assert list(found.context["cl"].queryset) == [row]

    def test_changes_nothing_by_get(self, first_page):
        assert first_page.boss.get(reverse("admin:send_again")).status_code == 405


class TestForgetting:
    def test_empties_the_words_after_30_days(self):
        old, young = (
            message(message="Désolé.", created_at=NOW - days * DAY, sent_at=NOW - days * DAY)
            for days in (31, 29)
        )
        assert forget_old_messages(now=NOW) == 0
        old.refresh_from_db()
        young.refresh_from_db()
        assert (old.message, young.message) == ("", "Désolé.")

    def test_deletes_the_trace_after_a_year(self, monkeypatch):
        monkeypatch.setattr("bookings.messages.retention.AT_ONCE", 2)
        for _each in range(3):
            message(created_at=NOW - 366 * DAY, sent_at=NOW - 366 * DAY)
        kept = message(created_at=NOW - 364 * DAY, sent_at=NOW - 364 * DAY)
        assert forget_old_messages(now=NOW) == 3
        assert list(Notification.objects.all()) == [kept]

    def test_deletes_refused_addresses_and_failed_jobs(self):
        for days in (366, 364):
            RefusedAddress.objects.note(f"{days}@example.org", "550 5.1.1", now=NOW - days * DAY)
        for days in (31, 29):
            moment = NOW - days * DAY
            FailedJob.objects.create(
                id=str(days),
                name=str(days),
                func="a.b",
                success=False,
                started=moment,
                stopped=moment,
            )
        forget_old_messages(now=NOW)
        assert RefusedAddress.objects.get().address == "364@example.org"
        assert FailedJob.objects.get().name == "29"
