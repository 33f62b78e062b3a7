"""What the pages of signed links have in common: a limit by address, and headers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse

from accounts.adapter import client_address
from accounts.requests import Request
from bookings.services.holds import address_digest
from web.error_pages import too_many_requests
from web.limits import is_too_much

View = Callable[[Request, str], HttpResponse]


def signed_page(view: View) -> View:
    """Guard `view(request, token)`, which raises Http404 for a token that is not ours.

    Too many pages, or too many wrong tokens, from one address answer 429. No browser keeps the
    answer. Another site gets no referrer; ours needs one for the CSRF check of the forms
    (docs/decisions/links-in-messages.md).
    """

    @wraps(view)
    def answer(request: Request, token: str) -> HttpResponse:
        response = _limited(view, request, token)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def _limited(view: View, request: Request, token: str) -> HttpResponse:
    who = address_digest(client_address(request))
    is_guessing = is_too_much("open_wrong_link", who, counts=False)
    if is_guessing or is_too_much("open_link", who):
        return too_many_requests(request)
    try:
        return view(request, token)
    except Http404:
        is_too_much("open_wrong_link", who)
        raise
