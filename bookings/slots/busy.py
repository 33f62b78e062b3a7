"""The busy time of doctors: visits, holds and absences, read in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Hold
from bookings.models.appointment import LONGEST
from bookings.slots.span_texts import SpanReader, SpanText, SpanTexts, WithPause
from doctors.models import ConsultationType
from scheduling.engine import Span, merge
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


class Held(NamedTuple):
    """A hold with its pause: it occupies its time until `over_at` only."""

    start: dt.datetime
    end: dt.datetime
    over_at: dt.datetime


class Busy(NamedTuple):
    """What occupies one doctor's time; `booked` and `closed` are sorted and disjoint.

    The pause after a visit or hold is part of it: it must be free of other visits.
    """

    booked: list[Span]
    held: list[Held]
    closed: list[Span]

    def spans(self, blocker: Blocker) -> list[Span]:
        """The time with this blocker, sorted and disjoint: BOOKED, HELD or CLOSED."""
        if blocker is Blocker.HELD:
            return merge((hold.start, hold.end) for hold in self.held)
        return self.booked if blocker is Blocker.BOOKED else self.closed


NOT_BUSY = Busy([], [], [])


def read_busy(
    doctor_ids: Collection[int],
    start: dt.datetime,
    end: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
    as_staff: bool = False,
    beside_kept: bool = False,
) -> dict[int, Busy]:
    """{doctor id: what occupies time within `[start, end)`}, in one query.

    The hold that `token` owns and the visit `moving` are left out. An overbooked visit blocks
    public slots, but `as_staff` overbooked visits and pauses block nothing. `beside_kept` leaves
    out the times that wait for an offer of the waiting list or its answer: staff can book them.
    """
    near = start - LONGEST - LONGEST_PAUSE
    found = {pk: Busy([], [], []) for pk in doctor_ids}
    flags = (as_staff or None, beside_kept or None)
    rows = _rows_of_busy(tuple(doctor_ids), near, start, end, now, token, moving, *flags)
    read = SpanReader()
    for doctor_id, blocker, text, over_at in rows:
        spans, busy = read.spans(text), found[doctor_id]
        if blocker == Blocker.BOOKED:
            busy.booked.extend(spans)
        elif blocker == Blocker.CLOSED:
            busy.closed.extend(spans)
        else:
            busy.held.extend(Held(begins, ends, read.instant(over_at)) for begins, ends in spans)
    return {pk: each._replace(closed=merge(each.closed)) for pk, each in found.items()}


NEVER = Value(None, output_field=models.TextField())


@compiled_once
def _rows_of_busy(
    doctor_ids: tuple[int, ...],
    near: dt.datetime,
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
    as_staff: bool | None,
    beside_kept: bool | None,
) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Busy rows within `[start, end)`. A visit that starts before `near` ends before `start`."""
    neighbours = {"starts_at__gt": near, "starts_at__lt": end}
    visits = Appointment.objects.live().filter(doctor__in=doctor_ids, **neighbours)
    if moving:
        visits = visits.exclude(pk=moving)
    if as_staff:
        visits = visits.filter(is_overbooked=False)
    # Holds of any day: the next free time may depend on the end of one. A doctor has few holds.
    holds = Hold.objects.unexpired(now).of_others(token).filter(doctor__in=doctor_ids)
    if beside_kept:
        holds = holds.of_visitors()
    absences = DoctorAbsence.objects.filter(
        doctor__in=doctor_ids, ends_at__gt=start, starts_at__lt=end
    )
    ends_at = F("ends_at") if as_staff else WithPause("ends_at", "buffer_minutes")
    booked = (
        visits.order_by()
        .values("doctor_id")
        .annotate(
            why=Value(Blocker.BOOKED.value), spans=SpanTexts("starts_at", ends_at), over=NEVER
        )
    )
    held = holds.order_by().annotate(
        why=Value(Blocker.HELD.value),
        spans=SpanText("starts_at", ends_at),
        over=Cast("expires_at", models.TextField()),
    )
    closed = absences.order_by().annotate(
        why=Value(Blocker.CLOSED.value), spans=SpanText("starts_at", "ends_at"), over=NEVER
    )
    columns = ("doctor_id", "why", "spans", "over")
    return booked.values_list(*columns).union(
        held.values_list(*columns), closed.values_list(*columns), all=True
    )
