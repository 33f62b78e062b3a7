"""What a request has after our middlewares, for type checkers."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    """From anybody: `user` may be anonymous."""

    htmx: HtmxDetails


class SignedInRequest(Request):
    """To a view that is not marked `login_not_required`."""

    user: User


def any_id(text: str) -> int:
    """What is no number, or too long for one, is nobody's id and answered like an unknown one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
