"""The public JSON API: the whole address map, on one screen.

    /api/openapi.json                       the description, which /developers/ shows
    /api/doctors                            doctors.api    the listed doctors
    /api/doctors/<id>/consultation-types    doctors.api    what a doctor offers
    /api/doctors/<id>/slots                 bookings.api.slots   free times over some days
    /api/doctors/<id>/day                   bookings.api.slots   one day with the reasons
    /api/available-slots                    bookings.api.appointments   a day of a doctor by name
    /api/appointments                       bookings.api.appointments   book
    /api/me/patients                        accounts.api   the account's persons
    /api/doctor/appointments                dashboard.agenda.api   a doctor's visits
    /api/doctor/background                  dashboard.agenda.api   hours, absences, holidays

Every refusal is application/problem+json.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

import accounts.api
import bookings.api.appointments
import bookings.api.slots
import dashboard.agenda.api
import doctors.api
from bookings.rules import Refusal
from web.problems import CONTENT_TYPE, Problem, problem

MESSAGE = "#/components/schemas/Message"
"""The only schema of refusals that is plain JSON: the words of contract C6."""


class Api(NinjaAPI):
    """ninja's API with public addresses, which accept HEAD and never answer in HTML."""

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
            method = request.method
            if method == "HEAD":
                # The server removes the body.
                request.method = "GET"
            try:
                response = view(request, *args, **kwargs)
            except Http404 as error:
                return self.on_exception(request, error)
            finally:
                request.method = method
            if isinstance(response, HttpResponseNotAllowed):
                return not_allowed(response["Allow"])
            return response

        return answer

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return ninja's description in the reader's language, with each refusal's content type."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if status >= HTTPStatus.BAD_REQUEST:
                        answer["content"] = by_content_type(answer["content"])
        return translated(schema)


def by_content_type(content: dict[str, Any]) -> dict[str, Any]:
    """Give each refusal its content type: ninja writes application/json for every answer."""
    schema = content["application/json"]["schema"]
    return {
        "application/json" if each["$ref"] == MESSAGE else CONTENT_TYPE: {"schema": each}
        for each in schema.get("anyOf", [schema])
    }


def translated(part: Any) -> Any:
    """Return `part` of the description in the reader's language; HTTP's own words stay."""
    if isinstance(part, list):
        return [translated(each) for each in part]
    if not isinstance(part, dict):
        return part
    copy = {name: translated(value) for name, value in part.items() if name != "responses"}
    words = {name: _(part[name]) for name in ("summary", "description") if part.get(name)}
    return {**part, **copy, **words}


def no_such_address(request: HttpRequest, rest: str = "") -> NoReturn:
    raise Http404(_("There is nothing at this address."))


def not_allowed(methods: str) -> HttpResponse:
    detail = _("This cannot be done here.")
    response = problem(HTTPStatus.METHOD_NOT_ALLOWED, code="method_not_allowed", detail=detail)
    response["Allow"] = methods
    return response


api = Api(
    title="Tbib",
    version="1",
    description=gettext_noop(
        "Doctors, free times and bookings as JSON. Times are the practice’s local time; refusals "
        "are application/problem+json."
    ),
    urls_namespace="api",
    docs_url=None,
)
api.add_router("", doctors.api.router)
api.add_router("", bookings.api.slots.router)
api.add_router("", bookings.api.appointments.router)
api.add_router("", accounts.api.router)
api.add_router("", dashboard.agenda.api.router)


@login_not_required
@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Show the page about the API: an introduction, and the description in Swagger UI."""
    return render(request, "api/developers.html")


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal.status, code=refusal.code, detail=str(refusal))


@api.exception_handler(Problem)
def has_a_problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem(error.status, code=error.code, detail=str(error), **error.members)


@api.exception_handler(AuthenticationError)
def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    detail = _("Please sign in first.")
    return problem(HTTPStatus.UNAUTHORIZED, code="sign_in_required", detail=detail)


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return problem(status, code="too_large", detail=_("That is too much at once."))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, code="not_found", detail=str(error))


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    """Answer 400; our validators write in the reader's language, pydantic in English."""
    errors = [error.get("ctx", {}).get("error") or error["msg"] for error in invalid.errors]
    detail = " ".join(str(error) for error in errors)
    return problem(HTTPStatus.BAD_REQUEST, code="bad_request", detail=detail)


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> NoReturn:
    """Let Django answer, as on pages: ninja would turn a busy database into a 500."""
    raise error
