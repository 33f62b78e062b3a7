"""The answer is what happened, also when the database breaks in the middle of a request."""

import json
import re
import select
import socket
import threading

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.tests.factories import PASSWORD, PatientFactory, UserFactory
from bookings.models import Appointment, Notification
from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import ConsultationTypeFactory
from web.database.outcome import forget_commits, is_unavailable
from web.error_pages import unavailable
from web.sessions import SessionMiddleware

ON_POSTGRES = connection.vendor == "postgresql"
needs_postgres = pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has no server that can break")

INSERT_MESSAGE = 'INSERT INTO "bookings_notification"'

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


@pytest.fixture
def reader():
    """A patient who is signed in, on the confirm page, with a choice in the session."""
    client = Client(raise_request_exception=False)
    client.patient = PatientFactory(account__with_verified_email=True, account__language="en")
    client.force_login(client.patient.account)
    client.form = form_for(ConsultationTypeFactory())
    session = client.session
    session["chosen_slot"] = {"a choice": "that the booking forgets"}
    session.save()
    return client


def form_for(consultation_type):
    return {
        "doctor": consultation_type.doctor.pk,
        "consultation_type": consultation_type.pk,
        "appointment_time": "2027-03-01T10:00",
        "reason": "Toux depuis lundi",
    }


def one_visit():
    assert Notification.objects.count() == 1
    return Appointment.objects.get()


# -- the session ----------------------------------------------------------------------------


def refused_session_saves(error):
    """Let each write of a session fail with `error`."""

    def execute(run, sql, *args):
        if is_session_write(sql):
            raise error("on purpose")
        return run(sql, *args)

    return connection.execute_wrapper(execute)


