"""The types of a request after the middlewares: they name `User`."""

from __future__ import annotations

from accounts.models import User
from web.requests import HtmxRequest


class Request(HtmxRequest):
    """From anybody: `user` may be anonymous."""


class SignedInRequest(Request):
    """To a view that is not marked `login_not_required`."""

    user: User
