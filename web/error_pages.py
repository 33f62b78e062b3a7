"""The answers to requests that fail: a page for people, a problem for programs.

config.urls and the settings name these functions for Django, which calls them also before our
middlewares ran and while the database is down. So the pages for 400, 405, 500 and 503 know no
account, and their language comes from the cookie if LanguageMiddleware did not run.
"""

from __future__ import annotations

import functools
import logging
import math
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.database.outcome import is_unavailable, may_have_written, sqlstate
from web.logs import Throttle, log_security_event, route_of
from web.problems import problem
from web.requests import reader_language, wants_json

log = logging.getLogger("tbib.requests")

throttle = Throttle()

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
BUSY_SECONDS = 5
TOO_MANY_SECONDS = 60
MAINTENANCE_SECONDS = 300
"""Values of Retry-After: for a busy database, for a limit that counts by the minute, and for
maintenance without a known end."""


def in_reader_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Run `view` in the reader's language: the thread may still have the last request's."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = reader_language(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response["Content-Language"] = language
        return response

    return answer


# -- mistakes in the request --------------------------------------------------------------


@in_reader_language
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    log.warning("bad request at %s: %s", route_of(request) or "?", type(exception).__name__)
    if wants_json(request):
        return problem(400, code="bad_request", detail=_("We did not understand this request."))
    return render(None, "400.html", status=HTTPStatus.BAD_REQUEST)


@in_reader_language
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; the exception may give the reason in words for the reader."""
    log_refused_object(request, 403)
    if wants_json(request):
        detail = str(exception) or _("You may not do this")
        return problem(403, code="forbidden", detail=detail)
    return render(request, "403.html", {"why": str(exception)}, status=HTTPStatus.FORBIDDEN)


@in_reader_language
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; when the address contains a name, the page offers a search for it."""
    log_refused_object(request, 404)
    if wants_json(request):
        return problem(404, code="not_found", detail=_("There is nothing at this address."))
    match = request.resolver_match
    name = match.kwargs.get("slug", "").replace("-", " ") if match else ""
    return render(request, "404.html", {"name": name}, status=HTTPStatus.NOT_FOUND)


def log_refused_object(request: HttpRequest, status: int) -> None:
    """Tell who asked for an object that is not there or not theirs, when an address names one.

    The account is known only where the view has read it: this asks nothing of the database.
    """
    match, user = request.resolver_match, getattr(request, "_cached_user", None)
    if match is None or user is None or not user.pk:
        return
    asked = {name: key for name, key in match.kwargs.items() if isinstance(key, int | UUID)}
    if asked:
        log_security_event("object_refused", status=status, account=user.pk, **asked)


@in_reader_language
def method_not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Answer 405 with a page, because Django's own answer is empty.

    A person gets here by reloading the address of a form.
    """
    response = render(None, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
    response["Allow"] = refused["Allow"]
    return response


@in_reader_language
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429 for allauth's limits; sign-in and sign-up forms do it in EntranceMixin."""
    log_security_event("too_many_requests")
    if wants_json(request):
        detail = _("That was a lot of tries at once. Wait a minute and try again.")
        response: HttpResponse = problem(429, code="too_many_requests", detail=detail)
    else:
        response = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(TOO_MANY_SECONDS)
    return response


# -- failures and maintenance on our side --------------------------------------------------


