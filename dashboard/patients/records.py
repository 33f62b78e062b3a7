"""The people a practice knows, and what it has on each of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Patient, User
from bookings import rules
from bookings.messages.refusals import read_refusal
from bookings.models import Appointment, Invitation, PatientFile, PrivateNote
from bookings.models.files import known_at, no_shows
from bookings.status import UPCOMING, Status
from dashboard.cockpit import Cockpit
from doctors.models import Practice
from web.dates import typed_date
from web.text import normalise

SHORTEST_NUMBER = 4
"""Digits that make a search one for a phone number."""
DATE_IN_TEXT = re.compile(r"\d{1,4}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}")
"""A date that stands out among other words."""


def search(people: QuerySet[Patient], text: str) -> QuerySet[Patient]:
    """Every word of `text` in the name, case and accents aside; its digits in the number; its date.

    A date of birth may stand beside the name, in any usual form.
    """
    latest = timezone.now().date()
    date = DATE_IN_TEXT.search(text)
    if date and (born := typed_date(date.group(), latest=latest)):
        people, text = people.filter(birth_date=born), text.replace(date.group(), " ")
    elif born := typed_date(text, latest=latest):
        # "12 03 84" may be a part of a number.
        return people.filter(Q(birth_date=born) | _phone_has(text))
    if len(_digits(text)) >= SHORTEST_NUMBER:
        return people.filter(_phone_has(text))
    for word in normalise(text).split():
        people = people.filter(search_text__contains=word)
    return people


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isdigit())


def _phone_has(text: str) -> Q:
    return Q(phone__contains=_digits(text).lstrip("0"))


def for_list(
    people: QuerySet[Patient], user: User, practices: Collection[Practice], now: dt.datetime
) -> Any:
    """With the last and the next visit that `user` may see here, and whether it is blocked."""
    here = Appointment.objects.for_staff(user).filter(practice__in=practices)
    visits = Q(appointments__in=here)
    came = visits & Q(appointments__status__in=(Status.DONE, Status.NO_SHOW))
    coming = visits & Q(appointments__status__in=UPCOMING, appointments__starts_at__gt=now)
    blocked = PatientFile.objects.filter(
        patient=OuterRef("pk"), practice__in=practices, blocked_at__isnull=False
    )
    return people.annotate(
        last_visit=Max("appointments__starts_at", filter=came),
        next_visit=Min("appointments__starts_at", filter=coming),
        is_blocked_here=Exists(blocked),
    ).order_by("last_name", "first_name", "pk")


class Record:
    """One person as one practice sees them: all that the page shows, read when it is made.

    `practices` are all those of the desk that know the person: their visits stand together.
    """

    def __init__(
        self, patient: Patient, cockpit: Cockpit, practice: Practice, practices: list[Practice]
    ) -> None:
        user, now = cockpit.user, cockpit.now
        self.patient, self.practice = patient, practice
        self.others = [each for each in practices if each != practice]
        """The desk's other practices with a file of this person."""
        self.age = patient.age_on(practice.local(now).date())
        visits = visits_here(user, patient, practices)
        ahead = [visit for visit in visits if visit.starts_at and visit.starts_at > now]
        self.coming = ahead[::-1]
        """What is ahead, the next first."""
        self.past = visits[len(ahead) :]
        """The latest first."""
        self.notes = notes_on(user, visits) if cockpit.is_own else []
        self.file = (
            PatientFile.objects.filter(patient=patient, practice=practice)
            .select_related("blocked_by", "no_shows_reset_by")
            .first()
        )
        self.is_blocked = bool(self.file and self.file.blocked_at)
        self.refusal = None if self.is_blocked else refusal_here(patient, practice, now)
        self.no_shows = no_shows(patient=patient, practice=practice, now=now)
        """Those that count towards the end of online booking here."""
        self.belongs_to_the_desk = patient.account_id is None
        """Nobody's account: the practice keeps name and number right."""
        self.invitation = (
            Invitation.objects.open(now).filter(patient=patient, practice=practice).first()
            if self.belongs_to_the_desk
            else None
        )
        """The link that was handed out and not used yet."""
        self.refused_address = read_refusal(patient, practice)


def practices_with(patient: Patient, practices: list[Practice]) -> list[Practice]:
    """Those of `practices` that know the person; the only one of a desk takes no query."""
    if len(practices) == 1:
        return practices
    known = {each.pk for each in practices if known_at([each]).filter(pk=patient.pk).exists()}
    return [each for each in practices if each.pk in known]


def visits_here(user: User, patient: Patient, practices: Collection[Practice]) -> list[Appointment]:
    """All that the reader may see at these practices, the latest first."""
    visits = Appointment.objects.for_staff(user).filter(patient=patient, practice__in=practices)
    return list(visits.for_pages().latest_first())


def notes_on(user: User, visits: list[Appointment]) -> list[PrivateNote]:
    """The reader's own words on these visits: a doctor's, nobody else's."""
    notes = PrivateNote.objects.visible_to(user).filter(appointment__in=visits)
    written = notes.exclude(text="").select_related("appointment__practice")
    return list(written.order_by("-appointment__starts_at", "-updated_at"))


def refusal_here(patient: Patient, practice: Practice, now: dt.datetime) -> rules.Refusal | None:
    """Why this person cannot book here online, as they are told."""
    try:
        rules.check_not_blocked(patient, practice, now)
    except rules.Refusal as refusal:
        return refusal
    return None
