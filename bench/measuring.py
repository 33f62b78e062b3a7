"""What every measure shares: its options, and how it says a row."""

from __future__ import annotations

import argparse
import json
from typing import Any


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="rows, separated by commas; all when empty")
    parser.add_argument("--quick", action="store_true")
    found = parser.parse_args()
    found.only = set(filter(None, found.only.split(",")))
    found.rounds = 5 if found.quick else 15
    return found


def say(row: str, value: float, **details: Any) -> None:
    """Print a row: `value` is what the budget is about, `details` are shown beside it."""
    print(json.dumps({"row": row, "value": round(value, 3), **details}), flush=True)