def is_session_write(sql):
    return sql.startswith(('UPDATE "django_session"', 'INSERT INTO "django_session"'))


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_booking_stays_a_booking_when_the_session_is_not_saved(reader, error):
    with refused_session_saves(error):
        response = reader.post("/book", reader.form)
    assert response.status_code == 303
    assert response["Location"] == f"/bookings/{one_visit().pk}/"
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_a_sign_in_without_a_session_is_a_503(client):
    account = PatientFactory(account__language="en").account
    form = {"login": account.email, "password": PASSWORD}
    with refused_session_saves(OperationalError):
        response = client.post("/accounts/login/", form)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_page_whose_session_is_not_saved_is_a_503(rf):
    def page(request):
        request.session["seen"] = True
        return HttpResponse("seen")

    with refused_session_saves(OperationalError):
        response = SessionMiddleware(page)(rf.get("/"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_session_that_ended_meanwhile_is_not_a_bad_request(reader):
    """Signed out in another tab while the booking was written."""

    def execute(run, sql, *args):
        if is_session_write(sql):
            run('DELETE FROM "django_session"', (), *args[1:])
        return run(sql, *args)

    with connection.execute_wrapper(execute):
        response = reader.post("/book", reader.form)
    assert (response.status_code, response["Location"]) == (303, f"/bookings/{one_visit().pk}/")


@needs_postgres
def test_a_backend_that_ends_in_the_sessions_update_costs_nothing(reader):
    """The session is saved again on a new connection."""
    ended = []

    def execute(run, sql, *args):
        if is_session_write(sql) and not ended:
            ended.append(sql)
            end_backend(connection.connection.info.backend_pid)
        return run(sql, *args)

    with connection.execute_wrapper(execute):
        response = reader.post("/book", reader.form)
    assert (response.status_code, len(ended)) == (303, 1)
    assert response["Location"] == f"/bookings/{one_visit().pk}/"
    assert "chosen_slot" not in reader.session


# -- COMMIT -----------------------------------------------------------------------------------


class Proxy:
    """Passes everything on to PostgreSQL, and ends the backend at the COMMIT of a visit.

    `committed` says on which side of the commit: the client never sees an acknowledgement.
    """

    def __init__(self, *, committed):
        self.committed = committed
        self.has_struck = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()

    def _serve(self):
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client):
        data = connection.settings_dict
        server = socket.create_connection((data["HOST"] or "127.0.0.1", SERVER_PORT))
        has_visit = False
        with client, server:
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    sent = ready.recv(65536)
                    if not sent:
                        return
                    has_visit |= b'INSERT INTO "bookings_appointment"' in sent
                    is_commit = ready is client and has_visit and b"COMMIT" in sent
                    if is_commit and not self.has_struck:
                        self.has_struck = True
                        if self.committed:
                            server.sendall(sent)
                            server.recv(65536)
                        return
                    (server if ready is client else client).sendall(sent)


SERVER_PORT = int(connection.settings_dict.get("PORT") or 5432)


@pytest.fixture(params=[True, False], ids=["committed", "not committed"])
def breaking_at_commit(request, monkeypatch):
    proxy = Proxy(committed=request.param)
    monkeypatch.setitem(connection.settings_dict, "PORT", str(proxy.port))
    connection.close()
    yield proxy
    connection.close()
    proxy.close()


@needs_postgres
@pytest.mark.parametrize(("address", "is_page"), [("/book", True), ("/api/appointments", False)])
def test_a_lost_acknowledgement_is_not_called_a_failure(
    reader, breaking_at_commit, address, is_page
):
    first = send(reader, address)
    assert (breaking_at_commit.has_struck, first.status_code) == (True, 503)
    if is_page:
        assert "<h1>We do not know yet whether this was saved</h1>" in first.text
        assert "Nothing was changed" not in first.text
        assert re.search(r'<form class="error-again" action="/book"', first.text)
    else:
        assert first.json()["code"] == "unknown"
    assert Appointment.objects.count() == breaking_at_commit.committed

    again = send(reader, address)
    assert again.status_code == (303 if is_page else 201)
    assert str(one_visit().pk) in (again["Location"] if is_page else again.text)


def send(reader, address):
    if address == "/book":
        return reader.post(address, reader.form)
    return reader.post(address, reader.form, content_type="application/json")


@needs_postgres
def test_a_backend_that_ends_before_the_commit_changed_nothing(reader):
    def execute(run, sql, *args):
        if sql.startswith(INSERT_MESSAGE):
            end_backend(connection.connection.info.backend_pid)
        return run(sql, *args)

    with connection.execute_wrapper(execute):
        response = reader.post("/book", reader.form)
    assert (response.status_code, Appointment.objects.count()) == (503, 0)
    assert "Nothing was changed" in response.text


@needs_postgres
def test_a_commit_that_the_server_refuses_is_no_unknown_outcome(reader):
    """The connection still works after the refusal, so the server rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'on purpose' USING ERRCODE = '40001'; END $$; "
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON bookings_appointment "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    try:
        response = reader.post("/book", reader.form)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse CASCADE")
    assert (response.status_code, Appointment.objects.count()) == (503, 0)
    assert "Nothing was changed" in response.text


def end_backend(pid):
    data = connection.settings_dict
    with psycopg.connect(
        host=data["HOST"],
        port=data["PORT"] or None,
        user=data["USER"],
        password=data["PASSWORD"],
        dbname=data["NAME"],
        autocommit=True,
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


# -- after the commit ---------------------------------------------------------------------------


def test_work_after_the_commit_that_fails_leaves_the_success(reader):
    """The kept first free times are written after the commit; later readers write them again."""
    written = []

    def execute(run, sql, *args):
        written.append(sql)
        if any(INSERT_MESSAGE in each for each in written) and not connection.in_atomic_block:
            raise OperationalError("gone")
        return run(sql, *args)

    with connection.execute_wrapper(execute):
        response = reader.post("/api/appointments", reader.form, content_type="application/json")
    assert (response.status_code, response.json()["id"]) == (201, str(one_visit().pk))


@pytest.mark.parametrize(
    ("method", "code"), [("POST", "unknown"), ("GET", "unavailable"), ("PUT", "unknown")]
)
def test_an_error_after_a_commit_is_not_called_nothing(rf, method, code):
    request = rf.generic(method, "/api/appointments")
    with transaction.atomic():
        UserFactory()
    response = unavailable(request, OperationalError("gone"))
    assert json.loads(response.content)["code"] == code
    forget_commits()
    response = unavailable(request, OperationalError("gone"))
    assert json.loads(response.content)["code"] == "unavailable"


# -- which errors mean "away" ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        (OperationalError("busy"), None, True),
        (InterfaceError("closed"), None, True),
        (InternalError("idle"), psycopg.errors.IdleInTransactionSessionTimeout(), True),
        (InternalError("aborted"), psycopg.errors.InFailedSqlTransaction(), False),
        (ValueError("no database"), None, False),
    ],
)
def test_only_an_absent_database_is_a_503(error, cause, expected):
    error.__cause__ = cause
    assert is_unavailable(error) is expected
