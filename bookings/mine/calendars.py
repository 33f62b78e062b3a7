"""The account's own visits in the patient's calendar."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings.calendar_files.offered import OWN, change_feed, offered_feeds


@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar(request: SignedInRequest) -> HttpResponse:
    """How to see own and relatives' visits in a calendar. A new secret is shown once."""
    secret = ""
    if request.method == "POST":
        secret = change_feed(request.user, OWN, act=request.POST.get("act", ""))
        if not secret:
            return redirect("own_calendar")
    made = OWN if secret else None
    (offered,) = offered_feeds(request.user, [OWN], made=made, secret=secret)
    return render(request, "bookings/own_calendar.html", {"offered": offered})
