"""Which part of a page htmx asks for, and how a view answers."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from web.requests import HtmxRequest


def wanted_fragment(request: HtmxRequest, known: Collection[str]) -> str | None:
    """The fragment htmx asks for; a history restore wants the page whole."""
    if request.htmx.history_restore_request or request.htmx.target not in known:
        return None
    return str(request.htmx.target)


def render_fragment(
    request: HtmxRequest,
    page: str,
    context: dict[str, Any],
    *,
    fragments: Collection[str] = (),
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The one of `fragments` that htmx asks for, else the whole template `page`.

    A fragment is a file in `partials/` beside the page, and that file's name is the htmx target.
    """
    fragment = wanted_fragment(request, fragments)
    folder = page.rpartition("/")[0]
    template = f"{folder}/partials/{fragment}.html" if fragment else page
    response = render(request, template, context, status=status)
    if fragments:
        patch_vary_headers(response, ["HX-Target"])
    return response
