"""Where allauth asks us."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    pass


def client_address(request: HttpRequest) -> str:
    """The visitor's address as the nearest trusted proxy saw it (TRUSTED_PROXY_COUNT)."""
    address: str = AccountAdapter(request).get_client_ip(request)
    return address
