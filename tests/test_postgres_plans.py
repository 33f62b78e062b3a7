"""PostgreSQL answers what is read most often from an index, however many rows there are."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.services.first_times import refresh_first_times
from bookings.slots import SlotQuery, free_slots
from bookings.tests.factories import AppointmentFactory
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's planner alone"),
]


@pytest.fixture
def kind():
    kind = ConsultationTypeFactory()
    AppointmentFactory(doctor=kind.doctor, consultation_type=kind)
    refresh_first_times()
    return kind


def plans_of(ask, table):
    """The plans of the queries of `ask` that read `table`, without sequential scans if possible.

    A table of one row is read whole, whatever indexes it has.
    """
    with CaptureQueriesContext(connection) as captured:
        ask()
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        for query in captured:
            if query["sql"].startswith(("SELECT", "(SELECT")) and f'FROM "{table}"' in query["sql"]:
                cursor.execute(f"EXPLAIN {query['sql'].replace('%', '%%')}", [])
                found.append("\n".join(line for (line,) in cursor.fetchall()))
        cursor.execute("SET LOCAL enable_seqscan = on")
        cursor.execute("SET LOCAL enable_bitmapscan = on")
    return found


def test_the_visits_of_a_grid_come_from_the_index_alone(kind):
    now = timezone.now()
    query = SlotQuery(kind.doctor, kind)
    (plan,) = plans_of(
        lambda: free_slots(query, query.today(now), 3, now=now), "bookings_appointment"
    )
    assert "Index Only Scan using live_appointment_by_doctor" in plan


def test_a_list_of_doctors_is_read_in_the_order_of_the_index(client, kind):
    plans = plans_of(lambda: client.get("/doctors/"), "bookings_firsttime")
    assert [plan for plan in plans if "Index Scan using first_time_by_start" in plan]
    assert [plan for plan in plans if "Sort" in plan] == []


def test_the_feed_reads_the_visits_of_its_doctor_and_days(client, kind):
    client.force_login(kind.doctor.user)
    monday = dt.date(2027, 3, 1)
    address = f"/api/doctor/appointments?start={monday}&end={monday + dt.timedelta(days=7)}"
    plans = plans_of(lambda: client.get(address), "bookings_appointment")
    # The query of the doctor reads visits too, of the practices where the reader works.
    own = "Index Scan using appointment_by_doctor on bookings_appointment "
    assert [plan for plan in plans if own in plan]
    assert [plan for plan in plans if "Seq Scan on bookings_appointment" in plan] == []
