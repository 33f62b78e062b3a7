"""The middlewares of Tbib; every request goes through them and through Django's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from web import error_pages
from web.database.outcome import is_unavailable
from web.problems import problem
from web.requests import cookie_language, is_poll, wants_json
from web.search_engines import is_kept

GetResponse = Callable[[HttpRequest], HttpResponse]


class CompressionMiddleware(GZipMiddleware):
    """Compresses text, with Django's random padding against BREACH (docs/decisions/compression.md).

    Streams stay as they are: WhiteNoise has its own compressed copies of static files. So does what
    fits into one packet.
    """

    PACKET = 1400
    TEXT = ("text/", "application/json", "application/problem+json", "application/xml")

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.streaming or len(response.content) < self.PACKET:
            return response
        if not response.get("Content-Type", "").startswith(self.TEXT):
            return response
        return super().process_response(request, response)


class ErrorPagesMiddleware:
    """Answers 503 when a view meets a busy database, and gives a 405 its page.

    Django answers errors in other middlewares, with the same pages (config.urls): it catches
    exceptions around each middleware.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response = error_pages.method_not_allowed(request, response)
        if response.status_code == 429:
            response.setdefault("Retry-After", str(error_pages.TOO_MANY_SECONDS))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 here, so that a database that is down is a 503 with DEBUG too."""
        if is_unavailable(exception):
            return error_pages.unavailable(request, exception)
        return None


class SearchEnginesMiddleware:
    """Adds `X-Robots-Tag: noindex` to errors and to pages that web.search_engines does not name.

    A header, because answers to programs have no <head>. A redirect needs none: search engines
    read only its target.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_redirect = response.has_header("Location")
        if not is_redirect and (response.status_code >= 400 or not is_kept(request)):
            response.setdefault("X-Robots-Tag", "noindex")
        return response


class ProbesMiddleware:
    """Answers machines under any Host: balancers ask by address. Nothing there depends on it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in ("/health/", "/live", "/ready", "/metrics"):
            return self.get_response(request)
        match = request.resolver_match = resolve(request.path_info)
        return match.func(request)


class MaintenanceMiddleware:
    """Answers every page with a 503 while MAINTENANCE is on, before any query.

    WhiteNoise answers static files earlier. Load balancers can still ask for our health, and admins
    can still sign in; after signing in, everyone else gets the maintenance page again.
    """

    OPEN = ("/health/", "/admin/", "/accounts/login/", "/accounts/logout/")

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.MAINTENANCE:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self.OPEN):
            return self.get_response(request)
        return error_pages.maintenance(request)


class LanguageMiddleware:
    """Activates the reader's language: the account's choice, else the cookie's, else French.

    Accept-Language does not count: browsers send English in countries that read French.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._choice(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    def _choice(self, request: HttpRequest) -> str:
        # Only a request with a session can have an account: other requests cost no query.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not is_poll(request):
            chosen = getattr(request.user, "language", "")
            if chosen in dict(settings.LANGUAGES):
                return str(chosen)
        return cookie_language(request)


class HtmxRedirectMiddleware:
    """Turns a redirect that answers htmx into a redirect of the whole page (`HX-Redirect`).

    Otherwise the browser would follow it inside the request, and the target page would land in a
    fragment. Views redirect as usual.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and response.status_code in (301, 302, 303, 307, 308):
            # The same response object, so that cookies, Cache-Control and Vary stay.
            response["HX-Redirect"] = response["Location"]
            del response["Location"]
            response.status_code = 200
        return response


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Asks for sign-in on every view that is not marked `login_not_required`.

    An API caller gets 401 in JSON. After an htmx request, sign-in leads back to the page that sent
    the request, not to the fragment's address.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        # Django's own method reads the user first: two queries that a public view does not need.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        if wants_json(request):
            detail = translation.gettext("Sign in to see this.")
            return problem(401, code="sign_in_required", detail=detail)
        response = super().handle_no_permission(request, view_func)
        page = request.htmx.current_url if request.htmx else None
        ours = {request.get_host()}
        if page and url_has_allowed_host_and_scheme(page, ours, request.is_secure()):
            path = urlsplit(page)._replace(scheme="", netloc="").geturl()
            path = "/" + path.lstrip("/")  # "//host" would lead to another site
            return redirect_to_login(path, self.get_login_url(view_func))
        return response


class PersonalPagesMiddleware:
    """Keeps pages of accounts and of visitors with a session out of all caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and not request.session.is_empty():
            response.setdefault("Cache-Control", "private, no-store")
        return response
