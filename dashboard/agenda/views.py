"""The agenda: a week, a day or a list, the desk beside it, and the poll that keeps both true."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from bookings.mine.reads import day_on_agenda
from bookings.models import Appointment
from dashboard.agenda.day import read_day_list, read_hours, usual_hours
from dashboard.agenda.news import news_since
from dashboard.cockpit import Cockpit, NoCockpit, open_cockpit, show_page, staff_visit
from dashboard.desk.card import Card, read_card
from scheduling import engine
from web.fragments import wanted_fragment
from web.requests import any_id

VIEWS = ("week", "day", "list")


class DayLink(NamedTuple):
    date: dt.date
    address: str
    is_shown: bool
    is_today: bool


@require_safe
def agenda(request: SignedInRequest) -> HttpResponse:
    """Show the cockpit (docs/contracts.md, C9); a patient is sent to "Mes rendez-vous"."""
    try:
        cockpit = open_cockpit(request)
    except NoCockpit:
        if request.user.has_dashboard:
            return render(request, "dashboard/no_cockpit.html")
        return redirect("my_appointments")
    card = None
    wanted = request.GET.get("appointment", "")
    if wanted:
        card = read_card(staff_visit(request, wanted), cockpit.user, cockpit.now)
    return show_agenda(request, cockpit, card)


@require_safe
def live(request: SignedInRequest) -> HttpResponse:
    """What happened since `version`: 204 when nothing did, else the news and the new state."""
    return tell_news(request, open_cockpit(request, remember=False))


def tell_news(request: SignedInRequest, cockpit: Cockpit) -> HttpResponse:
    if request.GET.get("version") == cockpit.version:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    seen = request.GET.get("change", "")
    news = news_since(cockpit, any_id(seen)) if seen else []
    context = {"cockpit": cockpit.with_frame(), "news": news}
    return render(request, "dashboard/partials/news.html", context)


def show_agenda(
    request: SignedInRequest, cockpit: Cockpit, card: Card | None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The whole page, with a visit on the desk when there is a `card`."""
    wanted = request.GET.get("view", "")
    view = wanted if wanted in VIEWS else VIEWS[0]
    shown = wanted_day(request) or (card.visit.local_day if card else None) or cockpit.today
    page, fragments = "dashboard/agenda.html", ("day_list",)
    hours = read_hours(cockpit.doctor)
    context = {"day": shown, **read_day_list(cockpit, shown, hours)}
    if wanted_fragment(request, fragments):
        return show_page(request, cockpit, page, context, fragments=fragments)
    context |= {
        "view": view,
        "list_address": address(cockpit, view="list", date=shown),
        "views": [(name, address(cockpit, view=name, date=shown)) for name in VIEWS],
        "card": card,
        "days": _week_links(cockpit, shown, view),
        "week_before": address(cockpit, view=view, date=shown - 7 * engine.DAY),
        "week_after": address(cockpit, view=view, date=shown + 7 * engine.DAY),
        "previous": address(cockpit, view=view, date=shown - _step(view)),
        "next": address(cockpit, view=view, date=shown + _step(view)),
        "hours": usual_hours(hours),
        "uses_fallback_hours": hours.are_fallback,
    }
    return show_page(request, cockpit, page, context, fragments=fragments, status=status)


def address(cockpit: Cockpit, **state: Any) -> str:
    """The agenda's address: `view`, `date`, `appointment`."""
    return f"{reverse('dashboard')}?{urlencode({'doctor': cockpit.doctor.pk, **state})}"


def see_on_agenda(visit: Appointment) -> HttpResponseRedirect:
    """To the day of the visit, with it on the desk."""
    return HttpResponseRedirect(f"{day_on_agenda(visit)}&appointment={visit.pk}", status=303)


def _step(view: str) -> dt.timedelta:
    return 7 * engine.DAY if view == "week" else engine.DAY


def _week_links(cockpit: Cockpit, shown: dt.date, view: str) -> list[DayLink]:
    """The week around the day on show: a phone's strip of days."""
    monday = shown - shown.weekday() * engine.DAY
    return [
        DayLink(day, address(cockpit, view=view, date=day), day == shown, day == cockpit.today)
        for day in engine.days_from(monday, 7)
    ]


def wanted_day(request: SignedInRequest) -> dt.date | None:
    """The date in the address; nonsense is today. Kept where a day has neighbours."""
    try:
        day = parse_date(request.GET.get("date", ""))
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 9000 else None
