"""Every agenda of the reader's desks on one day, the desk beside them, and their poll."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from dashboard.agenda.views import tell_news, wanted_day
from dashboard.cockpit import Cockpit, open_cockpit, show_page, staff_visit
from dashboard.desk.card import read_card
from dashboard.team.day import team_day
from web.fragments import wanted_fragment

DAY = ("team_day",)


@require_safe
def team(request: SignedInRequest) -> HttpResponse:
    """One column a doctor; asked for by htmx, the columns alone."""
    cockpit = team_cockpit(request)
    day = wanted_day(request) or cockpit.today
    wanted, card = request.GET.get("appointment", ""), None
    if wanted and not wanted_fragment(request, DAY):
        card = read_card(staff_visit(request, wanted), cockpit.user, cockpit.now)
    shown = team_day(cockpit.user, cockpit.doctors, day, now=cockpit.now)
    context = {"team": shown, "card": card}
    return show_page(request, cockpit, "dashboard/team/page.html", context, fragments=DAY)


@require_safe
def team_live(request: SignedInRequest) -> HttpResponse:
    """As `live`, of every agenda shown: one that comes or goes with a membership is a change."""
    return tell_news(request, team_cockpit(request, remember=False))


def team_cockpit(request: SignedInRequest, *, remember: bool = True) -> Cockpit:
    return replace(open_cockpit(request, remember=remember), shows_team=True)
