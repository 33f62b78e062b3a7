"""Pages of the database that the queries of a page read: EXPLAIN (ANALYZE, BUFFERS)."""

from __future__ import annotations

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measuring import say
from bench.pages import asks


def main() -> None:
    if connection.vendor != "postgresql":
        return
    found = {}
    for name, ask in asks().items():
        if name == "refusal":
            continue
        ask()
        with CaptureQueriesContext(connection) as captured:
            ask()
        found[name] = sum(
            pages_read(query["sql"]) for query in captured if query["sql"].startswith("SELECT")
        )
    say("plans", found["results"], **found)


def pages_read(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql.replace('%', '%%')}", [])
        answer = cursor.fetchone()[0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
