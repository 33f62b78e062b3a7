"""Querysets whose SQL is compiled once.

Django compiles the SQL of a queryset at every run. That takes 0.3 to 1.3 ms, and the query then
runs in 0.05 ms. What is read more often than anything else is compiled here: free times, and what
stands on the pages of the staff, who look all day. The rules stay in the querysets.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet, Value

P = ParamSpec("P")
Row = TypeVar("Row")
M = TypeVar("M", bound=Model)


def compiled_once(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """Return a function of the same positional arguments that returns the queryset's rows.

    `build` is called with stand-ins of the same types, once for each shape of the arguments:
    which of them are None, what a bool says, and how many items a tuple has. `build` may only
    compare columns with them (a bool may decide what it builds); any other use raises ValueError at
    the first call. Integers must fit the database's.
    """
    plans: dict[tuple[object, ...], Plan | None] = {}

    @functools.wraps(build)
    def rows(*values: P.args, **nothing: P.kwargs) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        shape = (connection.vendor, *map(_shape, values))
        if shape not in plans:
            plans[shape] = _plan(build, values, connection)
        plan = plans[shape]
        return plan.rows(values, connection) if plan else []

    return rows


def in_one_row(rows: QuerySet[M, Any], **totals: Any) -> QuerySet[M, tuple[Any, ...]]:
    """What `rows.aggregate(**totals)` computes, as a queryset of one row that can be compiled."""
    whole = rows.order_by().annotate(whole=Value(1)).values("whole")
    return whole.annotate(**totals).values_list(*totals)


@dataclass(frozen=True, slots=True)
class Plan:
    """The SQL of a queryset; `places` holds (index of a parameter, index of its argument)."""

    compiler: Any
    iterable: Any
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]

    def rows(self, values: tuple[Any, ...], connection: Any) -> list[Any]:
        given = list(_adapted(values, connection))
        parameters = list(self.parameters)
        for at, argument in self.places:
            parameters[at] = given[argument]
        # A copy, because threads share the plan. It knows its columns and gets its SQL here.
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (self.sql, parameters)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        queryset = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(self.iterable(queryset))


def _plan(build: Callable[..., Any], values: tuple[Any, ...], connection: Any) -> Plan | None:
    """Compile twice with different stand-ins; arguments go where the parameters differ.

    Return None when no values can find a row, for instance for an empty tuple.
    """
    places: list[tuple[int, int]] = []
    try:
        one, other = (_compiled(build, values, connection, seed) for seed in (1, 1001))
    except EmptyResultSet:
        return None
    for at, pair in enumerate(zip(one.parameters, other.parameters, strict=True)):
        if pair[0] == pair[1]:
            continue
        arguments = list(zip(one.arguments, other.arguments, strict=True))
        if pair not in arguments:
            raise ValueError(f"{build.__qualname__} does more with an argument than compare")
        places.append((at, arguments.index(pair)))
    # The plan lives longer than the thread that owns this connection.
    one.compiler.connection = None
    plan = Plan(one.compiler, one.iterable, one.sql, tuple(one.parameters), tuple(places))
    return _with_literals(plan) if connection.vendor == "sqlite" else plan


def _with_literals(plan: Plan) -> Plan:
    """Write the texts that are no argument into the SQL.

    SQLite uses an index with a condition only for a query that has the same texts in sight. On
    PostgreSQL psycopg writes every value into the SQL.
    """
    parts = plan.sql.split("%s")
    kept = {at for at, _argument in plan.places}
    kept |= {at for at, value in enumerate(plan.parameters) if not isinstance(value, str)}
    sql, order = parts[0], sorted(kept)
    for at, (value, part) in enumerate(zip(plan.parameters, parts[1:], strict=True)):
        text = "'" + str(value).replace("'", "''").replace("%", "%%") + "'"
        sql += ("%s" if at in kept else text) + part
    places = tuple((order.index(at), argument) for at, argument in plan.places)
    return replace(
        plan, sql=sql, parameters=tuple(plan.parameters[at] for at in order), places=places
    )


def _compiled(
    build: Callable[..., Any], values: tuple[Any, ...], connection: Any, seed: int
) -> SimpleNamespace:
    seeds = count(seed)
    stand_ins = tuple(_stand_in(value, seeds) for value in values)
    queryset = build(*stand_ins)
    compiler = queryset.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    return SimpleNamespace(
        compiler=compiler,
        iterable=queryset._iterable_class,
        sql=sql,
        parameters=parameters,
        arguments=list(_adapted(stand_ins, connection)),
    )


def _shape(value: Any) -> object:
    if isinstance(value, bool):
        return str(value)  # not itself: True is equal to the length 1
    return len(value) if isinstance(value, tuple) else type(value)


def _stand_in(value: Any, seeds: Iterator[int]) -> Any:
    """Return a value of the same type that differs from everything else in the SQL."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(_stand_in(each, seeds) for each in value)
    seed = next(seeds)
    if isinstance(value, dt.datetime):
        return dt.datetime(1900, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=seed)
    if isinstance(value, dt.date):
        return dt.date(1900, 1, 1) + dt.timedelta(days=seed)
    if isinstance(value, UUID):
        return UUID(int=seed)
    return type(value)(10**12 + seed)


def _adapted(values: tuple[Any, ...], connection: Any) -> Iterator[Any]:
    """Yield the arguments as this database takes them; a tuple gives one value per item."""
    for value in values:
        if isinstance(value, tuple):
            yield from _adapted(value, connection)
        elif isinstance(value, dt.datetime):
            yield connection.ops.adapt_datetimefield_value(value)
        elif isinstance(value, dt.date):
            yield connection.ops.adapt_datefield_value(value)
        elif isinstance(value, UUID) and not connection.features.has_native_uuid_field:
            yield value.hex
        else:
            yield value
