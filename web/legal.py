"""Who runs the site, what it keeps of people, and who can use it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

TITLES = {
    "imprint": _("Legal notice"),
    "privacy": _("Personal data"),
    "accessibility": _("Accessibility"),
}


@login_not_required
@require_safe
def legal_page(request: HttpRequest, page: str) -> HttpResponse:
    """Show one of the pages of TITLES, with what the settings say about the operator."""
    context = {"page": page, "title": TITLES[page], "operator": settings.OPERATOR}
    return render(request, "legal_page.html", context)
