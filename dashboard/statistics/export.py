"""The figures as a table for spreadsheets, which must take no cell for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboard.statistics.figures import Figures, Tally, WeekFigures

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the letters of Windows."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(figures: Figures) -> str:
    """By week, freed times, by type: semicolons, as a French spreadsheet expects, and CRLF.

    See RFC 4180.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    counted = [_("Visits"), _("Absent"), _("Absence rate (%)"), _("Lead time (days)")]
    counted.append(_("Waiting time (min)"))
    writer.writerow(row([_("Week from"), *counted, _("Fill rate (%)")]))
    for week in figures.weeks:
        writer.writerow(row([week.monday.isoformat(), *tallied(week), percent(week.fill_rate)]))
    refill = figures.refill
    writer.writerow([])
    headings = [_("Freed times"), _("Filled again"), _("By the waiting list")]
    writer.writerow(row([*headings, _("Refill rate (%)")]))
    counts = [refill.freed, refill.filled, refill.by_list]
    writer.writerow(row([*counts, percent(refill.rate)]))
    writer.writerow([])
    writer.writerow(row([_("Type"), *counted]))
    for each in figures.types:
        writer.writerow(row([each.name or _("Without a type"), *tallied(each)]))
    return BYTE_ORDER_MARK + out.getvalue()


def row(cells: Iterable[Any]) -> list[str]:
    return [harmless(str(cell)) for cell in cells]


def harmless(text: str) -> str:
    """A leading apostrophe keeps spreadsheets from computing what a doctor named a type (OWASP,
    CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def tallied(tally: Tally | WeekFigures) -> list[str]:
    return [
        str(tally.visits),
        str(tally.absent),
        percent(tally.absence_rate),
        number(tally.lead),
        number(tally.wait),
    ]


def percent(rate: float | None) -> str:
    return number(None if rate is None else 100 * rate)


def number(value: float | None) -> str:
    """With the reader's decimal sign, because the spreadsheet has it too; "" for none."""
    if value is None:
        return ""
    return format_decimal(value, "0.#", locale=(get_language() or "fr")[:2])
