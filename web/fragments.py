"""Which fragment of a page htmx asks for, and how a view answers with it."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from web.requests import HtmxRequest


def wanted_fragment(request: HtmxRequest, known: Collection[str]) -> str | None:
    """Return the fragment that htmx asks for; None for the whole page.

    A history restore needs the whole page.
    """
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
    """Render the fragment that htmx asks for if it is one of `fragments`, else the page `page`.

    A fragment is a file in `partials/` beside the page, and that file's name is the htmx target.
    """
    fragment = wanted_fragment(request, fragments)
    folder = page.rpartition("/")[0]
    template = f"{folder}/partials/{fragment}.html" if fragment else page
    response = render(request, template, context, status=status)
    if fragments:
        patch_vary_headers(response, ["HX-Target"])
    return response


def is_for_htmx(request: HtmxRequest) -> bool:
    """Whether htmx asks for a part of a page, whatever its target is called."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def vary_on_htmx(response: HttpResponse) -> HttpResponse:
    """Say that htmx gets another answer at this address (see `is_for_htmx`)."""
    patch_vary_headers(response, ["HX-Request"])
    return response
