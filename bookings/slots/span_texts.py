"""Spans of time that the database gives as texts.

A full calendar has a thousand visits, and to read a row for each takes longer than all the rest.
Here the database gives one text for all visits of a doctor.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import connection, models
from django.db.models import Aggregate, Func

from scheduling.engine import Span, merge

AND = " || ',' || "


class WithPause(Func):
    """The instant `minutes` after `ends_at`, two columns."""

    output_field = models.DateTimeField()

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        ends_at, minutes = self._columns(compiler)
        # SQLite rounds fractions of a second: they are left out and put back.
        later = f"datetime(substr({ends_at}, 1, 19), '+' || {minutes} || ' minutes')"
        later = f"{later} || substr({ends_at}, 20)"
        return f"(CASE {minutes} WHEN 0 THEN {ends_at} ELSE {later} END)", []

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        ends_at, minutes = self._columns(compiler)
        return f"({ends_at} + {minutes} * interval '1 minute')", []

    def _columns(self, compiler: Any) -> list[str]:
        return [compiler.compile(column)[0] for column in self.get_source_expressions()]


class SpanText(Func):
    """A row's span, from its first instant to its last one; for `SpanReader`."""

    output_field = models.TextField()
    template = "tstzrange(%(expressions)s)::text"
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        template = "%(expressions)s"
        return self.as_sql(compiler, connection, template=template, arg_joiner=AND)


class SpanTexts(Aggregate):
    """The spans of all rows of a group; PostgreSQL merges them."""

    output_field = models.TextField()
    template = "range_agg(tstzrange(%(expressions)s))::text"
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        template = "group_concat(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=AND)


class SpanReader:
    """Reads the texts of `SpanText` and `SpanTexts`, and instants that were cast to text."""

    def __init__(self) -> None:
        # SQLite's instants are in UTC and do not say so.
        self.is_sqlite = connection.vendor == "sqlite"

    def spans(self, text: str) -> list[Span]:
        """The union of the spans, sorted."""
        pairs: Any
        if self.is_sqlite:
            texts: list[Any] = text.split(",")
            # They have the order of the instants: a full day is one span, and is read once.
            pairs = merge(zip(texts[::2], texts[1::2], strict=True))
        else:
            pairs = re.findall('"([^"]*)","([^"]*)"', text)
        instant = self.instant
        return [(instant(start), instant(end)) for start, end in pairs]

    def instant(self, text: str) -> dt.datetime:
        if self.is_sqlite:
            return dt.datetime.fromisoformat(f"{text}+00:00")
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
