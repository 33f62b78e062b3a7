"""Each route of the table, asked by everyone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from tests.authorisation.routes import ROUTES
from tests.authorisation.table import PEOPLE, SIGN_IN
from tests.authorisation.world import (
    CANARY,
    answer_of,
    client_of,
    everything_in,
    fill,
    post,
    send,
    taking_it_back,
    written,
)

pytestmark = pytest.mark.django_db

OWN_NOTES = {
    "dashboard/desk/<uuid:pk>/",
    "dashboard/patients/<int:pk>/",
}
"""Where doctor A reads private notes."""


def routes_of(resolver: Any, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes_of(pattern, route)


def all_routes() -> set[str]:
    return set(routes_of(get_resolver()))


def test_every_route_is_in_the_table():
    assert {route for route in all_routes() if not route.startswith("admin/")} == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_get_answers_as_the_table_says_and_writes_nothing(world, route, caplog):
    path, answers, statements, readers = fill(ROUTES[route].path, world), {}, [], []
    for person in PEOPLE:
        client = client_of(world, person)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
        answers[person] = answer_of(response)
        if CANARY in everything_in(response):
            readers.append(person)
        statements += written(queries)
    assert answers == ROUTES[route].get
    assert statements == []
    assert readers == (["doctor_a"] if route in OWN_NOTES else [])
    assert CANARY not in caplog.text


@pytest.mark.one_database
@pytest.mark.parametrize("route", ROUTES)
def test_head_answers_as_get_and_writes_nothing(world, route):
    client, path = client_of(world, "doctor_a"), fill(ROUTES[route].path, world)
    with CaptureQueriesContext(connection) as queries:
        response = client.head(path)
    assert answer_of(response) == ROUTES[route].get["doctor_a"]
    assert written(queries) == []
    assert CANARY not in everything_in(response)


@pytest.mark.parametrize("route", ROUTES)
def test_post_answers_as_the_table_says_and_strangers_write_nothing(world, route):
    answers, strangers_wrote = {}, []
    for person in PEOPLE:
        client = client_of(world, person)
        with taking_it_back():
            with CaptureQueriesContext(connection) as queries:
                response = send(client, route, world)
            answers[person], statements = answer_of(response), written(queries)
            if person != "doctor_a":
                assert CANARY not in everything_in(response)
        if answers[person] in (SIGN_IN, 401, 404, 405, 422):
            strangers_wrote += statements
    assert answers == ROUTES[route].post
    assert strangers_wrote == []


@pytest.mark.one_database
@pytest.mark.parametrize("route", ROUTES)
def test_every_unsafe_route_refuses_without_a_token(world, route):
    client = client_of(world, "patient_a", enforce_csrf_checks=True)
    answer, statements = post(client, route, world)
    is_routed = ROUTES[route].post["patient_a"] not in (301, 404, 405)
    assert answer == 403 if is_routed else answer in (301, 403, 404, 405)
    assert statements == []


@pytest.mark.one_database
@pytest.mark.parametrize("route", ROUTES)
def test_other_methods_change_nothing(world, route):
    client, path = client_of(world, "patient_a"), fill(ROUTES[route].path, world)
    for method in (client.put, client.patch, client.delete):
        with CaptureQueriesContext(connection) as queries:
            response = method(path)
        assert response.status_code < 500
        assert written(queries) == []
