"""How many answers one core gives in a second, as gunicorn serves them over kept connections.

One worker with four threads; the CPU of the worker alone counts, the database's on PostgreSQL does
not. The value is that of the results page.
"""

from __future__ import annotations

import statistics

from bench.measuring import options, say
from bench.serving import cpu_of, rate_of, server, workers_of
from doctors.models import Doctor
from tests.race.clinic import session_of

SECONDS = 0.6


def main() -> None:
    chosen = options()
    asked = addresses()
    found: dict[str, list[float]] = {name: [] for name in asked}
    with server() as (port, pid):
        [worker] = workers_of(pid)
        for address, headers in asked.values():
            rate_of(port, address, SECONDS, headers)
        for _ in range(chosen.rounds):
            for name, (address, headers) in asked.items():
                begin = cpu_of(worker)
                answered = rate_of(port, address, SECONDS, headers)
                found[name].append(answered / (cpu_of(worker) - begin))
    rates = {name: statistics.median(each) for name, each in found.items()}
    shown = {name: round(rate, 1 if rate < 20 else None) for name, rate in rates.items()}
    say("rates", rates["results"], **shown)


def addresses() -> dict[str, tuple[str, str]]:
    """{name: (address, header lines)}: what visitors ask for, and what a doctor does."""
    smith = Doctor.objects.select_related("user", "practice").get(user__username="dr_smith")
    kind = smith.consultation_types.first()
    desk = f"Cookie: sessionid={session_of(smith.user)}\r\n"
    return {
        "constant": ("/constant", ""),
        "slots": (f"/api/doctors/{smith.pk}/slots?consultation_type_id={kind.pk}&days=3", ""),
        "results": ("/doctors/", ""),
        "doctor": (smith.get_absolute_url(), ""),
        "home": ("/", ""),
        "dashboard": ("/dashboard/", desk),
        "queue": ("/dashboard/queue/", desk),
        "statistics": ("/dashboard/statistics/", desk),
    }
