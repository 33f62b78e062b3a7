"""Run all tests in three stages and say how each went: `make test`, `bin/test.py [pytest options]`.

1. SQLite      everything but the browser tests
2. PostgreSQL  the same, since the two databases keep their promises in different ways
3. browser     tests/e2e, in Chromium

The browser mostly waits, so its stage runs beside the two others; what it says comes after them.
A stage that this machine cannot run is skipped with a visible line; under CI that is a failure.
A path among the options is run by the stages it belongs to. `--stage NAME` runs one alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg

import chromium

ROOT = Path(__file__).resolve().parent.parent
BROWSER_TESTS = "tests/e2e"
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432"
NO_TEST_COLLECTED = 5

IS_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")


class Skipped(Exception):
    """Why this machine cannot run a stage, in words for the person at the terminal."""


def main() -> None:
    options = sys.argv[1:]
    stages = {"sqlite": run_on_sqlite, "postgres": run_on_postgres, "browser": run_in_browser}
    if "--stage" in options:
        at = options.index("--stage")
        stages = {options[at + 1]: stages[options[at + 1]]}
        del options[at : at + 2]

    with beside(stages, options) as finished:
        outcomes = {name: outcome_of(name, stages[name], options) for name in stages}
        outcomes |= finished()

    print("\n== tests ==")
    for name, outcome in outcomes.items():
        print(f"{name:10} {outcome}")
    sys.exit(any(outcome.startswith("FAILED") for outcome in outcomes.values()))


@contextlib.contextmanager
def beside(stages: dict, options: list[str]) -> Iterator[Callable[[], dict[str, str]]]:
    """Take the browser's stage out of several `stages` and run it in a process of its own; the
    function waits for it, prints what it said, and gives its outcome."""
    if len(stages) == 1:
        yield dict
        return
    del stages["browser"]
    command = [sys.executable, __file__, "--stage", "browser", *options]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)

        def finished() -> dict[str, str]:
            process.wait()
            said.seek(0)
            words, _title, summary = said.read().partition("\n== tests ==\n")
            print(words, flush=True)
            outcome = summary.strip().removeprefix("browser").strip()
            return {"browser": outcome or f"FAILED: its process ended with {process.returncode}"}

        try:
            yield finished
        finally:
            process.terminate()
            process.wait()


def outcome_of(name: str, stage, options: list[str]) -> str:
    """What the summary says of a stage: "passed in 12 s", "FAILED …" or "skipped: …"."""
    print(f"\n== {name} ==", flush=True)
    begin = time.monotonic()
    try:
        code = stage(options)
    except Skipped as skipped:
        line = f"{name} tests skipped: {skipped}"
        print(line, flush=True)
        return f"FAILED: under CI nothing may be skipped: {skipped}" if IS_CI else line
    seconds = f"{time.monotonic() - begin:.0f} s"
    if code == NO_TEST_COLLECTED and options:
        return "no test chosen"
    return f"passed in {seconds}" if code == 0 else f"FAILED in {seconds} (pytest: {code})"


# Stages ---------------------------------------------------------------------------------------


def run_on_sqlite(options: Sequence[str]) -> int:
    with sqlite_url() as url:
        return pytest(without_paths_below(BROWSER_TESTS, options), DATABASE_URL=url)


def run_on_postgres(options: Sequence[str]) -> int:
    with postgres_url() as url:
        return pytest(without_paths_below(BROWSER_TESTS, options), DATABASE_URL=url)


def run_in_browser(options: Sequence[str]) -> int:
    if not chromium.provide():
        raise Skipped("no Chromium here, and it could not be installed (`apt install chromium`)")
    paths = [option for option in options if is_path(option)]
    chosen = [path for path in paths if path.startswith(BROWSER_TESTS)]
    if paths and not chosen:
        return NO_TEST_COLLECTED
    others = [option for option in options if not is_path(option)]
    with sqlite_url() as url:
        return pytest([*(chosen or [BROWSER_TESTS]), *others], DATABASE_URL=url)


def pytest(arguments: Sequence[str] | None, **environment: str) -> int:
    if arguments is None:
        return NO_TEST_COLLECTED
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, **environment})


def without_paths_below(folder: str, options: Sequence[str]) -> list[str] | None:
    """The options for the stages without a browser; None when they name only browser tests."""
    paths = [option for option in options if is_path(option)]
    below = [path for path in paths if path.startswith(folder)]
    if paths and paths == below:
        return None
    return [option for option in options if option not in below]


def is_path(option: str) -> bool:
    """Whether an option picks tests by their place, such as `doctors/tests` or `x.py::test_y`."""
    place = option.split("::")[0].rstrip("/")
    return ("/" in place or place.endswith(".py")) and (ROOT / place).exists()


# Databases ------------------------------------------------------------------------------------


@contextlib.contextmanager
def sqlite_url() -> Iterator[str]:
    """A database in a folder of its own, so that two runs in one checkout do not meet."""
    with tempfile.TemporaryDirectory(prefix="tbib-test-") as folder:
        yield f"sqlite:///{folder}/tbib.sqlite3"


@contextlib.contextmanager
def postgres_url() -> Iterator[str]:
    """The server asked for, else the one that listens here, else one made for this run."""
    if os.environ.get("TEST_POSTGRES_URL"):
        yield os.environ["TEST_POSTGRES_URL"]
        return
    # Django puts "test_" before the name; with the process in it, two runs do not meet.
    name = f"tbib_{os.getpid()}"
    if answers(f"{LOCAL_POSTGRES}/postgres"):
        yield f"{LOCAL_POSTGRES}/{name}"
        return
    if not postgres_programs() and IS_CI and chromium.IS_ROOT:
        chromium.apt_install("postgresql")
    with private_postgres() as server:
        yield f"{server}/{name}"


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps it off PATH, one for each version."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_of, reverse=True)
    return next((folder for folder in found if (folder / "pg_ctl").exists()), None)


def version_of(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """The address of a server that lives as long as this block, in a temporary folder."""
    programs = postgres_programs()
    if programs is None:
        raise Skipped(
            "no server on 127.0.0.1:5432 lets the user postgres in, TEST_POSTGRES_URL is not set, "
            "and PostgreSQL is not installed (`apt install postgresql`)"
        )
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tbib-postgres-") as folder:
        if chromium.IS_ROOT:
            # PostgreSQL refuses to run as root.
            shutil.chown(folder, unprivileged_user())
        data = f"{folder}/data"
        # What it holds is thrown away: nothing needs to be safe on disk.
        server_options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = f"{folder}/log"
        pg_ctl = [str(programs / "pg_ctl"), "--pgdata", data, "--silent", "--wait"]
        create = [str(programs / "initdb"), "--pgdata", data, "--username=postgres"]
        run_unprivileged([*create, "--auth=trust", "--no-sync", "--encoding=UTF8"], folder)
        run_unprivileged([*pg_ctl, "--options", server_options, "--log", log, "start"], folder)
        try:
            yield f"postgres://postgres@127.0.0.1:{port}"
        finally:
            run_unprivileged([*pg_ctl, "--mode=immediate", "stop"], folder)


def run_unprivileged(command: list[str], folder: str) -> None:
    user = unprivileged_user() if chromium.IS_ROOT else None
    subprocess.run(command, cwd=folder, user=user, stdout=subprocess.DEVNULL, check=True)


def unprivileged_user() -> str:
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


if __name__ == "__main__":
    main()
