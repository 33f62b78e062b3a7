"""CPU of calls in this process, taken in turn, so that a busy machine slows all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

LEAST = 0.005
"""Seconds of CPU in one reading: a faster call is repeated."""


def medians(
    calls: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 2
) -> dict[str, float]:
    """{name: milliseconds of CPU of one call}."""
    repeats = {}
    for name, call in calls.items():
        for _ in range(warm_up):
            call()
        repeats[name] = max(1, round(LEAST / max(seconds_of(call, 1), 1e-6)))
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            found[name].append(1000 * seconds_of(call, repeats[name]))
    return {name: statistics.median(each) for name, each in found.items()}


def seconds_of(call: Callable[[], object], repeats: int) -> float:
    begin = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - begin) / repeats
