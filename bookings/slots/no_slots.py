"""Why there is nothing to book: on a day of the grid, on all the days shown, or at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoSlotsReason(models.TextChoices):
    """The label is what an empty day says in its column."""

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
    """Why there is no free time, and what is known of its end.

    `until` is the last day of an absence, None when it is too far to name; `holiday` the
    holiday's name; `opens_on` the first day on which a day beyond the horizon can be booked.
    """

    why: NoSlotsReason
    until: dt.date | None = None
    holiday: str = ""
    opens_on: dt.date | None = None

    @property
    def is_closed(self) -> bool:
        """Nobody is seen at all, as opposed to times that others have or that rules keep."""
        return self.why in (NoSlotsReason.CLOSED, NoSlotsReason.HOLIDAY, NoSlotsReason.AWAY)


def combine_no_slots(days: Sequence[NoSlots | None]) -> NoSlots | None:
    """One answer for several days, from the answer of each; None when one has free times.

    A weekend, or a day that is over, explains nothing beside a day that is full or away.
    """
    reasons = [reason for reason in days if reason]
    if len(reasons) < len(days):
        return None
    telling = [
        each for each in reasons if each.why not in (NoSlotsReason.CLOSED, NoSlotsReason.OVER)
    ] or reasons
    if len({each.why for each in telling}) > 1:
        return NoSlots(NoSlotsReason.SEVERAL)
    # Of an absence the last day shown knows the end; of days that open later, the first.
    return telling[-1] if telling[0].why is NoSlotsReason.AWAY else telling[0]
