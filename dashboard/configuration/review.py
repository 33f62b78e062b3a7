"""The visits that a change hits, and a decision for each, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.functional import Promise

from bookings.models import Appointment
from bookings.services import Decisions, Outcome, VisitsAffected

SEEN, EVERY, MESSAGE = "seen", "outcome-all", "message"
OWN_FIELDS = ("csrfmiddlewaretoken", "doctor", SEEN, EVERY, MESSAGE)
LONGEST_MESSAGE = 1000


@dataclass(frozen=True)
class AffectedLine:
    """A visit on the list. `is_new`: it came after the list was first on the screen."""

    visit: Appointment
    is_ours: bool
    is_new: bool
    outcome: str

    @property
    def name(self) -> str:
        return f"outcome-{self.visit.pk}"

    @property
    def is_told_by_mail(self) -> bool:
        return bool(self.visit.mail_address)

    @property
    def phone(self) -> object:
        """The person's own, or the account owner's."""
        return self.visit.patient.phone


@dataclass(frozen=True)
class Review:
    """What the page asks: `sent` is the form that waits for the answer, typed once."""

    lines: list[AffectedLine]
    sent: list[tuple[str, str]]
    message: str
    every: str
    title: str | Promise
    confirm: str | Promise
    action: str
    back: str

    @property
    def has_news(self) -> bool:
        return any(line.is_new for line in self.lines)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Outcome.choices]


def decisions_in(data: QueryDict) -> Decisions:
    """A visit without an answer of its own has the one for all, if it was on the screen."""
    every = data.get(EVERY, "")
    outcomes = {pk: data.get(f"outcome-{pk}") or every for pk in _seen(data)}
    known = {pk: Outcome(outcome) for pk, outcome in outcomes.items() if outcome in Outcome.values}
    return Decisions(known, _message(data))


def review_of(
    data: QueryDict,
    refusal: VisitsAffected,
    *,
    title: str | Promise,
    confirm: str | Promise,
    action: str,
    back: str,
) -> Review:
    seen = set(_seen(data))
    lines = [
        AffectedLine(
            hit.visit,
            hit.is_ours,
            bool(seen) and hit.visit.pk not in seen,
            _outcome(data, hit.visit),
        )
        for hit in refusal.affected
    ]
    return Review(
        lines=lines,
        sent=[pair for pair in _pairs(data) if not _is_answer(pair[0])],
        message=_message(data),
        every=data.get(EVERY, ""),
        title=title,
        confirm=confirm,
        action=action,
        back=back,
    )


def _outcome(data: QueryDict, visit: Appointment) -> str:
    return data.get(f"outcome-{visit.pk}", "")


def _message(data: QueryDict) -> str:
    return data.get(MESSAGE, "").replace("\x00", " ")[:LONGEST_MESSAGE]


def _seen(data: QueryDict) -> Iterator[UUID]:
    for text in data.getlist(SEEN):
        try:
            yield UUID(text)
        except ValueError:
            continue


def _pairs(data: QueryDict) -> Iterator[tuple[str, str]]:
    return ((name, str(value)) for name, values in data.lists() for value in values)


def _is_answer(name: str) -> bool:
    return name in OWN_FIELDS or name.startswith("outcome-")
