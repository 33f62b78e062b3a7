"""The share of the server's speed that the slots endpoint keeps, as gunicorn serves it.

One worker with four threads, kept busy over four connections by requests for free times and for
constant JSON in turn; CPU of the worker for one request, without visits and with 100,000.
"""

from __future__ import annotations

import statistics

from bench.measuring import options, say
from bench.plain_world import fill, make_doctors
from bench.serving import cpu_of, rate_of, server, workers_of

VISITS, QUICK_VISITS = 100_000, 20_000
SECONDS = 0.6


def main() -> None:
    chosen = options()
    query = make_doctors()
    kind = query.consultation_type
    address = f"/api/doctors/{kind.doctor_id}/slots?consultation_type_id={kind.pk}&days=3"
    before = share(address, chosen.rounds)
    fill(QUICK_VISITS if chosen.quick else VISITS)
    say("slots_endpoint", share(address, chosen.rounds), without_visits=round(before, 3))


def share(address: str, rounds: int) -> float:
    """CPU of the constant over CPU of `address`: 1 is as fast as the server can be."""
    found: dict[str, list[float]] = {"/constant": [], address: []}
    with server() as (port, pid):
        [worker] = workers_of(pid)
        for each in found:
            rate_of(port, each, 1.0)
        for _ in range(rounds):
            for each, costs in found.items():
                begin = cpu_of(worker)
                answered = rate_of(port, each, SECONDS)
                costs.append((cpu_of(worker) - begin) / answered)
    constant, slots = (statistics.median(costs) for costs in found.values())
    return constant / slots
