"""Limits on how often one visitor does something, counted in the cache."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache


def is_too_much(action: str, who: str, *, counts: bool = True) -> bool:
    """Count one more `action` of `who`; return whether it is over its limit in settings.LIMITS.

    A limit is (how many, in how many seconds), from the first one on. `counts=False` only asks.
    `who` is a digest of the visitor's address: the cache reveals nobody.
    """
    if not settings.RATE_LIMITS:
        return False
    most, seconds = settings.LIMITS[action]
    key = f"limit:{action}:{who}"
    if not counts:
        return bool(cache.get(key, 0) >= most)
    if cache.add(key, 1, seconds):
        return most < 1
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # It expired since, or the cache is down.
        return False
