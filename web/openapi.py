"""What the API's description says of an operation, beside what ninja reads from its types.

Words are lazy translations: the description is in the reader's language, as answers are.
`config.api` puts the parts together.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from web.problems import CONTENT_TYPE

Words = str | Promise
Part = dict[Any, Any]


class Kind(NamedTuple):
    """One refusal: its status, its code, what the code means, and what else it tells."""

    status: int
    code: str
    meaning: Words
    members: Part = {}

    def example(self, *, with_msg: bool) -> Part:
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.meaning,
            "code": self.code,
            **self.members,
        }
        return {
            "summary": self.meaning,
            "value": {**body, "msg": self.meaning} if with_msg else body,
        }


BAD_REQUEST = Kind(400, "bad_request", _("A value is written another way than asked for."))
SIGN_IN_REQUIRED = Kind(401, "sign_in_required", _("Nobody is signed in."))
CSRF_FAILED = Kind(403, "csrf_failed", _("The header X-CSRFToken is missing or out of date."))
TOO_LARGE = Kind(413, "too_large", _("The body is larger than a megabyte."))
UNAVAILABLE = Kind(
    503, "unavailable", _("The database is busy or away for a moment; nothing was changed.")
)
MAINTENANCE = Kind(503, "maintenance", _("The site is closed for a while."))

SCHEMAS: Part = {
    "Problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": _("for people, in their language")},
            "code": {"type": "string", "description": _("for programs")},
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
    "ProblemWithMsg": {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "properties": {"msg": {"type": "string"}}, "required": ["msg"]},
        ]
    },
    "Message": {
        "type": "object",
        "properties": {"msg": {"type": "string"}},
        "required": ["msg"],
        "additionalProperties": False,
    },
}


def described(
    summary: Words,
    text: Words,
    *kinds: Kind,
    parameters: list[Part] | None = None,
    answers: Part | None = None,
    with_msg: bool = False,
    **more: Any,
) -> Part:
    """An operation's `openapi_extra`: its words, examples and refusals.

    `parameters` are made by `says()`; `answers` are {status: part} beside the refusals.
    """
    responses = may_answer(*kinds, with_msg=with_msg)
    for status, part in (answers or {}).items():
        known = responses.get(status, {})
        content = {**known.get("content", {}), **part["content"]}
        responses[status] = {**known, **part, "content": content}
    return {
        "summary": summary,
        "description": text,
        "parameters": parameters or [],
        "responses": responses,
        **more,
    }


def may_answer(*kinds: Kind, with_msg: bool = False) -> Part:
    """{status: response}; each code is one of the response's named examples.

    By hand, because ninja's `response=` can only declare application/json.
    """
    schema = "ProblemWithMsg" if with_msg else "Problem"
    responses: Part = {}
    for kind in kinds:
        new = {
            "description": HTTPStatus(kind.status).phrase,
            "content": {
                CONTENT_TYPE: {
                    "schema": {"$ref": f"#/components/schemas/{schema}"},
                    "examples": {},
                }
            },
        }
        content = responses.setdefault(kind.status, new)["content"][CONTENT_TYPE]
        content["examples"][kind.code] = kind.example(with_msg=with_msg)
    return responses


def says(name: str, text: Words, example: Any = None, *, where: str = "query", **more: Any) -> Part:
    """Words and an example for a parameter whose type ninja knows."""
    part = {"in": where, "name": name, "description": text, **more}
    return part if example is None else {**part, "example": example}


def shows(example: Any, text: Words = "") -> Part:
    """A successful answer in JSON, by example."""
    part: Part = {"content": {"application/json": {"example": example}}}
    return {**part, "description": text} if text else part


def literally(msg: str, meaning: Words) -> Part:
    """A refusal in plain JSON, word for word: what a contract with older clients asks for."""
    content = {
        "schema": {"$ref": "#/components/schemas/Message"},
        "examples": {"literal": {"summary": meaning, "value": {"msg": msg}}},
    }
    return {"content": {"application/json": content}}
