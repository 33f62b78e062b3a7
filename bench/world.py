"""Fill the new database of DATABASE_URL: `bench.inside world DOCTORS VISITS NOTES`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection


def main() -> None:
    doctors, visits, notes = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    call_command("migrate", verbosity=0)
    begin, clock = time.process_time(), time.monotonic()
    if doctors:
        call_command("seed_doctors", force=True, count=doctors, appointments=visits, verbosity=0)
    spent = {
        "cpu": round(time.process_time() - begin, 1),
        "seconds": round(time.monotonic() - clock, 1),
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    notes.write_text(json.dumps(spent))
