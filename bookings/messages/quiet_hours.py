"""Quiet hours: the part of the night in which no reminder and no offer leaves."""

from __future__ import annotations

import datetime as dt

from bookings.models import MessageSettings
from scheduling import engine

MARGIN = dt.timedelta(minutes=30)
"""A message that cannot leave at night leaves this long before the night begins."""


def is_quiet(instant: dt.datetime, chosen: MessageSettings) -> bool:
    """Whether `instant` (aware) is in the practice's quiet hours, on its wall clock."""
    first, last = chosen.quiet_hours
    clock = chosen.practice.local(instant).time()
    if first <= last:
        return first <= clock < last
    return clock >= first or clock < last


def before_quiet(instant: dt.datetime, chosen: MessageSettings) -> dt.datetime:
    """The last moment before the quiet hours around `instant`; `instant` itself outside them."""
    if not is_quiet(instant, chosen):
        return instant
    first, _last = chosen.quiet_hours
    local = chosen.practice.local(instant)
    day = local.date() if local.time() >= first else local.date() - engine.DAY
    return _instant(day, first, chosen) - MARGIN


def after_quiet(instant: dt.datetime, chosen: MessageSettings) -> dt.datetime:
    """The end of the quiet hours around `instant`; `instant` itself outside them."""
    if not is_quiet(instant, chosen):
        return instant
    _first, last = chosen.quiet_hours
    local = chosen.practice.local(instant)
    day = local.date() if local.time() < last else local.date() + engine.DAY
    return _instant(day, last, chosen)


def _instant(day: dt.date, clock: dt.time, chosen: MessageSettings) -> dt.datetime:
    return engine.to_utc(day, clock.hour * 60 + clock.minute, chosen.practice.zone)
