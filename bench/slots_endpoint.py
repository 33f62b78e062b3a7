"""How much of the server's own speed the slots endpoint keeps.

    .venv/bin/python bench/slots_endpoint.py
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/any .venv/bin/python bench/slots_endpoint.py

One gunicorn worker with four threads, kept busy over four kept-alive connections from this
process: turn by turn a stretch of requests for free times and one for constant JSON through
the same middleware. Printed are the medians of the rates and their ratio, without
appointments and with 100,000. Works in a database of its own, which it removes.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 4
DOCTORS, WEEKDAYS, VISITS_A_DAY = 50, 5, 8
WARM_UP = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.6, help="of each stretch")
    options = parser.parse_args()

    with own_database() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DEBUG": "off",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECURE_SSL_REDIRECT": "off",
            "CACHE_URL": "locmemcache://",
        }
        sys.path.insert(0, str(ROOT))
        asked = make_doctors()
        for count in (0, options.appointments):
            fill(count)
            with server() as port:
                report(count, port, asked, options)


# -- data ---------------------------------------------------------------------------------


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """A new database on the server of DATABASE_URL, or a SQLite file where none is given."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        with tempfile.TemporaryDirectory(prefix="tbib-bench-") as folder:
            yield f"sqlite:///{folder}/tbib.sqlite3"
        return
    base, name = server.rpartition("/")[0], f"tbib_bench_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{base}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def make_doctors() -> str:
    """Migrate, make the doctors; the address asked for: one's free times for one type."""
    from django.core.management import call_command

    import config.wsgi  # noqa: F401  (sets Django up)

    call_command("migrate", verbosity=0)
    from doctors.tests.factories import ConsultationTypeFactory
    from scheduling.tests.factories import open_week

    for _ in range(DOCTORS):
        kind = ConsultationTypeFactory()
        open_week(kind.doctor)
    return f"/api/doctors/{kind.doctor.pk}/slots?consultation_type_id={kind.pk}&days=3"


def fill(count: int) -> None:
    """`count` visits of half an hour: half of each weekday from nine to five is taken, as many
    weeks back as ahead."""
    from django.db import connection
    from django.utils import timezone

    from accounts.tests.factories import PatientFactory
    from bookings.models import Appointment
    from bookings.tests.factories import AppointmentFactory
    from doctors.models import ConsultationType

    patient = PatientFactory()
    each, today = count // DOCTORS, timezone.now().date()
    weeks = each // (2 * VISITS_A_DAY * WEEKDAYS) + 1
    monday = today - dt.timedelta(weeks=weeks, days=today.weekday())
    starts = [
        dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(8 + visit), dt.UTC)
        for day in range(2 * 7 * weeks)
        if (monday + dt.timedelta(days=day)).weekday() < WEEKDAYS
        for visit in range(VISITS_A_DAY)
    ][:each]
    for kind in ConsultationType.objects.select_related("doctor__user", "doctor__practice"):
        first = AppointmentFactory.build(patient=patient, consultation_type=kind)
        same = {
            field.attname: getattr(first, field.attname)
            for field in Appointment._meta.concrete_fields
            if field.attname not in ("id", "starts_at", "ends_at")
        }
        Appointment.objects.bulk_create(
            Appointment(starts_at=start, ends_at=start + kind.length, **same) for start in starts
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


# -- measuring ----------------------------------------------------------------------------


@contextlib.contextmanager
def server() -> Iterator[int]:
    """The port of a gunicorn that lives as long as this block."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}"]
    command += ["--worker-class=gthread", "--workers=1", f"--threads={CONNECTIONS}"]
    command += ["--keep-alive=30", "--log-level=error", "--no-control-socket"]
    process = subprocess.Popen([*command, "bench.constant"], cwd=ROOT)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.1)
    sys.exit("gunicorn did not start")


def report(count: int, port: int, asked: str, options: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {"/constant": [], asked: []}
    for address in rates:
        rate_of(port, address, WARM_UP)
    for _ in range(options.rounds):
        for address, found in rates.items():
            found.append(rate_of(port, address, options.seconds))
    constant, slots = (statistics.median(found) for found in rates.values())
    print(
        f"{count:>7} appointments: {slots:6.0f} of {constant:6.0f} requests/s, "
        f"ratio {slots / constant:.2f}",
        flush=True,
    )


def rate_of(port: int, address: str, seconds: float) -> float:
    """Requests a second over all connections."""
    end = time.perf_counter() + seconds
    done = [0] * CONNECTIONS
    threads = [
        threading.Thread(target=keep_asking, args=(port, address, end, done, n))
        for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def keep_asking(port: int, address: str, end: float, done: list[int], n: int) -> None:
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        while time.perf_counter() < end:
            sock.sendall(request)
            head, _, body = sock.recv(65536).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            while len(body) < length:
                body += sock.recv(65536)
            done[n] += 1


if __name__ == "__main__":
    main()
