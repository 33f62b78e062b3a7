"""How long an offer holds its time, and when and how it is told; the clock stops at night."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.conf import settings

from bookings.messages.quiet_hours import after_quiet
from bookings.models import MessageSettings
from scheduling import engine


class Terms(NamedTuple):
    """When the messages of an offer may leave, the end of the hold, and the way."""

    told_from: dt.datetime
    held_until: dt.datetime
    by_sms_only: bool


def terms_of(start: dt.datetime, chosen: MessageSettings, *, now: dt.datetime) -> Terms | None:
    """The terms of an offer of `start` that is made at `now`; None when it is too late for one.

    The time left until `start` counts from the moment at which the message may leave.
    """
    told_from = after_quiet(now, chosen)
    ahead = start - told_from
    lasts = next((held for least, held in settings.WAITING_LIST_HOLDS if ahead > least), None)
    if lasts is None:
        return None
    by_sms_only = ahead <= settings.WAITING_LIST_BY_SMS_WITHIN
    return Terms(told_from, after_loud(told_from, lasts, chosen), by_sms_only)


def after_loud(instant: dt.datetime, lasts: dt.timedelta, chosen: MessageSettings) -> dt.datetime:
    """The instant at which `lasts` have passed since `instant`, quiet hours not counted."""
    instant = after_quiet(instant, chosen)
    while (night := _next_night(instant, chosen)) < instant + lasts:
        lasts -= night - instant
        instant = after_quiet(night, chosen)
    return instant + lasts


def _next_night(instant: dt.datetime, chosen: MessageSettings) -> dt.datetime:
    """The first instant after `instant` at which quiet hours begin."""
    first, _last = chosen.quiet_hours
    local = chosen.practice.local(instant)
    day = local.date() if local.time() < first else local.date() + engine.DAY
    return engine.to_utc(day, first.hour * 60 + first.minute, chosen.practice.zone)
