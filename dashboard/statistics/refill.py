"""How many of a doctor's freed times were filled again, and how many by the waiting list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from bookings.models import Appointment, Offer, StatusChange
from bookings.status import Verb
from doctors.models import Doctor
from scheduling import engine

TIMES = ("starts_at", "ends_at")


@dataclass(frozen=True)
class Refill:
    """Times that a cancelled or moved visit freed before their start."""

    freed: int
    filled: int
    """A visit is there now."""
    by_list: int
    """Of these: taken by a patient of the waiting list."""

    @property
    def rate(self) -> float | None:
        """Of 1: the freed times that were filled again."""
        return self.filled / self.freed if self.freed else None


def refill_of(doctor: Doctor, user: Any, start: dt.datetime, end: dt.datetime) -> Refill:
    """Of the freed times that begin within `[start, end)`, of visits that `user` may see; in
    three queries. A time that was freed twice counts once."""
    freed = _freed_spans(doctor, user, start, end)
    live = Appointment.objects.live().of(doctor).overlapping(start, end).order_by()
    visits = [(first, last) for first, last in live.values_list(*TIMES) if first and last]
    taken = Offer.objects.filter(doctor=doctor, status=Offer.Status.TAKEN).order_by()
    offers = list(taken.overlapping(start, end).values_list(*TIMES))
    filled = [span for span in freed if _overlaps(span, visits)]
    return Refill(len(freed), len(filled), sum(_overlaps(span, offers) for span in filled))


def _freed_spans(
    doctor: Doctor, user: Any, start: dt.datetime, end: dt.datetime
) -> set[engine.Span]:
    ours = Appointment.objects.for_staff(user).of(doctor)
    changes = StatusChange.objects.filter(appointment__in=ours)
    cancelled = (
        changes.in_force()
        .filter(verb=Verb.CANCEL, appointment__starts_at__gte=start, appointment__starts_at__lt=end)
        .annotate(freed=F("appointment__starts_at"))
    )
    moved = changes.filter(
        verb=Verb.MOVE, previous_start__gte=start, previous_start__lt=end
    ).annotate(freed=F("previous_start"))
    columns = ("freed", "at", "appointment__duration")
    rows = cancelled.order_by().values_list(*columns).union(moved.order_by().values_list(*columns))
    return {
        (begin, begin + dt.timedelta(minutes=minutes)) for begin, at, minutes in rows if at < begin
    }


def _overlaps(span: engine.Span, others: Iterable[engine.Span]) -> bool:
    return any(first < span[1] and span[0] < last for first, last in others)
