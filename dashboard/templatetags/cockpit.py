"""What the cockpit's templates say about visits, beside `tbib`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template

from bookings.templatetags.statuses import STATUS_LOOKS

register = template.Library()


@register.inclusion_tag("dashboard/includes/event_icon.html")
def event_icon(visit: Any) -> dict[str, str]:
    """The mark of a visit's status in its event; of a confirmed one, that the patient comes."""
    look, icon = STATUS_LOOKS[str(visit.status)]
    is_plain = look == "confirmed" and not visit.says_coming
    return {"look": look, "icon": "" if is_plain else icon}


@register.filter
def minutes_at(place: Any, now: dt.datetime) -> int:
    """How long somebody in the waiting room has been there at `now`."""
    return int(place.minutes(now))


@register.filter
def is_long_at(place: Any, now: dt.datetime) -> bool:
    return bool(place.waits_long(now))
