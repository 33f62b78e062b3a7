"""Measure the share of the server's speed that the slots endpoint keeps.

    .venv/bin/python bench/slots_endpoint.py
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/any .venv/bin/python bench/slots_endpoint.py

This process keeps one gunicorn worker with four threads busy over four kept-alive connections. It
sends requests for free times and for constant JSON in turn; both use the same middleware. It
prints the medians of the rates and their ratio, without appointments and with 100,000. It works
in a new database, which it removes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving import own_site, rate_of, server

DOCTORS, WEEKDAYS, VISITS_A_DAY = 50, 5, 8
WARM_UP = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.6, help="of each stretch")
    options = parser.parse_args()

    with own_site():
        slots_address = make_doctors()
        for count in (0, options.appointments):
            fill(count)
            with server() as port:
                report(count, port, slots_address, options)


# -- data ---------------------------------------------------------------------------------


def make_doctors() -> str:
    """Make the doctors; return the address of one doctor's free times for one type."""
    from doctors.tests.factories import ConsultationTypeFactory
    from scheduling.tests.factories import open_week

    for _ in range(DOCTORS):
        consultation_type = ConsultationTypeFactory()
        open_week(consultation_type.doctor)
    address = f"/api/doctors/{consultation_type.doctor.pk}/slots"
    return f"{address}?consultation_type_id={consultation_type.pk}&days=3"


def fill(count: int) -> None:
    """Make `count` visits of half an hour, which take half of each weekday from nine to five.

    There are as many weeks before today as after it.
    """
    from django.db import connection
    from django.utils import timezone

    from accounts.tests.factories import PatientFactory
    from bookings.models import Appointment
    from bookings.tests.factories import AppointmentFactory
    from doctors.models import ConsultationType

    patient = PatientFactory()
    each, today = count // DOCTORS, timezone.now().date()
    weeks = each // (2 * VISITS_A_DAY * WEEKDAYS) + 1
    monday = today - dt.timedelta(weeks=weeks, days=today.weekday())
    starts = [
        dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(8 + visit), dt.UTC)
        for day in range(2 * 7 * weeks)
        if (monday + dt.timedelta(days=day)).weekday() < WEEKDAYS
        for visit in range(VISITS_A_DAY)
    ][:each]
    types = ConsultationType.objects.select_related("doctor__user", "doctor__practice")
    for consultation_type in types:
        first = AppointmentFactory.build(patient=patient, consultation_type=consultation_type)
        same = {
            field.attname: getattr(first, field.attname)
            for field in Appointment._meta.concrete_fields
            if field.attname not in ("id", "starts_at", "ends_at")
        }
        Appointment.objects.bulk_create(
            Appointment(starts_at=start, ends_at=start + consultation_type.length, **same)
            for start in starts
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


# -- measuring ----------------------------------------------------------------------------


def report(count: int, port: int, slots_address: str, options: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {"/constant": [], slots_address: []}
    for address in rates:
        rate_of(port, address, WARM_UP)
    for _ in range(options.rounds):
        for address, found in rates.items():
            found.append(rate_of(port, address, options.seconds))
    constant, slots = (statistics.median(found) for found in rates.values())
    print(
        f"{count:>7} appointments: {slots:6.0f} of {constant:6.0f} requests/s, "
        f"ratio {slots / constant:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
