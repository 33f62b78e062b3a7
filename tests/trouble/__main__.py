"""What readers get while the database is in trouble: see `bin/trouble.py`.

Some patients send forms that wait for the trouble, again and again. Meanwhile others open pages
that have nothing to do with it, and a load balancer asks for the health.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config.wsgi import application  # noqa: F401  # isort: skip  (sets Django up)

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.tests.factories import open_week
from tests.race.browser import Answer, Browser
from tests.race.clinic import Clinic, PatientOnline
from tests.race.server import serving

OTHER_PAGES_WITHIN, HEALTH_WITHIN = 3.0, 0.2
"""Seconds, as docs/running.md promises."""
WAITING_WITHIN = 8.0
RECOVERED_WITHIN = 5.0
WORDS = 'class="error-page"'


Trouble = Callable[[], contextlib.AbstractContextManager[None]]


@dataclass
class Seen:
    """What one group of requests got: (seconds, status, whether it was said in words)."""

    limit: float
    answers: list[tuple[float, int, bool]] = field(default_factory=list)

    def add(self, ask: Callable[[], Answer]) -> None:
        begin = time.monotonic()
        answer = ask()
        seconds = time.monotonic() - begin
        said = answer.status < 500 or WORDS in answer.html
        self.answers.append((seconds, answer.status, said or answer.request.path == "/health/"))

    @property
    def slowest(self) -> float:
        return max((seconds for seconds, _status, _said in self.answers), default=0)

    @property
    def is_good(self) -> bool:
        return (
            bool(self.answers)
            and self.slowest <= self.limit
            and all(
                said and status in (200, 302, 303, 409, 503) for _s, status, said in self.answers
            )
        )

    def __str__(self) -> str:
        statuses = sorted(status for _seconds, status, _said in self.answers)
        counts = ", ".join(f"{statuses.count(each)} × {each}" for each in dict.fromkeys(statuses))
        return f"{'good' if self.is_good else 'BAD '} slowest {self.slowest:5.2f} s   {counts}"


class Site:
    """The site that serves, and those who use it while there is trouble."""

    def __init__(self, port: int, clinic: Clinic, waiting: int) -> None:
        self.port, self.clinic, self.waiting = port, clinic, waiting
        doctor = DoctorFactory(practice=clinic.practice)
        open_week(doctor, 8 * 60, 20 * 60)
        self.type = ConsultationTypeFactory(doctor=doctor)
        self.start = clinic.practice.local(timezone.now()).replace(
            hour=10, minute=0, second=0, microsecond=0
        ) + dt.timedelta(days=5)
        self.other = DoctorFactory(practice=clinic.practice)
        open_week(self.other, 8 * 60, 20 * 60)
        ConsultationTypeFactory(doctor=self.other)

    def suffer(self, trouble: Trouble, seconds: float) -> dict[str, Seen]:
        seen = {
            "waiting": Seen(WAITING_WITHIN),
            "other pages": Seen(OTHER_PAGES_WITHIN),
            "health": Seen(HEALTH_WITHIN),
            "after it": Seen(RECOVERED_WITHIN),
        }
        ended = threading.Event()
        others = [Browser(self.port) for _ in range(2)]
        pages = (f"/doctors/{self.other.slug}/", "/accounts/login/")
        acts = [lambda who=who: seen["waiting"].add(self.form_of(who)) for who in self.patients()]
        acts += [
            lambda at=at: seen["other pages"].add(lambda: others[at].get(pages[at]))
            for at in (0, 1)
        ]
        acts.append(lambda: seen["health"].add(lambda: Browser(self.port).get("/health/")))
        for _ in range(8):  # connections and caches as after a while
            acts[-1](), acts[-2](), acts[-3]()
        for each in ("other pages", "health"):
            seen[each].answers.clear()
        with trouble():
            threads = [threading.Thread(target=repeat, args=(act, ended)) for act in acts]
            for thread in threads:
                thread.start()
            ended.wait(seconds)
            ended.set()
        begin = time.monotonic()
        for thread in threads:
            thread.join()
        while (answer := others[0].get(pages[0])).status != 200:
            if time.monotonic() - begin > 30:
                break
            time.sleep(0.1)
        seen["after it"].answers.append((time.monotonic() - begin, answer.status, True))
        return seen

    def patients(self) -> list[PatientOnline]:
        return [self.clinic.patients[n % len(self.clinic.patients)] for n in range(self.waiting)]

    def form_of(self, who: PatientOnline) -> Callable[[], Answer]:
        return who.books(self.type, self.start).send


def repeat(act: Callable[[], None], ended: threading.Event) -> None:
    while not ended.is_set():
        act()
        ended.wait(0.2)


# -- troubles --------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(sql: str) -> Iterator[None]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute(sql)
        yield


@contextlib.contextmanager
def frozen() -> Iterator[None]:
    """All processes of the private server stand still; the kernel goes on taking its bytes."""
    pids = processes_of_server()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def processes_of_server() -> list[int]:
    """Return the postmaster and its children."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        (row,) = other.execute("SELECT pg_read_file('postmaster.pid')").fetchall()
    postmaster = int(row[0].split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="length of each trouble")
    parser.add_argument("--waiting", type=int, default=12, help="patients who wait for it")
    options = parser.parse_args()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    failed = False
    folder = tempfile.TemporaryDirectory(prefix="tbib-trouble-")
    with folder, serving(Path(folder.name, "gunicorn.log")) as port:
        site = Site(port, Clinic(port), options.waiting)
        troubles = {
            "a doctor's row is locked": lambda: locked(
                f"SELECT 1 FROM doctors_doctor WHERE id = {site.type.doctor_id} FOR UPDATE"
            ),
            "a table is locked": lambda: locked(
                "LOCK TABLE bookings_appointment IN ACCESS EXCLUSIVE MODE"
            ),
            "the server stands still": frozen,
        }
        for title, trouble in troubles.items():
            print(f"\n{title} for {options.seconds:.0f} s, {options.waiting} patients wait")
            connection.close()
            for name, seen in site.suffer(trouble, options.seconds).items():
                print(f"  {name:12} {seen}", flush=True)
                failed |= not seen.is_good
    sys.exit(failed)


if __name__ == "__main__":
    main()
