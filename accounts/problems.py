"""Refusals for programs: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"


def problem(status: int, *, code: str, detail: str) -> JsonResponse:
    """What is wrong: `code` for the program, `detail` for its reader."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def may_answer(*statuses: int) -> dict[str, Any]:
    """The part of an operation's OpenAPI description that declares these problems.

    By hand, because ninja's `response=` can only declare application/json.
    """
    texts = {name: {"type": "string"} for name in ("type", "title", "detail", "code")}
    schema = {
        "type": "object",
        "properties": {**texts, "status": {"type": "integer"}},
        "required": ["type", "title", "status", "detail", "code"],
    }
    return {
        "responses": {
            status: {
                "description": HTTPStatus(status).phrase,
                "content": {CONTENT_TYPE: {"schema": schema}},
            }
            for status in statuses
        }
    }
