"""Public holidays of the practice: closed, open as usual, or still to decide."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from http import HTTPStatus
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings import services
from bookings.models import Appointment
from dashboard.cockpit import Cockpit, open_cockpit
from dashboard.configuration.review import Review, decisions_in, review_of
from dashboard.configuration.tabs import address, answer_saved, show
from dashboard.configuration.views.practice import practice_at
from doctors.models import Practice
from scheduling.models import Holiday
from web.requests import any_id

PANEL = "holidays_panel"
EVERY = "every"


class Listed(NamedTuple):
    """`visits`: how many this desk's doctor has on that day."""

    holiday: Holiday
    visits: int


@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: SignedInRequest) -> HttpResponse:
    """The list; posted to, a decision about one day, or about all that are to decide."""
    cockpit = open_cockpit(request, only_staffed=True)
    if request.method != "POST":
        return show_holidays(request, cockpit)
    chosen = _chosen(request, cockpit)
    decision = request.POST.get("decision", "")
    if decision not in (Holiday.Decision.CLOSED, Holiday.Decision.OPEN):
        raise Http404
    try:
        services.decide_holidays(
            by=request.user,
            holidays=chosen,
            decision=Holiday.Decision(decision),
            decisions=decisions_in(request.POST),
        )
    except services.VisitsAffected as refusal:
        here = address("configure_holidays", cockpit)
        words = ngettext(
            "Close on this public holiday", "Close on these public holidays", len(chosen)
        )
        review = review_of(
            request.POST,
            refusal,
            title=_("Appointments on a day that you close"),
            confirm=words,
            action=here,
            back=here,
        )
        return show_holidays(request, cockpit, review=review, status=refusal.status)
    return answer_saved(request, cockpit, PANEL, show_holidays)


def show_holidays(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    review: Review | None = None,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    practice = practice_at(cockpit)
    coming = list(_coming(practice, cockpit))
    visits = _visits_by_day(practice, cockpit)
    by_year: dict[int, list[Listed]] = defaultdict(list)
    for each in coming:
        by_year[each.date.year].append(Listed(each, visits[each.date]))
    context = {
        "practice": practice,
        "years": list(by_year.items()),
        "to_decide": sum(each.decision == Holiday.Decision.PROPOSED for each in coming),
        "review": review,
    }
    return show(request, cockpit, PANEL, context, saved=saved, status=status)


def _coming(practice: Practice, cockpit: Cockpit) -> QuerySet[Holiday]:
    return practice.holidays.filter(date__gte=cockpit.today).order_by("date")


def _chosen(request: SignedInRequest, cockpit: Cockpit) -> list[Holiday]:
    """The day named, or every one to decide; Http404 for another practice's."""
    coming = _coming(practice_at(cockpit), cockpit).select_related("practice")
    if request.POST.get("holiday") == EVERY:
        return list(coming.filter(decision=Holiday.Decision.PROPOSED))
    found = list(coming.filter(pk=any_id(request.POST.get("holiday", ""))))
    if not found:
        raise Http404
    return found


def _visits_by_day(practice: Practice, cockpit: Cockpit) -> Counter[dt.date]:
    """{the practice's day: how many visits this doctor has ahead}, in one query."""
    visits = Appointment.objects.for_staff(cockpit.user).of(cockpit.doctor).upcoming(cockpit.now)
    starts = visits.values_list("starts_at", flat=True)
    return Counter(practice.local(start).date() for start in starts if start)
