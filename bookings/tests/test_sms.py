"""SMS: what they say, how long they are, and how providers get them."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from apprise.plugins.octopush import NotifyOctopush
from apprise.plugins.twilio import NotifyTwilio
from apprise.plugins.vonage import NotifyVonage

from bookings.checks import check_sms_url
from bookings.messages.composing import compose_sms, cut
from bookings.messages.gsm import length_of, normalised
from bookings.messages.outbox import send_due
from bookings.messages.sms import SmsNotSent, send_sms
from bookings.models import Appointment, MessageSettings, Notification
from bookings.tests.factories import NotificationFactory
from bookings.tests.mail_samples import NOW, build_samples
from doctors.models import Practice

K = Notification.Kind
WITHOUT_SMS = (K.SIGNED_UP, K.APPROVED)
TWILIO = "twilio://AC0123456789abcdef0123456789abcdef:0123456789abcdef0123456789abcdef@+33100000000"
OCTOPUSH = "octopush://{sender}:login@example.org/0123456789abcdef"
VONAGE = "vonage://12345678:0123456789abcdef@33100000000"


class TestAlphabet:
    def test_keeps_its_letters_and_writes_the_others_in_them(self):
        assert normalised("Élève à Noël, où l’été ?") == "Élève à Noel, où l'été ?"
        assert normalised("Œuvre — Hôpital\u202f: «\xa0ça\xa0» … fenêtre") == (
            'OEuvre - Hopital : " ca " ... fenetre'
        )
        assert normalised("Café\u200f") == "Café"

    def test_counts_as_providers_bill(self):
        assert length_of("é" * 160) == (160, 1, False)
        assert length_of("é" * 161) == (161, 2, False)
        assert length_of("€" * 80) == (160, 1, False)
        assert length_of("ê" + "a" * 69) == (70, 1, True)
        assert length_of("موعد" + "a" * 67) == (71, 2, True)
        assert length_of("\U0001f600") == (2, 1, True)


@pytest.mark.django_db
class TestWords:
    @pytest.fixture(autouse=True)
    def site(self, settings):
        settings.SITE_URL = "https://tbib.example"

    @pytest.fixture(params=["fr", "en"])
    def rows(self, request):
        """The messages of all kinds by SMS, with the longest names that are allowed."""
        rows = build_samples(request.param)
        longest = "Centre Médical des Œuvres de l’Hôpital 12"[:40]
        MessageSettings.objects.update(neutral_name=longest)
        Practice.objects.update(name="Cabinet de cancérologie " + "x" * 90)
        for visit in Appointment.objects.all():
            visit.patient.first_name = "Marie-Antoinette " * 4
            visit.patient.relation = "child"
            visit.patient.save()
        wanted = [row.pk for row in rows if row.kind not in WITHOUT_SMS]
        found = Notification.objects.for_composing().filter(pk__in=wanted)
        assert len(found) == len(K) - len(WITHOUT_SMS)
        return found

    def test_fit_into_one_sms_and_say_who_writes(self, rows):
        for row in rows:
            text = compose_sms(row, now=NOW)
            assert length_of(text)[1:] == (1, False), (row.kind, length_of(text), text)
            assert text.startswith("Centre"), text

    def test_name_no_type_no_doctor_and_no_field(self, rows):
        for row in rows:
            text = compose_sms(row, now=NOW).lower()
            for word in ("première", "premiere", "alami", "cardio", "cancérologie", "alaoui"):
                assert word not in text, row.kind

    def test_say_the_time_and_lead_to_the_visit(self):
        row = next(row for row in build_samples("fr") if row.kind == K.REMINDER)
        text = compose_sms(row, now=NOW)
        said, _colon, link = text.rpartition(": ")
        assert (
            said == "Cabinet Gauthier : rappel, rendez-vous mar. 13/10 à 10:30. Confirmer, annuler "
        )
        assert link.startswith("https://tbib.example/r/")

    def test_cut_a_name_between_words(self):
        assert cut("Centre Médical des Lilas", 16) == "Centre Médical"
        assert cut("Polycliniquedelest", 10) == "Polyclini."
        assert cut("Cabinet", 10) == "Cabinet"


class FakeProvider(ThreadingHTTPServer):
    """A provider's address on this machine, which answers each request with `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.status, self.got = 200, []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/sms"


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append(body)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def provider(monkeypatch):
    """Three providers whose addresses lead to one fake endpoint."""
    server = FakeProvider()
    monkeypatch.setattr(NotifyTwilio, "notify_sms_url", server.address)
    monkeypatch.setattr(NotifyOctopush, "notify_url", server.address)
    monkeypatch.setattr(NotifyVonage, "notify_url", server.address)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class TestProviders:
    TEXT = "Centre Voltaire : rendez-vous à 10:30"

    def send(self, number="+33612345678"):
        send_sms(number, self.TEXT, sender="Voltaire")

    def test_twilio_gets_number_and_text(self, settings, provider):
        settings.SMS_URL, provider.status = TWILIO, 201
        self.send()
        (got,) = map(parse_qs, provider.got)
        assert (got["To"], got["Body"], got["From"]) == (
            ["+33612345678"],
            [self.TEXT],
            ["+33100000000"],
        )

    def test_octopush_gets_the_practices_sender_too(self, settings, provider):
        settings.SMS_URL, provider.status = OCTOPUSH, 201
        self.send()
        (got,) = map(json.loads, provider.got)
        assert got["recipients"] == [{"phone_number": "+33612345678"}]
        assert (got["text"], got["sender"]) == (self.TEXT, "Voltaire")

    def test_vonage_gets_number_and_text(self, settings, provider):
        settings.SMS_URL = VONAGE
        self.send()
        (got,) = map(parse_qs, provider.got)
        assert (got["to"], got["text"]) == (["33612345678"], [self.TEXT])

    @pytest.mark.parametrize(
        ("status", "code", "permanent"),
        [
            (400, "http_400", True),
            (404, "http_404", True),
            (401, "http_401", False),
            (429, "http_429", False),
            (500, "http_500", False),
        ],
    )
    @pytest.mark.parametrize("sms_url", [TWILIO, OCTOPUSH, VONAGE])
    def test_a_refusal_has_its_code_and_the_log_no_number(
        self, settings, provider, caplog, capfd, sms_url, status, code, permanent
    ):
        settings.SMS_URL, provider.status = sms_url, status
        with caplog.at_level(logging.DEBUG), pytest.raises(SmsNotSent) as refused:
            self.send()
        assert (refused.value.code, refused.value.permanent) == (code, permanent)
        out, err = capfd.readouterr()
        for secret in ("612345678", "0123456789abcdef"):
            assert secret not in caplog.text.replace(":", "") + out + err

    def test_one_that_is_down_is_tried_again_later(self, settings, provider):
        settings.SMS_URL = TWILIO
        provider.shutdown()
        provider.server_close()
        with pytest.raises(SmsNotSent) as refused:
            self.send()
        assert (refused.value.code, refused.value.permanent) == ("no_answer", False)

    @pytest.mark.parametrize("number", ["0612345678", "", "+33612345678/+33699999999", "a@b"])
    def test_what_is_no_number_reaches_no_provider(self, settings, provider, number):
        settings.SMS_URL = VONAGE
        with pytest.raises(SmsNotSent) as refused:
            self.send(number)
        assert (refused.value.code, refused.value.permanent) == ("bad_number", True)
        assert provider.got == []

    def test_without_one_the_console_has_it(self, settings, capsys):
        settings.SMS_URL, settings.DEBUG = "", True
        self.send()
        assert capsys.readouterr().out == f"SMS to +33612345678 from Voltaire:\n{self.TEXT}\n\n"


