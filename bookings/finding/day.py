"""One whole day of a doctor: every time, free or not, with the reason in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings import rules
from bookings.finding.address import PanelAddress
from bookings.finding.alternatives import NothingFree, soonest_colleague
from bookings.finding.grid import emergency_phones, why_refused
from bookings.finding.live import token_of
from bookings.finding.panel import types_for, why_closed
from bookings.finding.places import Places, place_at, read_places
from bookings.finding.visitor import Reader
from bookings.slots import Blocker, Calendars, DaySlot, SlotQuery, next_free
from doctors.models import ConsultationType, Doctor, Practice
from scheduling.engine import DAY

# Names of the parts of a day, with the hour each begins.
PARTS = ((0, _("Morning")), (12, _("Afternoon")), (18, _("Evening")))
SANE_YEARS = range(1970, 9001)
"""A day at the edge of the calendar has no neighbours to compute with."""


class DayPart(NamedTuple):
    """Morning, afternoon or evening."""

    name: str | Promise
    slots: list[DaySlot]
    practice: Practice | None = None
    """Where it is, when the doctor sees patients at several practices."""


class SlotCount(NamedTuple):
    """A line of the legend: `code` is empty for free times."""

    code: str
    label: str | Promise
    times: int


@dataclass(frozen=True)
class WholeDay:
    """What `day.html` draws; days gone by can be looked at too."""

    state: PanelAddress
    query: SlotQuery
    types: list[ConsultationType]
    date: dt.date
    now: dt.datetime
    valid_until: dt.datetime
    """The next instant at which the page changes by time alone."""
    slots: list[DaySlot] = field(default_factory=list)
    places: Places = field(default_factory=dict)
    """The practices of the times, when the doctor sees patients at several."""
    next_start: dt.datetime | None = None
    """The first free start after a day without any."""
    next_practice: Practice | None = None
    """Where it is, when that is not the doctor's own practice."""
    refusal: rules.Refusal | None = None
    """Why there are no times to show."""
    closed: NothingFree | None = None
    """Why nobody can book here online."""

    @property
    def today(self) -> dt.date:
        return self.query.today(self.now)

    @property
    def last_day(self) -> dt.date:
        return self.query.last_day(self.now)

    @property
    def drawn_at(self) -> dt.datetime:
        """Now, on the practice's clock."""
        return self.query.doctor.practice.local(self.now)

    @property
    def live(self) -> str:
        """The token of the times shown (bookings.finding.live)."""
        return str(token_of(self.query.doctor, self.valid_until))

    @property
    def parts(self) -> list[DayPart]:
        """Morning, afternoon, evening: those with times, each practice apart."""
        ends = [hour for hour, _name in PARTS[1:]] + [24]
        return [
            DayPart(name, list(slots), self.places.get(pk))
            for (begin, name), end in zip(PARTS, ends, strict=True)
            for pk, slots in groupby(
                (slot for slot in self.slots if begin <= slot.start.hour < end),
                key=lambda slot: slot.practice_id,
            )
        ]

    @property
    def practices(self) -> list[Practice]:
        """Where the doctor sees patients for this type."""
        return list(self.places.values()) or [self.query.doctor.practice]

    @property
    def legend(self) -> list[SlotCount]:
        """How many times are free, and how many are taken for each reason."""
        counts = Counter(slot.blocker for slot in self.slots)
        taken = [
            SlotCount(blocker.value, blocker.label, counts[blocker])
            for blocker in Blocker
            if counts[blocker]
        ]
        return [SlotCount("", _("Free"), counts[None]), *taken]

    @property
    def is_refused_for_the_day(self) -> bool:
        """Whether today's times could be shown, although this day is refused."""
        too_far = self.refusal is not None and self.refusal.code == "emergency_too_far"
        return too_far and self.date > self.today

    @property
    def has_free(self) -> bool:
        return any(slot.blocker is None for slot in self.slots)

    @property
    def emergency_phones(self) -> list[str]:
        return emergency_phones(self.query)

    # -- addresses --------------------------------------------------------------------------

    def address(self, date: dt.date) -> str:
        """This page on another day."""
        state = {"type": self.query.type_id, "date": date, "seen": self.state.seen}
        query = urlencode({name: value for name, value in state.items() if value})
        return f"{self.state.path}?{query}"

    @property
    def refresh_address(self) -> str:
        return self.address(self.date)

    @property
    def earlier_address(self) -> str:
        """ "" where the day before is past."""
        return self.address(self.date - DAY) if self.date > self.today else ""

    @property
    def later_address(self) -> str:
        """ "" where the day after cannot be booked yet."""
        return self.address(self.date + DAY) if self.date < self.last_day else ""

    @property
    def today_address(self) -> str:
        return self.address(self.today)

    @property
    def next_start_address(self) -> str:
        return self.address(self.next_start.date()) if self.next_start else ""

    @property
    def panel_address(self) -> str:
        """The doctor's page, with the days around this one."""
        page, type_id = self.query.doctor.get_absolute_url(), self.query.type_id
        return self.state.address(path=page, type_id=type_id, first_day=self.date)


def state_of_day(data: Mapping[str, str], path: str) -> PanelAddress:
    """What the page's address asks for: `date` and `type`, and `seen` for the booking."""
    asked = {"from": data.get("date", ""), "type": data.get("type", "")}
    return PanelAddress.from_query(
        asked | {"seen": "no" if data.get("seen") == "no" else "yes"}, path
    )


def read_day(doctor: Doctor, state: PanelAddress, reader: Reader) -> WholeDay:
    """The day that `state` names, else today; for the type it names, else the ordinary one."""
    now, offered = reader.now, doctor.consultation_types.offered()
    types = types_for(list(offered), state.is_new_patient)
    chosen = next((each for each in types if each.pk == state.type_id), offered.ordinary())
    closed_to = why_closed(doctor, list(offered), is_new_patient=False)
    query = reader.query(doctor, None if closed_to else chosen)
    date = state.first_day or query.today(now)
    if date.year not in SANE_YEARS:
        date = query.today(now)
    day = WholeDay(state, query, types, date, now, query.midnight(now))
    if closed_to:
        colleague = soonest_colleague(query, date, now=now, token=reader.token)
        return replace(day, closed=NothingFree(closed_to, colleague=colleague))
    if refusal := why_refused(query, date, reader):
        return replace(day, refusal=refusal)
    calendars = Calendars([query], [date], now=now, token=reader.token)
    slots = calendars.grid(query)[date]
    # A time that begins is past.
    ahead = [slot.start for slot in slots if slot.start > now]
    until = min([calendars.valid_until(query), *ahead[:1]])
    places = read_places([query], calendars.weeks)[query]
    day = replace(day, slots=slots, valid_until=until, places=places)
    if day.has_free:
        return day
    after = max(date, day.today - DAY) + DAY
    start = next_free([query], after, now=now, token=reader.token)[doctor.pk]
    there = place_at(query, start, calendars.weeks)
    return replace(day, next_start=start, next_practice=there)
