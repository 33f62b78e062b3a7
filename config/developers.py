"""The API's description as a page for people, made of what /api/openapi.json says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja.responses import NinjaJSONEncoder

from bookings.api.words import EMERGENCY_TOO_FAR
from config.api import TAGS, api
from web.openapi import Part, Words

# Whatever is asked may be answered so; the page says it once.
EVERYWHERE = 500


@login_not_required
@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    schema = api.get_openapi_schema()
    host = f"{request.scheme}://{request.get_host()}"
    operations = [
        Operation(host, path, method, parts)
        for path, methods in schema["paths"].items()
        for method, parts in methods.items()
    ]
    chapters = [
        (words, of_tag)
        for tag, words in TAGS.items()
        if (of_tag := [each for each in operations if tag in each.parts["tags"]])
    ]
    cookie = settings.CSRF_COOKIE_NAME
    context = {
        "host": host,
        "chapters": chapters,
        "first": next(each for each in operations if each.id == "doctor_slots"),
        "sign_in": SIGN_IN.format(host=host, cookie=cookie),
        "problem": as_json(EMERGENCY_TOO_FAR.example(with_msg=False)["value"]),
    }
    return render(request, "api/developers.html", context)


# The token is the last column of its line in curl's file.
SIGN_IN = """\
curl -s -o login.html -c cookies.txt {host}/accounts/login/
TOKEN=$(awk '/{cookie}/ {{print $7}}' cookies.txt)
curl -s -o home.html -b cookies.txt -c cookies.txt \\
  -H "X-CSRFToken: $TOKEN" -H "Origin: {host}" \\
  --data-urlencode "login=$LOGIN" --data-urlencode "password=$PASSWORD" \\
  {host}/accounts/login/
TOKEN=$(awk '/{cookie}/ {{print $7}}' cookies.txt)"""


@dataclass
class Field:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    text: Words
    is_required: bool
    example: str


@dataclass
class Example:
    """A body: what is sent, or what is answered with a status."""

    title: Words
    code: str
    fields: list[Field]


@dataclass
class Refusal:
    status: int
    code: str
    meaning: Words


@dataclass
class Operation:
    """One address and method, read for the template."""

    host: str
    path: str
    method: str
    parts: Part

    @property
    def id(self) -> str:
        return str(self.parts["operationId"])

    @property
    def needs_sign_in(self) -> bool:
        return {} not in self.parts["security"]

    @property
    def fields(self) -> list[Field]:
        return [
            Field(
                each["name"],
                kind_of(each["schema"]),
                each.get("description", ""),
                each["required"],
                example_of(each),
            )
            for each in self.parts["parameters"]
        ]

    @property
    def bodies(self) -> list[Example]:
        """The ways to write the body, each with its fields."""
        if "requestBody" not in self.parts:
            return []
        content = self.parts["requestBody"]["content"]["application/json"]
        ways = content["schema"].get("anyOf", [content["schema"]])
        return [
            Example(example["summary"], as_json(example["value"]), list(fields_of(schema)))
            for example, schema in zip(content["examples"].values(), ways, strict=True)
        ]

    @property
    def answers(self) -> list[Example]:
        """What success looks like."""
        return [
            Example(f"{status} {answer['description']}", as_json(media["example"]), [])
            for status, answer in self.parts["responses"].items()
            for media in answer.get("content", {}).values()
            if "example" in media
        ]

    @property
    def refusals(self) -> list[Refusal]:
        """By status; one that is told word for word has those words for a code."""
        found = [
            Refusal(status, code_of(example["value"]), example["summary"])
            for status, answer in self.parts["responses"].items()
            for media in answer["content"].values()
            for example in media.get("examples", {}).values()
            if status < EVERYWHERE
        ]
        return sorted(found, key=lambda refusal: refusal.status)

    @property
    def curl(self) -> str:
        """The request by example, to be pasted into a terminal."""
        path, query = self.path, {}
        for each in self.parts["parameters"]:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", example_of(each))
            elif "example" in each:
                query[each["name"]] = each["example"]
        address = f"{self.host}{path}?{urlencode(query)}".rstrip("?")
        lines = [f'curl "{address}"']
        if self.needs_sign_in:
            lines += ["-b cookies.txt"]
        if self.bodies:
            lines += [
                '-H "X-CSRFToken: $TOKEN"',
                f'-H "Origin: {self.host}"',
                '-H "Content-Type: application/json"',
                f"-d '{self.bodies[0].code}'",
            ]
        return " \\\n  ".join(lines)


def fields_of(schema: Part) -> Iterator[Field]:
    for name, field in schema["properties"].items():
        is_required = name in schema["required"]
        yield Field(name, kind_of(field), field.get("description", ""), is_required, "")


def code_of(refusal: Part) -> str:
    return str(refusal["code"] if "code" in refusal else refusal["msg"])


def kind_of(schema: Part) -> str:
    """ "whole number, 1 to 31": how a value is written, in words."""
    if schema.get("format") == "date":
        return _("date")
    if "integer" in schema.get("type", ()):
        lowest, highest = schema.get("minimum"), schema.get("maximum")
        if lowest is not None and highest is not None:
            return _("whole number, %(lowest)s to %(highest)s") % {
                "lowest": lowest,
                "highest": highest,
            }
        return _("whole number")
    return _("text")


def example_of(parameter: Part) -> str:
    return str(parameter.get("example", parameter["schema"].get("default", "")))


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, cls=NinjaJSONEncoder)
