"""The cockpit's feeds (docs/contracts.md, C5): a doctor's visits, and what lies behind them.

For the signed-in doctor, and a secretary who says whose with `doctor=`; for anybody else there
is no such doctor.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BeforeValidator

from accounts.api import signed_in
from accounts.requests import SignedInRequest
from bookings.confirming.forms import SANE_YEARS
from dashboard.agenda import feed, words
from doctors.models import Doctor
from scheduling import engine
from web.problems import Problem
from web.requests import any_id

router = Router(tags=["agenda"])

MOST_DAYS = 62
"""What one request may ask for: more than any calendar shows at once."""

Id = Annotated[int, BeforeValidator(any_id)]


@router.get(
    "/doctor/appointments",
    response=list[dict[str, Any]],
    auth=signed_in,
    openapi_extra=words.APPOINTMENTS,
)
def doctor_appointments(
    request: SignedInRequest, start: str = "", end: str = "", doctor: Id | None = None
) -> HttpResponse:
    """FullCalendar's events of `[start, end)`, on the practice's wall clock without offset."""
    at = desk_doctor(request, doctor)
    span = asked_span(start, end, at.practice.zone)
    return as_json(feed.events(request.user, at, *span, now=timezone.now()))


@router.get(
    "/doctor/background",
    response=list[dict[str, Any]],
    auth=signed_in,
    openapi_extra=words.BACKGROUND,
)
def doctor_background(
    request: SignedInRequest, start: str = "", end: str = "", doctor: Id | None = None
) -> HttpResponse:
    """What a calendar draws behind the visits of `[start, end)`."""
    at = desk_doctor(request, doctor)
    return as_json(feed.background(at, *asked_span(start, end, at.practice.zone)))


def desk_doctor(request: SignedInRequest, pk: int | None) -> Doctor:
    """The doctor asked for, of the reader's desks; without one the reader's own."""
    desks = Doctor.objects.staffed_by(request.user).for_pages()
    found = desks.filter(pk=pk) if pk is not None else desks.filter(user=request.user)
    doctor = found.first()
    if doctor is None:
        raise Http404(_("There is no such doctor at your desk."))
    return doctor


def asked_span(start: str, end: str, zone: ZoneInfo) -> engine.Span:
    """`[start, end)` as instants; a Problem in words when it is none, or too long."""
    first, last = asked_instant(start, zone), asked_instant(end, zone)
    if first is None or last is None:
        detail = _("“start” and “end” are dates or times, like 2026-12-24.")
    elif not first < last <= first + dt.timedelta(days=MOST_DAYS):
        detail = _("“end” comes after “start”, by %(most)s days at most.") % {"most": MOST_DAYS}
    else:
        return first, last
    raise Problem(400, code="bad_request", detail=detail)


def asked_instant(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """A date or a time on the practice's clock; one with an offset is that instant.

    FullCalendar on `timeZone: 'UTC'` writes wall clocks with a Z, and means the practice's.
    """
    text = text.strip().replace(" ", "+")  # a plus that nobody escaped
    try:
        day = parse_date(text)
        parsed = dt.datetime.combine(day, dt.time()) if day else parse_datetime(text)
    except ValueError:
        return None
    if parsed is None or parsed.year not in SANE_YEARS:
        return None
    if parsed.utcoffset():
        return parsed.astimezone(dt.UTC)
    return engine.to_utc(parsed.date(), parsed.hour * 60 + parsed.minute, zone)


def as_json(answer: list[Any]) -> HttpResponse:
    return HttpResponse(json.dumps(answer), content_type="application/json")
