"""One whole day of the booking panel: every time, free or not, with the reason in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from bookings.finding.live import token_of
from bookings.finding.panel import BookingPanel
from bookings.slots import Blocker, Calendars, DaySlot, next_free
from doctors.models import ConsultationType, Doctor
from scheduling.engine import DAY

# Names of the parts of a day, with the hour each begins.
PARTS = ((0, _("Morning")), (12, _("Afternoon")), (18, _("Evening")))


class Part(NamedTuple):
    name: str | Promise
    slots: list[DaySlot]


class Tally(NamedTuple):
    """A line of the legend: `code` is empty for free times."""

    code: str
    label: str | Promise
    times: int


@dataclass
class DayPanel(BookingPanel):
    """State read from the address: `date`, `type`, and `seen` for the booking that may follow.

    Days gone by can be looked at too.
    """

    @classmethod
    def from_query(cls, data: QueryDict, doctor: Doctor, **options: Any) -> DayPanel:
        state = data.copy()
        state["from"] = data.get("date", "")
        if data.get("seen") != "no":
            state["seen"] = "yes"
        return super().from_query(state, doctor, **options)  # type: ignore[return-value]

    @cached_property
    def consultation_type(self) -> ConsultationType | None:
        """The reason asked for, else the ordinary one."""
        if self.is_closed:
            return None
        chosen = next((kind for kind in self.types if kind.pk == self.type_id), None)
        return chosen or self.doctor.consultation_types.offered().ordinary()

    @cached_property
    def first(self) -> dt.date:
        """The day; one at the edge of the calendar has no neighbours to compute with."""
        day = self.first_day
        return day if day and 1970 <= day.year <= 9000 else self.today

    @cached_property
    def calendars(self) -> Calendars:
        return Calendars([self.query], [self.first], now=self.now, token=self.token)

    @cached_property
    def slots(self) -> list[DaySlot]:
        return self.calendars.grid(self.query)[self.first]

    @property
    def parts(self) -> list[Part]:
        """Morning, afternoon, evening: those with times."""
        ends = [hour for hour, _name in PARTS[1:]] + [24]
        parts = [
            Part(name, [slot for slot in self.slots if begin <= slot.start.hour < end])
            for (begin, name), end in zip(PARTS, ends, strict=True)
        ]
        return [part for part in parts if part.slots]

    @property
    def legend(self) -> list[Tally]:
        """How many times of each kind there are, free ones first."""
        counts = Counter(slot.blocker for slot in self.slots)
        taken = [
            Tally(blocker.value, blocker.label, counts[blocker])
            for blocker in Blocker
            if counts[blocker]
        ]
        return [Tally("", _("Free"), counts[None]), *taken]

    @property
    def has_free(self) -> bool:
        return any(slot.blocker is None for slot in self.slots)

    @cached_property
    def next_start(self) -> dt.datetime | None:
        """The first free start after this day."""
        after = max(self.first, self.today - DAY) + DAY
        return next_free([self.query], after, now=self.now, token=self.token)[self.doctor.pk]

    @property
    def live(self) -> str:
        """Until when the page says the same, if nobody writes: a time that begins is past."""
        ahead = [slot.start for slot in self.slots if slot.start > self.now]
        until = min([self.calendars.valid_until(self.query), *ahead[:1]])
        return str(token_of(self.doctor, until))

    # -- addresses --------------------------------------------------------------------------

    @property
    def grid_id(self) -> str:
        return "day_slots"

    @property
    def path(self) -> str:
        return reverse("day_page", args=[self.doctor.slug])

    def address(self, **changes: Any) -> str:
        """This page on another day, or for another reason."""
        kind = self.consultation_type
        state = {"type": kind.pk if kind else None, "date": self.first, "seen": self.seen}
        state |= changes
        return f"{self.path}?{urlencode({name: each for name, each in state.items() if each})}"

    @property
    def refresh_address(self) -> str:
        return self.address()

    @property
    def earlier_address(self) -> str | None:
        return self.address(date=self.first - DAY) if self.first > self.today else None

    @property
    def later_address(self) -> str | None:
        return self.address(date=self.first + DAY) if self.first < self.last_day else None

    @property
    def today_address(self) -> str:
        return self.address(date=self.today)

    @property
    def last_day(self) -> dt.date:
        return self.query.last_day(self.now)

    @property
    def next_start_address(self) -> str | None:
        start = self.next_start
        return self.address(date=start.date()) if start else None

    @property
    def panel_address(self) -> str:
        """The doctor's page, with the days around this one."""
        kind = self.consultation_type
        state = {"seen": self.seen, "type": kind.pk if kind else "", "from": self.first}
        return f"{self.doctor.get_absolute_url()}?{urlencode(state)}"
