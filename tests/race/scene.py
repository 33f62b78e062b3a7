"""The run of one scenario: its answers and its problems."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bookings.models import Appointment, Hold, Notification, StatusChange
from tests.race.browser import Answer, FormRequest, at_once
from tests.race.checks import FreeTimes, overlaps, queue_gaps, unrecorded
from tests.race.clinic import Clinic, PatientOnline, Visitor

LEAD = 0.02
"""Seconds of one step of the lead that one side of a race gets."""
SHOWN = 5
"""The number of a scenario's problems that are printed."""


@dataclass
class Scene:
    clinic: Clinic
    rounds: int
    statuses: Counter[int] = field(default_factory=Counter)
    winners: int = 0
    """The number of requests that won their race."""
    problems: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    """The number of wins of each side: when one side always wins, it is no race."""

    @property
    def sixteen(self) -> list[PatientOnline]:
        return self.clinic.patients[:16]

    @property
    def eight(self) -> list[PatientOnline]:
        return self.clinic.patients[:8]

    @property
    def other_eight(self) -> list[PatientOnline]:
        return self.clinic.patients[8:16]

    @property
    def visitors(self) -> list[Visitor]:
        return self.clinic.visitors

    def race(
        self, requests: Sequence[FormRequest], *, later: Sequence[FormRequest] = (), lead: int = 0
    ) -> list[Answer]:
        """Send all requests at once, those in `later` after `lead` steps; return the answers."""
        answers = at_once(requests, later=later, by=lead * LEAD)
        self.expect(len(answers) == len(requests), "a request was lost")
        for answer in answers:
            self.count(answer)
        return answers

    def count(self, answer: Answer) -> Answer:
        self.statuses[answer.status] += 1
        if answer.status >= 500:
            self.problems.append(f"{answer.status} {answer.request.path}: {answer.title}")
        return answer

    def set_up(self, request: FormRequest) -> Answer:
        """Send a request before the race, which must succeed."""
        answer = request.send()
        said = f"{answer.status} {request.path} before the race: {answer.reason or answer.title}"
        self.expect(answer.is_done, said)
        return answer

    def expect(self, holds: object, words: str) -> None:
        if not holds:
            self.problems.append(words)

    def refused(self, answers: Iterable[Answer], *statuses: int, with_times: bool = True) -> None:
        """Expect refusals with words and one of `statuses`; a 409 offers three free times."""
        free_times = FreeTimes()
        for answer in answers:
            wrong = free_times.wrong_refusal(answer, with_times=with_times)
            if answer.status not in (statuses or (409,)):
                wrong = f"is unexpected: {answer.reason or answer.title}"
            if wrong:
                self.problems.append(f"{answer.status} {answer.request.path} {wrong}")

    def one_wins(self, answers: Sequence[Answer]) -> Answer | None:
        """Expect one success and a correct 409 for all others; return the success."""
        won = [answer for answer in answers if answer.is_done]
        self.expect(len(won) == 1, f"{len(won)} of {len(answers)} won")
        self.refused(answer for answer in answers if not answer.is_done)
        self.winners += len(won)
        return won[0] if won else None

    def look_into_the_database(self) -> None:
        """Add the problems that the database shows after any scenario."""
        for one, other in overlaps(of="doctor"):
            self.problems.append(f"{one} overlaps {other}")
        self.problems += unrecorded()
        self.problems += queue_gaps()


Play = Callable[[Scene], None]


@dataclass(frozen=True)
class Scenario:
    title: str
    play: Play


SCENARIOS: list[Scenario] = []


def scenario(title: str) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        SCENARIOS.append(Scenario(title, play))
        return play

    return register


def forget_visits() -> None:
    """Delete all visits and holds, so that the next scenario's people are free at any time."""
    StatusChange.objects.exclude(undoes=None).delete()
    for model in (Notification, StatusChange, Appointment, Hold):
        model.objects.all().delete()


def let_holds_expire() -> None:
    """Let all holds end, as after five minutes."""
    over = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    Hold.objects.update(expires_at=over)


def deadlocks() -> int:
    """The number of deadlocks that PostgreSQL counted in this database; 0 for SQLite."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def alternating(*groups: Sequence[Any]) -> list[Any]:
    """One request of each group in turn, so that no group starts first as a whole."""
    return [each for row in zip(*groups, strict=True) for each in row]
