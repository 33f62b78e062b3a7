"""What is known of the writes of a request when its answer cannot be given.

"Nothing was changed" may only be said when it is true. A commit whose acknowledgement was lost may
have happened, and an error after a commit undoes nothing.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import Error, InterfaceError, InternalError, OperationalError, connection

IDLE_IN_TRANSACTION = "25P03"
"""SQLSTATE of a transaction that the server ended because it waited too long for its client."""


class OutcomeUnknown(OperationalError):
    """The connection broke while a transaction was committed: it may have been committed."""


class CommitsNoted:
    """Part of a database wrapper: `has_committed` says whether a transaction was committed.

    Each request clears it at its beginning (`forget_commits`).
    """

    has_committed = False

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self.has_committed = True


def forget_commits() -> None:
    """Begin a request: what the same connection committed before is no concern of it."""
    connection.has_committed = False  # type: ignore[attr-defined]


def may_have_written(error: BaseException) -> bool:
    """Whether the request that failed with `error` may have changed something.

    Django connects again after a failed commit; where that fails too, the commit's own error is
    the context of the one that arrives here.
    """
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, OutcomeUnknown):
        behind = behind.__cause__ or behind.__context__
    return behind is not None or getattr(connection, "has_committed", False)


def is_unavailable(error: BaseException | None) -> bool:
    """Whether `error` says that the database is away or too busy, and not that a query is wrong."""
    if isinstance(error, InternalError):
        return sqlstate(error) == IDLE_IN_TRANSACTION
    return isinstance(error, OperationalError | InterfaceError)


def is_broken(error: BaseException) -> bool:
    """Whether `error` ended the connection, so that a new one may have more luck."""
    is_from_server = isinstance(error.__cause__, psycopg.Error)
    return is_from_server and sqlstate(error)[:3] in ("", "080", "25P", "57P")


def sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's five characters for `error`; "" when the server gave none."""
    cause: Any = error.__cause__ or error
    return getattr(cause, "sqlstate", None) or ""


def unavailable_cause(error: BaseException | None) -> Error | None:
    """Return the database error that is behind `error` and means "away or too busy", or None."""
    while error is not None and not is_unavailable(error):
        error = error.__cause__ or error.__context__
    return error  # type: ignore[return-value]
