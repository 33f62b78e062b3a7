"""The plans of a doctor's visits: slot, patient and history."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from bookings.samples import story
from bookings.samples.agenda import PAST_DAYS, Diary, Slot, draw, slots_of, usual_number
from bookings.samples.chance import Chance
from bookings.samples.people import Crowd, SamplePerson
from bookings.samples.reasons import REASONS
from bookings.status import TOOK_PLACE, Status
from scheduling.engine import days_from

CANCELLED = 0.07
ONLINE, REQUESTED_ONLINE = 0.25, 0.9
# The statuses of visits that were left open on the last working day: visits to close.
LEFT_OPEN = {0: Status.ARRIVED, 1: Status.IN_PROGRESS}


class WalkIn(NamedTuple):
    """A patient without appointment: arrival, day and queue number."""

    arrival: dt.datetime
    day: dt.date
    number: int


@dataclass(slots=True)
class VisitPlan:
    """A visit with a `slot`, or a walk-in with a `number` of its `day`."""

    id: uuid.UUID
    person: SamplePerson
    type_index: int
    day: dt.date
    steps: list[story.Step]
    reason: str
    slot: Slot | None = None
    number: int | None = None

    @property
    def status(self) -> Status:
        return self.steps[-1].after


class Regulars:
    """The patients who came to a doctor, in the order of their first visit."""

    def __init__(self) -> None:
        self.people: dict[SamplePerson, None] = {}
        self.all: list[SamplePerson] = []
        self.online: list[SamplePerson] = []

    def add(self, person: SamplePerson) -> None:
        if person not in self.people:
            self.people[person] = None
            self.all.append(person)
            if person.account is not None:
                self.online.append(person)

    def some_online(self, day: dt.date, chance: Chance) -> list[SamplePerson]:
        """A few patients with an account and without a visit on `day`."""
        few = chance.sample(self.online, min(4, len(self.online)))
        return [person for person in few if day not in person.days]


def plan_visits(
    diary: Diary, crowd: Crowd, *, wanted: int | None, chance: Chance
) -> list[VisitPlan]:
    """The visits in order of time: `wanted` ones, or as many as the doctor's load gives."""
    if wanted == 0 or not diary.week or not diary.doctor.load:
        return []
    slots = slots_of(diary, wanted=wanted, chance=chance)
    number = usual_number(slots) if wanted is None else wanted
    came = _walk_ins(diary, chance)[: number // 5]
    cancelled = round(number * CANCELLED)
    taken = draw(slots, number - cancelled - len(came), chance)
    called_off = draw(slots, cancelled, chance)
    forgotten = _to_close(diary, taken)
    regulars = Regulars()
    visits = []
    for plan, is_cancelled in _in_order(taken, called_off, came):
        if isinstance(plan, WalkIn):
            visit = _walk_in(diary, crowd, plan, regulars, chance)
        else:
            left_open = None if is_cancelled else forgotten.get(plan)
            visit = _booked(diary, crowd, plan, is_cancelled, left_open, regulars, chance)
        if visit.status in TOOK_PLACE:
            regulars.add(visit.person)
        visits.append(visit)
    return visits


def _in_order(
    taken: list[Slot], called_off: list[Slot], came: list[WalkIn]
) -> list[tuple[Slot | WalkIn, bool]]:
    """(slot or walk-in, whether it is cancelled), by time."""
    events: list[tuple[Slot | WalkIn, bool]] = [
        *((slot, True) for slot in called_off),
        *((slot, False) for slot in taken),
        *((walk_in, False) for walk_in in came),
    ]
    # Slots and walk-ins begin with their time; the sort is stable.
    return sorted(events, key=lambda event: event[0][0])


def _booked(
    diary: Diary,
    crowd: Crowd,
    slot: Slot,
    is_cancelled: bool,
    left_open: Status | None,
    regulars: Regulars,
    chance: Chance,
) -> VisitPlan:
    consultation_type = diary.doctor.consultation_types[slot.type_index]
    online = chance.happens(REQUESTED_ONLINE if consultation_type.on_request else ONLINE)
    comes_back = consultation_type.existing_only or not (
        consultation_type.for_new or chance.happens(0.5)
    )
    among = regulars.all if comes_back else []
    if consultation_type.existing_only and online:
        # A new patient can book this type at the desk only.
        among = regulars.some_online(slot.day, chance)
        online = bool(among)
    visit = story.SeededVisit(slot.start, slot.end, diary.zone, left_open)
    steps = story.booked(visit, consultation_type, diary.now, online=online, chance=chance)
    continued = story.cancelled if is_cancelled else story.lived
    steps = continued(steps, visit, diary.now, chance)
    person = crowd.pick(
        slot.day,
        diary.doctor.field.audience,
        online=online,
        among=among,
        is_no_show=steps[-1].after == Status.NO_SHOW,
    )
    reason = _reason(diary, chance)
    return VisitPlan(_uuid(chance), person, slot.type_index, slot.day, steps, reason, slot=slot)


def _walk_in(
    diary: Diary, crowd: Crowd, walk_in: WalkIn, regulars: Regulars, chance: Chance
) -> VisitPlan:
    steps = story.walked_in(
        walk_in.arrival,
        diary.doctor.consultation_types[0].minutes,
        diary.now,
        is_today=walk_in.day == diary.today,
        chance=chance,
    )
    person = crowd.pick(walk_in.day, diary.doctor.field.audience, among=regulars.all)
    reason = _reason(diary, chance)
    return VisitPlan(_uuid(chance), person, 0, walk_in.day, steps, reason, number=walk_in.number)


def _walk_ins(diary: Diary, chance: Chance) -> list[WalkIn]:
    """The walk-ins of the last thirteen weeks, the last day first.

    In this order the list can be cut and each day's numbers have no gap.
    """
    found: list[WalkIn] = []
    if not diary.doctor.takes_walk_ins:
        return found
    for day in reversed(days_from(diary.today - dt.timedelta(days=PAST_DAYS), PAST_DAYS + 1)):
        opened = diary.plain_openings(day)
        count = chance.randint(6, 10) if day == diary.today else chance.randint(0, 3)
        arrivals = sorted(
            (opens + (closes - opens) * chance.random()).replace(microsecond=0)
            for opens, closes in (chance.choice(opened) for _each in range(count if opened else 0))
        )
        # Later arrivals of today are left out and not moved before now.
        here = [at for at in arrivals if at <= diary.now and not _is_away(diary, at)]
        found += [WalkIn(at, day, number) for number, at in enumerate(here, start=1)]
    return found


def _is_away(diary: Diary, at: dt.datetime) -> bool:
    return any(start <= at < end for start, end in diary.blocked)


def _to_close(diary: Diary, taken: list[Slot]) -> dict[Slot, Status]:
    """The last visits of the last working day before today, for some of the doctors."""
    past = [slot for slot in taken if slot.day < diary.today and slot.end < diary.now]
    if not past or diary.doctor.index % 4 not in LEFT_OPEN:
        return {}
    return {past[-1]: LEFT_OPEN[diary.doctor.index % 4]}


def _reason(diary: Diary, chance: Chance) -> str:
    return chance.choice(REASONS[diary.doctor.field.slug]) if chance.happens(0.65) else ""


def _uuid(chance: Chance) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
