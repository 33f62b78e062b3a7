"""The site inside a measure's process: production settings, and clients that ask like browsers."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

HEADERS = {"Host": "127.0.0.1", "Accept-Encoding": "gzip"}


def browser(user: User | None = None) -> Client:
    """A visitor's client, or one in which `user` is signed in."""
    client = Client(headers=HEADERS)
    if user:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def queries_of(ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)
