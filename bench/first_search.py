"""The first search after a start: in this process only the first page was drawn before."""

from __future__ import annotations

from bench.measuring import say
from bench.site import browser
from bench.timing import medians, seconds_of


def main() -> None:
    visitor = browser()
    visitor.get("/")
    first = 1000 * seconds_of(lambda: visitor.get("/doctors/"), 1)
    constant = medians({"constant": lambda: visitor.get("/constant")}, rounds=15)["constant"]
    say("first_search", first / constant, ms=round(first, 1), constant_ms=round(constant, 3))