@in_reader_language
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 for our own error, and 503 for a middleware that met a database that is down."""
    error = sys.exc_info()[1]
    if is_unavailable(error):
        return unavailable(request, error)
    if wants_json(request):
        return problem(500, code="failed", detail=_("Something went wrong on our side"))
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return render(None, "500.html", phones_to_call(), status=status)


@in_reader_language
def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 503 when the database is down or too busy; the page offers to send the form again.

    Nothing was written, or we do not know: the answer says which. The same form again leads to
    the same appointment.
    """
    log_unavailable(error)
    is_unknown = request.method not in SAFE_METHODS and may_have_written(error)
    if wants_json(request):
        code, detail = (
            "unavailable",
            _(
                "Too many people are booking at once, or we are doing maintenance. "
                "Nothing was changed. Try again in a few seconds."
            ),
        )
        if is_unknown:
            code, detail = (
                "unknown",
                _(
                    "The connection to our database broke at the last moment: we do not know yet "
                    "whether your request was saved. Send it again: no appointment is made twice."
                ),
            )
        response: HttpResponse = problem(503, code=code, detail=detail)
    else:
        context = {**phones_to_call(), **send_again(request), "csrf_token": get_token(request)}
        context["is_unknown"] = is_unknown
        response = render(None, "503.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


def log_unavailable(error: Exception) -> None:
    """Log the kind of error and PostgreSQL's SQLSTATE; a storm of one kind is one line."""
    kind = " ".join(filter(None, (type(error.__cause__ or error).__name__, sqlstate(error))))
    kept_back = throttle.passed(kind)
    if kept_back is not None:
        log.error("database unavailable: %s (%d more before)", kind, kept_back)


def unavailable_problem(is_unknown: bool) -> HttpResponse:
    if is_unknown:
        detail = _(
            "The connection to our database broke at the last moment: we do not know yet whether "
            "your request was saved. Send it again: no appointment is made twice."
        )
        return problem(503, code="unknown", detail=detail)
    detail = _(
        "Too many people are booking at once, or we are doing maintenance. "
        "Nothing was changed. Try again in a few seconds."
    )
    return problem(503, code="unavailable", detail=detail)


@in_reader_language
def maintenance(request: HttpRequest) -> HttpResponse:
    """Answer 503 while MAINTENANCE is on; MAINTENANCE_UNTIL may give its end."""
    left = seconds_of_maintenance()
    if wants_json(request):
        detail = _("We are doing maintenance. Appointments that are booked stay booked.")
        response: HttpResponse = problem(503, code="maintenance", detail=detail)
    else:
        context = {**phones_to_call(), "is_sent": request.method == "POST", "back": in_about(left)}
        response = render(None, "maintenance.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(left or MAINTENANCE_SECONDS)
    return response


def seconds_of_maintenance() -> int:
    """Return the seconds until the announced end; 0 when there is none or it has passed."""
    end = settings.MAINTENANCE_UNTIL
    return max(0, math.ceil((end - timezone.now()).total_seconds())) if end else 0


def in_about(seconds: int) -> str:
    """Return "in about 20 minutes", which needs no clock and no time zone; "" for 0 seconds."""
    if not seconds:
        return ""
    if (minutes := math.ceil(seconds / 60)) <= 90:
        return ngettext("in about a minute", "in about %(n)d minutes", minutes) % {"n": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("in about an hour", "in about %(n)d hours", hours) % {"n": hours}


def phones_to_call() -> dict[str, Any]:
    """Return the numbers to call when no page can help: the site's own and the emergency ones."""
    country = settings.PHONENUMBER_DEFAULT_REGION
    return {
        "contact_phone": settings.CONTACT_PHONE,
        "country": country,
        "emergency_phones": settings.EMERGENCY_PHONES.get(country, ["112"]),
    }


# -- forms that were refused ---------------------------------------------------------------


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form with a stale token, and offer to send its text again."""
    match = request.resolver_match
    log.warning("form refused at %s: %s", match.view_name if match else "?", reason)
    if wants_json(request):
        detail = _("The CSRF token is missing or stale.")
        return problem(403, code="csrf_failed", detail=detail)
    return render(request, "403_csrf.html", send_again(request), status=HTTPStatus.FORBIDDEN)


def send_again(request: HttpRequest) -> dict[str, Any]:
    """Return `path` and `typed` of a form that one of our pages posted; empty for other forms.

    `texts` is the part of `typed` that is written in words; the page shows it.
    """
    if request.method != "POST" or not was_sent_from_here(request):
        return {"path": "", "typed": [], "texts": []}
    typed = typed_text(request)
    texts = [text for _name, text in typed if " " in text.strip() and any(map(str.isalpha, text))]
    return {"path": request.path, "typed": typed, "texts": texts}


def was_sent_from_here(request: HttpRequest) -> bool:
    """Whether one of our pages posted the form; the form of another site is not offered again."""
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    source = request.headers.get("origin") or request.headers.get("referer")
    try:
        return source is None or urlsplit(source).netloc == request.get_host()
    except ValueError:  # not an address: "http://["
        return False


def typed_text(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the posted (name, value) pairs without passwords, tokens and files."""
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    except (UnreadablePostError, SuspiciousOperation, MultiPartParserError):
        return []
    secret = ("password", "token")
    return [(n, v) for n, v in sent if v.strip() and not any(part in n.lower() for part in secret)]
