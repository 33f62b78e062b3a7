"""Which pages search engines may keep, and under which address.

Private by default: a page that is not named here answers `X-Robots-Tag: noindex`
(SearchEnginesMiddleware). Languages have no addresses of their own, because the reader chooses the
language. So there is no `hreflang`, and search engines keep the French page, the default.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest


def is_kept(request: HttpRequest) -> bool:
    known = _parameters(request)
    return known is not None and set(request.GET) <= set(known)


def kept_address(request: HttpRequest) -> str:
    """Return the full address under which this page is kept; "" when it is not kept."""
    if not is_kept(request):
        return ""
    # A fixed order, without empty values, and without the number of the first page.
    given = [(name, request.GET.get(name, "").strip()) for name in _parameters(request) or ()]
    query = urlencode([each for each in given if each[1] and each != ("page", "1")])
    return absolute(f"{request.path}?{query}" if query else request.path)


def _parameters(request: HttpRequest) -> tuple[str, ...] | None:
    match = request.resolver_match
    return settings.SEARCH_ENGINE_PAGES.get(match.view_name) if match else None


def absolute(path: str) -> str:
    """Return `path` under SITE_URL, like the links in mails; the request's Host does not count."""
    return settings.SITE_URL + path
