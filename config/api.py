"""The public JSON API: the whole address map, on one screen.

    /api/openapi.json
    /api/doctors                            doctors.api    who there is
    /api/doctors/<id>/consultation-types    doctors.api    for what one can come
    /api/doctors/<id>/slots                 bookings.api.slots   when, over some days
    /api/doctors/<id>/day                   bookings.api.slots   one day with the reasons
    /api/available-slots                    bookings.api.appointments   a day, of a doctor by name
    /api/appointments                       bookings.api.appointments   book one
    /api/me/patients                        accounts.api   for whom one may

Whatever is refused is answered as application/problem+json.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

import accounts.api
import bookings.api.appointments
import bookings.api.slots
import dashboard.agenda.api
import doctors.api
from bookings.rules import Refusal
from web.openapi import MAINTENANCE, SCHEMAS, UNAVAILABLE, Part, may_answer
from web.problems import Problem, problem


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

    # -- the description ------------------------------------------------------------------

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> Any:
        """ninja's, made whole: how to sign in, what every operation may answer, our words."""
        schema = super().get_openapi_schema(**options)
        schema["info"]["description"] = DESCRIPTION
        schema["servers"] = [{"url": "/"}]
        schema["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
        schema["components"]["schemas"].update(SCHEMAS)
        schema["components"]["securitySchemes"] = SECURITY
        for operation in operations_of(schema):
            operation["parameters"] = said_once(operation["parameters"])
            operation["responses"].update(may_answer(UNAVAILABLE, MAINTENANCE))
            operation.setdefault("security", [{}, {"session": []}])
        return schema


DESCRIPTION = gettext_lazy(
    "Doctors, free times and bookings as JSON. Times are the practice’s local time; refusals are "
    "application/problem+json. The page /developers/ says the same for people."
)
TAGS = {
    "doctors": gettext_lazy("Doctors"),
    "free times": gettext_lazy("Free times"),
    "booking": gettext_lazy("Booking"),
    "account": gettext_lazy("Account"),
    "agenda": gettext_lazy("Agenda"),
}
SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": gettext_lazy("The session that signing in makes."),
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": gettext_lazy("What the cookie “csrftoken” holds, for whatever writes."),
    },
}


def operations_of(schema: Part) -> Iterator[Part]:
    for methods in schema["paths"].values():
        yield from methods.values()


def said_once(parameters: list[Part]) -> list[Part]:
    """A parameter's type from ninja and its words from us, as one.

    One that may be left out is no null: a query string knows none.
    """
    merged: dict[str, Part] = {}
    for parameter in parameters:
        merged.setdefault(parameter["name"], {}).update(parameter)
    for parameter in merged.values():
        parameter["schema"] = without_null(parameter["schema"])
    return list(merged.values())


def without_null(schema: Part) -> Part:
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**rest, **kinds[0]}


def no_such_address(request: HttpRequest, rest: str = "") -> NoReturn:
    raise Http404(_("There is nothing at this address."))


def not_allowed(methods: str) -> HttpResponse:
    detail = _("This cannot be done here.")
    response = problem(HTTPStatus.METHOD_NOT_ALLOWED, code="method_not_allowed", detail=detail)
    response["Allow"] = methods
    return response


api = Api(title="Tbib", version="1", urls_namespace="api", docs_url=None)
api.add_router("", doctors.api.router)
api.add_router("", bookings.api.slots.router)
api.add_router("", bookings.api.appointments.router)
api.add_router("", accounts.api.router)
api.add_router("", dashboard.agenda.api.router)


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
    """A validator of ours says what is wrong in the reader's language, pydantic in English."""
    said = [error.get("ctx", {}).get("error") or error["msg"] for error in invalid.errors]
    detail = " ".join(str(sentence) for sentence in said)
    return problem(HTTPStatus.BAD_REQUEST, code="bad_request", detail=detail)


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> NoReturn:
    """Django's to answer, as everywhere: ninja alone would turn a busy database into a 500."""
    raise error
