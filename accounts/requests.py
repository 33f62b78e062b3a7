"""The types of a request after the middlewares, with the `User` in it."""

from __future__ import annotations

from accounts.models import User
from web.requests import HtmxRequest


class Request(HtmxRequest):
    """A request from any visitor: `user` may be anonymous."""


class SignedInRequest(Request):
    """A request to a view that is not marked `login_not_required`: `user` is signed in."""

    user: User
