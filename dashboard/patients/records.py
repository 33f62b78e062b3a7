"""The people a practice knows, and what it has on each of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from accounts.models import Patient, User
from bookings import rules
from bookings.models import Appointment, Invitation, PatientFile, PrivateNote
from bookings.models.files import no_shows
from bookings.status import UPCOMING, Status
from doctors.models import Practice
from web.text import normalise

SHORTEST_NUMBER = 4
"""Digits that make a search one for a phone number."""


def known_at(practice: Practice) -> QuerySet[Patient]:
    """Whoever has a file or a visit at this practice, and nobody else."""
    files = PatientFile.objects.filter(patient=OuterRef("pk"), practice=practice)
    visits = Appointment.objects.filter(patient=OuterRef("pk"), practice=practice)
    return Patient.objects.filter(Exists(files) | Exists(visits))


def search(people: QuerySet[Patient], text: str) -> QuerySet[Patient]:
    """Every word of `text` in the name, case and accents aside; or its digits in the number."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    if len(digits) >= SHORTEST_NUMBER:
        return people.filter(phone__contains=digits.lstrip("0"))
    for word in normalise(text).split():
        people = people.filter(search_text__contains=word)
    return people


def for_list(people: QuerySet[Patient], user: User, practice: Practice, now: dt.datetime) -> Any:
    """With the last and the next visit that `user` may see here, and whether it is blocked."""
    visits = Q(appointments__in=Appointment.objects.at_desk_of(user).filter(practice=practice))
    came = visits & Q(appointments__status__in=(Status.DONE, Status.NO_SHOW))
    coming = visits & Q(appointments__status__in=UPCOMING, appointments__starts_at__gt=now)
    blocked = PatientFile.objects.filter(
        patient=OuterRef("pk"), practice=practice, blocked_at__isnull=False
    )
    return people.annotate(
        last_visit=Max("appointments__starts_at", filter=came),
        next_visit=Min("appointments__starts_at", filter=coming),
        is_blocked_here=Exists(blocked),
    ).order_by("last_name", "first_name", "pk")


@dataclass
class Record:
    """One person, as one practice sees them."""

    patient: Patient
    practice: Practice
    user: User
    now: dt.datetime

    @cached_property
    def visits(self) -> list[Appointment]:
        """All that the reader may see here, the latest first."""
        visits = Appointment.objects.at_desk_of(self.user).filter(
            patient=self.patient, practice=self.practice
        )
        day = F("starts_at").desc(nulls_last=True)
        return list(visits.for_pages().order_by(day, "-queue_date", "-created_at"))

    @property
    def coming(self) -> list[Appointment]:
        """What is ahead, the next first."""
        return [visit for visit in reversed(self.visits) if visit.is_upcoming(self.now)]

    @property
    def past(self) -> list[Appointment]:
        ahead = {visit.pk for visit in self.coming}
        return [visit for visit in self.visits if visit.pk not in ahead]

    @cached_property
    def notes(self) -> list[PrivateNote]:
        """The reader's own words on these visits: a doctor's, nobody else's."""
        notes = PrivateNote.objects.visible_to(self.user).filter(
            appointment__in=[visit.pk for visit in self.visits]
        )
        written = notes.exclude(text="").select_related("appointment__practice")
        return list(written.order_by("-appointment__starts_at", "-updated_at"))

    @cached_property
    def file(self) -> PatientFile | None:
        files = PatientFile.objects.filter(patient=self.patient, practice=self.practice)
        return files.select_related("blocked_by", "no_shows_reset_by").first()

    @cached_property
    def no_shows(self) -> int:
        """Those that count towards the end of online booking here."""
        return no_shows(patient=self.patient, practice=self.practice, now=self.now)

    @property
    def is_blocked(self) -> bool:
        return bool(self.file and self.file.blocked_at)

    @cached_property
    def refusal(self) -> rules.Refusal | None:
        """Why this person cannot book here online, as they are told."""
        try:
            rules.check_not_blocked(self.patient, self.practice, self.now)
        except rules.Refusal as refusal:
            return refusal
        return None

    @cached_property
    def invitation(self) -> Invitation | None:
        """The link that was handed out and not used yet."""
        open_ones = Invitation.objects.open(self.now)
        return open_ones.filter(patient=self.patient, practice=self.practice).first()

    @property
    def age(self) -> int | None:
        return self.patient.age_on(self.practice.local(self.now).date())

    @property
    def belongs_to_the_desk(self) -> bool:
        """Nobody's account: the practice keeps name and number right."""
        return self.patient.account_id is None
