"""Finding a time: the first page, the list of doctors, a doctor's page, and the live grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_htmx.http import retarget

from accounts.models import Patient
from accounts.requests import Request
from bookings import rules
from bookings.finding.address import PanelAddress
from bookings.finding.cards import read_first_grids, read_grids
from bookings.finding.day import read_day, state_of_day
from bookings.finding.grid import read_grid
from bookings.finding.live import Token, changed_doctors
from bookings.finding.order import DOCTORS_PER_PAGE
from bookings.finding.panel import read_panel
from bookings.finding.places import PlacedTime
from bookings.finding.profile import read_profile
from bookings.finding.results import read_results
from bookings.finding.search import LONGEST_TEXT, Search
from bookings.finding.visitor import Reader, hold_token
from bookings.slots import SlotQuery
from doctors.models import Doctor, Specialty
from doctors.suggestions import suggest_where, suggest_who
from web.compiled import compiled_once
from web.fragments import render_fragment, wanted_fragment
from web.requests import any_id

SPECIALTIES_SHOWN = 8
PANEL = ("booking_panel", "slot_grid")
"""The fragments of a doctor's page."""


@login_not_required
@require_safe
def home(request: Request) -> HttpResponse:
    """One search bar, the specialties with most doctors, and what booking here promises."""
    context = {"specialties": largest_specialties(), "days": next_workdays()}
    return render(request, "bookings/home.html", context)


@login_not_required
@require_safe
def suggestions(request: Request) -> HttpResponse:
    """The list under the search bar's field (`field`: what, where) for its text (`q`)."""
    field = "where" if request.GET.get("field") == "where" else "what"
    suggest = suggest_where if field == "where" else suggest_who
    found = suggest(request.GET.get("q", "")[:LONGEST_TEXT])
    context = {"field": field, "suggestions": found}
    return render(request, "bookings/partials/suggestions.html", context)


class LargestSpecialty(NamedTuple):
    """A specialty of the first page, in the reader's language."""

    practitioner: str
    icon: str
    number: int
    """Of its doctors."""


def largest_specialties() -> tuple[LargestSpecialty, ...]:
    """Those with most doctors."""
    return tuple(
        LargestSpecialty(each.practitioner, each.icon, each.number) for each in most_doctors()
    )


@compiled_once
def most_doctors() -> QuerySet[Specialty, Any]:
    return Specialty.objects.with_doctors()[:SPECIALTIES_SHOWN]


def next_workdays() -> tuple[dt.date, ...]:
    """Three days for the picture; nobody's calendar."""
    today = timezone.now().date()
    days = (today + dt.timedelta(days=n) for n in range(7))
    return tuple(day for day in days if day.weekday() < 5)[:3]


# -- the list -----


@login_not_required
@require_safe
def doctor_list(request: Request) -> HttpResponse:
    """The doctors found, a page of them, each with the next free times on their card."""
    reader = visitor(request)
    keeps = not (reader.token or request.user.is_authenticated)
    results = read_results(Search.from_query(request.GET), reader, keeps=keeps)
    context = {"search": results.search, "results": results}
    return render_fragment(request, "bookings/doctor_list.html", context, fragments={"results"})


@login_not_required
@require_safe
def card_grid(request: Request, slug: str) -> HttpResponse:
    """Other days on one card; without scripts, the same days on the doctor's own page."""
    doctor = _doctor(request, slug)
    if not request.htmx or request.htmx.history_restore_request:
        return redirect(f"{doctor.get_absolute_url()}?{request.GET.urlencode()}")
    state = PanelAddress.from_query(request.GET, request.path)
    reader = visitor(request)
    query = SlotQuery(doctor, read_panel(doctor, state, reader).consultation_type)
    grid = read_grids([(state, query)], reader)[doctor.pk]
    return render(request, "bookings/partials/slot_grid.html", {"grid": grid})


@login_not_required
@require_safe
def card_grids(request: Request) -> HttpResponse:
    """The first days of some cards at once (`d` for each doctor), to be put into their places."""
    pks = [any_id(text) for text in request.GET.getlist("d")[:DOCTORS_PER_PAGE]]
    context = {"grids": read_first_grids(pks, visitor(request))}
    return render(request, "bookings/partials/card_grids.html", context)


