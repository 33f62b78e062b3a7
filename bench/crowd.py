"""A flash crowd: 1,000 signed-in patients ask for 20 times at once, over 200 connections.

Exactly 20 may get one; everybody else gets a 409 with three other times. The value is the 95th
percentile of the seconds until an answer, by the clock: here the waiting is the point.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import threading
import time
from collections import Counter
from itertools import count

from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from accounts.models import Patient, User
from bench.measuring import options, say
from bench.plain_world import make_doctors
from bench.serving import server
from bookings.models import Appointment
from bookings.slots import SlotQuery, free_slots
from tests.race.browser import Answer, Browser, FormRequest
from tests.race.clinic import choice, session_of

TIMES, WORKERS = 20, 2
TOKEN = "a" * 32
"""A form's token is its cookie's: no page has to be read first."""


def main() -> None:
    chosen = options()
    patients, connections = (200, 50) if chosen.quick else (1_000, 200)
    query = make_doctors(1)
    starts = wanted_times(query)
    forms = [
        {**choice(query.consultation_type, starts[number % TIMES]), "csrfmiddlewaretoken": TOKEN}
        for number in range(patients)
    ]
    jars = [{"sessionid": key, "csrftoken": TOKEN} for key in make_patients(patients)]
    with server(WORKERS) as (port, _pid):
        requests = [
            FormRequest(Browser(port, cookies), "POST", "/book", form)
            for cookies, form in zip(jars, forms, strict=True)
        ]
        begin = time.monotonic()
        answers, waits = storm(requests, connections)
        seconds = time.monotonic() - begin
    check(answers, len(requests))
    p95 = statistics.quantiles(waits, n=20)[-1]
    say("crowd", p95, seconds=round(seconds, 1), booked=TIMES, refused=len(answers) - TIMES)


def wanted_times(query: SlotQuery) -> list[dt.datetime]:
    now = timezone.now()
    free = free_slots(query, query.today(now) + dt.timedelta(days=3), 5, now=now)
    return [start for starts in free.values() for start in starts][:TIMES]


def make_patients(number: int) -> list[str]:
    """Their sessions' keys: a sign-in takes 0.3 s of Argon2."""
    users = User.objects.bulk_create(
        User(username=f"crowd{n}", email=f"crowd{n}@example.org", first_name="A", last_name=f"B{n}")
        for n in range(number)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    Patient.objects.bulk_create(
        Patient(account=user, first_name="A", last_name=user.last_name, birth_date="1980-01-31")
        for user in users
    )
    keys = [session_of(user) for user in users]
    connection.close()
    return keys


def storm(requests: list[FormRequest], connections: int) -> tuple[list[Answer], list[float]]:
    answers: list[Answer] = []
    waits: list[float] = []
    numbers = count()

    def keep_sending() -> None:
        while (number := next(numbers)) < len(requests):
            begin = time.monotonic()
            answers.append(requests[number].send())
            waits.append(time.monotonic() - begin)

    threads = [threading.Thread(target=keep_sending) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, waits


def check(answers: list[Answer], expected: int) -> None:
    statuses = Counter(answer.status for answer in answers)
    refused = [answer for answer in answers if answer.status == 409]
    without_times = sum(len(answer.times_offered) != 3 for answer in refused)
    visits = Appointment.objects.live().count()
    if statuses != {303: TIMES, 409: expected - TIMES} or visits != TIMES or without_times:
        sys.exit(f"{statuses}, {visits} visits, {without_times} refusals without three times")
