"""What each row may cost at most: budget.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("budget.toml")


@dataclass(frozen=True)
class Line:
    """One row of the table: its words, the figure to reach, and what each database may cost."""

    title: str
    unit: str
    reach: dict[str, float]
    budget: dict[str, float]
    is_better_above: bool = False

    def verdict(self, database: str, value: float) -> str:
        """ "reached", "" within the budget, "WORSE" outside."""
        if self.meets(value, self.reach.get(database)):
            return "reached"
        budget = self.budget.get(database)
        return "" if budget is None or self.meets(value, budget) else "WORSE"

    def meets(self, value: float, limit: float | None) -> bool:
        if limit is None:
            return False
        return value >= limit if self.is_better_above else value <= limit


def read_lines() -> dict[str, Line]:
    with FILE.open("rb") as file:
        return {row: line_of(**values) for row, values in tomllib.load(file).items()}


def line_of(
    title: str,
    unit: str,
    reach: Any = None,
    sqlite: float | None = None,
    postgres: float | None = None,
    at_least: bool = False,
) -> Line:
    """`reach` is one figure for both databases or a table of two."""
    aims = reach if isinstance(reach, dict) else {"sqlite": reach, "postgres": reach}
    budgets = {"sqlite": sqlite, "postgres": postgres}
    return Line(title, unit, given(aims), given(budgets), at_least)


def given(values: dict[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}
