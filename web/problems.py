"""Refusals for programs: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal on its way out of an API view; `config.api` answers it as `problem(...)`."""

    def __init__(self, status: int, *, code: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.members = status, code, members


def problem(status: int, *, code: str, detail: str, **members: Any) -> JsonResponse:
    """What is wrong: `code` for the program, `detail` for its reader, `members` for both."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
