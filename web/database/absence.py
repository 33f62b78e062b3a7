"""A database server that stopped answering, and who waits for it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from django.db import OperationalError

REST = 2.0
"""Seconds until somebody asks an absent server again; everybody else is refused at once."""


class Absence:
    """Whether the server of this process is away: one request asks it again, the others do not.

    Without this, each thread would find out for itself, a second for each request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_away = False
        self._ask_again_at = 0.0

    def begin(self) -> None:
        with self._lock:
            self._is_away = True
            self._ask_again_at = time.monotonic() + REST

    def end(self) -> None:
        self._is_away = False

    def refuse(self) -> None:
        """Raise OperationalError while the server is away, unless it is time to ask it again."""
        if not self._is_away:
            return
        with self._lock:
            if time.monotonic() < self._ask_again_at:
                raise OperationalError("the server did not answer a moment ago")
            self._ask_again_at = time.monotonic() + REST


absence = Absence()


class _Hurry(threading.local):
    ends_at: float | None = None
    is_probe = False


_hurry = _Hurry()


@contextlib.contextmanager
def answering_within(seconds: float | None, *, is_probe: bool = False) -> Iterator[None]:
    """Wait no longer than `seconds` for the database in this thread; None for as long as before.

    A probe is in a hurry of its own: that it got no answer says nothing to others.
    """
    before = (_hurry.ends_at, _hurry.is_probe)
    if seconds:
        ends_at = time.monotonic() + seconds
        _hurry.ends_at = min(ends_at, _hurry.ends_at or ends_at)
        _hurry.is_probe |= is_probe
    try:
        yield
    finally:
        _hurry.ends_at, _hurry.is_probe = before


def seconds_left(patience: float | None) -> float | None:
    """Return `patience` seconds, or what this thread's hurry leaves of them; None for ever."""
    if _hurry.ends_at is None:
        return patience or None
    left = max(0.001, _hurry.ends_at - time.monotonic())
    return min(left, patience) if patience else left


def note_silence() -> None:
    if not _hurry.is_probe:
        absence.begin()
