"""Memory of a gunicorn worker after 2,000 requests, and how much it grew over the second half."""

from __future__ import annotations

from bench.measuring import say
from bench.serving import ask, server, workers_of
from doctors.models import Doctor

REQUESTS = 2_000


def main() -> None:
    doctors = Doctor.objects.listed().order_by("pk")[:40]
    addresses = ["/", "/doctors/", *(each.get_absolute_url() for each in doctors)]
    with server() as (port, pid):
        [worker] = workers_of(pid)
        half = 0.0
        for number in range(REQUESTS):
            ask(port, addresses[number % len(addresses)])
            if number == REQUESTS // 2:
                half = megabytes(worker)
        after = megabytes(worker)
    say("memory", after, grew=round(after - half, 1))


def megabytes(pid: int) -> float:
    with open(f"/proc/{pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return round(int(lines["VmRSS"].split()[0]) / 1024, 1)
