"""Measure the site and compare it with its budget: `make bench`. bench/__init__.py says how.

The worlds are kept: on SQLite in .cache/bench, on PostgreSQL as databases of the server on this
machine, whose names are those of this working copy alone. Without such a server a private one is
started, and its worlds end with it.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from test import LOCAL_POSTGRES, ROOT, Skipped, answers, private_postgres

sys.path.insert(0, str(ROOT))

from bench import report
from bench.budget import read_lines
from bench.plan import MEASURES, OWN, Measure, World

KEPT = ROOT / ".cache" / "bench"
PEER = "django-appointment==3.12.0"
ENVIRONMENT = {
    "DEBUG": "off",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECURE_SSL_REDIRECT": "off",
    "SESSION_COOKIE_SECURE": "off",
    "CSRF_COOKIE_SECURE": "off",
    "CACHE_URL": "locmemcache://",
    "EMAIL_URL": "dummymail://",
    "PYTHONWARNINGS": "ignore",
    "BENCH_PEER": str(KEPT / PEER),
}
MakeUrl = Callable[[str], str]
"""The address of the database with this name, which is new and empty."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="rows, separated by commas")
    parser.add_argument("--database", choices=["sqlite", "postgres"])
    parser.add_argument("--quick", action="store_true", help="a small world, two minutes")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md in any case")
    options = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    with alone():
        measure_all(options)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """A second run would empty the databases of the first."""
    with (KEPT / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("Another `make bench` runs here.")
        yield


def measure_all(options: argparse.Namespace) -> None:
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, cwd=ROOT, env={**os.environ, **ENVIRONMENT}, check=True)
    rows, servers = [], []
    for name, database in {"sqlite": on_sqlite, "postgres": on_postgres}.items():
        if options.database in (None, name):
            try:
                with database() as (make_url, version):
                    servers.append(version)
                    for row in measured(make_url, name, options):
                        rows.append({**row, "database": name})
                        # At once, because a run can be cut short.
                        remember(rows[-1:], version, options.quick)
            except Skipped as skipped:
                print(f"{name} skipped: {skipped}", flush=True)
    finish(rows, ", ".join(servers), options)


def finish(rows: list[report.Row], servers: str, options: argparse.Namespace) -> None:
    lines, rows = read_lines(), report.with_growth(rows)
    print(f"\n{report.table(rows, lines)}")
    grown = [row for row in rows if row["row"].startswith("growth_")]
    known = remember(grown, servers, options.quick)
    if options.write or not (options.only or options.database or options.quick):
        report.write(ROOT / "docs" / "benchmarks.md", known, lines)
    worse = [
        f"{row['row']} on {row['database']}"
        for row in rows
        if (line := lines.get(row["row"]))
        and line.verdict(row["database"], row["value"]) == "WORSE"
    ]
    if worse:
        sys.exit(f"Worse than bench/budget.toml: {', '.join(worse)}")


def remember(rows: list[report.Row], servers: str, is_quick: bool) -> list[report.Row]:
    """Every row as it was measured last: a whole run takes an hour, and its parts can be taken
    one by one."""
    file = KEPT / "measured.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    when = {"day": f"{dt.date.today()}", "servers": servers, "is_quick": is_quick}
    load = round(os.getloadavg()[2], 1)
    for row in rows:
        known[f"{row['database']} {row['row']} {is_quick}"] = {**row, **when, "load": load}
    file.write_text(json.dumps(known, indent=1))
    return list(known.values())


def measured(make_url: MakeUrl, database: str, options: argparse.Namespace) -> Iterator[report.Row]:
    """Run the measures, one process each; a measure in several worlds gives `row@world`."""
    for measure in MEASURES:
        rows = wanted_rows(measure, options)
        worlds = [measure.quick] if options.quick else list(measure.worlds)
        for world in worlds if rows else []:
            if world is None:
                continue
            if measure.module == "peer":
                install_peer()
            print(f"· {database}: {measure.module}, {world.name} world", flush=True)
            for row in run(measure, world, rows, make_url, database, options):
                if len(worlds) > 1:
                    row["row"] = f"{row['row']}@{world.name}"
                print(f"  {row['row']}: {row['value']}  {report.told(row)}", flush=True)
                yield row


