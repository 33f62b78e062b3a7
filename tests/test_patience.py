"""Nothing waits for ever: how long each kind of process waits for its database."""

import contextlib
import socket
import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from config.database import PATIENCE, Patience, kind_of_process, use_postgresql
from config.gunicorn_worker import PROBES, first_bytes
from tests.test_settings import setting
from web.database import absence as absences
from web.database.absence import absence, answering_within, seconds_left
from web.database.outcome import may_have_written

needs_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no server that can stop"
)

IMPATIENT = Patience(connect=0.4, check=0.3, answer=0.8, lock=0, statement=0, idle=0)


@pytest.fixture(autouse=True)
def present():
    yield
    absence.end()


# -- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "chosen", "kind"),
    [
        (["manage.py", "runserver", "8000"], "", "web"),
        (["/srv/tbib/manage.py", "worker"], "", "worker"),
        (["manage.py", "migrate"], "", "command"),
        (["manage.py"], "", "command"),
        (["pytest", "worker"], "", "command"),
        (["gunicorn", "config.wsgi"], "web", "web"),
    ],
)
def test_the_command_line_tells_the_kind_of_process(arguments, chosen, kind):
    assert kind_of_process(arguments, chosen) == kind


def test_a_page_waits_two_seconds_for_a_lock_and_five_for_a_statement():
    database = {"OPTIONS": {"sslmode": "require", "connect_timeout": "7"}}
    use_postgresql(database, "web")
    assert database["OPTIONS"] == {
        "application_name": "tbib-web",
        "connect_timeout": "7",
        "options": "-c statement_timeout=5000 -c lock_timeout=2000"
        " -c idle_in_transaction_session_timeout=10000",
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "sslmode": "require",
    }


def test_a_migration_waits_as_long_as_it_takes():
    limits = PATIENCE["command"]
    assert (limits.answer, limits.lock, limits.statement, limits.idle) == (0, 0, 0, 0)


def test_the_server_ends_a_statement_before_the_client_gives_up():
    for limits in (PATIENCE["web"], PATIENCE["worker"]):
        assert limits.statement < limits.answer


def test_sqlite_waits_five_seconds_for_another_writer():
    database = setting("DATABASES['default']", DATABASE_URL="sqlite:///x.sqlite3")
    assert database["OPTIONS"]["timeout"] == 5


# -- a thread in reserve ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "is_probe"),
    [
        (b"GET /health/ HTTP/1.1", True),
        (b"HEAD /live HTTP/1.1", True),
        (b"GET /doctors/ HTTP/1.1", False),
        (b"POST /health/ HTTP/1.1", False),
    ],
)
def test_machines_have_a_thread_in_reserve(sent, is_probe):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert first_bytes(ours) is None
        theirs.sendall(sent)
        begins_with = first_bytes(ours)
        assert begins_with.startswith(PROBES) is is_probe
        assert ours.recv(100) == sent
        theirs.close()
        assert first_bytes(ours) == b""


# -- a thread in a hurry ----------------------------------------------------------------------


def test_a_hurry_ends_with_its_block():
    assert (seconds_left(None), seconds_left(0), seconds_left(6)) == (None, None, 6)
    with answering_within(60):
        assert seconds_left(6) == 6
        with answering_within(3), answering_within(30):
            assert 2 < seconds_left(6) <= 3
    with answering_within(None):
        assert seconds_left(6) == 6
    assert seconds_left(6) == 6


def test_one_asks_an_absent_server_again_and_the_others_are_refused(monkeypatch):
    absence.refuse()
    absence.begin()
    with pytest.raises(OperationalError):
        absence.refuse()
    monkeypatch.setattr(absence, "_ask_again_at", 0.0)
    absence.refuse()
    with pytest.raises(OperationalError):
        absence.refuse()
    absence.end()
    absence.refuse()


# -- a server that stands still ---------------------------------------------------------------


