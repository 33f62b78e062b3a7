"""The types of a request after the middlewares: they name `User`."""

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
