"""A doctor's whole day as a page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.requests import Request
from bookings.day import DayPanel
from bookings.views.finding import panel_of, wanted_fragment
from doctors.models import Doctor


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
