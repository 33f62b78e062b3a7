"""The words of the table: people, and what each of them gets from a route."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PEOPLE = (
    "anonymous",
    "patient_a",
    "patient_b",
    "doctor_a",
    "doctor_b",
    "secretary_a",
    "secretary_b",
    "secretary_there",
    "admin",
)
"""`secretary_there` works at a second practice of doctor A, where another visit is."""
SIGN_IN = "sign in"
"""A redirect to the sign-in page."""
Statuses = dict[str, int | str]


def everyone(answer: int) -> Statuses:
    return dict.fromkeys(PEOPLE, answer)


def signed_in(answer: int) -> Statuses:
    return everyone(answer) | {"anonymous": SIGN_IN}


def only(*people: str, answer: int) -> Statuses:
    """`people` get `answer`, anonymous visitors the sign-in page, everybody else a 404."""
    return signed_in(404) | dict.fromkeys(people, answer)


NOT_ALLOWED = everyone(405)
NOT_ALLOWED_BEHIND_SIGN_IN = signed_in(405)
CONCERNED = ("patient_a", "doctor_a", "secretary_a", "admin")
DESK = ("doctor_a", "secretary_a", "admin")
COCKPIT = ("doctor_a", "secretary_a")
"""An admin works at no desk: what an admin changes goes through the admin."""
AGENDA = (*COCKPIT, "secretary_there")
"""Who works for doctor A, at either practice; visits and patients are those of the practice."""


@dataclass
class Route:
    """`path` may name objects of side A; `data` is posted; `post` is what each gets then."""

    path: str
    get: Statuses
    post: Statuses
    data: dict[str, Any] = field(default_factory=lambda: {"nonsense": "1"})
    is_json: bool = False


def page(path: str) -> Route:
    """A public page that only shows."""
    return Route(path, everyone(200), NOT_ALLOWED)


def moved(path: str) -> Route:
    """An old address: whatever is asked there, it is elsewhere now."""
    return Route(path, everyone(301), everyone(301))


BOOKING = {"doctor": "{doctor.pk}", "consultation_type": "{kind.pk}"}
FREE = BOOKING | {"appointment_time": "{free}"}
# Patients book for themselves; the desk must say for whom; others have no person.
BY_PROGRAM = everyone(422) | {"anonymous": 401, "patient_a": 201, "patient_b": 201}
