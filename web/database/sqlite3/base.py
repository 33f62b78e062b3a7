"""Django's backend for SQLite, which notes what was committed."""

from django.db.backends.sqlite3 import base

from web.database.outcome import CommitsNoted


class DatabaseWrapper(CommitsNoted, base.DatabaseWrapper):
    """See web.database.outcome."""
