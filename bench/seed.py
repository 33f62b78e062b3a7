"""How long `seed_doctors` took to make this world: read from what `bench.world` noted."""

from __future__ import annotations

import json
import os

from bench.measuring import say


def main() -> None:
    with open(os.environ["BENCH_NOTES"]) as file:
        notes = json.load(file)
    say("seed", notes["cpu"], seconds=notes["seconds"])
