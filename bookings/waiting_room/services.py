"""The order of the waiting room, and the address of the screen on its wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings.models import Appointment, StatusChange, WaitingScreen
from bookings.models.desks import desk_doctors
from bookings.models.screen import new_token
from bookings.rules import StateConflict
from bookings.services.desk import change_status, require_staff
from bookings.services.writing import lock_doctor, writing
from bookings.status import Verb
from bookings.waiting_room.room import Room, seen_by_staff
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


class SomebodyInside(StateConflict):
    """Somebody is still in consultation: `inside`. The desk says what becomes of them."""

    code = "somebody_inside"

    def __init__(self, inside: Sequence[Appointment]) -> None:
        names = ", ".join(visit.patient_name for visit in inside)
        refusal = _("Still in consultation: %(names)s.") % {"names": names}
        super().__init__(refusal)
        self.inside = inside


def call(
    visit: Appointment,
    *,
    by: User,
    known_inside: Collection[UUID] = (),
    finish: bool = False,
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> list[StatusChange]:
    """Call a person in, and return the changes, which `take_back` undoes together.

    `finish` closes the visits of `known_inside`, who are in consultation on the reader's screen.
    Raises SomebodyInside when somebody else is there.
    """
    now = now or timezone.now()
    with writing():
        doctor = lock_doctor(visit.doctor, now=now)
        require_staff(by, doctor)
        room = Room(doctor, seen_by_staff(by, doctor, now), now)
        inside = [place.visit for place in room.inside if place.visit.pk != visit.pk]
        if any(each.pk not in known_inside for each in inside):
            raise SomebodyInside(inside)
        Patient.objects.locked([each.patient_id for each in (visit, *inside)])
        ended = inside if finish else []
        done = [change_status(each, Verb.FINISH, by=by, now=now) for each in ended]
        done.append(
            change_status(visit, Verb.START, by=by, expected_sequence=expected_sequence, now=now)
        )
        return [change for each in done if (change := each.changes.last_in_force())]


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
    if not desk_doctors(by).filter(pk=doctor.pk).exists():
        require_staff(by, doctor)
    room = Room(doctor, seen_by_staff(by, doctor, now), now)
    return [place.visit.pk for place in room.waiting_places]


def _write_order(doctor: Doctor, order: Sequence[UUID]) -> None:
    for place, pk in enumerate(order, start=1):
        Appointment.objects.filter(pk=pk).update(waiting_place=place)
    doctor.touch_calendar()
