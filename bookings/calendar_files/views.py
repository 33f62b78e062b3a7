"""The address of a calendar feed."""

from __future__ import annotations

import hashlib
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from bookings.calendar_files.feeds import feed_file
from bookings.models import CalendarFeed


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed behind the secret; 304 for a calendar that has it, 404 for a wrong secret.

    No limit by address: calendars of many people ask from one server.
    """
    feed = CalendarFeed.objects.behind(secret)
    data = feed and feed_file(feed, now=timezone.now())
    if not data:
        raise Http404
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="tbib.ics"'
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=response))
