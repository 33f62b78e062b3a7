"""Addresses of the systems that Tbib replaces, for bookmarks, printed cards and programs.

See docs/contracts.md, C6 and C7.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, resolve, reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from accounts.requests import Request
from bookings.finding.views import day_page
from doctors.models import Doctor


@login_not_required
@require_safe
def doctor_by_id(request: HttpRequest, pk: int) -> HttpResponse:
    """The doctor's page has a name in its address now."""
    doctor = get_object_or_404(Doctor.objects.visible_to(request.user), pk=pk)
    return redirect(doctor, permanent=True)


@login_not_required
@require_safe
def calendar(request: Request, pk: int) -> HttpResponse:
    """That day's slots: a page for a browser; for programs as the API's own view answers."""
    response: HttpResponse
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        doctor = get_object_or_404(Doctor.objects.visible_to(request.user), pk=pk)
        response = day_page(request, doctor.slug)
    else:
        address = resolve(reverse("api:doctor_day", args=[pk]))
        response = address.func(request, **address.kwargs)
    patch_vary_headers(response, ["Accept"])
    return response


def _same_as(name: str) -> Callable[..., HttpResponse]:
    """The API's own view under its address of before; it asks for the CSRF token itself, and
    refuses in JSON."""

    @csrf_exempt
    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        response: HttpResponse = resolve(reverse(name)).func(request)
        return response

    return view


def _moved_to(name: str) -> Callable[..., HttpResponseBase]:
    """A redirect for everyone; the page itself decides who may see it."""
    view = RedirectView.as_view(pattern_name=name, permanent=True, query_string=True)
    return login_not_required(view)


urlpatterns = [
    path("specialists/", _moved_to("doctor_list")),
    path("specialists/<int:pk>/", doctor_by_id),
    path("specialists/<int:pk>/calendar", calendar),
    path("specialists/<int:pk>/calendar/", calendar),
    path("doctor/<int:pk>", doctor_by_id),
    path("doctor/<int:pk>/", doctor_by_id),
    path("doctor/dashboard", _moved_to("dashboard")),
    path("doctor/dashboard/", _moved_to("dashboard")),
    path("available_slots", _same_as("api:available_slots")),
    path("book_appointment", _same_as("api:book_appointment")),
    path("register", _moved_to("account_signup")),
    path("register/", _moved_to("account_signup")),
]
