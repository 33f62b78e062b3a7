"""The history of a visit: changes of its status, in order, as the status table allows."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.samples.chance import Chance
from bookings.samples.consultation_types import TypePlan
from bookings.status import Status, Verb

MINUTE = dt.timedelta(minutes=1)
NO_SHOW_RATE = 0.06


class Step(NamedTuple):
    """One change; `by` is "patient", "desk", "doctor" or "system"."""

    verb: Verb
    before: str
    after: Status
    by: str
    at: dt.datetime


class SeededVisit(NamedTuple):
    """The time and zone of a visit. `left_open` is the status in which the desk forgot it."""

    start: dt.datetime
    end: dt.datetime
    zone: ZoneInfo
    left_open: Status | None = None


def booked(
    visit: SeededVisit,
    consultation_type: TypePlan,
    now: dt.datetime,
    *,
    online: bool,
    chance: Chance,
) -> list[Step]:
    """The first steps of a visit: booked, or requested and, in most cases, confirmed."""
    latest = min(now, visit.start - dt.timedelta(hours=consultation_type.notice_hours))
    if consultation_type.emergency_only:
        # An emergency can be booked within 24 hours only.
        earliest = visit.start - dt.timedelta(hours=23)
        at = earliest + (latest - earliest) * chance.uniform(0.2, 0.98)
    else:
        at = latest - (10 + 30 * 1440 * chance.random() ** 2) * MINUTE
    at = at.replace(microsecond=0)
    who = "patient" if online else "desk"
    if not (online or consultation_type.emergency_only or _desk_is_open(at, visit.zone)):
        evening_before = (at - dt.timedelta(days=1)).astimezone(visit.zone)
        at = evening_before.replace(hour=chance.randint(8, 17)).astimezone(dt.UTC)
    if not (consultation_type.on_request and online):
        return [Step(Verb.BOOK, "", Status.CONFIRMED, who, at)]
    requested = Step(Verb.REQUEST, "", Status.PENDING, who, at)
    is_waiting = visit.start > now and chance.happens(0.5)
    if is_waiting:
        return [requested]
    answered = _at_desk(at, min(now, visit.start), visit.zone, chance)
    return [requested, Step(Verb.CONFIRM, Status.PENDING, Status.CONFIRMED, "desk", answered)]


def cancelled(
    steps: list[Step], visit: SeededVisit, now: dt.datetime, chance: Chance
) -> list[Step]:
    """`steps` and a cancellation: by the patient, by the desk, or by the system."""
    first = steps[0]
    if first.verb == Verb.REQUEST and visit.start < now and chance.happens(0.4):
        unanswered = Step(Verb.CANCEL, Status.PENDING, Status.CANCELLED, "system", visit.start)
        return [first, unanswered]
    last = steps[-1]
    who = first.by if chance.happens(0.7) else "desk"
    latest = min(now, visit.start)
    if who == "desk":
        at = _at_desk(last.at, latest, visit.zone, chance)
    else:
        at = _between(last.at, latest, chance)
    return [*steps, Step(Verb.CANCEL, last.after, Status.CANCELLED, who, at)]


def lived(steps: list[Step], visit: SeededVisit, now: dt.datetime, chance: Chance) -> list[Step]:
    """`steps` and the steps at the practice until `now`."""
    if steps[-1].after != Status.CONFIRMED:
        return steps
    if chance.happens(NO_SHOW_RATE) and not visit.left_open:
        missed = visit.start + chance.randint(10, 25) * MINUTE
        if missed <= now:
            return [
                *steps,
                Step(Verb.MARK_ABSENT, Status.CONFIRMED, Status.NO_SHOW, "desk", missed),
            ]
    arrived = visit.start - chance.randint(2, 20) * MINUTE
    begun = visit.start + chance.randint(0, 7) * MINUTE
    finished = visit.end - chance.randint(0, 4) * MINUTE
    arrived = max(arrived, steps[-1].at)
    course = [
        Step(Verb.ARRIVE, Status.CONFIRMED, Status.ARRIVED, "desk", arrived),
        Step(Verb.START, Status.ARRIVED, Status.IN_PROGRESS, "doctor", begun),
        Step(Verb.FINISH, Status.IN_PROGRESS, Status.DONE, "doctor", finished),
    ]
    return [*steps, *_until(course, visit.left_open, now)]


def walked_in(
    arrived: dt.datetime, minutes: int, now: dt.datetime, *, is_today: bool, chance: Chance
) -> list[Step]:
    """The steps of a walk-in, from the arrival on; today's last walk-ins still wait."""
    begun = arrived + chance.randint(10, 50) * MINUTE
    course = [
        Step(Verb.START, Status.ARRIVED, Status.IN_PROGRESS, "doctor", begun),
        Step(Verb.FINISH, Status.IN_PROGRESS, Status.DONE, "doctor", begun + minutes * MINUTE),
    ]
    is_waiting = is_today and course[-1].at > now
    came = Step(Verb.ADD_WALK_IN, "", Status.ARRIVED, "desk", arrived)
    return [came] if is_waiting else [came, *course]


def _until(steps: list[Step], left_open: Status | None, now: dt.datetime) -> list[Step]:
    """The steps before `now`, up to the one that leads to `left_open`."""
    happened = []
    for step in steps:
        if step.at > now:
            break
        happened.append(step)
        if step.after == left_open:
            break
    return happened


def _between(low: dt.datetime, high: dt.datetime, chance: Chance) -> dt.datetime:
    return (low + (high - low) * chance.uniform(0.05, 0.95)).replace(microsecond=0)


def _at_desk(low: dt.datetime, high: dt.datetime, zone: ZoneInfo, chance: Chance) -> dt.datetime:
    """A time between `low` and `high`, in the desk's hours if eight draws find one."""
    at = _between(low, high, chance)
    for _try in range(8):
        if _desk_is_open(at, zone):
            break
        at = _between(low, high, chance)
    return at


def _desk_is_open(at: dt.datetime, zone: ZoneInfo) -> bool:
    return 8 <= at.astimezone(zone).hour < 19
