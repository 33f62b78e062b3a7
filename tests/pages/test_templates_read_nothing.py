"""A view reads all that its page shows; a template that is drawn asks the database nothing."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import engines
from django.template.backends.django import Template

from doctors.models import Doctor
from tests.pages.drawing import draw
from tests.pages.list_of_pages import Page, pages_of
from tests.pages.world import build_world, stopped

DOCTORS = 6

NOT_HERE = re.compile(r"api|suggest|sitemap|404|-htmx-|-desk-|^each-|english")
"""Without templates, like others, or parts of them."""


@pytest.fixture
def world(db: None) -> Iterator[SimpleNamespace]:
    with stopped():
        yield build_world(doctors=DOCTORS)


@pytest.mark.one_database
def test_no_template_reads(world):
    reads: dict[str, str] = {}
    for page in representative(pages_of(world)):
        for role in roles_of(page):
            with watched_templates(reads, f"{page.name} for the {role}"):
                draw(page, role, world.sessions)
    assert reads == {}


@pytest.mark.django_db
def test_a_template_that_reads_is_named():
    reads: dict[str, str] = {}
    request = SimpleNamespace(user=AnonymousUser())
    with watched_templates(reads, "a page"):
        engines["django"].from_string("{{ doctors.count }}").render(
            {"doctors": Doctor.objects.all()}, request
        )
    assert [said.partition(" FROM ")[0] for said in reads.values()] == [
        'a page: SELECT COUNT(*) AS "__count"'
    ]


def representative(pages: Iterable[Page]) -> Iterator[Page]:
    """Pages that are got, and of those that differ in a number or a date only the first."""
    shapes = set()
    for page in pages:
        shape = re.sub(r"\d[-\d]*", "", page.name)
        if page.method == "get" and shape not in shapes and not NOT_HERE.search(shape):
            shapes.add(shape)
            yield page


def roles_of(page: Page) -> tuple[str, ...]:
    """Of those who see the same, one: the secretary for the doctor, the patient for the admin."""
    if page.name.startswith("route-"):
        return tuple(role for role in page.roles if role in ("visitor", "patient", "secretary"))
    return page.roles[-1:]


@contextmanager
def watched_templates(reads: dict[str, str], page: str) -> Iterator[None]:
    """Puts into `reads` the templates that ask, each with the first page and statement."""
    render = Template.render

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        reads.setdefault(template_at_work(), f"{page}: {sql[:90]}")
        return execute(sql, *rest)

    def watched(self: Template, context: Any = None, request: Any = None) -> str:
        if request is None:
            # A mail: it is composed of what it needs when it is sent.
            return render(self, context, request)
        # Who is asking is looked up once, by whatever comes first.
        assert request.user.is_authenticated in (True, False)
        with connection.execute_wrapper(note):
            return render(self, context, request)

    with mock.patch.object(Template, "render", watched):
        yield


def template_at_work() -> str:
    """The innermost template on the stack."""
    for frame, _line in traceback.walk_stack(None):
        if frame.f_code.co_name == "render_annotated":
            return str(frame.f_locals["self"].origin.template_name)
    return "no template"
