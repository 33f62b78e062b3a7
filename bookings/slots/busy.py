"""What occupies a doctor's time: visits, holds and absences, in one query."""

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
    """Why a start of the grid cannot be booked, as the API names it."""

    BOOKED = "booked", _("Already booked")
    HELD = "held", _("Being booked by someone else")
    PAST = "past", _("In the past")
    TOO_SOON = "too_soon", _("Too short notice")
    TOO_FAR = "too_far", _("Not open for booking yet")
    CLOSED = "closed", _("Closed")
    OFF_GRID = "off_grid", _("Not a start time of this practice")


class Busy(NamedTuple):
    """A stretch of one doctor's time that something occupies, a hold until `over_at` only."""

    start: dt.datetime
    end: dt.datetime
    blocker: Blocker
    over_at: dt.datetime


def read_busy(
    doctor_ids: Collection[int],
    start: dt.datetime,
    end: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
) -> dict[int, list[Busy]]:
    """What occupies these doctors within `[start, end)`, pauses included, in one query."""
    near = start - LONGEST - LONGEST_PAUSE
    rows = _rows_of_busy(tuple(doctor_ids), near, start, end, now, token, moving)
    found: dict[int, list[Busy]] = {}
    for doctor_id, starts_at, ends_at, buffer_minutes, blocker, over_at in rows:
        busy = Busy(starts_at, ends_at + minutes(buffer_minutes), Blocker(blocker), over_at)
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
    """`near` is so long before `start` that no visit from before it reaches in."""
    neighbours = {"starts_at__gt": near, "starts_at__lt": end}
    columns = ("doctor_id", "starts_at", "ends_at", "buffer_minutes", "blocker", "over_at")
    visits = Appointment.objects.live().filter(doctor__in=doctor_ids, **neighbours)
    if moving:
        visits = visits.exclude(pk=moving)
    # All of them, wherever they are: the next free time may wait for the end of one. A doctor
    # has a handful.
    holds = Hold.objects.unexpired(now).of_others(token).filter(doctor__in=doctor_ids)
    absences = DoctorAbsence.objects.filter(
        doctor__in=doctor_ids, ends_at__gt=start, starts_at__lt=end
    )
    booked = visits.annotate(blocker=Value(Blocker.BOOKED.value), over_at=F("ends_at"))
    held = holds.annotate(blocker=Value(Blocker.HELD.value), over_at=F("expires_at"))
    closed = absences.annotate(
        blocker=Value(Blocker.CLOSED.value), over_at=F("ends_at"), buffer_minutes=Value(0)
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