# -- a doctor ------


@login_not_required
@require_safe
def doctor_page(request: Request, slug: str) -> HttpResponse:
    """The doctor and the booking panel; htmx asks for the panel or the grid alone."""
    doctor = _doctor(request, slug)
    return show_panel(
        request, doctor, PanelAddress.from_query(request.GET, doctor.get_absolute_url())
    )


@login_not_required
@require_safe
def day_page(request: Request, slug: str) -> HttpResponse:
    """Every time of one day, free or not; a free one is kept as in the grid."""
    doctor = _doctor(request, slug)
    state = state_of_day(request.GET, reverse("day_page", args=[slug]))
    context = {"doctor": doctor, "day": read_day(doctor, state, reader_of(request, doctor))}
    return render_fragment(request, "bookings/day.html", context, fragments={"day_slots"})


# -- what every page of a doctor shares -----------------------------------------------------


def show_panel(
    request: Request,
    doctor: Doctor,
    state: PanelAddress,
    *,
    refusal: rules.Refusal | None = None,
    nearest: Sequence[PlacedTime] = (),
) -> HttpResponse:
    """The doctor's page, its panel or its grid; after a refusal with the three nearest times."""
    reader = reader_of(request, doctor)
    panel, grid, profile = read_panel(doctor, state, reader), None, None
    fragment = wanted_fragment(request, PANEL)
    if panel.step == 3 or fragment == "slot_grid":
        query = reader.query(doctor, panel.consultation_type)
        grid = read_grid(panel.state, query, reader, types=panel.types)
    if not fragment:
        profile = read_profile(doctor, panel, reader.now)
    context = {"doctor": doctor, "panel": panel, "grid": grid, "profile": profile}
    context |= {"refusal": refusal, "nearest": nearest}
    status = refusal.status if refusal else HTTPStatus.OK
    page = "bookings/doctor_page.html"
    response = render_fragment(request, page, context, fragments=PANEL, status=status)
    if request.htmx and not fragment:
        # Sent from another page's fragment: the answer is a page of its own.
        retarget(response, "body")
    return response


def visitor(request: Request) -> Reader:
    """A reader of whom nothing is asked: on a list of doctors."""
    return Reader(timezone.now(), hold_token(request))


def reader_of(request: Request, doctor: Doctor) -> Reader:
    """A signed-in patient sees at once what the rules say of them, a visitor at confirmation,
    staff never."""
    patient, is_staff = None, doctor.is_staffed_by(request.user)
    if request.user.is_authenticated and not is_staff:
        patient = Patient.objects.of_account(request.user).select_related("account").first()
    return Reader(timezone.now(), hold_token(request), patient, is_staff)


def _doctor(request: Request, slug: str) -> Doctor:
    if not request.user.is_authenticated and (found := _for_everybody(slug)):
        return found[0]
    return get_object_or_404(Doctor.objects.visible_to(request.user).for_pages(), slug=slug)


@compiled_once
def _for_everybody(slug: str) -> QuerySet[Doctor, Doctor]:
    return Doctor.objects.visible_to(AnonymousUser()).for_pages().filter(slug=slug)


# -- open pages -----


MOST_TOKENS = 50
"""Of one page; also in frontend/js/live.js."""


@login_not_required
@require_safe
@cache_control(no_store=True)
def changed_calendars(request: HttpRequest) -> HttpResponse:
    """204 while every token (`d`, once for each) is still true, else {"doctors": [changed ones]}.

    Nobody is asked who they are: a session would cost more than the answer.
    """
    texts = request.GET.getlist("d")
    if not 1 <= len(texts) <= MOST_TOKENS:
        return HttpResponseBadRequest(f"1 to {MOST_TOKENS} tokens are needed.")
    try:
        tokens = [Token.read(text) for text in texts]
    except ValueError as error:
        return HttpResponseBadRequest(str(error))
    changed = changed_doctors(tokens, now=timezone.now())
    return JsonResponse({"doctors": changed}) if changed else HttpResponse(status=204)
