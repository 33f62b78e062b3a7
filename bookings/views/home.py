"""The first page, and what its search bar suggests while one types."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import Request
from doctors.models import Specialty
from doctors.suggestions import suggest_where, suggest_who

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
