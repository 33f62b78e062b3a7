"""Small files that browsers and search engines ask for by name."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from web.search_engines import absolute

BRAND, PAPER = "#0d715d", "#f5f9f7"
"""--color-action and --color-page of tokens.css: a manifest cannot use variables."""


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return the file of paths that no robot visits.

    SearchEnginesMiddleware marks the pages that robots may visit but not keep.
    """
    context = {"sitemap": absolute(reverse("sitemap_index"))}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Return the manifest for phones that install the site as an app.

    It is not a static file, because its pictures have hashed names.
    """
    pictures = [
        {"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {
            "src": static("icon-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    data = {
        "name": "Tbib",
        "description": _("Book an appointment with a doctor online, day or night."),
        "lang": get_language(),
        "start_url": reverse("home"),
        "display": "browser",
        "theme_color": BRAND,
        "background_color": PAPER,
        "icons": pictures,
    }
    return JsonResponse(data, content_type="application/manifest+json")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon, for feeds, previews and API addresses, which have no <head>."""
    return redirect(static("favicon.svg"))
