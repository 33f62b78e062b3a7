"""Sessions that cannot be saved do not turn what happened into a failure."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.sessions import middleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from web import error_pages
from web.database.outcome import forget_commits, is_broken, is_unavailable, unavailable_cause

log = logging.getLogger("tbib.requests")


class SessionMiddleware(middleware.SessionMiddleware):
    """Saves the session after the view; Django alone would answer 400 when that fails.

    A form that succeeded keeps its answer, without the session's news: the visit is booked. Sign-in
    has no other result than the session, and a page that is only read can be read again: both
    answer 503. A session that somebody ended meanwhile (signed out in another tab) is not
    saved, and the answer stays.
    """

    WITHOUT_DATABASE = ("/developers/", "/robots.txt", "/favicon.ico", "/site.webmanifest")
    """While the database is away, these are as for a visitor."""

    def process_request(self, request: HttpRequest) -> None:
        forget_commits()
        super().process_request(request)
        if request.path_info in self.WITHOUT_DATABASE and request.session.session_key:
            try:
                request.session.get("")
            except Error as error:
                if not is_unavailable(error):
                    raise
                request.session = self.SessionStore(None)
                request.is_without_session = True  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if hasattr(request, "is_without_session"):
            # Not saved, and the reader's cookie stays.
            return response
        try:
            return self._save(request, response)
        except (Error, SessionInterrupted) as error:
            lost = unavailable_cause(error)
            if lost is None and not isinstance(error, SessionInterrupted):
                raise
            if lost is None or has_succeeded(request, response):
                log.error("session not saved: %s", type(lost or error).__name__)
                patch_vary_headers(response, ("Cookie",))
                return response
            return error_pages.unavailable(request, lost)

    def _save(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save once more on a new connection when the first one broke."""
        try:
            return super().process_response(request, response)
        except (Error, SessionInterrupted) as error:
            lost = unavailable_cause(error)
            if lost is None or not is_broken(lost):
                raise
        connection.close()
        return super().process_response(request, response)


def has_succeeded(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the request was a form or a program's, and did more than change the session."""
    if request.method in error_pages.SAFE_METHODS or response.status_code >= 400:
        return False
    match = request.resolver_match
    return match is None or match.view_name != settings.LOGIN_URL
