"""What a patient does from a message, without signing in: come, move, cancel one visit.

A GET changes nothing: mail scanners open links before people do.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import Request
from bookings import rules, services
from bookings.calendar_files.downloads import download
from bookings.confirming.forms import parse_start
from bookings.finding.visitor import Reader, hold_token
from bookings.from_message.link import by_link, show_over
from bookings.messages.links import VisitLink, visit_link, visit_token
from bookings.mine.reads import read_move_grid, read_nearest_times
from bookings.models import Appointment
from bookings.slots import SlotQuery
from bookings.status import Verb
from doctors.models import Practice
from web.fragments import render_fragment, wanted_fragment

GRID = ("slot_grid",)
ABOUT_THE_VISIT = ("too_late_to_change", "needs_the_practice")
"""Rules whose words name nobody."""

REPEATED = dt.timedelta(minutes=10)
"""For so long a move that is sent twice leads to the visit's new page."""


@by_link
@require_safe
def visit_page(request: Request, token: str, link: VisitLink) -> HttpResponse:
    """The visit, and what can be done about it; `do=` leads to that act's page."""
    now = timezone.now()
    if over := link.why_over(now):
        return show_over(request, link, over)
    act = {"move": "move_from_message", "cancel": "cancel_from_message"}
    if name := act.get(request.GET.get("do", "")):
        return HttpResponseRedirect(reverse(name, args=[token]))
    return _show(request, "visit", token, link, now)


@by_link
@require_safe
def calendar_download(request: Request, token: str, link: VisitLink) -> HttpResponse:
    """The visit as a file for the patient's calendar."""
    if over := link.why_over(timezone.now()):
        return show_over(request, link, over)
    return download(link.appointment, link=visit_link(link.appointment))


@by_link
@require_POST
def say_coming(request: Request, token: str, link: VisitLink) -> HttpResponse:
    now = timezone.now()
    if over := link.why_over(now):
        return show_over(request, link, over)
    try:
        services.say_coming(link.appointment, expected_sequence=link.sequence, now=now)
    except rules.Refusal as refusal:
        return _refuse(request, "visit", token, link, refusal)
    return _see(token)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Request, token: str, link: VisitLink) -> HttpResponse:
    """Ask once, then cancel."""
    now = timezone.now()
    if over := link.why_over(now):
        return show_over(request, link, over)
    if request.method != "POST":
        return _show(request, "cancel", token, link, now)
    try:
        services.cancel(
            link.appointment, by=None, by_link=True, expected_sequence=link.sequence, now=now
        )
    except rules.Refusal as refusal:
        return _refuse(request, "cancel", token, link, refusal)
    return _see(token)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, token: str, link: VisitLink) -> HttpResponse:
    """The three-day grid of free times; the old time is kept until the new one is confirmed."""
    now, appointment = timezone.now(), link.appointment
    starts_at = parse_start(request.POST.get("appointment_time", ""), appointment.practice.zone)
    if over := link.why_over(now):
        if request.method == "POST" and _is_repeated(link, starts_at, now):
            return _see(visit_token(appointment))
        return show_over(request, link, over)
    if request.method != "POST":
        return _show_move(request, token, link, now)
    try:
        if starts_at is None:
            raise rules.TimeNotOffered(_("Please choose a time."), code="choice_not_understood")
        moved = services.move(
            appointment,
            by=None,
            by_link=True,
            starts_at=starts_at,
            hold_token=hold_token(request),
            expected_sequence=link.sequence,
            now=now,
        )
    except rules.Refusal as refusal:
        return _refuse(request, "move", token, link, refusal, wanted=starts_at)
    messages.success(request, _("The appointment is moved."))
    return _see(visit_token(moved))


