"""The busy time of doctors: visits, holds and absences, read in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, Value
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Hold
from bookings.models.appointment import LONGEST
from bookings.slots.query import minutes
from doctors.models import ConsultationType
from scheduling.models import DoctorAbsence
from web.compiled import compiled_once

LONGEST_PAUSE = dt.timedelta(minutes=ConsultationType.MAX_BUFFER)


class Blocker(models.TextChoices):
    """Why a start of the grid cannot be booked. The value is the API's name for it."""

    BOOKED = "booked", _("Already booked")
    HELD = "held", _("Being booked by someone else")
    PAST = "past", _("In the past")
    TOO_SOON = "too_soon", _("Too short notice")
    TOO_FAR = "too_far", _("Not open for booking yet")
    CLOSED = "closed", _("Closed")
    OFF_GRID = "off_grid", _("Not a start time of this practice")


class Busy(NamedTuple):
    """A stretch of one doctor's time that is occupied; a hold occupies it until `over_at` only.

    `pause` follows a visit or hold and must be free of other visits. An overbooked visit blocks
    public slots, but staff can book another visit at the same time.
    """

    start: dt.datetime
    end: dt.datetime
    pause: dt.timedelta
    blocker: Blocker
    over_at: dt.datetime
    is_overbooked: bool


def read_busy(
    doctor_ids: Collection[int],
    start: dt.datetime,
    end: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
) -> dict[int, list[Busy]]:
    """{doctor id: busy stretches within `[start, end)`, with their pauses}, in one query.

    The hold that `token` owns and the visit `moving` are left out.
    """
    near = start - LONGEST - LONGEST_PAUSE
    found: dict[int, list[Busy]] = {}
    for row in _rows_of_busy(tuple(doctor_ids), near, start, end, now, token, moving):
        doctor_id, starts_at, ends_at, buffer_minutes, blocker, over_at, is_overbooked = row
        pause = minutes(buffer_minutes)
        busy = Busy(starts_at, ends_at, pause, Blocker(blocker), over_at, bool(is_overbooked))
        found.setdefault(doctor_id, []).append(busy)
    return found


@compiled_once
def _rows_of_busy(
    doctor_ids: tuple[int, ...],
    near: dt.datetime,
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Busy rows within `[start, end)`. A visit that starts before `near` ends before `start`."""
    neighbours = {"starts_at__gt": near, "starts_at__lt": end}
    stored = ("doctor_id", "starts_at", "ends_at", "buffer_minutes")
    columns = (*stored, "blocker", "over_at", "overbooked")
    visits = Appointment.objects.live().filter(doctor__in=doctor_ids, **neighbours)
    if moving:
        visits = visits.exclude(pk=moving)
    # Holds of any day: the next free time may depend on the end of one. A doctor has few holds.
    holds = Hold.objects.unexpired(now).of_others(token).filter(doctor__in=doctor_ids)
    absences = DoctorAbsence.objects.filter(
        doctor__in=doctor_ids, ends_at__gt=start, starts_at__lt=end
    )
    booked = visits.annotate(
        blocker=Value(Blocker.BOOKED.value), over_at=F("ends_at"), overbooked=F("is_overbooked")
    )
    held = holds.annotate(
        blocker=Value(Blocker.HELD.value), over_at=F("expires_at"), overbooked=Value(False)
    )
    closed = absences.annotate(
        blocker=Value(Blocker.CLOSED.value),
        over_at=F("ends_at"),
        buffer_minutes=Value(0),
        overbooked=Value(False),
    )
    return (
        booked.order_by()
        .values_list(*columns)
        .union(
            held.order_by().values_list(*columns),
            closed.order_by().values_list(*columns),
            all=True,
        )
    )
