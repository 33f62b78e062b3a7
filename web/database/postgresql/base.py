"""Django's backend for PostgreSQL, for a server that may stop in the middle of a request.

It tells a lost commit from a refused one, and it waits for answers only as long as the settings
say (config.database): the server's own limits do not run while the server stands still.
"""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db import Error
from django.db.backends.postgresql import base
from psycopg.errors import _WaitTimeout

from web.database.absence import absence, answering_within, note_silence, seconds_left
from web.database.outcome import CommitsNoted, OutcomeUnknown, is_unavailable


class Connection(psycopg.Connection[Any]):
    """Gives up a server that accepts bytes and does not answer."""

    patience: float | None = None

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Generator[Any, Any, Any]:
        """Connect within the thread's hurry: libpq's connect_timeout has whole seconds, from 2."""
        attempt: Generator[Any, Any, Any] = super()._connect_gen(conninfo)
        ready = None
        while True:
            try:
                wanted = attempt.send(ready)
            except StopIteration as done:
                return done.value
            ready = yield wanted
            if not ready and (seconds_left(None) or 1) <= 0.001:
                note_silence()
                raise psycopg.errors.ConnectionTimeout("the server does not take connections")

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        limit = timeout if timeout is not None else seconds_left(self.patience)
        try:
            return super().wait(gen, interval=interval, timeout=limit)
        except _WaitTimeout:
            if timeout is not None:
                raise
            note_silence()
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {limit:.1f} s") from None


class DatabaseWrapper(CommitsNoted, base.DatabaseWrapper):
    """See web.database.outcome and web.database.absence."""

    Database: Any = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})
    health_check_enabled: bool
    health_check_done: bool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        patience = self.settings_dict.get("PATIENCE")
        absence.refuse()
        with answering_within(patience and patience.connect):
            connection = super().get_new_connection(conn_params)
        absence.end()
        connection.patience = patience and patience.answer
        return connection

    def close_if_health_check_failed(self) -> None:
        if self.connection and self.health_check_enabled and not self.health_check_done:
            absence.refuse()
        super().close_if_health_check_failed()

    def is_usable(self) -> bool:
        patience = self.settings_dict.get("PATIENCE")
        with answering_within(patience and patience.check):
            is_usable: bool = super().is_usable()
        if is_usable:
            absence.end()
        return is_usable

    def _commit(self) -> None:
        """Commit, or raise OutcomeUnknown when the connection broke before the answer.

        An error on a connection that still works is the server's own: it did not commit.
        """
        try:
            super()._commit()
        except Error as error:
            if is_unavailable(error) and self.connection is not None and self.connection.closed:
                raise OutcomeUnknown(*error.args) from error
            raise
