"""Which part of a page htmx asks for."""

from __future__ import annotations

from web.requests import HtmxRequest


def wanted_fragment(request: HtmxRequest, known: set[str]) -> str | None:
    """The fragment htmx asks for; a history restore wants the page whole."""
    if request.htmx.history_restore_request or request.htmx.target not in known:
        return None
    return str(request.htmx.target)
