"""The worker and its jobs at set times."""

import datetime as dt
import inspect
import os
import pydoc
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_q.models import Failure, Schedule, Success

from accounts.tests.admin import admin_client, page
from bookings.messages import schedules
from bookings.messages.schedules import SCHEDULES, write_schedules
from bookings.models import WorkerBeat
from bookings.models.worker_beat import ALIVE_FOR
from bookings.tests.factories import NotificationFactory

TOMORROW = dt.timedelta(days=1)


class TestSchedules:
    pytestmark = pytest.mark.django_db

    def written(self):
        """(name, function, when) of each row of django-q's table."""
        rows = Schedule.objects.all()
        return {(row.name, row.func, row.minutes or row.cron) for row in rows}

    def test_are_written_after_migrate(self):
        Schedule.objects.all().delete()
        call_command("migrate", verbosity=0)
        assert self.written() == set(SCHEDULES)

    def test_written_again_keep_their_next_run(self):
        write_schedules()
        later = timezone.now() + TOMORROW
        Schedule.objects.update(next_run=later)
        write_schedules()
        assert set(Schedule.objects.values_list("next_run", flat=True)) == {later}

    def test_that_changed_are_replaced_and_obsolete_ones_removed(self, monkeypatch):
        write_schedules()
        Schedule.objects.create(name="of an old version", func="bookings.gone")
        monkeypatch.setattr(schedules, "SCHEDULES", [("sessions to clear", "other.function", 7)])
        write_schedules()
        assert self.written() == {("sessions to clear", "other.function", 7)}

    @pytest.mark.parametrize("name", [name for name, _function, _when in SCHEDULES])
    def test_name_functions_that_need_no_argument(self, name):
        ((_name, function, _when),) = (each for each in SCHEDULES if each[0] == name)
        inspect.signature(pydoc.locate(function)).bind()

    @pytest.mark.parametrize("name", [name for name, _function, _when in SCHEDULES])
    def test_run_twice(self, name):
        ((_name, function, _when),) = (each for each in SCHEDULES if each[0] == name)
        for _time in range(2):
            pydoc.locate(function)()


class TestAdminOfJobs:
    pytestmark = pytest.mark.django_db

    def test_lists_the_jobs(self):
        write_schedules()
        html = admin_client().get(page(Schedule)).content.decode()
        assert [name in html for name, _function, _when in SCHEDULES] == [True] * len(SCHEDULES)

    @pytest.mark.parametrize("model", [Schedule, Failure, Success])
    def test_runs_and_changes_nothing(self, model):
        pages = admin.site.get_model_admin(model)
        permissions = pages.has_add_permission(), pages.has_change_permission()
        assert (*permissions, pages.has_delete_permission()) == (False, False, False)
        assert list(pages.actions) == []

    def test_has_no_page_of_the_queue(self):
        models = set(apps.get_app_config("django_q").get_models())
        shown = {model for model in models if admin.site.is_registered(model)}
        assert shown == {Schedule, Failure, Success}


class TestCheck:
    pytestmark = pytest.mark.django_db

    def said(self):
        out = StringIO()
        call_command("worker", "--check", stdout=out)
        return out.getvalue()

    @pytest.mark.parametrize("ago", [None, ALIVE_FOR])
    def test_says_in_one_line_that_no_worker_runs(self, ago):
        if ago:
            moment = timezone.now() - ago
            WorkerBeat.objects.create(host="a", process=1, started_at=moment, beat_at=moment)
        assert self.said() == ("No worker runs: messages wait in the outbox. Start: make worker\n")

    def test_says_nothing_while_one_runs(self):
        now = timezone.now()
        WorkerBeat.objects.create(host="a", process=1, started_at=now, beat_at=now)
        assert self.said() == ""


@pytest.mark.django_db(transaction=True)
class TestProcess:
    """A worker in processes of its own, on the database of the test."""

    @pytest.fixture
    def start(self, tmp_path):
        started = []

        def start(*options, under_a_shell=False):
            command = [sys.executable, "manage.py", "worker", *options]
            if under_a_shell:
                command = ["sh", "-c", '"$@" & exec sleep 60', "sh", *command]
            process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env={**os.environ, "DATABASE_URL": url(), "EMAIL_URL": f"filemail:///{tmp_path}"},
                start_new_session=True,
            )
            started.append(process)
            return process

        yield start
        for process in started:
            if process.poll() is None:
                process.kill()
            process.wait()

    def test_sends_what_is_due_and_ends_on_a_signal(self, start, tmp_path):
        row = NotificationFactory(recipient="first@example.org")
        process = start()
        wait_until(lambda: sent(row))
        assert b"To: first@example.org" in b"".join(
            each.read_bytes() for each in Path(tmp_path).iterdir()
        )
        beat = WorkerBeat.objects.get()
        assert (beat.process, beat.is_alive(timezone.now())) == (process.pid, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert not WorkerBeat.objects.exists()
        wait_until(lambda: members(process.pid) == [])

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends orphans")
    def test_killed_leaves_no_process(self, start):
        process = start()
        wait_until(lambda: len(members(process.pid)) == 5)
        process.kill()
        process.wait()
        wait_until(lambda: members(process.pid) == [])

    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
    def test_ends_with_the_server_beside_it(self, start):
        """As `make run` starts it; a killed server says no goodbye."""
        shell = start("--with-parent", under_a_shell=True)
        wait_until(WorkerBeat.objects.exists)
        shell.kill()
        shell.wait()
        wait_until(lambda: members(shell.pid) == [])
        assert not WorkerBeat.objects.exists()


def url():
    """The DATABASE_URL of the test's own database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    return f"postgres://{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def sent(row):
    row.refresh_from_db()
    return row.sent_at


def members(session):
    """The processes of a session that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, of_session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of_session) == session and state not in "ZX":
            found.append(stat.parent.name)
    return found


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
