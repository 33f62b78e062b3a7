"""The table of states: a function brings the browser into the state of its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PHONE = "+33144556677"
STATES: dict[str, Callable[..., Any]] = {}


def state(bring_about: Callable[..., Any]) -> Callable[..., Any]:
    STATES[bring_about.__name__] = bring_about
    return bring_about
