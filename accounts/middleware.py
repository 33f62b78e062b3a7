"""What every request goes through, beside Django's own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.problems import problem

log = logging.getLogger("tbib.requests")

GetResponse = Callable[[HttpRequest], HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


class ServiceUnavailableMiddleware:
    """A database that is down or too busy is a 503 with Retry-After, never a stack trace.

    First in the list, so that what other middlewares read (sessions, users) counts too.
    """

    RETRY_AFTER_SECONDS = 5

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
        except OperationalError as error:
            # Outside the inner handler: raised by another middleware.
            response = self._unavailable(request, error)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError):
            return self._unavailable(request, exception)
        return None

    def _unavailable(self, request: HttpRequest, error: OperationalError) -> HttpResponse:
        log.error("database unavailable: %s", type(error.__cause__ or error).__name__)
        if wants_json(request):
            detail = translation.gettext(
                "Too many people are booking at once, or we are doing maintenance. "
                "Nothing was changed. Try again in a few seconds."
            )
            response: HttpResponse = problem(503, code="unavailable", detail=detail)
        else:
            response = render(None, "503.html", status=503)
        response["Retry-After"] = str(self.RETRY_AFTER_SECONDS)
        return response


class LanguageMiddleware:
    """The reader's language: the account's choice, else the cookie's, else French.

    Accept-Language is not asked: browsers send English in countries that read French.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.known = dict(settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._choice(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    def _choice(self, request: HttpRequest) -> str:
        # Only a request that carries a session can have an account: no query for others.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            chosen = getattr(request.user, "language", "")
            if chosen in self.known:
                return str(chosen)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return cookie if cookie in self.known else settings.LANGUAGE_CODE


class HtmxRedirectMiddleware:
    """A redirect answered to htmx moves the whole page.

    The browser would follow it inside the request and the target page would land in a
    fragment: views redirect as ever and this makes it `HX-Redirect`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and response.status_code in (301, 302, 303, 307, 308):
            # The same response, so that cookies, Cache-Control and Vary stay.
            response["HX-Redirect"] = response["Location"]
            del response["Location"]
            response.status_code = 200
        return response


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Every view asks for sign-in unless it is marked `login_not_required`.

    An API caller gets 401 in JSON. After an htmx request the reader comes back to the page
    it was sent from, not to the fragment's address.
    """

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        if wants_json(request):
            detail = translation.gettext("Sign in to see this.")
            return problem(401, code="sign_in_required", detail=detail)
        response = super().handle_no_permission(request, view_func)
        page = request.htmx.current_url if request.htmx else None
        ours = {request.get_host()}
        if page and url_has_allowed_host_and_scheme(page, ours, request.is_secure()):
            path = urlsplit(page)._replace(scheme="", netloc="").geturl()
            path = "/" + path.lstrip("/")  # "//host" would lead elsewhere
            return redirect_to_login(path, self.get_login_url(view_func))
        return response


class PersonalPagesMiddleware:
    """Whatever a signed-in person or a visitor with a session was shown stays out of caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and not request.session.is_empty():
            response.setdefault("Cache-Control", "private, no-store")
        return response
