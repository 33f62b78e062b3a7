"""Why there is no free slot: on a day of the grid, on all the days shown, or on any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoSlotsReason(models.TextChoices):
    """Why there is no free slot. The label is the text of an empty day in its column."""

    # Of a day, or of all the days shown.
    CLOSED = "closed", _("closed")
    HOLIDAY = "holiday", _("public holiday")
    AWAY = "away", _("away")
    FULL = "full", _("full")
    OVER = "over", _("over for today")
    NOTICE = "notice", _("too late online")
    HORIZON = "horizon", _("not open yet")
    BEYOND_EMERGENCY = "beyond_emergency", _("beyond 24 hours")
    # Of the days shown together.
    SEVERAL = "several", _("nothing free")
    # Of the doctor, whatever the day.
    NOT_ONLINE = "not_online", _("no online booking")
    NO_TYPE = "no_type", _("no reason to choose")
    NEW_PATIENTS = "new_patients", _("no new patients")
    EXISTING_PATIENTS = "existing_patients", _("existing patients only")


@dataclass(frozen=True, slots=True)
class NoSlots:
    """Why there is no free slot, and the known details.

    `until` is the last day of an absence, None when it is too far ahead; `holiday` the
    holiday's name; `opens_on` the date from which a day beyond the horizon can be booked.
    """

    why: NoSlotsReason
    until: dt.date | None = None
    holiday: str = ""
    opens_on: dt.date | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the doctor sees nobody, in contrast to booked times and rules of time."""
        return self.why in (NoSlotsReason.CLOSED, NoSlotsReason.HOLIDAY, NoSlotsReason.AWAY)


def combine_no_slots(days: Sequence[NoSlots | None]) -> NoSlots | None:
    """One answer for several days, from the answer of each; None when a day has free times.

    A weekend or a day that is over does not count beside a day that is full or away.
    """
    empty = [day for day in days if day]
    if len(empty) < len(days):
        return None
    telling = [
        day for day in empty if day.why not in (NoSlotsReason.CLOSED, NoSlotsReason.OVER)
    ] or empty
    if len({day.why for day in telling}) > 1:
        return NoSlots(NoSlotsReason.SEVERAL)
    # The last day shown knows an absence's end; the first day knows when booking opens.
    return telling[-1] if telling[0].why is NoSlotsReason.AWAY else telling[0]