def wanted_rows(measure: Measure, options: argparse.Namespace) -> list[str]:
    only = set(filter(None, options.only.split(",")))
    names = {f"growth_{row}": row for row in measure.rows} if measure.module == "growth" else {}
    names = names or {row: row for row in measure.rows}
    return [row for name, row in names.items() if not only or name in only]


def run(
    measure: Measure,
    world: World,
    rows: list[str],
    make_url: MakeUrl,
    database: str,
    options: argparse.Namespace,
) -> list[report.Row]:
    url, notes = provide(world, make_url, database)
    command = [sys.executable, "-m", "bench.inside", measure.module, "--only", ",".join(rows)]
    command += ["--quick"] if options.quick else []
    variables = environment(url, notes) | {"DJANGO_SETTINGS_MODULE": measure.settings}
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench.{measure.module} failed on {database}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def environment(url: str, notes: Path) -> dict[str, str]:
    return {**os.environ, **ENVIRONMENT, "DATABASE_URL": url, "BENCH_NOTES": str(notes)}


# -- worlds --------------------------------------------------------------------------------------


def provide(world: World, make_url: MakeUrl, database: str) -> tuple[str, Path]:
    """The address of a filled database, and what was noted when it was filled."""
    notes = KEPT / f"{database}-{world.name}-{stamp()}.json"
    if world is not OWN and notes.exists():
        url = json.loads(notes.with_suffix(".url").read_text())
        if is_there(url):
            return url, notes
    for old in KEPT.glob(f"{database}-{world.name}-*"):
        old.unlink()
    url = make_url(f"tbib_bench_{world.name}")
    size = [str(world.doctors), str(world.visits), str(notes)]
    command = [sys.executable, "-m", "bench.inside", "world", *size]
    subprocess.run(command, cwd=ROOT, env=environment(url, notes), check=True)
    notes.with_suffix(".url").write_text(json.dumps(url))
    return url, notes


def stamp() -> str:
    """Another one on another day, and when the sample data or the migrations change."""
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("bookings/samples/*.py")]
    text = b"".join(each.read_bytes() for each in sorted(sources))
    return hashlib.sha256(text + str(dt.datetime.now(dt.UTC).date()).encode()).hexdigest()[:10]


def is_there(url: str) -> bool:
    if url.startswith("sqlite"):
        return Path(url.removeprefix("sqlite:///")).exists()
    return answers(url)


@contextlib.contextmanager
def on_sqlite() -> Iterator[tuple[MakeUrl, str]]:
    def make_url(name: str) -> str:
        for file in KEPT.glob(f"{name}.sqlite3*"):
            file.unlink()
        return f"sqlite:///{KEPT / name}.sqlite3"

    yield make_url, f"SQLite {sqlite3.sqlite_version}"


@contextlib.contextmanager
def on_postgres() -> Iterator[tuple[MakeUrl, str]]:
    with contextlib.ExitStack() as stack:
        server = LOCAL_POSTGRES
        if not answers(f"{server}/postgres"):
            server = stack.enter_context(private_postgres())

        def make_url(name: str) -> str:
            # The server is one for all working copies on this machine.
            name = f"{name}_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}"
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                connection.execute(f'CREATE DATABASE "{name}"')
            return f"{server}/{name}"

        with psycopg.connect(f"{server}/postgres") as connection:
            version = connection.info.server_version // 10_000
        yield make_url, f"PostgreSQL {version}"


def install_peer() -> None:
    """Install django-appointment beside the project's packages, for the bench alone."""
    target = KEPT / PEER
    if not target.exists():
        print(f"· Installing {PEER}", flush=True)
        command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(target)]
        subprocess.run([*command, PEER], check=True)


if __name__ == "__main__":
    main()
