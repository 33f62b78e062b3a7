"""The outbox under fire: `make fire`.

Two workers send thousands of reminders through a mail server that refuses, closes, cuts and
hangs. One of the workers is killed again and again, and visits are cancelled meanwhile. Then the
server recovers, time passes, and everything must have arrived.

Wanted: no message lost, none after the cancellation of its visit, none twice but the one that a
killed worker had in its hands.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from config.wsgi import application  # noqa: F401  # isort: skip  (sets Django up)

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from bookings.models import Notification, RefusedAddress
from bookings.services import cancel
from bookings.status import Status
from tests.fire.server import FireServer
from tests.fire.world import NOBODY, SPAM, make_reminders

KINDS = Notification.Kind
IN_FLIGHT = 1.0
"""Seconds that a message may be on its way when its visit is cancelled."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=6)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    make_reminders(options.messages)
    with tempfile.NamedTemporaryFile("w", prefix="tbib-fire-", suffix=".log", delete=False) as log:
        with FireServer() as server:
            fire = Fire(server, options, log)
            try:
                fire.burn()
                fire.recover()
            finally:
                fire.stop_workers()
        problems = fire.problems()
    for problem in problems:
        print(f"{connection.vendor:10} WRONG: {problem} (log: {log.name})")
    if not problems:
        Path(log.name).unlink()
    sys.exit(bool(problems))


class Fire:
    """The workers, the cancellations, and what came of them."""

    def __init__(self, server: FireServer, options: argparse.Namespace, log) -> None:
        self.server, self.options, self.log = server, options, log
        self.workers: list[subprocess.Popen] = []
        self.cancelled: dict[int, float] = {}
        """{pk of the reminder: the monotonic time of the cancellation of its visit}."""
        self.kills = 0

    def burn(self) -> None:
        """Kill a worker each time a share of the messages is sent, and cancel visits meanwhile."""
        begin, chance = time.monotonic(), random.Random(1)
        self.start_workers()
        total = self.options.messages
        marks = [
            total * mark // (self.options.kills + 1) for mark in range(1, 1 + self.options.kills)
        ]
        while marks:
            self.cancel_some(chance)
            if len(self.server.taken_at) >= marks[0]:
                marks.pop(0)
                self.kill_one()
            time.sleep(0.05)
        while Notification.objects.due(timezone.now()).exists():
            self.cancel_some(chance)
            time.sleep(0.1)
        self.stop_workers()
        taken, seconds = len(self.server.taken_at), time.monotonic() - begin
        trouble = ", ".join(f"{count} × {what}" for what, count in self.server.done.items())
        self.say(f"{taken} messages in {seconds:.0f} s ({taken / seconds:.0f} a second)")
        self.say(f"trouble: {trouble}; {self.kills} workers killed with -9")

    def recover(self) -> None:
        """End the server's trouble, and let time pass until no message waits any more."""
        self.server.is_in_trouble = False
        while Notification.objects.waiting().exists():
            # Longer than any pause between two attempts.
            passed = dt.timedelta(hours=7)
            Notification.objects.waiting().update(next_attempt_at=F("next_attempt_at") - passed)
            self.start_workers()
            while Notification.objects.due(timezone.now()).exists():
                time.sleep(0.1)
            self.stop_workers()

    def cancel_some(self, chance: random.Random) -> None:
        """Cancel a visit now and then whose reminder is not sent yet."""
        if len(self.cancelled) >= self.options.messages // 20 or chance.random() > 0.5:
            return
        reminders = Notification.objects.waiting().filter(kind=KINDS.REMINDER, attempts=0)
        row = reminders.select_related("appointment__doctor__user").order_by("-pk").first()
        near = reminders.select_related("appointment__doctor__user").order_by("pk").first()
        row = chance.choice([row, near])
        if row is None or row.appointment.status == Status.CANCELLED:
            return
        cancel(row.appointment, by=row.appointment.doctor.user)
        self.cancelled[row.pk] = time.monotonic()

    def start_workers(self) -> None:
        self.workers = [self.new_worker() for _each in range(2)]

    def new_worker(self) -> subprocess.Popen:
        command = [sys.executable, "manage.py", "worker"]
        address = f"smtp://{self.server.hostname}:{self.server.port}"
        environment = {**os.environ, "EMAIL_URL": address, "EMAIL_TIMEOUT": "2"}
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=self.log,
            stderr=self.log,
        )

    def kill_one(self) -> None:
        """Kill the older worker with -9, and start another."""
        victim = self.workers.pop(0)
        victim.kill()
        victim.wait()
        self.kills += 1
        self.workers.append(self.new_worker())

    def stop_workers(self) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()
        self.workers = []

    def problems(self) -> list[str]:
        """What is wrong, in words; the figures are printed."""
        taken = self.server.taken_at
        rows = list(Notification.objects.select_related("appointment"))
        lost = [row.pk for row in rows if row.sent_at and row.pk not in taken]
        lost += [row.pk for row in rows if self.should_arrive(row) and row.pk not in taken]
        waiting = [row.pk for row in rows if not (row.sent_at or row.dropped_at or row.failed_at)]
        late = {
            pk: max(taken[pk]) - moment
            for pk, moment in self.cancelled.items()
            if pk in taken and max(taken[pk]) > moment
        }
        after_cancel = [pk for pk, seconds in late.items() if seconds > IN_FLIGHT]
        twice = [pk for pk, moments in taken.items() if len(moments) > 1]
        outcomes = Counter(
            "sent" if row.sent_at else "dropped" if row.dropped_at else "given up" for row in rows
        )
        self.say(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
        self.say(
            f"lost: {len(set(lost))}, waiting: {len(waiting)}, after the cancellation: "
            f"{len(after_cancel)} (of {len(self.cancelled)}; {len(late) - len(after_cancel)} on "
            f"their way), twice: {len(twice)} (at most {self.kills})"
        )
        found = {
            "messages were lost": lost,
            "messages wait for ever": waiting,
            "reminders left after the cancellation": after_cancel,
            "more messages came twice than workers were killed": twice[self.kills :],
            "addresses are refused by mistake, or not": self.wrongly_refused(),
            "messages were given up by mistake, or not": self.wrongly_given_up(rows),
        }
        return [f"{len(pks)} {words}" for words, pks in found.items() if pks]

    def should_arrive(self, row: Notification) -> bool:
        """Whether this message must have been sent."""
        if row.recipient.startswith((NOBODY, SPAM)):
            return False
        assert row.appointment is not None
        is_cancelled = row.appointment.status == Status.CANCELLED
        return (row.kind == KINDS.CANCELLED) == is_cancelled

    def wrongly_refused(self) -> list[str]:
        refused = set(RefusedAddress.objects.values_list("address", flat=True))
        tried = Notification.objects.filter(recipient__startswith=NOBODY).exclude(failed_at=None)
        return sorted(refused ^ set(tried.values_list("recipient", flat=True)))

    def wrongly_given_up(self, rows: list[Notification]) -> list[int]:
        return [
            row.pk
            for row in rows
            if bool(row.failed_at) != row.recipient.startswith((NOBODY, SPAM))
            and not row.dropped_at
        ]

    def say(self, words: str) -> None:
        print(f"{connection.vendor:10} {words}", flush=True)


if __name__ == "__main__":
    main()
