"""The list of doctors a search finds, and the grids on its cards."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.requests import Request
from bookings.results import DOCTORS_PER_PAGE, CardPanel, Results, Search, cards_of
from bookings.views.finding import wanted_fragment
from bookings.visitor import hold_token
from doctors.models import Doctor
from web.requests import any_id


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
