"""The measures, their rows, and the worlds in which they are taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class World:
    name: str
    doctors: int
    visits: int


EMPTY = World("empty", 1_000, 0)
MIDDLE = World("middle", 1_000, 100_000)
FULL = World("full", 1_000, 1_000_000)
COUNTRY = World("country", 50_000, 0)
QUICK = World("quick", 60, 12_000)
OWN = World("own", 0, 0)
"""No sample data: the measure makes what it needs."""


@dataclass(frozen=True)
class Measure:
    """A module of this package with its rows, taken in each of `worlds`; with --quick in `quick`.

    A row of a world that is not the last one is called `row@world`.
    """

    module: str
    rows: tuple[str, ...]
    worlds: tuple[World, ...]
    quick: World | None = None
    settings: str = "config.settings"


PUBLIC = ("results", "doctor", "home", "slots")
DESK = ("feed", "dashboard", "queue", "statistics")

MEASURES = (
    Measure("seed", ("seed",), (FULL,)),
    Measure("slots_endpoint", ("slots_endpoint",), (OWN,), OWN),
    Measure("live_poll", ("live_poll",), (OWN,)),
    Measure("peer", ("peer_grid", "peer_next_free"), (OWN,), settings="bench.peer_settings"),
    Measure("pages", (*PUBLIC, *DESK, "refusal"), (FULL,), QUICK),
    Measure("rates", ("rates",), (FULL,), QUICK),
    Measure("growth", PUBLIC, (EMPTY, MIDDLE, FULL, COUNTRY)),
    Measure("first_search", ("first_search",), (FULL,), QUICK),
    Measure("memory", ("memory",), (FULL,)),
    Measure("plans", ("plans",), (FULL,)),
    Measure("reminders", ("reminders",), (OWN,), OWN),
    Measure("crowd", ("crowd",), (OWN,), OWN),
)
