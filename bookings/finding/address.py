"""What the address of a page with free times asks for, and the addresses of its other states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.dateparse import parse_date

from bookings.slots import SlotQuery
from web.requests import any_id


@dataclass(frozen=True)
class PanelAddress:
    """The state of the booking panel: `path?seen=…&type=…&from=…&all=1`.

    Nonsense in an address is a step not taken, never an error.
    """

    path: str
    is_new_patient: bool | None = None
    """The answer to "Have you seen this doctor before?", reversed; None without an answer."""
    type_id: int | None = None
    first_day: dt.date | None = None
    shows_all: bool = False

    @classmethod
    def from_query(cls, data: Mapping[str, str], path: str) -> PanelAddress:
        return cls(
            path,
            is_new_patient={"yes": False, "no": True}.get(data.get("seen", "")),
            type_id=any_id(data.get("type", "")) or None,
            first_day=day_in(data.get("from", "")),
            shows_all=data.get("all") == "1",
        )

    @property
    def seen(self) -> str:
        """`is_new_patient` as addresses and forms spell it; "" without an answer."""
        return {None: "", False: "yes", True: "no"}[self.is_new_patient]

    def within_horizon(self, query: SlotQuery, now: dt.datetime) -> PanelAddress:
        """This state with the day that it asks for, if any, among those that can be booked."""
        if self.first_day is None:
            return self
        today = query.today(now)
        last = today + dt.timedelta(days=query.horizon_days)
        return replace(self, first_day=min(max(self.first_day, today), last))

    def address(self, **changes: Any) -> str:
        """The address of this state with some of it changed; other days show few times again."""
        other = replace(self, **({"shows_all": False} | changes))
        state = {
            "seen": other.seen,
            "type": other.type_id,
            "from": other.first_day,
            "all": int(other.shows_all),
        }
        query = urlencode({name: value for name, value in state.items() if value})
        return f"{other.path}?{query}" if query else other.path


def day_in(text: str) -> dt.date | None:
    """The date written as `text`; None for any other text."""
    try:
        return parse_date(text)
    except ValueError:
        return None
