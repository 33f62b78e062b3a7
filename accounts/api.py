"""Who calls the API, and for whom they may book."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.utils import check_csrf

from accounts import api_words
from accounts.models import Patient, User
from web.problems import Problem

router = Router(tags=["account"])


def signed_in(request: HttpRequest) -> User | None:
    """ninja's `auth`: the session's account; what is unsafe needs the CSRF token too."""
    if not request.user.is_authenticated:
        return None
    if check_csrf(request):
        raise Problem(403, code="csrf_failed", detail=_("The CSRF token is missing or stale."))
    return request.user


class PersonOut(Schema):
    id: int
    name: str
    relation: Patient.Relation


@router.get(
    "/me/patients",
    response=list[PersonOut],
    auth=signed_in,
    openapi_extra=api_words.PERSONS,
)
def own_persons(request: HttpRequest) -> list[dict[str, Any]]:
    """Whom the account books for, its owner first."""
    persons = Patient.objects.of_account(request.user)
    return [
        {"id": person.pk, "name": person.name, "relation": person.relation} for person in persons
    ]
