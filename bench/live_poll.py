"""The poll of open pages that gets a 204: for one doctor and for the longest list, as gunicorn
serves it, over the constant JSON; and how many open pages a worker serves at that rate."""

from __future__ import annotations

import datetime as dt
import statistics

from django.utils import timezone

from bench.measuring import options, say
from bench.plain_world import make_doctors
from bench.serving import cpu_of, rate_of, server, workers_of
from bookings.finding.live import token_of
from bookings.finding.views import MOST_TOKENS
from doctors.models import Doctor

SECONDS, SECONDS_BETWEEN_POLLS = 0.6, 4


def main() -> None:
    chosen = options()
    make_doctors()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    tokens = [f"d={token_of(doctor, tomorrow)}" for doctor in Doctor.objects.all()[:MOST_TOKENS]]
    addresses = {
        "constant": "/constant",
        "one": f"/live/calendars/?{tokens[0]}",
        "many": f"/live/calendars/?{'&'.join(tokens)}",
    }
    found: dict[str, list[float]] = {name: [] for name in addresses}
    with server() as (port, pid):
        [worker] = workers_of(pid)
        for address in addresses.values():
            rate_of(port, address, 1.0)
        for _ in range(chosen.rounds):
            for name, address in addresses.items():
                begin = cpu_of(worker)
                answered = rate_of(port, address, SECONDS)
                found[name].append((cpu_of(worker) - begin) / answered)
    constant, one, many = (statistics.median(each) for each in found.values())
    pages = {"pages": round(SECONDS_BETWEEN_POLLS / one), "of_50": round(constant / many, 2)}
    say("live_poll", constant / one, **pages)
