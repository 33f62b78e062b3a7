"""Measure the share of the server's speed that the poll of open pages keeps.

    .venv/bin/python bench/live_poll.py
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/any .venv/bin/python bench/live_poll.py

This process keeps one gunicorn worker with four threads busy over four kept-alive connections. It
sends polls that get a 204 and requests for constant JSON in turn; both use the same middleware. It
prints the medians of the rates, their ratio, and how many open pages a worker serves at one poll
each four seconds: for a page with one doctor and for the longest list, each for a visitor and for
a signed-in reader.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving import own_site, rate_of, server

WARM_UP = 1.0
SECONDS_BETWEEN_POLLS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.6, help="of each stretch")
    options = parser.parse_args()

    with own_site():
        from bookings.finding.views import MOST_TOKENS

        polls = make_polls(1, MOST_TOKENS)
        with server() as port:
            report(port, polls, options)


def make_polls(*counts: int) -> dict[str, tuple[str, str]]:
    """Return {description: (address, headers)} for pages with these numbers of doctors."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from accounts.tests.factories import PatientFactory
    from bookings.finding.live import token_of
    from doctors.tests.factories import DoctorFactory

    client = Client()
    client.force_login(PatientFactory().account)
    name = settings.SESSION_COOKIE_NAME
    signed_in = f"Cookie: {name}={client.cookies[name].value}\r\n"

    tomorrow = timezone.now() + dt.timedelta(days=1)
    doctors = DoctorFactory.create_batch(max(counts))
    tokens = [f"d={token_of(doctor, tomorrow)}" for doctor in doctors]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    polls = {}
    for count in counts:
        address = "/live/calendars/?" + "&".join(tokens[:count])
        polls[f"{count} doctors, visitor"] = (address, "")
        polls[f"{count} doctors, signed in"] = (address, signed_in)
    return polls


def report(port: int, polls: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    addresses = {"constant": ("/constant", ""), **polls}
    rates: dict[str, list[float]] = {name: [] for name in addresses}
    for address, headers in addresses.values():
        rate_of(port, address, WARM_UP, headers)
    for _ in range(options.rounds):
        for name, (address, headers) in addresses.items():
            rates[name].append(rate_of(port, address, options.seconds, headers))
    constant = statistics.median(rates.pop("constant"))
    for name, found in rates.items():
        rate = statistics.median(found)
        print(
            f"{name:>23}: {rate:6.0f} of {constant:6.0f} requests/s, ratio {rate / constant:.2f}, "
            f"{rate * SECONDS_BETWEEN_POLLS:6.0f} open pages",
            flush=True,
        )


if __name__ == "__main__":
    main()
