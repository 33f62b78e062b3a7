"""Public holidays from the `holidays` package. They are proposals: Islamic dates are estimates, and
the practice decides what a holiday means for it."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any, NamedTuple

import holidays

LANGUAGE = "fr"

# Parts of a country with holidays of their own, by the start of the postal code: Alsace and
# Moselle, the French overseas departments, the provinces of Canada.
_ELSEWHERE_IN_CANADA = ("NL", "NS", "PE", "NB", "MB", "SK", "AB", "BC", "YT")
PARTS = {
    "FR": {
        **dict.fromkeys(("67", "68"), "6AE"),
        **{code: code for code in ("57", "971", "972", "973", "974", "976")},
    },
    "CA": {
        **dict.fromkeys("GHJ", "QC"),
        **dict.fromkeys("KLMNP", "ON"),
        **dict(zip("ABCERSTVY", _ELSEWHERE_IN_CANADA, strict=True)),
    },
}


class PublicHoliday(NamedTuple):
    """`is_estimated`: the date follows the moon and can move by a day or two."""

    date: dt.date
    name: str
    is_estimated: bool


def public_holidays(
    country: str, first: dt.date, last: dt.date, *, postal_code: str = ""
) -> list[PublicHoliday]:
    """Return the holidays from `first` to `last`, by date; none for a country without data.

    Names are in French if the package has them, else in the country's own language.
    """
    parts = PARTS.get(country, {})
    part = next((each for begin, each in parts.items() if postal_code.startswith(begin)), None)
    found = (each for year in range(first.year, last.year + 1) for each in _of(country, part, year))
    return [each for each in found if first <= each.date <= last]


@cache
def _of(country: str, part: str | None, year: int) -> list[PublicHoliday]:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return []
    known = holidays.country_holidays(country)
    french = (each for each in known.supported_languages if each.startswith(LANGUAGE))
    language = next(french, known.default_language)
    calendar = holidays.country_holidays(country, subdiv=part, years=year, language=language)
    marks = _marks(calendar)
    return [_merged(date, calendar.get_list(date), marks) for date in sorted(calendar)]


def _merged(date: dt.date, names: list[str], marks: list[re.Pattern[str]]) -> PublicHoliday:
    """Two holidays on one day are one closed day; it is certain when one of them is certain."""
    found = [next((match for mark in marks if (match := mark.fullmatch(n))), None) for n in names]
    plain = [match[1] if match else name for match, name in zip(found, names, strict=True)]
    name = ", ".join(plain).replace("'", "’")[:120]
    return PublicHoliday(date, name, all(found))


def _marks(calendar: Any) -> list[re.Pattern[str]]:
    """Return the patterns of this calendar's language for an estimated date: "… (estimé)"."""
    labels = ("observed_estimated_label", "estimated_label")
    said = [calendar.tr(getattr(calendar, label)) for label in labels if hasattr(calendar, label)]
    return [re.compile(re.escape(label).replace("%s", "(.+)")) for label in said]
