"""The doctor's and the practice's visits in the reader's own calendar."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings.calendar_files.offered import Target, change_feed, offered_feeds
from dashboard.cockpit import open_cockpit
from dashboard.configuration.tabs import address, show
from dashboard.configuration.views.practice import practice_at

PANEL = "calendars_panel"


@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: SignedInRequest) -> HttpResponse:
    """The reader's own secret addresses of this doctor and this practice."""
    cockpit = open_cockpit(request, only_staffed=True)
    targets: dict[str, Target] = {
        "doctor": (cockpit.doctor, None),
        "practice": (None, practice_at(cockpit)),
    }
    made, secret = None, ""
    if request.method == "POST":
        made = targets.get(request.POST.get("feed", ""))
        if made is None:
            raise Http404
        act, shows_names = request.POST.get("act", ""), "shows_names" in request.POST
        secret = change_feed(request.user, made, act=act, shows_names=shows_names)
        if not secret:
            messages.success(request, _("The address opens nothing any more."))
            return redirect(address("configure_calendars", cockpit))
    offered = offered_feeds(
        request.user, list(targets.values()), made=made if secret else None, secret=secret
    )
    context = {"offered_feeds": offered}
    return show(request, cockpit, PANEL, context, status=HTTPStatus.OK)
