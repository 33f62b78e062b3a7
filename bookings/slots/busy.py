"""The busy time of doctors: visits, holds and absences, read in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
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

    `pause` follows a visit or hold and must be free of other visits.
    """

    start: dt.datetime
    end: dt.datetime
    pause: dt.timedelta
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
    beside_overbooked: bool = False,
) -> dict[int, list[Busy]]:
    """{doctor id: busy stretches within `[start, end)`, with their pauses}, in one query.

    The hold that `token` owns and the visit `moving` are left out. An overbooked visit blocks
    public slots, but staff can book `beside_overbooked` visits.
    """
    near = start - LONGEST - LONGEST_PAUSE
    beside = beside_overbooked or None
    found: dict[int, list[Busy]] = {pk: [] for pk in doctor_ids}
    rows = _rows_of_busy(tuple(doctor_ids), near, start, end, now, token, moving, beside)
    instant = dt.datetime.fromisoformat if connection.vendor == "sqlite" else _as_it_is
    for doctor_id, starts_at, ends_at, buffer_minutes, blocker, over_at in rows:
        end = instant(ends_at)
        over = end if over_at is None else instant(over_at)
        pause, why = PAUSES[buffer_minutes], BLOCKERS[blocker]
        found[doctor_id].append(Busy(instant(starts_at), end, pause, why, over))
    return found


def _as_it_is(instant: Any) -> Any:
    return instant


PAUSES = [minutes(count) for count in range(ConsultationType.MAX_BUFFER + 1)]
BLOCKERS = {blocker.value: blocker for blocker in Blocker}


class Stored(models.Func):
    """A column of instants as the driver gives it, without Django's conversion.

    On SQLite that takes longer than the query; `datetime.fromisoformat` reads this text instead.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s || '+00:00'", **options)


NEVER = Value(None, output_field=models.TextField())


def stored(column: str) -> Stored:
    # As text no converter of Django's runs.
    return Stored(F(column), output_field=models.TextField())


@compiled_once
def _rows_of_busy(
    doctor_ids: tuple[int, ...],
    near: dt.datetime,
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
    beside_overbooked: bool | None,
) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Busy rows within `[start, end)`. A visit that starts before `near` ends before `start`."""
    neighbours = {"starts_at__gt": near, "starts_at__lt": end}
    columns = ("doctor_id", "begins", "ends", "buffer_minutes", "blocker", "over_at")
    span = {"begins": stored("starts_at"), "ends": stored("ends_at")}
    visits = Appointment.objects.live().filter(doctor__in=doctor_ids, **neighbours)
    if moving:
        visits = visits.exclude(pk=moving)
    if beside_overbooked:
        visits = visits.filter(is_overbooked=False)
    # Holds of any day: the next free time may depend on the end of one. A doctor has few holds.
    holds = Hold.objects.unexpired(now).of_others(token).filter(doctor__in=doctor_ids)
    absences = DoctorAbsence.objects.filter(
        doctor__in=doctor_ids, ends_at__gt=start, starts_at__lt=end
    )
    booked = visits.annotate(**span, blocker=Value(Blocker.BOOKED.value), over_at=NEVER)
    held = holds.annotate(**span, blocker=Value(Blocker.HELD.value), over_at=stored("expires_at"))
    closed = absences.annotate(
        **span, blocker=Value(Blocker.CLOSED.value), over_at=NEVER, buffer_minutes=Value(0)
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
