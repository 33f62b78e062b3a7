"""Dates as people type them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from babel import Locale

from web.text import normalise

LONGEST_TEXT = 40
SHORTEST_MONTH = 3


def typed_date(text: str, *, latest: dt.date) -> dt.date | None:
    """Return the date in `text`: 12/03/1984, 12.3.84, 12031984, 12 mars 1984 or 1984-03-12.

    The day comes before the month. A year of two digits is the last such year that does not end
    after `latest`. None for any other text.
    """
    parts = re.findall(r"\d+|[^\W\d_]+", normalise(text[:LONGEST_TEXT]))
    # "1er mars", "le 3 mars".
    parts = [part for part in parts if part not in ("le", "er", "st", "nd", "rd", "th")]
    if len(parts) == 1 and len(parts[0]) in (6, 8):
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    if len(parts) != 3:
        return None
    day, month, year = parts if len(parts[0]) < 4 else reversed(parts)
    try:
        return _date(int(day), int(month) if month.isdecimal() else _month(month), year, latest)
    except ValueError:
        return None


def _date(day: int, month: int, year: str, latest: dt.date) -> dt.date:
    """Return the date; ValueError when there is none."""
    if len(year) == 4:
        return dt.date(int(year), month, day)
    if len(year) != 2:
        raise ValueError(year)
    century = latest.year - latest.year % 100
    found = dt.date(century + int(year), month, day)
    return found if found <= latest else dt.date(century - 100 + int(year), month, day)


def _month(name: str) -> int:
    """Return the number of the month whose name starts with `name`; ValueError when none does."""
    found = {number for word, number in _months().items() if word.startswith(name)}
    if len(name) < SHORTEST_MONTH or len(found) != 1:
        raise ValueError(name)
    return found.pop()


@cache
def _months() -> dict[str, int]:
    """Return {name: number} of the months in French and English."""
    wide = [Locale(language).months["format"]["wide"] for language in ("fr", "en")]
    return {normalise(name): number for names in wide for number, name in names.items()}
