"""The site without some guards, for `tests.race.controls` only. RACE_GUARDS names what stays.

"constraint": the application does not check whether the time is free; the doctor's lock and the
    database's constraint stay.
"check": only the check stays: no transaction, no lock, and a pause between check and write, as on
    a busy server. The constraint has been dropped before.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from config.wsgi import application  # isort: skip  (sets Django up)

from django.db.models import QuerySet

from bookings.services import booking, desk

__all__ = ["application"]

PAUSE = 0.3  # seconds

check = booking._check_time
aggregate = QuerySet.aggregate


def check_and_pause(*args: Any, **options: Any) -> None:
    check(*args, **options)
    time.sleep(PAUSE)


def aggregate_and_pause(*args: Any, **options: Any) -> Any:
    """Wait after an aggregate, which reads the last queue number."""
    found = aggregate(*args, **options)
    time.sleep(PAUSE)
    return found


if os.environ["RACE_GUARDS"] == "constraint":
    booking._refuse_taken = lambda *args, **options: None
    booking._check_time = lambda *args, **options: None
else:
    booking._check_time = check_and_pause
    booking.writing = contextlib.nullcontext
    desk.writing = contextlib.nullcontext
    QuerySet.select_for_update = lambda rows, *args, **options: rows.all()
    QuerySet.aggregate = aggregate_and_pause
