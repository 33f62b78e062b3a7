"""Numbers for Prometheus at /metrics, behind a token (METRICS_TOKEN).

Labels are route patterns, methods, statuses and codes of refusals: no label names a person.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from web.counters import requests, seconds
from web.database.absence import answering_within
from web.logs import route_of

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SCRAPE_WITHIN = 1.0

State = Callable[[], Iterable[tuple[str, str, float]]]
_states: list[State] = []


def state(read: State) -> State:
    """Add numbers that are read at each scrape: (name, help, value) of each."""
    _states.append(read)
    return read


class MetricsMiddleware:
    """Counts every answer and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin = time.perf_counter()
        response = self.get_response(request)
        seconds.observe(time.perf_counter() - begin)
        method = request.method if request.method in METHODS else "other"
        requests.labels(method, route_of(request), response.status_code).inc()
        return response


class States:
    """What the database says at this moment, for the collector of this process."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        try:
            with answering_within(SCRAPE_WITHIN, is_probe=True):
                found = [each for read in _states for each in read()]
        except Error:
            found = []
        yield GaugeMetricFamily("tbib_database_up", "Whether the database answered.", bool(found))
        for name, words, value in found:
            yield GaugeMetricFamily(name, words, value)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all numbers to who knows the token; without a token set, there is nothing here."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        return HttpResponseNotFound()
    return HttpResponse(everything(), content_type=CONTENT_TYPE_LATEST)


def everything() -> bytes:
    """Return the numbers of all processes of this server, and the states of the database."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY) + states_now()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry) + states_now()


def states_now() -> bytes:
    registry = CollectorRegistry()
    registry.register(States())
    return generate_latest(registry)
