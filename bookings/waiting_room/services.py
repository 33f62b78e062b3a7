"""The order of the waiting room, and the address of the screen on its wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Appointment, WaitingScreen
from bookings.models.screen import new_token
from bookings.rules import StateConflict
from bookings.services.desk import require_staff
from bookings.services.writing import lock_doctor, writing
from bookings.waiting_room.room import Room
from doctors.models import Doctor


def order_room(
    *, by: User, doctor: Doctor, order: Sequence[UUID], now: dt.datetime | None = None
) -> None:
    """Put those who wait into `order`, which names each of them once.

    StateConflict when somebody came or went in the meantime: the order was of another room.
    """
    now = now or timezone.now()
    with writing():
        waiting = _locked_room(by, doctor, now)
        if sorted(order) != sorted(waiting):
            raise room_changed()
        _write_order(doctor, order)


def skip(visit: Appointment, *, by: User, now: dt.datetime | None = None) -> None:
    """Let the next one go first: somebody who does not answer the call."""
    now = now or timezone.now()
    with writing():
        order = _locked_room(by, visit.doctor, now)
        if visit.pk not in order:
            raise room_changed()
        at = order.index(visit.pk)
        order[at : at + 2] = reversed(order[at : at + 2])
        _write_order(visit.doctor, order)


def make_screen(*, by: User, doctor: Doctor, now: dt.datetime | None = None) -> WaitingScreen:
    """A new secret address for the wall; the one before shows nothing any more."""
    now = now or timezone.now()
    with writing():
        doctor = lock_doctor(doctor, now=now)
        require_staff(by, doctor)
        screen, _made = WaitingScreen.objects.update_or_create(
            doctor=doctor, defaults={"token": new_token(), "created_at": now}
        )
    return screen


def room_changed() -> StateConflict:
    return StateConflict(
        _("Somebody came or went in the meantime. This is the room now."), code="room_changed"
    )


def _locked_room(by: User, doctor: Doctor, now: dt.datetime) -> list[UUID]:
    """Who waits, in order, under the doctor's lock."""
    doctor = lock_doctor(doctor, now=now)
    require_staff(by, doctor)
    room = Room(doctor, Appointment.objects.for_staff(by), now)
    return [place.visit.pk for place in room.waiting_places]


def _write_order(doctor: Doctor, order: Sequence[UUID]) -> None:
    for place, pk in enumerate(order, start=1):
        Appointment.objects.filter(pk=pk).update(waiting_place=place)
    doctor.touch_calendar()
