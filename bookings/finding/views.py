"""Finding a time: the first page, the list of doctors, a doctor's page, and the live grid."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_htmx.http import retarget

from accounts.models import Patient
from accounts.requests import Request
from bookings.finding.day import DayPanel
from bookings.finding.live import Token, changed_doctors
from bookings.finding.panel import BookingPanel
from bookings.finding.profile import Profile
from bookings.finding.results import DOCTORS_PER_PAGE, CardPanel, Results, cards_of
from bookings.finding.search import Search
from bookings.finding.visitor import hold_token
from bookings.services.writing import is_staff
from doctors.models import Doctor, Specialty
from doctors.suggestions import suggest_where, suggest_who
from web.fragments import wanted_fragment
from web.requests import any_id

SPECIALTIES_SHOWN = 8
LONGEST_TEXT = 100


@login_not_required
@require_safe
def home(request: Request) -> HttpResponse:
    """One search bar, the specialties with most doctors, and what booking here promises."""
    specialties = Specialty.objects.with_doctors()[:SPECIALTIES_SHOWN]
    context = {"specialties": specialties, "days": next_workdays()}
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


def next_workdays() -> list[dt.date]:
    """Three days for the picture; nobody's calendar."""
    today = timezone.now().date()
    days = (today + dt.timedelta(days=n) for n in range(7))
    return [day for day in days if day.weekday() < 5][:3]


# -- the list -----


@login_not_required
@require_safe
def doctor_list(request: Request) -> HttpResponse:
    """The doctors found, a page of them, each with the next free times on their card."""
    search = Search.from_query(request.GET)
    results = Results(search, now=timezone.now(), token=hold_token(request))
    fragment = wanted_fragment(request, {"results"})
    template = "bookings/partials/results.html" if fragment else "bookings/doctor_list.html"
    response = render(request, template, {"search": search, "results": results})
    patch_vary_headers(response, ["HX-Target"])
    return response


@login_not_required
@require_safe
def card_grid(request: Request, slug: str) -> HttpResponse:
    """Other days on one card; without scripts, the same days on the doctor's own page."""
    doctors = Doctor.objects.visible_to(request.user).for_pages()
    doctor = get_object_or_404(doctors, slug=slug)
    if not request.htmx or request.htmx.history_restore_request:
        query = request.GET.urlencode()
        return redirect(f"{doctor.get_absolute_url()}?{query}")
    panel = CardPanel.from_query(request.GET, doctor, now=timezone.now(), token=hold_token(request))
    return render(request, "bookings/partials/slot_grid.html", {"panel": panel})


@login_not_required
@require_safe
def card_grids(request: Request) -> HttpResponse:
    """The first days of some cards at once (`d` for each doctor), to be put into their places."""
    pks = [any_id(text) for text in request.GET.getlist("d")[:DOCTORS_PER_PAGE]]
    cards = cards_of(pks, now=timezone.now(), token=hold_token(request))
    return render(request, "bookings/partials/card_grids.html", {"cards": cards})


# -- a doctor ------


@login_not_required
@require_safe
def doctor_page(request: Request, slug: str) -> HttpResponse:
    """The doctor and the booking panel; htmx asks for the panel or the grid alone."""
    doctor = get_object_or_404(Doctor.objects.visible_to(request.user).for_pages(), slug=slug)
    return show_panel(request, panel_of(request, doctor, request.GET))


# -- the panel, whoever shows it ----------------------------------------------------------


def panel_of(
    request: Request,
    doctor: Doctor,
    data: QueryDict,
    panel_class: type[BookingPanel] = BookingPanel,
    **options: Any,
) -> BookingPanel:
    """The panel for this reader: a signed-in patient sees at once what the rules say of them,
    a visitor at confirmation, staff never."""
    patient = None
    if request.user.is_authenticated and not is_staff(request.user, doctor):
        patient = Patient.objects.of_account(request.user).first()
    return panel_class.from_query(
        data,
        doctor,
        now=timezone.now(),
        token=hold_token(request),
        patient=patient,
        **options,
    )


def show_panel(request: Request, panel: BookingPanel, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"panel": panel, "doctor": panel.doctor}
    fragment = wanted_fragment(request, {"booking_panel", "slot_grid"})
    if fragment:
        template = f"bookings/partials/{fragment}.html"
    else:
        template = "bookings/doctor_page.html"
        context["profile"] = Profile(panel)
    response = render(request, template, context, status=status)
    if request.htmx and not fragment:
        # Sent from another page's fragment: the answer is a page of its own.
        retarget(response, "body")
    patch_vary_headers(response, ["HX-Target"])
    return response


@login_not_required
@require_safe
def day_page(request: Request, slug: str) -> HttpResponse:
    """Every time of one day, free or not; a free one is kept as in the grid."""
    doctor = get_object_or_404(Doctor.objects.visible_to(request.user).for_pages(), slug=slug)
    panel = panel_of(request, doctor, request.GET, panel_class=DayPanel)
    fragment = wanted_fragment(request, {"day_slots"})
    template = f"partials/{fragment}.html" if fragment else "day.html"
    response = render(request, f"bookings/{template}", {"panel": panel, "doctor": doctor})
    patch_vary_headers(response, ["HX-Target"])
    return response


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
