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

OPEN = (Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS)
"""Statuses of a visit whose end nobody noted: it is to close once its day is over."""

UNCLOSED = (Status.PENDING, *OPEN)
"""Statuses of a visit with which the desk is not done: a request, or an open visit."""

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
    CORRECT = "correct", _("corrected")
    CANCEL = "cancel", _("cancelled")
    MOVE = "move", _("moved")
    ASK_TO_MOVE = "ask_to_move", _("asked to move")
    UNDO = "undo", _("undone")


class Change(NamedTuple):
    verb: Verb
    to: Status
    sources: frozenset[Status]


CHANGES = (
    Change(Verb.CONFIRM, Status.CONFIRMED, frozenset({Status.PENDING})),
    Change(Verb.ARRIVE, Status.ARRIVED, frozenset({Status.CONFIRMED})),
    Change(Verb.START, Status.IN_PROGRESS, frozenset({Status.CONFIRMED, Status.ARRIVED})),
    Change(
        Verb.FINISH,
        Status.DONE,
        frozenset({Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS}),
    ),
    Change(Verb.MARK_ABSENT, Status.NO_SHOW, frozenset({Status.CONFIRMED})),
    Change(
        Verb.CANCEL,
        Status.CANCELLED,
        frozenset({Status.PENDING, Status.CONFIRMED, Status.ARRIVED}),
    ),
    Change(
        Verb.CORRECT,
        Status.DONE,
        frozenset({Status.NO_SHOW, Status.ARRIVED, Status.IN_PROGRESS}),
    ),
    Change(
        Verb.CORRECT,
        Status.NO_SHOW,
        frozenset({Status.DONE, Status.ARRIVED, Status.IN_PROGRESS}),
    ),
)


def target_of(verb: Verb) -> Status:
    """The status to which a verb other than `correct` leads."""
    (to,) = (change.to for change in CHANGES if change.verb is verb)
    return to


def leads_to(verb: Verb, status: str, to: Status | None = None) -> Status | None:
    """The status after `verb`, or None when `status` does not allow it.

    `correct` needs `to`, because it leads to one of two statuses. The table knows no clock:
    `services.why_not_now` compares the visit's time with the present.
    """
    return next(
        (
            change.to
            for change in CHANGES
            if change.verb == verb and status in change.sources and to in (change.to, None)
        ),
        None,
    )
