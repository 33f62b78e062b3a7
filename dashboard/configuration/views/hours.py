"""Opening hours: a week to read, a day to edit, and the same hours for other days.

Adding and removing a range answers the form again with what was typed: a button like any other,
so it works without scripts, and nothing is saved or lost by it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from bookings import services
from dashboard.cockpit import Cockpit, open_cockpit
from dashboard.configuration.hours_forms import DayForm
from dashboard.configuration.review import Review, decisions_in, review_of
from dashboard.configuration.tabs import INVALID, address, answer_saved, show
from dashboard.configuration.week import drawn_week
from scheduling.models import Weekday

PANEL = "hours_panel"


@require_safe
def hours(request: SignedInRequest) -> HttpResponse:
    return show_hours(request, open_cockpit(request, only_staffed=True))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_day(request: SignedInRequest, weekday: int) -> HttpResponse:
    """A day's ranges: one more, one less, or save, for other days too."""
    if weekday not in Weekday:
        raise Http404
    cockpit = open_cockpit(request, only_staffed=True)
    if request.method != "POST":
        return show_hours(request, cockpit, day=DayForm.saved(cockpit, weekday))
    if "add" in request.POST or "remove" in request.POST:
        return show_hours(request, cockpit, day=DayForm.typed(cockpit, weekday, request.POST))
    day = DayForm(cockpit, weekday, request.POST)
    if not day.is_valid():
        return show_hours(request, cockpit, day=day, status=INVALID)
    try:
        services.change_hours(
            by=request.user,
            doctor=cockpit.doctor,
            days=day.rows(),
            decisions=decisions_in(request.POST),
        )
    except services.VisitsAffected as refusal:
        review = review_of(
            request.POST,
            refusal,
            title=_("Appointments outside these hours"),
            confirm=_("Save the hours"),
            action=address("edit_day", cockpit, weekday),
            back=address("configure_hours", cockpit),
        )
        return show_hours(request, cockpit, review=review, status=refusal.status)
    return answer_saved(request, cockpit, PANEL, show_hours)


def show_hours(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    day: DayForm | None = None,
    review: Review | None = None,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    week = drawn_week(cockpit.doctor, cockpit.today, edited=day.weekday if day else None)
    context: dict[str, Any] = {"week": week, "day": day, "review": review}
    return show(request, cockpit, PANEL, context, saved=saved, status=status)
