"""SQLite finds undone changes by their index, however long the history is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import StatusChange
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's planner alone"),
]


@pytest.fixture
def visit():
    """One in the statistics of a database that holds a million changes, none of them undone."""
    visit = AppointmentFactory(status=Status.ARRIVED)
    StatusChange.objects.create(
        appointment=visit, verb=Verb.ARRIVE, to_status=Status.ARRIVED, at=visit.starts_at
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "UPDATE sqlite_stat1 SET stat = '1000000 1000000' "
            "WHERE idx LIKE 'sqlite_autoindex_bookings_statuschange%'"
        )
        cursor.execute("ANALYZE sqlite_schema")
    return visit


@pytest.mark.parametrize(
    "address",
    [
        "/dashboard/",
        "/dashboard/live/?version=old&change=1",
        "/dashboard/queue/",
        "/dashboard/statistics/",
    ],
)
def test_a_page_makes_no_index_of_its_own(client, visit, address):
    client.force_login(visit.doctor.user)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    read = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        plans = [str(cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()) for sql in read]
    assert [sql for sql, plan in zip(read, plans, strict=True) if "AUTOMATIC" in plan] == []
