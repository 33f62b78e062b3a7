"""How long each kind of process waits for its database, before it answers without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SQLITE_WAITS = 5
"""Seconds that a writer waits for the writer before it."""


@dataclass(frozen=True)
class Patience:
    """Seconds; 0 waits for ever. `lock`, `statement` and `idle` are kept by the server.

    `answer` is kept by the client, for a server that stopped: it keeps no time either. It is more
    than `statement`, so that a server that works ends a long statement itself.
    """

    connect: float
    check: float
    answer: float
    lock: int
    statement: int
    idle: int


PATIENCE = {
    # A reader waits. Other readers wait for the thread, so it must come back soon.
    "web": Patience(connect=1, check=1, answer=6, lock=2, statement=5, idle=10),
    # A worker has time, and nobody waits for it. A mail server may keep it for long.
    "worker": Patience(connect=5, check=5, answer=65, lock=10, statement=60, idle=120),
    # A migration or a restore takes as long as it takes.
    "command": Patience(connect=10, check=10, answer=0, lock=0, statement=0, idle=0),
}


def kind_of_process(arguments: Sequence[str], chosen: str = "") -> str:
    """Return "web", "worker" or "command": as `chosen` by config.wsgi, else by the command line."""
    if chosen:
        return chosen
    command = arguments[1] if len(arguments) > 1 and _is_django(arguments[0]) else ""
    return {"runserver": "web", "worker": "worker"}.get(command, "command")


def _is_django(program: str) -> bool:
    return Path(program).name in ("manage.py", "django-admin")


def use_postgresql(database: dict[str, Any], kind: str) -> None:
    """Give the settings of a PostgreSQL `database` the patience of this `kind` of process.

    What DATABASE_URL says (?connect_timeout=…) comes first.
    """
    patience = PATIENCE[kind]
    limits = {
        "statement_timeout": patience.statement,
        "lock_timeout": patience.lock,
        "idle_in_transaction_session_timeout": patience.idle,
    }
    database["OPTIONS"] = {
        "application_name": f"tbib-{kind}",
        # libpq counts whole seconds, and at least two.
        "connect_timeout": max(2, int(patience.connect)),
        "options": " ".join(f"-c {name}={1000 * seconds}" for name, seconds in limits.items()),
        # A machine that is gone says nothing: these find out within some 20 seconds.
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **database.get("OPTIONS", {}),
    }
    database["PATIENCE"] = patience
