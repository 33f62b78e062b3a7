"""A visit's calendar file as the answer to a browser."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import get_language, gettext

from bookings.calendar_files.visits import calendar_file
from bookings.models import Appointment


def download(appointment: Appointment, *, link: str) -> HttpResponse:
    """The file of one visit that has a time; `link` is the address to change it."""
    data = calendar_file(appointment, method="PUBLISH", language=get_language() or "", link=link)
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    name = gettext("appointment")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
