"""The outbox: each change has one message, sent once, again when refused (see test_mails)."""

import datetime as dt
import socket
import threading
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import rules, services
from bookings.messages.outbox import send_due
from bookings.models import Notification
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
KINDS = Notification.Kind


def due_at(moment=FRIDAY_MORNING, **options):
    return NotificationFactory(created_at=moment, next_attempt_at=moment, **options)


@pytest.fixture
def refusing_server(settings):
    """Settings with the address of a mail server that does not answer."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = found.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class TestOneMessageAChange:
    def messages_of(self, appointment):
        """The (kind, sequence) of the visit's messages, in order."""
        rows = Notification.objects.filter(appointment=appointment)
        return list(rows.values_list("kind", "sequence"))

    def test_from_request_to_cancellation(self):
        request = book(ConsultationTypeFactory(needs_confirmation=True))
        desk = request.doctor.user
        services.move(request, by=request.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING)
        services.change_status(request, Verb.CONFIRM, by=desk, now=FRIDAY_MORNING)
        services.cancel(request, by=desk, message="Désolé.", now=FRIDAY_MORNING)
        assert self.messages_of(request) == [
            (KINDS.REQUESTED, 0),
            (KINDS.MOVED, 1),
            (KINDS.CONFIRMED, 2),
            (KINDS.CANCELLED, 3),
        ]
        last = Notification.objects.last()
        assert (last.message, last.recipient) == ("Désolé.", request.patient.account.email)

    def test_of_a_relative_goes_to_the_account(self):
        child = RelativeFactory()
        book(ConsultationTypeFactory(), patient=child)
        assert Notification.objects.get().recipient == child.account.email

    @pytest.mark.parametrize("patient", [{"account": None}, {"account__email": ""}])
    def test_to_a_patient_without_an_address_is_not_written(self, patient):
        consultation_type = ConsultationTypeFactory()
        booked = book(
            consultation_type, patient=PatientFactory(**patient), by=consultation_type.doctor.user
        )
        services.cancel(booked, by=consultation_type.doctor.user, now=FRIDAY_MORNING)
        assert not Notification.objects.exists()

    def test_refused_is_not_written(self):
        consultation_type = ConsultationTypeFactory()
        AppointmentFactory(consultation_type=consultation_type)
        with pytest.raises(rules.SlotTaken):
            book(consultation_type)
        assert not Notification.objects.exists()


class TestSendDue:
    def test_sends_each_once_in_order(self):
        rows = [due_at(recipient=f"{name}@example.org") for name in ("a", "b")]
        assert send_due(now=FRIDAY_MORNING) == (2, 0)
        assert send_due(now=FRIDAY_MORNING) == (0, 0)
        assert [sent.to for sent in mail.outbox] == [["a@example.org"], ["b@example.org"]]
        rows[0].refresh_from_db()
        assert (rows[0].sent_at, rows[0].attempts) == (FRIDAY_MORNING, 1)

    def test_sends_no_more_than_asked(self):
        for _each in range(3):
            due_at()
        assert send_due(limit=2, now=FRIDAY_MORNING) == (2, 0)
        assert send_due(limit=2, now=FRIDAY_MORNING) == (1, 0)

    def test_sends_the_change_as_it_was_made(self):
        booked = book(ConsultationTypeFactory(), patient=PatientFactory(account__language="en"))
        send_due(now=FRIDAY_MORNING)
        services.move(booked, by=booked.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING)
        send_due(now=FRIDAY_MORNING)
        assert [sent.subject.rpartition(", ")[0] for sent in mail.outbox] == [
            "Appointment confirmed: Monday 1 March at 10:00",
            "Appointment moved to Monday 1 March at 14:00",
        ]

    def test_drops_a_message_that_a_later_change_made_untrue(self):
        booked = book(ConsultationTypeFactory(), patient=PatientFactory(account__language="en"))
        services.move(booked, by=booked.booked_by, starts_at=monday("14:00"), now=FRIDAY_MORNING)
        services.cancel(booked, by=booked.booked_by, now=FRIDAY_MORNING)
        assert send_due(now=FRIDAY_MORNING) == (1, 0)
        (sent,) = mail.outbox
        assert sent.subject.rpartition(", ")[0] == "Appointment cancelled: Monday 1 March at 14:00"
        dropped = booked.notifications.exclude(dropped_at=None)
        assert list(dropped.values_list("kind", "sent_at")) == [
            (KINDS.BOOKED, None),
            (KINDS.MOVED, None),
        ]

    def test_of_another_visit_drops_nothing(self):
        patient = PatientFactory()
        for at in ("10:00", "15:00"):
            due_at(appointment=AppointmentFactory(patient=patient, starts_at=monday(at)))
        assert send_due(now=FRIDAY_MORNING) == (2, 0)


