"""What patients can do with their own visit, and their deadline."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import rules
from bookings.models import Appointment
from bookings.services.writing import check_unchanged, lock_appointment, writing
from bookings.status import Status


def say_coming(
    appointment: Appointment,
    *,
    expected_sequence: int | None = None,
    now: dt.datetime | None = None,
) -> Appointment:
    """Note that the patient says "I am coming"; a second call changes nothing.

    The agenda shows it, and a move takes it back. `expected_sequence` is the sequence on the
    reader's screen (see `check_unchanged`). Raises a `rules.StateConflict`.
    """
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        check_unchanged(appointment, expected_sequence)
        asked = appointment.is_asked_to_move()
        if not can_say_coming(appointment, now, is_asked_to_move=asked):
            raise rules.StateConflict(_("This appointment does not need your answer any more."))
        if appointment.coming_at is None:
            appointment.coming_at = now
            appointment.save(update_fields=["coming_at"])
            appointment.doctor.touch_calendar()
    return appointment


def can_say_coming(appointment: Appointment, now: dt.datetime, *, is_asked_to_move: bool) -> bool:
    """Whether the visit is agreed and still to come, and the practice wants this time too."""
    is_agreed = appointment.status == Status.CONFIRMED and appointment.is_upcoming(now)
    return is_agreed and not is_asked_to_move


def check_moves_online(appointment: Appointment, *, now: dt.datetime) -> None:
    """Refuse a patient's move after the deadline, or of a request that the practice confirmed.

    Nothing is refused when the practice asked the patient to move.
    """
    if not appointment.is_asked_to_move():
        check_own_move(appointment, now)


def check_own_move(appointment: Appointment, now: dt.datetime) -> None:
    """Refuse a patient's own move after the deadline, or of a request that was confirmed."""
    rules.check_deadline(appointment, now)
    consultation_type = appointment.consultation_type
    by_hand = consultation_type and consultation_type.needs_confirmation
    if by_hand and appointment.status == Status.CONFIRMED:
        refusal = _("The practice confirmed this time by hand; to move it, please call.")
        raise rules.RuleRefused(
            f"{refusal} {rules.by_phone(appointment.practice)}", code="needs_the_practice"
        )
