"""Services that close open time and decide about the visits in it.

An absence, new hours or a holiday is written together with the decision for every affected visit,
in one transaction under the doctors' locks. When a visit has no decision, because the list on the
screen is older than the agenda, nothing is written (docs/contracts.md, rule 14).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Patient, User
from bookings import rules
from bookings.models import Appointment, Notification
from bookings.services.affected import affected_by_absence, affected_by_holiday, outside_hours
from bookings.services.booking import cancel
from bookings.services.desk import require_manager, require_staff
from bookings.services.notifications import queue_notification
from bookings.services.writing import lock_appointment, log_change, writing
from bookings.status import UPCOMING, Verb
from doctors.models import Doctor, Practice
from scheduling import services as agendas
from scheduling.models import DoctorAbsence, Holiday, OpeningHours


class Outcome(models.TextChoices):
    """What becomes of a visit whose time is closed."""

    KEEP = "keep", gettext_lazy("Keep")
    ASK = "ask", gettext_lazy("Propose another time")
    CANCEL = "cancel", gettext_lazy("Cancel")


@dataclass(frozen=True)
class Decisions:
    """The outcome of each visit on the screen, and a message for the patients."""

    outcomes: Mapping[UUID, Outcome] = field(default_factory=dict)
    message: str = ""


class AffectedVisit(NamedTuple):
    """An affected visit. With `is_ours` the reader can decide about it as staff."""

    visit: Appointment
    is_ours: bool


class VisitsAffected(rules.StateConflict):
    """Some affected visits have no decision; `affected` lists all affected visits as of now."""

    code = "visits_hit"

    def __init__(self, affected: Sequence[AffectedVisit]) -> None:
        super().__init__(_("There are appointments at that time. Please decide about each."))
        self.affected = affected


def take_absence(
    *,
    by: User,
    doctor: Doctor,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str = "",
    decisions: Decisions | None = None,
    now: dt.datetime | None = None,
) -> DoctorAbsence:
    """Add an absence of the doctor for `[starts_at, ends_at)`, and return it.

    The same request again returns the same absence. Raises VisitsAffected.
    """
    now = now or timezone.now()
    with writing():
        (doctor,) = Doctor.objects.locked(doctor.pk)
        require_staff(by, doctor)
        affected = affected_by_absence(doctor, starts_at, ends_at, now=now)
        _apply(decisions, affected, by=by, now=now)
        same = doctor.absences.filter(starts_at=starts_at, ends_at=ends_at, reason=reason)
        return same.first() or agendas.add_absence(
            doctor, starts_at=starts_at, ends_at=ends_at, reason=reason
        )


def change_absence(
    absence: DoctorAbsence,
    *,
    by: User,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str = "",
    decisions: Decisions | None = None,
    now: dt.datetime | None = None,
) -> DoctorAbsence:
    """Give an absence another time and reason, and return it.

    Raises VisitsAffected for visits that the change puts into the absence; visits that were in
    it before need no decision. Raises StateConflict when the absence was removed meanwhile.
    """
    now = now or timezone.now()
    with writing():
        (doctor,) = Doctor.objects.locked(absence.doctor_id)
        require_staff(by, doctor)
        fresh = doctor.absences.filter(pk=absence.pk).first()
        if fresh is None:
            raise rules.StateConflict(_("This absence was removed in the meantime."))
        before = set(affected_by_absence(doctor, fresh.starts_at, fresh.ends_at, now=now))
        affected = affected_by_absence(doctor, starts_at, ends_at, now=now)
        _apply(decisions, [each for each in affected if each not in before], by=by, now=now)
        return agendas.edit_absence(fresh, starts_at=starts_at, ends_at=ends_at, reason=reason)


def change_hours(
    *,
    by: User,
    doctor: Doctor,
    days: Mapping[int, Collection[OpeningHours]],
    decisions: Decisions | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Replace the opening hours of the weekdays in `days` by `{weekday: rows}`.

    Raises VisitsAffected for visits that the change puts outside the hours. Visits that were
    outside before need no decision.
    """
    now = now or timezone.now()
    with writing():
        (doctor,) = Doctor.objects.locked(doctor.pk)
        require_staff(by, doctor)
        before = outside_hours(doctor, now=now)
        agendas.replace_days(doctor, days)
        affected = [visit for visit in outside_hours(doctor, now=now) if visit not in before]
        _apply(decisions, affected, by=by, now=now)


def decide_holidays(
    *,
    by: User,
    holidays: Iterable[Holiday],
    decision: Holiday.Decision,
    decisions: Decisions | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Close the practice on these days, or open it on purpose. Raises VisitsAffected."""
    now = now or timezone.now()
    holidays = list(holidays)
    practices = {each.practice_id for each in holidays}
    booked = Appointment.objects.upcoming(now).filter(practice__in=practices)
    with writing():
        there = Doctor.objects.working_at(practices).values_list("pk", flat=True)
        Doctor.objects.locked(*there, *booked.values_list("doctor", flat=True))
        own = Practice.objects.visible_to(by).values_list("pk", flat=True)
        if not {each.practice_id for each in holidays} <= set(own):
            raise rules.RuleRefused(_("Only the practice can do this."), code="desk_only")
        if decision == Holiday.Decision.CLOSED:
            affected = [
                visit
                for holiday in holidays
                for visit in affected_by_holiday(holiday.practice, holiday.date, now=now)
            ]
            _apply(decisions, affected, by=by, now=now)
        agendas.decide_holidays(holidays, decision)


def ask_to_move(
    appointment: Appointment, *, by: User, message: str = "", now: dt.datetime | None = None
) -> Appointment:
    """Ask the patient to choose another time; the visit keeps its time until then.

    The history logs it like a change of status, although the status stays. The practice's
    deadline does not bind a patient who was asked (see `move`).
    """
    now = now or timezone.now()
    with writing():
        appointment = lock_appointment(appointment, now=now)
        require_manager(by, appointment)
        if appointment.status not in UPCOMING:
            raise rules.StateConflict(_("This appointment can no longer be moved."))
        appointment.sequence += 1
        appointment.save(update_fields=["sequence"])
        log_change(appointment, Verb.ASK_TO_MOVE, by=by, now=now, from_status=appointment.status)
        queue_notification(
            appointment,
            Notification.Kind.MOVE_ASKED,
            now=now,
            by_practice=True,
            message=message.strip(),
        )
    return appointment


def _apply(
    decisions: Decisions | None, visits: Iterable[Appointment], *, by: User, now: dt.datetime
) -> None:
    """Keep, ask to move or cancel each visit; visits that `by` does not manage are kept."""
    decisions = decisions or Decisions()
    visits = list(visits)
    pks = [visit.pk for visit in visits]
    ours = set(Appointment.objects.for_staff(by).filter(pk__in=pks).values_list("pk", flat=True))
    if ours - decisions.outcomes.keys():
        shown = Appointment.objects.for_pages().filter(pk__in=pks).order_by("starts_at")
        raise VisitsAffected([AffectedVisit(visit, visit.pk in ours) for visit in shown])
    changed = [v for v in visits if v.pk in ours and decisions.outcomes[v.pk] is not Outcome.KEEP]
    # Lock all persons first, by pk: the loop below locks them in the order of their visits.
    Patient.objects.locked([visit.patient_id for visit in changed])
    for visit in changed:
        change = cancel if decisions.outcomes[visit.pk] is Outcome.CANCEL else ask_to_move
        change(visit, by=by, message=decisions.message, now=now)