def _is_repeated(link: VisitLink, starts_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether this link has just made the same move: a double click, or a lost answer."""
    visit = link.appointment
    if starts_at is None or visit.starts_at != starts_at or visit.sequence != link.sequence + 1:
        return False
    last = visit.changes.last()
    return bool(last and last.verb == Verb.MOVE and last.by_link and now - last.at < REPEATED)


def _see(token: str) -> HttpResponse:
    address = reverse("from_message", args=[token])
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _refuse(
    request: Request,
    page: str,
    token: str,
    link: VisitLink,
    refusal: rules.Refusal,
    *,
    wanted: dt.datetime | None = None,
) -> HttpResponse:
    """The page again with the refusal; that of an over link when the visit changed meanwhile."""
    now = timezone.now()
    fresh = Appointment.objects.for_pages().get(pk=link.appointment.pk)
    link = VisitLink(fresh, link.sequence)
    if over := link.why_over(now):
        return show_over(request, link, over)
    if page == "move":
        return _show_move(request, token, link, now, refusal=refusal, wanted=wanted)
    return _show(request, page, token, link, now, refusal=refusal)


def _show_move(
    request: Request,
    token: str,
    link: VisitLink,
    now: dt.datetime,
    *,
    refusal: rules.Refusal | None = None,
    wanted: dt.datetime | None = None,
) -> HttpResponse:
    visit = link.appointment
    context: dict[str, Any] = {"grid": None, "nearest": []}
    facts = _facts(token, visit, now, moves=True)
    asked = facts["is_asked_to_move"]
    # As a visitor: the grid would say the rule that refuses the person by its name.
    reader = Reader(now, hold_token(request))
    query = SlotQuery.of_visit(visit, is_asked_to_move=asked)
    if facts["may_move"] or wanted_fragment(request, GRID):
        path = reverse("move_from_message", args=[token])
        context["grid"] = read_move_grid(query, request.GET, reader, path=path)
    if facts["may_move"] and refusal and refusal.offers_times and wanted:
        context["nearest"] = read_nearest_times(query, refusal, wanted, reader)
    context |= facts
    return _render(request, "move", context, refusal=refusal, fragments=GRID)


def _show(
    request: Request,
    page: str,
    token: str,
    link: VisitLink,
    now: dt.datetime,
    *,
    refusal: rules.Refusal | None = None,
) -> HttpResponse:
    return _render(request, page, _facts(token, link.appointment, now), refusal=refusal)


def _render(
    request: Request,
    page: str,
    context: dict[str, Any],
    *,
    refusal: rules.Refusal | None,
    fragments: tuple[str, ...] = (),
) -> HttpResponse:
    context |= {"refusal": refusal and said_to_visitor(refusal, context["practice"])}
    template = f"bookings/{page}_from_message.html"
    status = refusal.status if refusal else HTTPStatus.OK
    return render_fragment(request, template, context, fragments=fragments, status=status)


def said_to_visitor(refusal: rules.Refusal, practice: Practice) -> rules.Refusal:
    """The refusal in words that tell the reader of the message no more about the person.

    The rules about persons name them, the type of the visit, or another visit of the person.
    """
    if isinstance(refusal, rules.SlotTaken) and refusal.clash:
        hidden: rules.Refusal = rules.SlotTaken(
            _("This time cannot be chosen. Please choose another one."), code=refusal.code
        )
    elif isinstance(refusal, rules.RuleRefused) and refusal.code not in ABOUT_THE_VISIT:
        words = _("This appointment cannot be changed online.")
        hidden = rules.RuleRefused(f"{words} {rules.by_phone(practice)}", code=refusal.code)
    else:
        return refusal
    return hidden


def _facts(
    token: str, visit: Appointment, now: dt.datetime, *, moves: bool = False
) -> dict[str, Any]:
    """What each of the pages shows: of the person no more than the first name, and no reason.

    With `moves`, the rules about the person are asked too.
    """
    is_asked_to_move = visit.is_asked_to_move()
    refused: rules.Refusal | None = None
    try:
        if not is_asked_to_move:
            services.check_own_move(visit, now)
        if moves and not is_asked_to_move:
            query = SlotQuery.of_visit(visit)
            services.check_patient_may_book(patient=visit.patient, query=query, now=now)
    except rules.Refusal as refusal:
        refused = said_to_visitor(refusal, visit.practice)
    closes = visit.changes_close_at
    in_time = is_asked_to_move or bool(closes and now < closes)
    is_upcoming = visit.is_upcoming(now)
    return {
        "token": token,
        "visit": visit,
        "practice": visit.practice,
        "first_name": visit.patient.first_name,
        "is_upcoming": is_upcoming,
        "is_asked_to_move": is_asked_to_move,
        "in_time": in_time,
        "why_not_moved": refused if in_time else None,
        "may_move": is_upcoming and refused is None and visit.consultation_type is not None,
        "can_say_coming": services.can_say_coming(visit, now, is_asked_to_move=is_asked_to_move),
        "changes_close": visit.practice.local(closes) if closes else None,
    }