class TestCheck:
    @pytest.mark.parametrize("sms_url", ["", TWILIO, OCTOPUSH, VONAGE])
    def test_takes_what_names_a_provider(self, settings, sms_url):
        settings.SMS_URL = sms_url
        assert check_sms_url() == []

    @pytest.mark.parametrize("sms_url", ["twilio://", "nobody://secret@x", "secret"])
    def test_refuses_anything_else_without_saying_it(self, settings, sms_url):
        settings.SMS_URL = sms_url
        (error,) = check_sms_url()
        assert error.id == "bookings.E001"
        assert "secret" not in str(error)


@pytest.mark.django_db
class TestOutbox:
    @pytest.fixture
    def row(self, settings):
        settings.SMS_URL = TWILIO
        return NotificationFactory(
            channel="sms", recipient="+33612345678", created_at=NOW, next_attempt_at=NOW
        )

    def test_sends_it_once(self, row, provider, mailoutbox):
        provider.status = 201
        assert send_due(now=NOW) == (1, 0)
        assert send_due(now=NOW) == (0, 0)
        assert len(provider.got) == 1
        assert mailoutbox == []

    def test_gives_up_what_the_provider_refuses_for_good(self, row, provider):
        provider.status = 400
        assert send_due(now=NOW) == (0, 1)
        row.refresh_from_db()
        assert (row.failed_at, row.failure) == (NOW, "http_400")

    def test_tries_again_when_the_provider_has_trouble(self, row, provider):
        provider.status = 503
        assert send_due(now=NOW) == (0, 1)
        row.refresh_from_db()
        assert (row.failed_at, row.failure) == (None, "http_503")
        assert row.next_attempt_at > NOW
