"""Let many people book the same hours at once, on SQLite and on PostgreSQL: `make race`.

Each database is new and is dropped at the end. tests/race says what races and which results are
right. `--database NAME` picks one database; other options are those of `python -m tests.race`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg

from test import IS_CI, ROOT, Skipped, postgres_url, sqlite_url

ENVIRONMENT = {
    # Cookies work over plain http, and an error shows its page of details.
    "DEBUG": "on",
    "SECURE_SSL_REDIRECT": "off",
    "SESSION_COOKIE_SECURE": "off",
    "CSRF_COOKIE_SECURE": "off",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "127.0.0.1",
    "CACHE_URL": "locmemcache://",
    "EMAIL_URL": "dummymail://",
    # All requests come from one address here.
    "RATE_LIMITS": "off",
}


def main(module: str = "tests.race", name: str = "race") -> None:
    """Run the module once on each database, and print how each run went."""
    options = sys.argv[1:]
    databases = {"sqlite": sqlite_url, "postgres": own_postgres_database}
    if "--database" in options:
        at = options.index("--database")
        databases = {options[at + 1]: databases[options[at + 1]]}
        del options[at : at + 2]
    outcomes = {each: outcome_of(databases[each], module, options) for each in databases}
    print(f"\n== {name} ==")
    for each, outcome in outcomes.items():
        print(f"{each:10} {outcome}")
    sys.exit(any(outcome.startswith("FAILED") for outcome in outcomes.values()))


def outcome_of(database, module: str, options: list[str]) -> str:
    """Return a line of the summary: "passed in 80 s", "FAILED in 80 s", "skipped: …"."""
    begin = time.monotonic()
    try:
        with database() as url:
            command = [sys.executable, "-m", module, *options]
            environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": url}
            code = subprocess.call(command, cwd=ROOT, env=environment)
    except Skipped as skipped:
        return (
            f"FAILED: under CI nothing may be skipped: {skipped}"
            if IS_CI
            else f"skipped: {skipped}"
        )
    return f"{'FAILED' if code else 'passed'} in {time.monotonic() - begin:.0f} s"


@contextlib.contextmanager
def own_postgres_database() -> Iterator[str]:
    with postgres_url() as url:
        server, name = url.rpartition("/")[0], f"tbib_race_{os.getpid()}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
            try:
                yield f"{server}/{name}"
            finally:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    main()
