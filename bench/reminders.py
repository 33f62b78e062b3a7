"""A run of reminders of a day with 100,000 visits: CPU, queries, and the run after it."""

from __future__ import annotations

import datetime as dt
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Patient, User
from accounts.tests.factories import PatientFactory
from bench.measuring import options, say
from bench.plain_world import make_doctors
from bookings.messages.reminders import BATCH, queue_reminders
from bookings.models import Appointment, Notification
from bookings.tests.factories import AppointmentFactory

VISITS, QUICK_VISITS = 100_000, 10_000
WRITTEN_AT_ONCE = 5_000


def main() -> None:
    visits = QUICK_VISITS if options().quick else VISITS
    tomorrow_but_one = timezone.now() + dt.timedelta(days=2)
    make_visits(tomorrow_but_one.replace(hour=9, minute=0, second=0, microsecond=0), visits)
    connection.force_debug_cursor = False
    begin = time.process_time()
    written = queue_reminders()
    seconds = time.process_time() - begin
    with CaptureQueriesContext(connection) as queries:
        begin = time.process_time()
        again = queue_reminders()
        idle = time.process_time() - begin
    if (written, again) != (visits, 0):
        raise SystemExit(f"{written} reminders for {visits} visits, and {again} again")
    say(
        "reminders",
        1000 * seconds * 1000 / visits,
        seconds=round(seconds, 1),
        visits=visits,
        queries_a_batch=queries_a_batch(visits),
        next_run=round(idle, 2),
        next_run_queries=len(queries),
    )


def make_visits(morning: dt.datetime, count: int) -> None:
    """Visits of one day, each of a person with an account, agreed a week ago."""
    query = make_doctors(1)
    people = PatientFactory.build(account=None)
    users = [User(username=f"p{n}", email=f"p{n}@example.org") for n in range(count)]
    User.objects.bulk_create(users, batch_size=WRITTEN_AT_ONCE)
    patients = [
        Patient(
            account=user, first_name=people.first_name, last_name=people.last_name, search_text=""
        )
        for user in users
    ]
    Patient.objects.bulk_create(patients, batch_size=WRITTEN_AT_ONCE)
    first = AppointmentFactory.build(patient=patients[0], consultation_type=query.consultation_type)
    same = {
        field.attname: getattr(first, field.attname)
        for field in Appointment._meta.concrete_fields
        if field.attname not in ("id", "patient_id", "starts_at", "ends_at")
    }
    same |= {"is_overbooked": True, "created_at": timezone.now() - dt.timedelta(days=7)}
    length = dt.timedelta(minutes=30)
    starts = [morning + dt.timedelta(seconds=n * 28_800 // count // 60 * 60) for n in range(count)]
    visits = [
        Appointment(patient=patient, starts_at=start, ends_at=start + length, **same)
        for patient, start in zip(patients, starts, strict=True)
    ]
    Appointment.objects.bulk_create(visits, batch_size=WRITTEN_AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries_a_batch(visits: int) -> float:
    """Queries of a run that writes everything again, for each batch of visits."""
    Notification.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        queue_reminders()
    return round(len(queries) / (visits / BATCH), 1)
