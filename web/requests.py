"""What can be read off any request, and ids that people type."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request after django_htmx's middleware."""

    htmx: HtmxDetails


def any_id(text: str) -> int:
    """What is no number, or too long for one, is nobody's id and answered like an unknown one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it gets problem+json where a person gets a page."""
    return request.path_info.startswith(settings.PROGRAM_PATHS)


def is_poll(request: HttpRequest) -> bool:
    """Whether an open page asks, as it does every few seconds: answered without a word in any
    language, and without asking who it is."""
    return request.path_info.startswith("/live/")


def reader_language(request: HttpRequest) -> str:
    """What LanguageMiddleware chose; where a request does not come that far, the cookie's."""
    chosen: str = getattr(request, "LANGUAGE_CODE", "")
    return chosen or cookie_language(request)


def cookie_language(request: HttpRequest) -> str:
    """The language a visitor chose in the header, else French. No query."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
