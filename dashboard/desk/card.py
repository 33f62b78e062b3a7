"""The desk's card: one visit, what may be done with it now, and what is known of the patient."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q

from accounts.models import User
from bookings.messages.refusals import AddressRefusal, read_refusal
from bookings.messages.seen import Fate, SeenMessage, read_messages
from bookings.models import Appointment, PrivateNote, StatusChange
from bookings.models.appointment import AppointmentQuerySet
from bookings.models.files import no_shows
from bookings.rules import Refusal
from bookings.services import why_not_now
from bookings.status import TOOK_PLACE, UPCOMING, Status, Verb, leads_to, target_of
from bookings.templatetags.statuses import STATUS_LOOKS
from dashboard.desk.people import record_address

VERBS = (Verb.ARRIVE, Verb.START, Verb.FINISH, Verb.MARK_ABSENT)
"""The four buttons, in the order of their keys 1 to 4."""

VISITS_SHOWN = 5


class StatusButton(NamedTuple):
    verb: Verb
    value: str
    """What the form posts: the verb, or `correct-` and the status."""
    key: int
    label: str
    look: str
    icon: str
    is_pressed: bool
    reason: str
    """Why it cannot be pressed now; "" when it can."""


@dataclass(frozen=True)
class Card:
    """All that the card shows; drawing it asks the database nothing."""

    visit: Any
    now: dt.datetime
    last_change: StatusChange | None
    """The change on show, with who made it."""
    is_asked_to_move: bool
    """Whether the patient was asked for another time, while this one is still to come."""
    visit_number: int
    no_shows: int
    coming: list[Appointment]
    """The patient's other visits that are ahead, the next first."""
    past: list[Appointment]
    """Those of the past, the latest first."""
    has_more_visits: bool
    may_have_note: bool
    """Notes are the doctor's who sees the patient: no secretary's, no admin's."""
    note: PrivateNote | None
    namesakes_visit: Appointment | None
    """A visit at the same time of a person with the same name and date of birth."""
    seen_messages: list[SeenMessage]
    refused_address: AddressRefusal | None
    """The person's e-mail address, when no message arrives there."""
    refusal: Refusal | None = None
    refused: str = ""
    """What was refused, as its address names it: "status", "undo", "note"."""
    again: dict[str, str] = field(default_factory=dict)
    """What the form sends again, as overbooked: a change that takes a lost time again."""
    typed: str = ""
    """The note that could not be kept: it is not lost."""

    @property
    def today(self) -> dt.date:
        return self.visit.practice.local(self.now).date()

    @property
    def is_request(self) -> bool:
        return bool(self.visit.status == Status.PENDING)

    @property
    def why_not_confirmed(self) -> Refusal | None:
        return why_not_now(self.visit, Verb.CONFIRM, self.now)

    @property
    def age(self) -> int | None:
        age: int | None = self.visit.patient.age_on(self.today)
        return age

    @property
    def buttons(self) -> list[StatusButton]:
        return [self._button(key, verb) for key, verb in enumerate(VERBS, start=1)]

    def _button(self, key: int, verb: Verb) -> StatusButton:
        """The button of `verb`; on a later day, of the correction that leads to the same status."""
        to = target_of(verb)
        look, icon = STATUS_LOOKS[to]
        is_pressed, value = self.visit.status == to, verb.value
        refusal = None if is_pressed else why_not_now(self.visit, verb, self.now)
        if refusal and not why_not_now(self.visit, Verb.CORRECT, self.now, to):
            refusal, value = None, f"{Verb.CORRECT}-{to}"
        reason = str(refusal) if refusal else ""
        return StatusButton(verb, value, key, str(to.label), look, icon, is_pressed, reason)

    @property
    def can_move(self) -> bool:
        return self.visit.status in UPCOMING and self.visit.consultation_type_id is not None

    @property
    def can_cancel(self) -> bool:
        return leads_to(Verb.CANCEL, self.visit.status) is not None

    @property
    def undoable(self) -> StatusChange | None:
        """Today's change that can be taken back."""
        last = self.last_change
        if last is None or not last.from_status:
            return None
        is_of_today = self.visit.practice.local(last.at).date() == self.today
        return last if is_of_today else None

    @property
    def changed_at(self) -> dt.datetime | None:
        """When it became what it is, on the practice's clock."""
        return self.visit.practice.local(self.last_change.at) if self.last_change else None

    @property
    def waits_since(self) -> dt.datetime | None:
        """Since when the person sits in the waiting room."""
        if self.visit.status != Status.ARRIVED or not self.last_change:
            return None
        return self.last_change.at

    @property
    def is_seen_since(self) -> dt.datetime | None:
        if self.visit.status != Status.IN_PROGRESS or not self.last_change:
            return None
        return self.last_change.at

    @property
    def minutes(self) -> int:
        """How long the person waits, or is being seen."""
        since = self.waits_since or self.is_seen_since or self.now
        return max(0, int((self.now - since).total_seconds() // 60))

    @property
    def has_failed_message(self) -> bool:
        return any(message.fate is Fate.FAILED for message in self.seen_messages)

    @property
    def note_saved_at(self) -> dt.datetime | None:
        return self.visit.practice.local(self.note.updated_at) if self.note else None

    @property
    def record_address(self) -> str:
        return record_address(self.visit.patient_id)


def read_card(visit: Any, user: User, now: dt.datetime, **refused: Any) -> Card:
    """The card of `visit` as `user` may see it; `refused` names what was refused, and why."""
    others = other_visits(user, visit)
    coming = list(others.filter(starts_at__gt=now).order_by("starts_at")[: VISITS_SHOWN + 1])
    past = list(others.latest_first().exclude(starts_at__gt=now)[: VISITS_SHOWN + 1])
    may_have_note = visit.doctor.user_id == user.pk
    return Card(
        visit=visit,
        now=now,
        last_change=visit.changes.in_force().select_related("by").order_by("pk").last(),
        is_asked_to_move=bool(visit.is_upcoming(now) and visit.is_asked_to_move()),
        visit_number=visit_number(visit, now),
        no_shows=no_shows(patient=visit.patient, practice=visit.practice, now=now),
        coming=coming[:VISITS_SHOWN],
        past=past[:VISITS_SHOWN],
        has_more_visits=max(len(coming), len(past)) > VISITS_SHOWN,
        may_have_note=may_have_note,
        note=note_on(visit, user) if may_have_note else None,
        namesakes_visit=namesakes_visit(visit, user),
        seen_messages=read_messages(visit, for_staff=True, now=now),
        refused_address=read_refusal(visit.patient, visit.practice),
        **refused,
    )


def other_visits(user: User, visit: Any) -> AppointmentQuerySet:
    """The other visits of the patient that the reader may see."""
    others = Appointment.objects.for_staff(user).filter(patient=visit.patient)
    return others.exclude(pk=visit.pk).select_related("practice", "doctor__user")


def namesakes_visit(visit: Any, user: User) -> Appointment | None:
    """A visit that the reader manages, at the same time, of a person who is perhaps the same."""
    if visit.starts_at is None or not visit.is_live:
        return None
    then = Appointment.objects.live().overlapping(visit.starts_at, visit.ends_at)
    theirs = then.for_staff(user).of_namesakes(visit.patient)
    return theirs.select_related("practice").first()


def visit_number(visit: Any, now: dt.datetime) -> int:
    """The patient's n-th visit to this doctor, from 1."""
    before = visit.starts_at or now
    earlier = Appointment.objects.of(visit.doctor).filter(
        Q(starts_at__lt=before) | Q(starts_at=None, created_at__lt=visit.created_at),
        patient=visit.patient,
        status__in=TOOK_PLACE,
    )
    return earlier.count() + 1


def note_on(visit: Any, user: User) -> PrivateNote | None:
    notes = PrivateNote.objects.visible_to(user)
    return notes.filter(appointment=visit, doctor=visit.doctor).first()
