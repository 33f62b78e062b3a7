"""Checks of the database and of every answer, written in the simplest way."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import Patient
from bookings.models import Appointment, Hold, Notification
from bookings.status import LIVE, Verb
from doctors.models import ConsultationType
from scheduling.models import DoctorAbsence, OpeningHours
from tests.race.browser import Answer, Browser

NOTIFIED = (Verb.BOOK, Verb.REQUEST, Verb.MOVE, Verb.CANCEL, Verb.CONFIRM)
"""The patient gets a message about these verbs, and about the undo of the last two."""


@dataclass(frozen=True)
class Wanted:
    """A time that a person asked for."""

    consultation_type: ConsultationType
    start: dt.datetime
    browser: Browser
    patient: Patient | None = None
    moving: UUID | None = None

    @property
    def hold_token(self) -> str | None:
        key = self.browser.cookies.get("sessionid")
        token: str | None = SessionStore(key).get("hold_token") if key else None
        return token


# -- the database -------------------------------------------------------------------------


def overlaps(*, of: str) -> list[tuple[Appointment, Appointment]]:
    """Pairs of live visits of one doctor, or of one patient, that share time.

    Visits that staff overbooked on purpose are left out. Every pair is compared.
    """
    timed = Appointment.objects.filter(status__in=LIVE, is_overbooked=False, queue_date=None)
    groups: dict[int, list[Appointment]] = {}
    for visit in timed:
        groups.setdefault(getattr(visit, f"{of}_id"), []).append(visit)
    return [
        (one, other)
        for visits in groups.values()
        for one, other in combinations(visits, 2)
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at  # type: ignore[operator]
    ]


def unrecorded() -> Iterator[str]:
    """Problems of visits whose history or messages do not agree with their changes."""
    visits = Appointment.objects.prefetch_related("changes__undoes", "notifications")
    for visit in visits:
        changes = list(visit.changes.all())
        begun = [each for each in changes if each.verb in (Verb.BOOK, Verb.REQUEST)]
        begun += [each for each in changes if each.verb == Verb.ADD_WALK_IN]
        notified = [
            each
            for each in changes
            # A walk-in gets no message.
            if not visit.is_walk_in
            and (
                each.verb in NOTIFIED
                or (each.undoes and each.undoes.verb in (Verb.CANCEL, Verb.CONFIRM))
            )
        ]
        if len(begun) != 1 or visit.sequence != len(changes) - 1:
            yield f"{visit}: {len(changes)} changes for sequence {visit.sequence}"
        if changes and changes[-1].to_status != visit.status:
            yield f"{visit}: is {visit.status}, its history says {changes[-1].to_status}"
        if len(visit.notifications.all()) != len(notified):
            yield f"{visit}: {len(visit.notifications.all())} messages for {len(notified)} changes"


def queue_gaps() -> Iterator[str]:
    """Problems of waiting rooms whose queue numbers are not 1, 2, 3 …"""
    rooms: dict[tuple[int, dt.date], list[int]] = {}
    walk_ins = Appointment.objects.exclude(queue_date=None)
    for doctor, date, number in walk_ins.values_list("doctor_id", "queue_date", "queue_number"):
        rooms.setdefault((doctor, date), []).append(number)
    for numbers in rooms.values():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"queue numbers {sorted(numbers)}"


def messages(visit: Appointment) -> Counter[str]:
    kinds = Notification.objects.filter(appointment=visit).values_list("kind", flat=True)
    return Counter(kinds)


# -- the answers --------------------------------------------------------------------------


class FreeTimes:
    """The free times of now, computed without the product's code.

    It reads a few whole tables and compares every row.
    """

    def __init__(self) -> None:
        self.now = timezone.now()
        self.visits = list(Appointment.objects.filter(status__in=LIVE, queue_date=None))
        self.holds = list(Hold.objects.filter(expires_at__gt=self.now))
        self.absences = list(DoctorAbsence.objects.all())
        self.hours = list(OpeningHours.objects.all())

    def wrong_refusal(self, answer: Answer, *, with_times: bool) -> str:
        """The fault of a refusal: no words, not three times, or a time that is not free."""
        if not answer.reason:
            return "says no reason"
        if not with_times:
            return f"offers {answer.times_offered}" if answer.times_offered else ""
        times = [dt.datetime.fromisoformat(text) for text in answer.times_offered]
        if len(set(times)) != 3:
            return f"offers {answer.times_offered}, not three times"
        wanted = answer.request.wanted
        taken = [f"{start}" for start in times if not self.is_free(wanted, start)]
        return f"offers {taken}, not free for a wish of {wanted.start}" if taken else ""

    def is_free(self, wanted: Wanted, start: dt.datetime) -> bool:
        """Whether `start` can be booked instead of the wanted time."""
        doctor, person = wanted.consultation_type.doctor_id, wanted.patient
        token = wanted.hold_token if self.holds else None
        in_the_way = [
            *(
                each
                for each in self.visits
                if each.pk != wanted.moving
                and (each.doctor_id == doctor or (person and each.patient_id == person.pk))
            ),
            *(each for each in self.holds if each.doctor_id == doctor and each.token != token),
            *(each for each in self.absences if each.doctor_id == doctor),
        ]
        end = start + wanted.consultation_type.length
        return (
            start > self.now
            and self.is_offered(wanted.consultation_type, start)
            and not any(each.starts_at < end and start < each.ends_at for each in in_the_way)  # type: ignore[operator]
        )

    def is_offered(self, consultation_type: ConsultationType, start: dt.datetime) -> bool:
        """Whether `start` is on the grid of the type within the opening hours."""
        wall = consultation_type.doctor.practice.local(start)
        minute = wall.hour * 60 + wall.minute
        return any(
            row.doctor_id == consultation_type.doctor_id
            and row.weekday == wall.weekday()
            and (row.valid_from or wall.date()) <= wall.date() <= (row.valid_until or wall.date())
            and row.start_minute <= minute
            and minute + consultation_type.duration <= row.end_minute
            and (minute - row.start_minute) % consultation_type.duration == 0
            for row in self.hours
        )
