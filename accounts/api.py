"""Sign-in for the API, and the persons of the account as JSON."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Schema
from ninja.security import SessionAuth
from ninja.utils import check_csrf

from accounts.models import Patient
from web.problems import Problem, ProblemOut, Unavailable

router = Router(tags=["account"])


class Session(SessionAuth):
    """ninja's `auth`: the session's account. A request that writes also needs the CSRF token."""

    openapi_description = gettext_noop(
        "The session that signing in makes. A request that writes also sends the value of the "
        "cookie “csrftoken” in the header X-CSRFToken."
    )

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = super().authenticate(request, key)
        if user and check_csrf(request):
            raise Problem(403, code="csrf_failed", detail=_("The CSRF token is missing or stale."))
        return user


# ninja's own check would run before sign-in is checked, and its answer has no code.
signed_in = Session(csrf=False)


class SignInRequired(ProblemOut):
    code: Literal["sign_in_required"]


class PersonOut(Schema):
    id: int
    name: str
    relation: Patient.Relation


@router.get(
    "/me/patients",
    response={200: list[PersonOut], 401: SignInRequired, 503: Unavailable},
    auth=signed_in,
    summary=gettext_noop("Your persons"),
    description=gettext_noop(
        "The persons for whom you may book: you and your relatives. “relation” says which."
    ),
)
def own_persons(request: HttpRequest) -> QuerySet[Patient, Patient]:
    """Return the account's persons, its owner first."""
    return Patient.objects.of_account(request.user)
