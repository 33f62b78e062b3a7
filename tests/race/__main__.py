"""Runs the races on the database of DATABASE_URL, which is new and empty: see `bin/race.py`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from config.wsgi import application  # noqa: F401  # isort: skip  (sets Django up)

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.race import controls, journal, scenarios
from tests.race.clinic import Clinic
from tests.race.scene import SCENARIOS, SHOWN, Play, Scene, deadlocks, forget_visits
from tests.race.server import serving
from tests.race.storm import on_one_doctor, over_many_doctors

assert scenarios  # The import registers the scenarios.


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--storm", type=float, default=8, help="seconds of each")
    parser.add_argument("--only", default="", help="scenarios with these words in their name")
    options = parser.parse_args()

    # No account needs a password, so the fastest hasher is enough.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    journal.keep()
    with tempfile.TemporaryDirectory(prefix="tbib-race-") as folder:
        log = Path(folder, "gunicorn.log")
        sys.exit(Run(options, log).all())


class Run:
    """Runs the scenarios one after the other and prints a line for each."""

    def __init__(self, options: argparse.Namespace, log: Path) -> None:
        self.options, self.log = options, log
        self.failed = 0

    def all(self) -> bool:
        with serving(self.log) as port:
            clinic = Clinic(port)
            for title, play in self.plays():
                self.one(title, lambda play=play: self.played(play, clinic))
        self.no_errors_behind_the_scenes()
        self.one("control: constraint alone", lambda: controls.constraint_alone(clinic, self.log))
        self.one(
            "control: check alone, must double-book",
            lambda: controls.check_alone(clinic, self.log),
            with_overlaps=True,
        )
        return bool(self.failed)

    def plays(self) -> Iterator[tuple[str, Play]]:
        for each in SCENARIOS:
            yield each.title, each.play
        seconds = self.options.storm
        yield f"storm of {seconds:g} s on one doctor", lambda scene: on_one_doctor(scene, seconds)
        title = f"storm of {seconds:g} s over a hundred doctors"
        yield title, lambda scene: over_many_doctors(scene, seconds)

    def played(self, play: Play, clinic: Clinic) -> Scene:
        scene = Scene(clinic, self.options.rounds)
        play(scene)
        return scene

    def one(self, title: str, act: Callable[[], Scene], *, with_overlaps: bool = False) -> None:
        if self.options.only not in title:
            return
        forget_visits()
        begin = time.monotonic()
        scene = act()
        if not with_overlaps:
            scene.look_into_the_database()
        self.say(title, scene, time.monotonic() - begin)

    def say(self, title: str, scene: Scene, seconds: float) -> None:
        counts = scene.statuses
        done = counts[302] + counts[303]
        refused = [f"{status}: {counts[status]:4}" for status in (409, 422)]
        others = sum(counts[status] for status in counts if status in (400, 403, 404))
        broken = sum(counts[status] for status in counts if status >= 500)
        verdict = f"FAILED ({len(scene.problems)})" if scene.problems else "ok"
        notes = ", ".join(f"{name} {count}" for name, count in sorted(scene.notes.items()))
        print(
            f"{connection.vendor:10} {title:58} done: {done:4}  {'  '.join(refused)}  "
            f"{f'other 4xx: {others}  ' if others else ''}5xx: {broken}  "
            f"winners: {scene.winners:3}  {seconds:4.1f} s  {verdict}"
            f"{f'  ({notes})' if notes else ''}",
            flush=True,
        )
        for problem in list(dict.fromkeys(scene.problems))[:SHOWN]:
            print(f"{'':10} ! {problem}", flush=True)
        self.failed += bool(scene.problems)

    def no_errors_behind_the_scenes(self) -> None:
        """Check what answers do not show: PostgreSQL's deadlocks, errors in the server's log."""
        time.sleep(1)  # The server's last connection reports its counts in this time.
        found = deadlocks()
        errors = self.log.read_text().count("Traceback")
        verdict = "FAILED" if found or errors else "ok"
        print(f"{connection.vendor:10} deadlocks: {found}, errors in the log: {errors}  {verdict}")
        self.failed += bool(found or errors)


if __name__ == "__main__":
    main()
