"""Answers that are kept for a short while, each with what it depends on.

An answer stays true while the version that it was made from is the present one, and until the
instant at which time alone changes it (docs/decisions/kept-answers.md). The caller reads the
version first, in a query of their own: an answer that is newer than its version is only made
again. A cache that is away keeps nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.cache import caches

AT_MOST = dt.timedelta(seconds=60)
"""A row that was written past the services, which counts no version, shows after this time."""


def recall(key: str, version: object, *, now: dt.datetime) -> Any:
    """Return the value that is kept under `key` and true for `version` at `now`, else None."""
    found = caches["kept"].get(key)
    return _true_value(found, version, now) if found else None


def recall_many(keys: Iterable[str], *, now: dt.datetime) -> dict[str, tuple[Any, Any]]:
    """Return {key: (version, value)} of what is kept and true for its version at `now`."""
    found = caches["kept"].get_many(list(keys))
    return {
        key: (version, value)
        for key, (version, since, until, value) in found.items()
        if since <= now < until
    }


def keep(key: str, version: object, value: Any, *, now: dt.datetime, until: dt.datetime) -> None:
    """Keep `value`, which was true at `now` for `version`, until `until` or for AT_MOST."""
    until = min(until, now + AT_MOST)
    caches["kept"].set(key, (version, now, until, value), timeout=AT_MOST.total_seconds())


def _true_value(answer: tuple[Any, ...], version: object, now: dt.datetime) -> Any:
    made_of, since, until, value = answer
    # Before `since` is a clock that was set back: nothing is known of that time.
    return value if made_of == version and since <= now < until else None
