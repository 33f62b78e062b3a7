"""Refusals for programs: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from django.http import JsonResponse
from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import Field

CONTENT_TYPE = "application/problem+json"


class ProblemOut(Schema):
    """The body of a refusal; a subclass lists the codes of one status."""

    type: str
    title: str
    status: int
    detail: str = Field(description=gettext_noop("for people, in their language"))
    code: str = Field(description=gettext_noop("for programs"))
    msg: str = Field(
        "", description=gettext_noop("“detail” again, for programs of the systems before")
    )


class BadRequest(ProblemOut):
    code: Literal["bad_request"]


class NotFound(ProblemOut):
    code: Literal["not_found"]


class TooLarge(ProblemOut):
    code: Literal["too_large"]


class Unavailable(ProblemOut):
    code: Literal["unavailable", "unknown", "maintenance"]


class Problem(Exception):
    """A refusal that an API view raises; `config.api` answers it as `problem(...)`."""

    def __init__(self, status: int, *, code: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.members = status, code, members


def problem(status: int, *, code: str, detail: str, **members: Any) -> JsonResponse:
    """Return a refusal: `code` is for the program, `detail` for its reader, `members` for both."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
