"""What frontend/js/statistics.js draws: labels and series, colours named by token."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dashboard.statistics.figures import Figures
from web.templatetags.tbib import day_month


def charts_of(figures: Figures) -> dict[str, Any]:
    """{chart: {labels, unit, series: [{label, color, values, line?}]}}; None draws a gap."""
    weeks = [day_month(week.monday) for week in figures.weeks]
    return {
        "visits": {
            "labels": weeks,
            "unit": "",
            "series": [
                _series(_("Seen"), "brand-500", [week.finished_count for week in figures.weeks]),
                _series(_("Absent"), "noshow-line", [week.absent for week in figures.weeks]),
            ],
        },
        "fill": {
            "labels": weeks,
            "unit": "%",
            "series": [
                _series(_("Fill rate"), "brand-600", _percents(w.fill_rate for w in figures.weeks))
            ],
        },
        "times": {
            "labels": weeks,
            "unit": "min",
            "series": [
                _series(
                    _("Waiting time"), "arrived-line", [_rounded(w.wait) for w in figures.weeks]
                )
            ],
        },
    }


def _series(label: str, color: str, values: list[float | None]) -> dict[str, Any]:
    return {"label": label, "color": color, "values": values}


def _percents(rates: Any) -> list[float | None]:
    return [None if rate is None else _rounded(100 * rate) for rate in rates]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
