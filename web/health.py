"""The address that load balancers ask: can this server answer?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.database.absence import answering_within
from web.problems import problem

HEALTH_WITHIN = 0.15
"""Seconds that the database may take: a balancer asks often, and a slow answer is a no."""


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
