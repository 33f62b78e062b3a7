"""The table of a run, on the screen and as docs/benchmarks.md."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

from bench.budget import Line

Row = dict[str, Any]
"""A row as a measure said it, with its `database`."""

PAGE = """# Benchmarks

Made by `make bench` on {day}: {machine}, Python {python}, Django {django}, {databases}. The load
of the machine was {load}: other programs ran beside.

Each figure is CPU of the web process, the median of interleaved rounds, over the CPU of the
constant JSON view in the same process: a view that does nothing, behind all middleware
({constant}). So a busy machine changes the figures little. "To reach" is what the
design asks for; `bench/budget.toml` has what the command accepts.
{tables}"""
FULL = """
## 1,000 doctors and a million visits, or as each row says

`make bench`; one row alone with `make bench ARGS="--only results"`.

{table}
"""
SMALL = """
## 60 doctors and 12,000 visits

`make bench ARGS="--quick"`, the run for every day. The words of the rows are those of the full
worlds: here the slots endpoint has 20,000 visits, and the crowd 200 patients and 50 connections.

{table}
"""
ORDER = ("sqlite", "postgres")


def with_growth(rows: list[Row]) -> list[Row]:
    """The rows, and for each page measured in several worlds its worst cost over the smallest's."""
    found = [row for row in rows if "@" not in row["row"]]
    for database in dict.fromkeys(row["database"] for row in rows):
        pages = {row["row"]: row["value"] for row in rows if row["database"] == database}
        for page in sorted({name.partition("@")[0] for name in pages if "@" in name}):
            costs = {n.partition("@")[2]: v for n, v in pages.items() if n.startswith(f"{page}@")}
            if "empty" not in costs or len(costs) == 1:
                continue
            growth = {name: round(cost / costs["empty"], 2) for name, cost in costs.items()}
            worst = max(growth.values())
            found.append({"row": f"growth_{page}", "value": worst, "database": database, **growth})
    return found


def table(rows: list[Row], lines: dict[str, Line]) -> str:
    """As Markdown that reads well on a screen too."""
    databases = sorted({row["database"] for row in rows}, key=ORDER.index)
    known = {(row["row"], row["database"]): row for row in rows}
    head = ["row", "unit", *databases, "to reach", "details"]
    body = []
    for name in dict.fromkeys(row["row"] for row in rows):
        line = lines.get(name) or Line(name, "", {}, {})
        here = {each: known[name, each] for each in databases if (name, each) in known}
        cells = [
            f"{figure(here[each]['value'])} {line.verdict(each, here[each]['value'])}".strip()
            if each in here
            else ""
            for each in databases
        ]
        details = "; ".join(dict.fromkeys(told(row) for row in here.values()))
        body.append([line.title, line.unit, *cells, aim(line, databases), details])
    widths = [max(len(row[at]) for row in [head, *body]) for at in range(len(head))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [head, ["-" * width for width in widths], *body]
    )


def aim(line: Line, databases: list[str]) -> str:
    sign = "≥" if line.is_better_above else "≤"
    aims = list(dict.fromkeys(figure(line.reach[each]) for each in databases if each in line.reach))
    return f"{sign} {' / '.join(aims)}" if aims else ""


def figure(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.2g}" if value >= 1 else f"{value:.2f}"


def told(row: Row) -> str:
    hidden = ("row", "value", "database", "constant_ms", "day", "servers", "is_quick", "load")
    return ", ".join(f"{key} {value}" for key, value in row.items() if key not in hidden)


def write(path: Path, rows: list[Row], lines: dict[str, Line]) -> None:
    """Write the page of `rows`, as `bin/bench.py` remembers them, in the order of the budget."""
    order = list(lines)
    rows = sorted(rows, key=lambda row: order.index(row["row"]) if row["row"] in lines else 99)
    constants = sorted(row["constant_ms"] for row in rows if "constant_ms" in row)
    tables = ""
    for text, is_quick in ((FULL, False), (SMALL, True)):
        part = [row for row in rows if row["is_quick"] is is_quick and "@" not in row["row"]]
        if part:
            tables += text.format(table=table(part, lines))
    loads = sorted(row["load"] for row in rows)
    page = PAGE.format(
        day=" and ".join(sorted({row["day"] for row in rows})),
        machine=f"{os.cpu_count()} cores, {processor()}",
        python=platform.python_version(),
        django=importlib.metadata.version("django"),
        databases=", ".join(sorted({each for row in rows for each in row["servers"].split(", ")})),
        load=f"{loads[0]} to {loads[-1]}",
        constant=f"{constants[0]:.2f} to {constants[-1]:.2f} ms" if constants else "",
        tables=tables,
    )
    path.write_text(page)


def processor() -> str:
    names = (
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return next(names, platform.machine())
