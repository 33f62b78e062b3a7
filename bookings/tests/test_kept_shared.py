"""Two processes that share Redis keep answers for each other (web.kept)."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from django.core.cache import caches
from django.utils import timezone

from accounts.tests.factories import PatientFactory
from bookings.tests.steps import book
from bookings.tests.test_kept_slots import ALL, NOW, clock, kind, times, without
from web import kept
from web.cache import ForgivingRedisCacheClient

__all__ = ["clock", "kind"]

MINUTE = dt.timedelta(minutes=1)

ANOTHER_PROCESS = """
import datetime as dt
import django
django.setup()
from django.utils import timezone
from web import kept
now = timezone.now()
kept.keep("theirs", [3], "said by another", now=now, until=now + dt.timedelta(minutes=1))
print(kept.recall("ours", [5], now=now), kept.recall("ours", [6], now=now))
"""


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    """The address of a Redis of our own."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("redis-server is not installed: nothing is shared (apt install redis-server)")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    options = [f"--port {port}", "--bind 127.0.0.1", "--save", f"--dir {folder}"]
    command = [program, *" ".join(options).split()]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _try in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(autouse=True)
def shared(redis, settings):
    ForgivingRedisCacheClient.away_until = 0
    cache = {"BACKEND": "web.cache.ForgivingRedisCache", "LOCATION": redis, "KEY_PREFIX": "kept"}
    settings.CACHES = settings.CACHES | {"kept": cache}
    caches["kept"].clear()


def test_what_one_keeps_the_other_recalls_for_its_version_only(redis):
    now = timezone.now()
    kept.keep("ours", [5], "said here", now=now, until=now + MINUTE)
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS],
        env=os.environ | {"CACHE_URL": redis},
        capture_output=True,
        text=True,
        check=True,
    )
    now = timezone.now()
    found = [kept.recall("theirs", version, now=now) for version in ([3], [4])]
    assert (done.stdout.split("\n")[0], found) == ("said here None", ["said by another", None])


@pytest.mark.django_db
def test_the_times_that_are_shared_follow_the_version(kind, django_assert_num_queries):
    assert times(kind) == ALL
    with django_assert_num_queries(1):
        assert times(kind) == ALL
    book(kind, patient=PatientFactory(), at="11:00", now=NOW)
    assert times(kind) == without("11:00")
