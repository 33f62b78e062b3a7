"""What machines ask: does this process run, can it answer, is all well behind it?

These addresses answer under any Host, because load balancers ask by address (ProbesMiddleware).
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.database.absence import answering_within
from web.problems import problem

HEALTH_WITHIN = 0.15
"""Seconds that the database may take: a balancer asks often, and a slow answer is a no."""
READY_WITHIN = 2.0

Check = Callable[[], str]
"""Returns what is wrong, "" for nothing; an id or a number, never a name."""

_reports: dict[str, Check] = {}
_has_migrations = False


def reports(name: str) -> Callable[[Check], Check]:
    """Add a check to /ready: an app of the stack says how its part does."""

    def register(check: Check) -> Check:
        _reports[name] = check
        return check

    return register


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process answers at all; it asks nothing."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503; one query, no session."""
    try:
        with answering_within(HEALTH_WITHIN, is_probe=True), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return problem(503, code="unavailable", detail="The database does not answer.")
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 503 without a database or before its migrations, else 200 with what is wrong.

    A worker that is away keeps no patient from booking: it is reported, and takes no server away.
    """
    try:
        with answering_within(READY_WITHIN, is_probe=True):
            if not is_migrated():
                return problem(503, code="unavailable", detail="Migrations are not applied.")
            found = {name: check() for name, check in _reports.items()}
    except Error:
        return problem(503, code="unavailable", detail="The database does not answer.")
    found["cache"] = cache_trouble()
    wrong = {name: what for name, what in sorted(found.items()) if what}
    return JsonResponse({"status": "degraded" if wrong else "ok", "wrong": wrong})


def is_migrated() -> bool:
    """Whether the database has all migrations of this code; a yes is kept, code does not change."""
    global _has_migrations
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _has_migrations:
        executor = MigrationExecutor(connection)
        _has_migrations = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _has_migrations


def cache_trouble() -> str:
    """Return "away" when the cache does not give back what it was given."""
    cache.set("ready", 1, 10)
    return "" if cache.get("ready") == 1 else "away"
