"""From the token in an address to the visit, or to the page that says why there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation

from accounts.requests import Request
from bookings.finding.signed_pages import signed_page
from bookings.messages.links import Over, VisitLink, read_visit_token

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """Call `view(request, token, link)` with the visit of a good token, signed in or not.

    The view answers 410 for a link that is over; a token that is not ours is a 404 without
    information.
    """

    @wraps(view)
    def answer(request: Request, token: str) -> HttpResponse:
        link = read_visit_token(token)
        if link is None:
            raise Http404
        with translation.override(_language(request, link)):
            response = view(request, token, link)
            response["Content-Language"] = translation.get_language()
            return response

    return login_not_required(signed_page(answer))


def _language(request: Request, link: VisitLink) -> str:
    """The language that the reader chose here, else that of the account's messages."""
    account = link.appointment.patient.account
    has_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.user.is_authenticated
    if has_chosen or account is None or not account.language:
        return translation.get_language() or settings.LANGUAGE_CODE
    return account.language


def show_over(request: Request, link: VisitLink, over: Over) -> HttpResponse:
    """The page of a link that leads to no visit any more; it says nothing of the present time."""
    doctor = link.appointment.doctor
    context: dict[str, Any] = {
        "over": over.value,
        "practice": link.appointment.practice,
        "doctor": doctor if doctor.is_approved and doctor.books_online else None,
    }
    page = "bookings/over_from_message.html"
    return render(request, page, context, status=HTTPStatus.GONE)
