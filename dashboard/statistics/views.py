"""Statistiques: a doctor's figures as charts, each with its table, and as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from dashboard.cockpit import open_cockpit, show_page
from dashboard.statistics.charts import charts_of
from dashboard.statistics.export import as_csv
from dashboard.statistics.figures import figures_of

PERIODS = (4, 12, 26, 52)
"""Weeks."""
USUAL_PERIOD = 12


@require_safe
def statistics(request: SignedInRequest) -> HttpResponse:
    cockpit, weeks = open_cockpit(request), wanted_period(request)
    figures = figures_of(cockpit.doctor, cockpit.user, weeks=weeks, now=cockpit.now)
    context = {"figures": figures, "weeks": weeks, "periods": PERIODS}
    context["charts"] = charts_of(figures)
    return show_page(request, cockpit, "dashboard/statistics/page.html", context)


@require_safe
def statistics_file(request: SignedInRequest) -> HttpResponse:
    """The same figures as CSV."""
    cockpit, weeks = open_cockpit(request), wanted_period(request)
    figures = figures_of(cockpit.doctor, cockpit.user, weeks=weeks, now=cockpit.now)
    name = f"{cockpit.doctor.slug}-{figures.total.monday}-{weeks}.csv"
    return HttpResponse(
        as_csv(figures),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def wanted_period(request: SignedInRequest) -> int:
    weeks = request.GET.get("weeks", "")
    return int(weeks) if weeks in map(str, PERIODS) else USUAL_PERIOD
