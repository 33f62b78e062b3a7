"""What search engines may keep, and under which address.

Private by default: a page that is not named here answers `X-Robots-Tag: noindex`
(SearchEnginesMiddleware). Languages have no addresses of their own, they are the reader's choice;
so there is no `hreflang`, and engines keep the French that whoever chose nothing gets.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest


def is_kept(request: HttpRequest) -> bool:
    known = _parameters(request)
    return known is not None and set(request.GET) <= set(known)


def kept_address(request: HttpRequest) -> str:
    """The whole address this page is kept under; "" when it is not kept."""
    if not is_kept(request):
        return ""
    # In one order, without what is empty, and the first page without its number.
    asked = [(name, request.GET.get(name, "").strip()) for name in _parameters(request) or ()]
    query = urlencode([each for each in asked if each[1] and each != ("page", "1")])
    return absolute(f"{request.path}?{query}" if query else request.path)


def _parameters(request: HttpRequest) -> tuple[str, ...] | None:
    match = request.resolver_match
    return settings.SEARCH_ENGINE_PAGES.get(match.view_name) if match else None


def absolute(path: str) -> str:
    """`path` as others write it: under SITE_URL, like the links in mails; never under the Host
    that somebody asked for."""
    return settings.SITE_URL + path
