"""The cockpit's feeds (docs/contracts.md, C5): a doctor's visits, and the background of them.

For the signed-in doctor, and for a secretary with `doctor=`; everybody else gets a 404.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.api import SignInRequired, signed_in
from accounts.requests import SignedInRequest
from bookings.api.schemas import Id, Omitted
from bookings.confirming.forms import SANE_YEARS
from bookings.models.desks import desk_doctors
from dashboard.agenda import feed
from doctors.models import Doctor
from scheduling import engine
from web.problems import BadRequest, NotFound, Problem, Unavailable

router = Router(tags=["agenda"])

MOST_DAYS = 62
"""The longest span of one request: more than any calendar shows at once."""


class SpanIn(Schema):
    start: str = Field(
        "",
        description=gettext_noop("A date like 2026-12-24, or a time on the practice’s clock."),
    )
    end: str = Field(
        "",
        description=gettext_noop("The first moment after the span, at most 62 days later."),
    )
    doctor: Id | Omitted = Field(
        None,
        description=gettext_noop("Whose agenda: without it, your own. Required from a secretary."),
    )


class LinksOut(Schema):
    desk: str
    record: str = ""


class EventProps(Schema):
    """The visit; one at another practice has the first six alone."""

    status: str = Field(examples=["confirmed"])
    look: str
    label: str
    type: str
    type_color: str
    duration: int
    status_label: str = ""
    age: int | None = None
    phone: str = ""
    motif: str = ""
    first_visit: bool = False
    visit_number: int | None = None
    no_shows: int = 0
    overbooked: bool = False
    coming: bool = False
    sequence: int = 0
    links: LinksOut | None = None


class EventOut(Schema):
    id: str
    title: str = Field(examples=["Karim Tazi"])
    start: str = Field(examples=["2026-10-12T10:45:00"])
    end: str = Field(examples=["2026-10-12T11:15:00"])
    color: str = Field(examples=["#2f7fd0"])
    extendedProps: EventProps  # noqa: N815 (FullCalendar's name)


class BackgroundProps(Schema):
    kind: Literal["open", "absence", "holiday", "proposal"]
    link: str = ""


class BackgroundOut(Schema):
    start: str = Field(examples=["2026-10-12T09:00:00"])
    end: str = Field(examples=["2026-10-12T12:30:00"])
    title: str
    display: Literal["background"]
    extendedProps: BackgroundProps  # noqa: N815


REFUSALS = {400: BadRequest, 401: SignInRequired, 404: NotFound, 503: Unavailable}


@router.get(
    "/doctor/appointments",
    response={200: list[EventOut], **REFUSALS},
    auth=signed_in,
    summary=gettext_noop("A doctor’s visits"),
    description=gettext_noop(
        "Events as FullCalendar reads them, for the doctor and the secretaries of the practice. "
        "Times are the practice’s wall clock, without offset. Visits without a time and cancelled "
        "visits are left out; a visit at another practice shows only its time."
    ),
)
def doctor_appointments(request: SignedInRequest, asked: Query[SpanIn]) -> HttpResponse:
    """FullCalendar's events of `[start, end)`, on the practice's wall clock without offset."""
    at = desk_doctor(request, asked.doctor)
    span = asked_span(asked, at.practice.zone)
    return as_json(feed.events(request.user, at, *span, now=timezone.now()))


@router.get(
    "/doctor/background",
    response={200: list[BackgroundOut], **REFUSALS},
    auth=signed_in,
    summary=gettext_noop("The background of a doctor’s visits"),
    description=gettext_noop(
        "Background events as FullCalendar reads them: opening hours, the doctor’s absences with "
        "their reason, the practice’s holidays, and those to decide with the page that decides."
    ),
)
def doctor_background(request: SignedInRequest, asked: Query[SpanIn]) -> HttpResponse:
    """The events that a calendar draws behind the visits of `[start, end)`."""
    at = desk_doctor(request, asked.doctor)
    return as_json(feed.background(request.user, at, *asked_span(asked, at.practice.zone)))


def desk_doctor(request: SignedInRequest, pk: int | None) -> Doctor:
    """The doctor `pk` if the reader is staff there; without `pk` the reader's own agenda."""
    desks = desk_doctors(request.user).for_pages()
    found = desks.filter(pk=pk) if pk is not None else desks.filter(user=request.user)
    doctor = found.first()
    if doctor is None:
        raise Http404(_("There is no such doctor at your desk."))
    return doctor


def asked_span(asked: SpanIn, zone: ZoneInfo) -> engine.Span:
    """`[start, end)` as instants; a Problem when it is no span, or too long."""
    first, last = asked_instant(asked.start, zone), asked_instant(asked.end, zone)
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
    text = text.strip().replace(" ", "+")  # an unescaped plus sign
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
