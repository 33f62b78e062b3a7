"""The status table: the statuses from which a verb leads, and the status to which it leads.

Every other change is refused.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Pending")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    NO_SHOW = "no_show", _("Absent")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (
    Status.PENDING,
    Status.CONFIRMED,
    Status.ARRIVED,
    Status.IN_PROGRESS,
    Status.DONE,
)
"""Statuses that occupy the doctor's time."""

UPCOMING = (Status.PENDING, Status.CONFIRMED)
"""Statuses of a visit that has not begun: it can be moved, and the patient can cancel it."""

TOOK_PLACE = (Status.ARRIVED, Status.IN_PROGRESS, Status.DONE)
"""Statuses of a visit to which the patient came."""


class Verb(models.TextChoices):
    REQUEST = "request", _("requested")
    BOOK = "book", _("booked")
    ADD_WALK_IN = "add_walk_in", _("added without appointment")
    CONFIRM = "confirm", _("confirmed")
    ARRIVE = "arrive", _("arrived")
    START = "start", _("started")
    FINISH = "finish", _("finished")
    MARK_ABSENT = "mark_absent", _("marked absent")
    CANCEL = "cancel", _("cancelled")
    MOVE = "move", _("moved")
    ASK_TO_MOVE = "ask_to_move", _("asked to move")
    UNDO = "undo", _("undone")


class Change(NamedTuple):
    to: Status
    sources: frozenset[Status]


CHANGES: dict[Verb, Change] = {
    Verb.CONFIRM: Change(Status.CONFIRMED, frozenset({Status.PENDING})),
    Verb.ARRIVE: Change(Status.ARRIVED, frozenset({Status.CONFIRMED})),
    Verb.START: Change(Status.IN_PROGRESS, frozenset({Status.CONFIRMED, Status.ARRIVED})),
    Verb.FINISH: Change(Status.DONE, frozenset({Status.ARRIVED, Status.IN_PROGRESS})),
    Verb.MARK_ABSENT: Change(Status.NO_SHOW, frozenset({Status.CONFIRMED})),
    Verb.CANCEL: Change(
        Status.CANCELLED, frozenset({Status.PENDING, Status.CONFIRMED, Status.ARRIVED})
    ),
}


def leads_to(verb: Verb, status: str) -> Status | None:
    """The status after `verb`, or None when `status` does not allow it.

    The table knows no clock: `services.why_not_now` compares the visit's start with the time.
    """
    change = CHANGES.get(verb)
    return change.to if change and status in change.sources else None
