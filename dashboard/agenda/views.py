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
from bookings.status import TOOK_PLACE, Status
from dashboard.agenda.day import day_rows, usual_hours
from dashboard.agenda.news import news_since
from dashboard.cockpit import Desk, NoDesk, chosen_desk, desk_visit, show_page
from dashboard.desk.card import Card
from scheduling import engine
from web.fragments import wanted_fragment
from web.requests import any_id

VIEWS = ("week", "day", "list")
MOST_LISTED = 20
CLOSING_DAYS = 14
"""How far back the desk asks for visits that nobody closed."""


class DayLink(NamedTuple):
    date: dt.date
    address: str
    is_shown: bool
    is_today: bool


@require_safe
def agenda(request: SignedInRequest) -> HttpResponse:
    """Show the cockpit (docs/contracts.md, C9); a patient is sent to "Mes rendez-vous"."""
    try:
        desk = chosen_desk(request)
    except NoDesk:
        if request.user.has_dashboard:
            return render(request, "dashboard/no_desk.html")
        return redirect("my_appointments")
    card = None
    wanted = request.GET.get("appointment", "")
    if wanted:
        card = Card(desk_visit(request, wanted), desk.user, desk.now)
    return show_agenda(request, desk, card)


@require_safe
def live(request: SignedInRequest) -> HttpResponse:
    """What happened since `version`: 204 when nothing did, else the news and the new state."""
    return tell_news(request, chosen_desk(request, remember=False))


def tell_news(request: SignedInRequest, desk: Desk) -> HttpResponse:
    if request.GET.get("version") == desk.version:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    seen = request.GET.get("change", "")
    news = news_since(desk, any_id(seen)) if seen else []
    context = {"desk": desk.with_frame(), "news": news}
    return render(request, "dashboard/partials/news.html", context)


def show_agenda(
    request: SignedInRequest, desk: Desk, card: Card | None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The whole page, with a visit on the desk when there is a `card`."""
    wanted = request.GET.get("view", "")
    view = wanted if wanted in VIEWS else VIEWS[0]
    shown = wanted_day(request) or (card.visit.local_day if card else None) or desk.today
    page, fragments = "dashboard/agenda.html", ("day_list",)
    context = {"day": shown, **list_context(desk, shown)}
    if wanted_fragment(request, fragments):
        return show_page(request, desk, page, context, fragments=fragments)
    context |= {
        "view": view,
        "list_address": address(desk, view="list", date=shown),
        "views": [(name, address(desk, view=name, date=shown)) for name in VIEWS],
        "card": card,
        "days": _week_links(desk, shown, view),
        "week_before": address(desk, view=view, date=shown - 7 * engine.DAY),
        "week_after": address(desk, view=view, date=shown + 7 * engine.DAY),
        "previous": address(desk, view=view, date=shown - _step(view)),
        "next": address(desk, view=view, date=shown + _step(view)),
        "hours": usual_hours(desk.doctor),
        "uses_fallback_hours": not desk.doctor.opening_hours.exists(),
    }
    return show_page(request, desk, page, context, fragments=fragments, status=status)


def list_context(desk: Desk, shown: dt.date) -> dict[str, Any]:
    """The day as a list, and what waits for an answer whatever day is looked at."""
    start, end = engine.day_span(shown, desk.doctor.practice.zone)
    visits = Appointment.objects.at_desk_of(desk.user).of(desk.doctor).for_pages()
    cancelled = visits.filter(starts_at__gte=start, starts_at__lt=end, status=Status.CANCELLED)
    rows = day_rows(desk.user, desk.doctor, shown, now=desk.now)
    return {
        "rows": rows,
        "visit_count": sum(1 for row in rows if row.visit),
        "cancelled": list(cancelled.order_by("starts_at").with_last_change()),
        "walk_ins": list(visits.filter(queue_date=shown).order_by("queue_number")),
        **waiting_context(desk),
    }


def waiting_context(desk: Desk) -> dict[str, Any]:
    """Requests to answer, and visits of days gone by that were never closed."""
    visits = Appointment.objects.at_desk_of(desk.user).of(desk.doctor).for_pages()
    midnight = engine.to_utc(desk.today, 0, desk.doctor.practice.zone)
    begun = [Status.CONFIRMED, *(status for status in TOOK_PLACE if status != Status.DONE)]
    recent = {"starts_at__gte": midnight - CLOSING_DAYS * engine.DAY, "starts_at__lt": midnight}
    unclosed = visits.filter(status__in=begun, **recent)
    requests = visits.filter(status=Status.PENDING, starts_at__gt=desk.now)
    return {
        "requests": list(requests.order_by("starts_at")[:MOST_LISTED]),
        "to_close": list(unclosed.order_by("-starts_at")[:MOST_LISTED]),
    }


def address(desk: Desk, **state: Any) -> str:
    """The agenda's address: `view`, `date`, `appointment`."""
    return f"{reverse('dashboard')}?{urlencode({'doctor': desk.doctor.pk, **state})}"


def see_on_agenda(visit: Appointment) -> HttpResponseRedirect:
    """To the day of the visit, with it on the desk."""
    return HttpResponseRedirect(f"{day_on_agenda(visit)}&appointment={visit.pk}", status=303)


def _step(view: str) -> dt.timedelta:
    return 7 * engine.DAY if view == "week" else engine.DAY


def _week_links(desk: Desk, shown: dt.date, view: str) -> list[DayLink]:
    """The week around the day on show: a phone's strip of days."""
    monday = shown - shown.weekday() * engine.DAY
    return [
        DayLink(day, address(desk, view=view, date=day), day == shown, day == desk.today)
        for day in engine.days_from(monday, 7)
    ]


def wanted_day(request: SignedInRequest) -> dt.date | None:
    """The date in the address; nonsense is today. Kept where a day has neighbours."""
    try:
        day = parse_date(request.GET.get("date", ""))
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 9000 else None
