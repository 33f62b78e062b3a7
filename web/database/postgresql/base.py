"""Django's backend for PostgreSQL, which tells a lost commit from a refused one."""

from __future__ import annotations

from django.db import Error
from django.db.backends.postgresql import base

from web.database.outcome import CommitsNoted, OutcomeUnknown, is_unavailable


class DatabaseWrapper(CommitsNoted, base.DatabaseWrapper):
    """See web.database.outcome."""

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