class TestRefusedByTheServer:
    def test_is_tried_again_after_growing_pauses_and_then_sent(self, settings, refusing_server):
        row = due_at()
        now, pauses = FRIDAY_MORNING, []
        for _attempt in range(11):
            assert send_due(now=now) == (0, 1)
            assert send_due(now=now) == (0, 0)
            row.refresh_from_db()
            pauses.append((row.next_attempt_at - now) // MINUTE)
            now = row.next_attempt_at
        assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_due(now=now) == (1, 0)
        row.refresh_from_db()
        assert (row.attempts, row.sent_at, len(mail.outbox)) == (12, now, 1)

    def test_for_weeks_is_still_tried(self, refusing_server):
        row = due_at(attempts=5000)
        assert send_due(now=FRIDAY_MORNING) == (0, 1)
        row.refresh_from_db()
        assert row.next_attempt_at == FRIDAY_MORNING + 360 * MINUTE

    def test_until_the_visit_is_over(self, refusing_server):
        row = due_at()
        end = row.appointment.ends_at
        assert send_due(now=end - MINUTE) == (0, 1)
        assert send_due(now=end) == (0, 0)
        row.refresh_from_db()
        assert (row.sent_at, row.dropped_at) == (None, end)

    def test_does_not_stop_later_messages(self, settings, refusing_server):
        due_at()
        send_due(now=FRIDAY_MORNING)
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        due_at(recipient="later@example.org")
        assert send_due(now=FRIDAY_MORNING) == (1, 0)
        assert mail.outbox[0].to == ["later@example.org"]

    def test_and_changed_meanwhile_is_dropped(self, settings, refusing_server):
        booked = book(ConsultationTypeFactory())
        send_due(now=FRIDAY_MORNING)
        services.cancel(booked, by=booked.booked_by, now=FRIDAY_MORNING)
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_due(now=FRIDAY_MORNING + MINUTE) == (1, 0)
        assert send_due(now=FRIDAY_MORNING + 60 * MINUTE) == (0, 0)
        assert len(mail.outbox) == 1

    def test_names_nobody_in_the_log(self, caplog, refusing_server):
        due_at(recipient="nadia@example.org")
        send_due(now=FRIDAY_MORNING)
        assert "not sent: ConnectionRefusedError" in caplog.text
        assert "nadia" not in caplog.text.lower()


def test_a_message_that_cannot_be_written_does_not_hold_up_the_others(caplog):
    due_at(kind="unheard-of")
    due_at(recipient="next@example.org")
    assert send_due(now=FRIDAY_MORNING) == (1, 1)
    assert mail.outbox[0].to == ["next@example.org"]
    assert "TemplateDoesNotExist" in caplog.text


class SlowServer(EmailBackend):
    """A mail server that accepts a message only when the test allows it."""

    asked, may_answer = threading.Event(), threading.Event()
    sent: list[list[str]] = []

    def send_messages(self, messages):
        self.asked.set()
        assert self.may_answer.wait(10)
        self.sent.extend(message.to for message in messages)
        return len(messages)


@pytest.mark.django_db(transaction=True)
class TestTwoSenders:
    @pytest.fixture
    def first_sender(self, settings):
        """A sender that has claimed the only message and waits for its mail server."""
        settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
        SlowServer.asked.clear()
        SlowServer.may_answer.clear()
        SlowServer.sent.clear()
        outcome = []

        def send():
            outcome.append(send_due(now=FRIDAY_MORNING))
            connection.close()

        thread = threading.Thread(target=send)

        def finish():
            SlowServer.may_answer.set()
            thread.join(20)
            return outcome

        yield thread, finish
        finish()

    def test_do_not_send_the_same_message(self, first_sender, settings):
        row = due_at()
        thread, finish = first_sender
        thread.start()
        assert SlowServer.asked.wait(10)
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_due(now=FRIDAY_MORNING) == (0, 0)
        assert finish() == [(1, 0)]
        row.refresh_from_db()
        assert (SlowServer.sent, mail.outbox, row.attempts) == ([[row.recipient]], [], 1)

    def test_a_slow_mail_server_holds_up_no_booking(self, first_sender, settings):
        row = due_at()
        thread, finish = first_sender
        thread.start()
        assert SlowServer.asked.wait(10)
        doctor = row.appointment.doctor
        consultation_type = ConsultationTypeFactory(doctor=doctor)
        assert book(consultation_type, at="14:00").status == Status.CONFIRMED
        services.cancel(row.appointment, by=doctor.user, now=FRIDAY_MORNING)
        assert finish() == [(1, 0)]

    def test_a_sender_that_died_loses_nothing(self, settings):
        row = due_at(attempts=1)
        # The state that the dead sender left.
        Notification.objects.update(next_attempt_at=FRIDAY_MORNING + 5 * MINUTE)
        assert send_due(now=FRIDAY_MORNING + 4 * MINUTE) == (0, 0)
        assert send_due(now=FRIDAY_MORNING + 5 * MINUTE) == (1, 0)
        row.refresh_from_db()
        assert row.attempts == 2


class TestCommands:
    def run(self, *arguments):
        out = StringIO()
        with time_machine.travel(FRIDAY_MORNING, tick=False):
            call_command(*arguments, stdout=out)
        return out.getvalue().strip()

    def test_send_outbox_says_how_many(self, settings, refusing_server):
        due_at()
        assert self.run("send_outbox") == "0 sent, 1 to try again later"
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        due_at()
        due_at()
        assert self.run("send_outbox", "--limit", "1") == "1 sent, 0 to try again later"
        assert self.run("send_outbox") == "1 sent, 0 to try again later"

    def test_close_requests_cancels_overdue_requests_and_notifies(self):
        consultation_type = ConsultationTypeFactory(needs_confirmation=True)
        times = {"overdue": FRIDAY_MORNING, "waiting": FRIDAY_MORNING + MINUTE}
        for name, start in times.items():
            patient = PatientFactory(account__username=name)
            AppointmentFactory(
                doctor=consultation_type.doctor,
                patient=patient,
                status=Status.PENDING,
                is_overbooked=True,
                starts_at=start,
            )
        assert self.run("close_requests") == "1 requests cancelled"
        assert self.run("close_requests") == "0 requests cancelled"
        messages = Notification.objects.values_list("kind", "recipient")
        assert list(messages) == [(KINDS.CANCELLED, "overdue@example.org")]