class Gate:
    """Passes bytes on between the site and PostgreSQL until it is shut; nobody is told."""

    def __init__(self):
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._serve(self._accept)

    def shut(self):
        self._open.clear()

    def open(self):
        self._open.set()

    def close(self):
        self._open.set()
        self._listener.close()

    def _serve(self, target, *args):
        threading.Thread(target=target, args=args, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                self._open.wait()
                server = socket.create_connection(SERVER)
                self._serve(self._pass_on, client, server)
                self._serve(self._pass_on, server, client)

    def _pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while sent := source.recv(65536):
                self._open.wait()
                target.sendall(sent)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


DATA = connection.settings_dict
SERVER = (DATA.get("HOST") or "127.0.0.1", int(DATA.get("PORT") or 5432))


@pytest.fixture
def gate(monkeypatch):
    gate = Gate()
    monkeypatch.setitem(DATA, "PORT", str(gate.port))
    monkeypatch.setitem(DATA, "PATIENCE", IMPATIENT)
    connection.close()
    yield gate
    gate.close()
    connection.close()


in_the_open = pytest.mark.django_db(transaction=True)


@needs_postgres
@in_the_open
class TestServerThatStandsStill:
    def test_a_statement_is_given_up(self, gate):
        assert not User.objects.exists()
        gate.shut()
        with pytest.raises(OperationalError, match=r"no answer within 0\.8 s"):
            User.objects.exists()

    def test_who_comes_next_is_refused_at_once(self, gate):
        self.test_a_statement_is_given_up(gate)
        connection.close()
        with pytest.raises(OperationalError, match="a moment ago"):
            User.objects.exists()

    def test_a_connection_is_given_up_sooner_than_libpq_does(self, gate):
        gate.shut()
        with pytest.raises(OperationalError, match=r"timeout|does not take connections"):
            User.objects.exists()

    def test_it_answers_again_when_the_server_does(self, gate, monkeypatch):
        monkeypatch.setattr(absences, "REST", 0.0)
        self.test_a_statement_is_given_up(gate)
        connection.close()
        gate.open()
        assert not User.objects.exists()

    def test_health_says_so(self, gate, client):
        assert client.get("/health/").status_code == 200
        gate.shut()
        assert client.get("/health/").status_code == 503
        connection.close()
        gate.open()
        assert client.get("/health/").status_code == 200

    def test_a_commit_without_an_answer_is_an_unknown_outcome(self, gate):
        def write():
            with transaction.atomic():
                UserFactory()
                gate.shut()

        with pytest.raises(OperationalError) as caught:
            write()
        assert may_have_written(caught.value)


@needs_postgres
@in_the_open
@pytest.mark.parametrize(
    ("limit", "sqlstate"), [("lock_timeout", "55P03"), ("statement_timeout", "57014")]
)
def test_a_locked_row_is_a_503_in_words(client, limit, sqlstate):
    user = UserFactory(language="en")
    client.force_login(user)
    with holding_lock("SELECT 1 FROM accounts_user FOR UPDATE"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET {limit} = 200")
        try:
            response = client.post("/accounts/language/", {"language": "fr"})
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"RESET {limit}")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@needs_postgres
@in_the_open
def test_a_transaction_that_waited_too_long_is_a_503(client, monkeypatch):
    """PostgreSQL's 25P03 is an InternalError, which else means a mistake of ours."""
    user = UserFactory(language="en")
    client.force_login(user)

    def execute(run, sql, *args):
        if sql.startswith("UPDATE"):
            run("SET idle_in_transaction_session_timeout = 50", (), *args[1:])
            time.sleep(0.2)
        return run(sql, *args)

    with connection.execute_wrapper(execute), transaction.atomic():
        response = client.post("/accounts/language/", {"language": "fr"})
        transaction.set_rollback(True)
    assert response.status_code == 503
    connection.close()


@contextlib.contextmanager
def holding_lock(sql):
    data = connection.settings_dict
    with psycopg.connect(
        host=SERVER[0],
        port=SERVER[1],
        user=data["USER"],
        password=data["PASSWORD"],
        dbname=data["NAME"],
    ) as other:
        other.execute(sql)
        yield
