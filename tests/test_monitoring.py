"""What operators see: logs that name nobody, states and numbers for machines."""

import datetime as dt
import io
import json
import logging
import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from accounts.tests.factories import UserFactory
from bookings.models import WorkerBeat
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from config import urls
from web import error_pages
from web.counters import refusals
from web.logs import IsSaidElsewhere, JsonFormatter, Throttle

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

CANARY = "Nadia.Canari@example.org 0612345678 hunter2"


def fails(request, word=""):
    try:
        raise IntegrityError(f"Key (email)=({CANARY}) already exists")
    except IntegrityError as error:
        raise RuntimeError(f"while saving {CANARY}") from error


def refuses(request, word=""):
    return HttpResponse(status=403)


urlpatterns = [path("fails/", fails), path("fails/<str:word>/", fails), *urls.urlpatterns]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500


@pytest.fixture
def log(monkeypatch):
    """A function that returns the lines so far, as a server would write them."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(IsSaidElsewhere())
    handler.setLevel(logging.INFO)
    monkeypatch.setattr(error_pages, "throttle", Throttle())
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.root.removeHandler(handler)


@pytest.fixture
def reader():
    client = Client(raise_request_exception=False)
    client.user = UserFactory(language="en")
    client.force_login(client.user)
    return client


# -- logs -------------------------------------------------------------------------------------


def test_no_log_says_what_people_typed_or_who_they_are(reader, log, settings):
    def broken(*args):
        raise OperationalError(CANARY)

    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/key"}
    reader.get("/fails/", {"q": CANARY})
    reader.get(f"/fails/{CANARY}/")
    reader.get(f"/nothing/{CANARY}/")
    reader.get("/", headers={"host": "canari.example.org"})
    reader.get("/", headers={"x-request-id": CANARY})
    for _ in range(3):
        Client().post("/accounts/login/", {"login": CANARY.split()[0], "password": "hunter2"})
    Client(enforce_csrf_checks=True).post("/book", {"reason": CANARY})
    with connection.execute_wrapper(broken):
        reader.post("/book", {"reason": CANARY})
    logging.getLogger("some.package").warning("cannot reach %s", CANARY)
    lines = log()
    assert len(lines) >= 8
    text = json.dumps(lines).lower()
    for word in [*CANARY.lower().split(), "canari", reader.user.email, reader.user.last_name]:
        assert word.lower() not in text


def test_an_unhandled_error_leaves_its_place_and_its_causes(reader, log):
    response = reader.get("/fails/")
    (line,) = [each for each in log() if each["logger"] == "django.request"]
    assert (line["level"], line["message"]) == ("ERROR", "answered 500")
    assert (line["method"], line["route"]) == ("GET", "fails/")
    assert line["request"] == response["X-Request-ID"]
    error, cause = line["error"]
    assert (error["type"], cause["type"]) == (
        "builtins.RuntimeError",
        "django.db.utils.IntegrityError",
    )
    assert error["at"][-1].startswith("tests/test_monitoring.py:")
    assert error["at"][-1].endswith(" fails")


def test_without_debug_errors_reach_the_console():
    code = (
        "import django; django.setup(); import logging\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: logging.getLogger('django.request').exception('x')\n"
        "logging.getLogger('tbib.outbox').info('3 sent')"
    )
    environment = {
        **os.environ,
        "DEBUG": "off",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdef",
        "ALLOWED_HOSTS": "tbib.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=django_settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    error, info = map(json.loads, done.stderr.splitlines())
    assert error["error"][0]["type"] == "builtins.ZeroDivisionError"
    assert (info["logger"], info["message"]) == ("tbib.outbox", "3 sent")


def test_a_database_that_is_away_is_one_line_with_its_sqlstate(reader, log):
    def broken(*args):
        raise OperationalError("gone") from psycopg.errors.AdminShutdown()

    with connection.execute_wrapper(broken):
        for _ in range(3):
            assert reader.get("/doctors/").status_code == 503
    said = [each["message"] for each in log() if "unavailable" in each["message"]]
    assert said == ["database unavailable: AdminShutdown 57P01 (0 more before)"]


def test_a_storm_is_counted():
    throttle = Throttle(seconds=60)
    assert [throttle.passed("a"), throttle.passed("a"), throttle.passed("b")] == [0, None, 0]
    throttle.seconds = 0
    throttle._seen["a"] = (0.0, 7)
    assert throttle.passed("a") == 7


def test_our_own_400s_are_said(log, settings):
    settings.ALLOWED_HOSTS = ["tbib.example"]
    assert Client().get("/doctors/").status_code == 400
    assert "bad request at ?: DisallowedHost" in [each["message"] for each in log()]


@pytest.mark.parametrize(("given", "is_kept"), [("a1b2c3d4-e5", True), ("x y", False), ("", False)])
def test_a_request_has_an_id(client, given, is_kept):
    found = client.get("/robots.txt", headers={"x-request-id": given})["X-Request-ID"]
    assert (found == given) is is_kept
    assert len(found) == (11 if is_kept else 32)


class TestSecurityEvents:
    def events(self, log):
        return [each for each in log() if each["logger"] == "tbib.security"]

    def test_a_failed_sign_in_and_a_lockout(self, client, log, settings):
        settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/key"}
        for _ in range(2):
            client.post("/accounts/login/", {"login": "nadia@example.org", "password": "no"})
        failed, locked = self.events(log)
        assert (failed["event"], locked["event"]) == ("sign_in_failed", "sign_in_locked")
        assert failed["typed"] == locked["typed"]
        assert len(failed["typed"]) == 10

    def test_the_object_of_a_stranger(self, reader, log):
        visit = AppointmentFactory()
        assert reader.get(f"/bookings/{visit.pk}/").status_code == 404
        (event,) = self.events(log)
        assert (event["event"], event["status"]) == ("object_refused", 404)
        assert (event["account"], event["pk"]) == (reader.user.pk, str(visit.pk))


# -- states -----------------------------------------------------------------------------------


@pytest.fixture
def worker():
    now = timezone.now()
    return WorkerBeat.objects.create(host="a", process=1, started_at=now, beat_at=now)


def test_it_lives_without_asking_anything(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/live").json() == {"status": "ok"}


@pytest.mark.parametrize("address", ["/live", "/ready", "/health/"])
def test_balancers_ask_by_address(settings, address):
    settings.ALLOWED_HOSTS = ["tbib.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(address, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert Client().get("/doctors/", headers={"host": "10.0.0.7:8000"}).status_code in (301, 400)


def test_all_is_well(client, worker):
    assert client.get("/ready").json() == {"status": "ok", "wrong": {}}


def test_a_worker_that_is_away_is_said_and_takes_no_server_away(client):
    NotificationFactory(next_attempt_at=timezone.now() - dt.timedelta(minutes=9))
    response = client.get("/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    wrong = response.json()["wrong"]
    assert wrong["worker"] == "no worker runs"
    assert wrong["outbox"].startswith("a message has waited for 54")


def test_a_database_without_its_migrations_is_not_ready(client, monkeypatch):
    monkeypatch.setattr("web.health._has_migrations", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'bookings'")
    response = client.get("/ready")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


def test_a_database_that_is_away_is_not_ready(client):
    def broken(*args):
        raise OperationalError("gone")

    with connection.execute_wrapper(broken):
        assert client.get("/ready").status_code == 503
        assert client.get("/live").status_code == 200


# -- numbers ----------------------------------------------------------------------------------


class TestMetrics:
    def ask(self, token="right"):
        return Client().get("/metrics", headers={"authorization": f"Bearer {token}"})

    @pytest.fixture(autouse=True)
    def token(self, settings):
        settings.METRICS_TOKEN = "right"

    def test_who_does_not_know_the_token_finds_nothing(self, settings):
        assert self.ask("wrong").status_code == 404
        assert Client().get("/metrics").status_code == 404
        settings.METRICS_TOKEN = ""
        assert self.ask("").status_code == 404

    def test_they_count_answers_refusals_and_the_outbox(self, worker):
        NotificationFactory(next_attempt_at=timezone.now() - dt.timedelta(seconds=90))
        Client().get("/robots.txt")
        refusals.labels("slot_taken").inc()
        text = self.ask().text
        counted = 'tbib_requests_total{method="GET",route="robots.txt",status="200"}'
        for name in (counted, 'tbib_refusals_total{code="slot_taken"}', "tbib_request_seconds_sum"):
            assert f"\n{name} " in text
        for line in ("tbib_outbox_messages 1.0", "tbib_workers 1.0", "tbib_holds 0.0"):
            assert f"\n{line}\n" in text
        assert "\ntbib_database_up 1.0\n" in text
        assert "\ntbib_outbox_age_seconds 9" in text

    def test_a_database_that_is_away_is_a_number_too(self):
        def broken(*args):
            raise OperationalError("gone")

        with connection.execute_wrapper(broken):
            response = self.ask()
        assert response.status_code == 200
        assert "\ntbib_database_up 0.0\n" in response.text
