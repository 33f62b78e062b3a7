"""The public JSON API: the whole address map, on one screen.

    /api/openapi.json
    /api/doctors                            doctors.api    who there is
    /api/doctors/<id>/consultation-types    doctors.api    for what one can come
    /api/doctors/<id>/slots                 bookings.api   when, over some days
    /api/doctors/<id>/day                   bookings.api   one day with the reasons

Whatever is refused is answered as application/problem+json.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError

import bookings.api
import doctors.api
from accounts.problems import problem
from bookings.rules import Refusal


class Api(NinjaAPI):
    """ninja's, with addresses that are public, know HEAD, and never answer in HTML."""

    @property
    def urls(self) -> Any:
        patterns, app_name, namespace = super().urls
        nothing = csrf_exempt(no_such_address)
        patterns = [path("", nothing), *patterns, path("<path:rest>", nothing)]
        for pattern in patterns:
            pattern.callback = login_not_required(self._answering(pattern.callback))
        return patterns, app_name, namespace

    def _answering(self, view: Any) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asked = request.method
            if asked == "HEAD":
                # The server leaves the body out.
                request.method = "GET"
            try:
                response = view(request, *args, **kwargs)
            except Http404 as error:
                return self.on_exception(request, error)
            finally:
                request.method = asked
            if isinstance(response, HttpResponseNotAllowed):
                return not_allowed(response["Allow"])
            return response

        return answer


def no_such_address(request: HttpRequest, rest: str = "") -> NoReturn:
    raise Http404(_("There is nothing at this address."))


def not_allowed(methods: str) -> HttpResponse:
    detail = _("This cannot be done here.")
    response = problem(HTTPStatus.METHOD_NOT_ALLOWED, code="method_not_allowed", detail=detail)
    response["Allow"] = methods
    return response


api = Api(title="Tbib", version="1", urls_namespace="api", docs_url=None)
api.add_router("", doctors.api.router)
api.add_router("", bookings.api.router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal.status, code=refusal.code, detail=str(refusal))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, code="not_found", detail=str(error))


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    """A validator of ours says what is wrong in the reader's language, pydantic in English."""
    said = [error.get("ctx", {}).get("error") or error["msg"] for error in invalid.errors]
    detail = " ".join(str(sentence) for sentence in said)
    return problem(HTTPStatus.BAD_REQUEST, code="bad_request", detail=detail)


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> NoReturn:
    """Django's to answer, as everywhere: ninja alone would turn a busy database into a 500."""
    raise error
