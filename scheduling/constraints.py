"""One rule for both databases: rows of a group never overlap in time.

PostgreSQL has exclusion constraints for this. SQLite has none, so the constraint becomes two
triggers there. Django makes a SQLite table again for most schema changes, and drops its triggers.
So the triggers are added to `deferred_sql`, which runs after every such change. A `RunSQL` would
be lost at the first later migration.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import F, Func, Q
from django.db.models.sql import Query
from django.utils.deconstruct import deconstructible

SQLITE_TRIGGER = """\
CREATE TRIGGER %(trigger)s BEFORE %(event)s ON %(table)s
WHEN %(new_condition)s
BEGIN
  SELECT RAISE(ABORT, %(message)s) FROM %(table)s
  WHERE %(group)s = NEW.%(group)s
    AND %(start)s < NEW.%(end)s
    AND %(start)s > datetime(NEW.%(start)s, '-%(longest)s minutes')
    AND %(end)s > NEW.%(start)s
    AND %(pk)s <> NEW.%(pk)s
    AND %(condition)s;
END"""


@deconstructible(path="scheduling.constraints.MinutesAfter")
class MinutesAfter(Func):
    """A datetime column plus a fixed number of minutes, for check constraints.

    Django's own timedelta arithmetic calls a Python function on SQLite. Then no other SQLite
    client could write to the table.
    """

    output_field = models.DateTimeField()

    def __init__(self, instant: Any, minutes: int) -> None:
        super().__init__(instant)
        self.minutes = minutes

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"datetime(%(expressions)s, '+{int(self.minutes)} minutes')"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"(%(expressions)s + interval '{int(self.minutes)} minutes')"
        return super().as_sql(compiler, connection, template=template, **context)


class NoOverlap(models.BaseConstraint):
    """Rows with the same `group` that meet `condition` do not overlap in `[start, end)`.

    `longest` is the longest row that the table allows, and a check constraint must say so too: it
    limits the search for neighbours to one stretch of the (group, start) index.

    Rows with null times must not meet `condition`: on PostgreSQL `tstzrange(NULL, NULL)`
    overlaps everything. `condition` must be immutable: no `now()`.
    """

    def __init__(
        self,
        *,
        name: str,
        group: str,
        start: str,
        end: str,
        condition: Q,
        longest: dt.timedelta,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        self.group, self.start, self.end = group, start, end
        self.condition, self.longest = condition, longest
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    # -- PostgreSQL: Django's own exclusion constraint --------------------------------------

    def _exclusion(self) -> ExclusionConstraint:
        span = Func(
            F(self.start),
            F(self.end),
            RangeBoundary(),
            function="TSTZRANGE",
            output_field=DateTimeRangeField(),
        )
        return ExclusionConstraint(
            name=self.name,
            expressions=[(self.group, RangeOperators.EQUAL), (span, RangeOperators.OVERLAPS)],
            condition=self.condition,
        )

    # -- SQLite: the same in triggers -------------------------------------------------------

    def _condition_sql(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        query = Query(model=model, alias_cols=False)
        where = query.build_where(self.condition)
        compiler = query.get_compiler(connection=editor.connection)
        sql, params = where.as_sql(compiler, editor.connection)
        return sql % tuple(editor.quote_value(value) for value in params)

    def _triggers(self, model: Any, editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        def quoted(name: str) -> str:
            return editor.quote_name(model._meta.get_field(name).column)

        condition = self._condition_sql(model, editor)
        columns = "|".join(re.escape(editor.quote_name(f.column)) for f in model._meta.local_fields)
        watched = [self.group, self.start, self.end, *_fields_in(self.condition)]
        events = {
            "insert": "INSERT",
            "update": "UPDATE OF " + ", ".join(quoted(f) for f in dict.fromkeys(watched)),
        }
        return [
            Statement(
                SQLITE_TRIGGER,
                table=Table(model._meta.db_table, editor.quote_name),
                trigger=editor.quote_name(f"{self.name}_{suffix}"),
                event=event,
                message=editor.quote_value(self.name),
                group=quoted(self.group),
                start=quoted(self.start),
                end=quoted(self.end),
                pk=editor.quote_name(model._meta.pk.column),
                longest=int(self.longest.total_seconds() // 60),
                condition=condition,
                new_condition=re.sub(f"({columns})", r"NEW.\1", condition),
            )
            for suffix, event in events.items()
        ]

    # -- what the schema editor calls -------------------------------------------------------

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return self._exclusion().constraint_sql(model, schema_editor)
        schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
        return None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._exclusion().create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._exclusion().remove_sql(model, schema_editor)

    # -- what forms and the admin call ------------------------------------------------------

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        group = getattr(instance, model._meta.get_field(self.group).attname)
        start, end = getattr(instance, self.start), getattr(instance, self.end)
        values = {
            field.name: getattr(instance, field.attname) for field in model._meta.concrete_fields
        }
        if None in (group, start, end) or not self.condition.check(values, using=using):
            return
        rivals = (
            model._default_manager.using(using)
            .filter(self.condition)
            .filter(
                **{
                    self.group: group,
                    f"{self.start}__lt": end,
                    f"{self.end}__gt": start,
                }
            )
            .exclude(pk=instance.pk)
        )
        if rivals.exists():
            raise ValidationError(
                self.get_violation_error_message(), code=self.violation_error_code
            )

    # -- migrations -------------------------------------------------------------------------

    def deconstruct(self) -> Any:
        path, args, options = super().deconstruct()
        for name in ("group", "start", "end", "condition", "longest"):
            options[name] = getattr(self, name)
        return path, args, options

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NoOverlap):
            return bool(self.deconstruct() == other.deconstruct())
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.group, self.start, self.end))


def _fields_in(condition: Any) -> list[str]:
    """Return the names of the model's fields that a Q reads."""
    names: list[str] = []
    for child in condition.children:
        if isinstance(child, Q):
            names += _fields_in(child)
        else:
            names.append(child[0].partition("__")[0])
    return names
