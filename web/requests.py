"""Facts about a request, and ids that people type."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request after django_htmx's middleware."""

    htmx: HtmxDetails


def any_id(text: str) -> int:
    """Return `text` as an id; 0, an unknown id, when it is no number or too long for one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it gets problem+json, and a person gets a page."""
    return request.path_info.startswith(settings.PROGRAM_PATHS)


def is_poll(request: HttpRequest) -> bool:
    """Whether the request is the poll that an open page sends every few seconds.

    Its answer has no words in any language and does not depend on the account.
    """
    return request.path_info.startswith("/live/")


def reader_language(request: HttpRequest) -> str:
    """Return LanguageMiddleware's choice; the cookie's language when that did not run."""
    chosen: str = getattr(request, "LANGUAGE_CODE", "")
    return chosen or cookie_language(request)


def cookie_language(request: HttpRequest) -> str:
    """Return the language that a visitor chose in the header, else French; no query."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
