"""Sign-in, sign-up, profile, relatives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is stale: say so, and offer the page again."""
    return render(request, "403_csrf.html", status=403)
