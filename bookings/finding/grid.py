"""The grid: a few days of one doctor's free times, and what else there is when they are empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bookings import rules
from bookings.finding.address import PanelAddress
from bookings.finding.alternatives import (
    NothingFree,
    other_types,
    read_waiting_list_entry,
    soonest_colleague,
    waiting_list_address,
)
from bookings.finding.live import token_of
from bookings.finding.places import PlacedDay, Places, place_at, placed, read_places
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.models import Appointment
from bookings.services import check_patient_may_book
from bookings.slots import Calendars, Day, SlotQuery, next_free
from bookings.slots.no_slots import NoSlots, NoSlotsReason, combine_no_slots
from doctors.models import ConsultationType, Doctor
from scheduling import engine

DAYS_SHOWN = 3
STARTS_SHOWN = 5


@dataclass(frozen=True)
class Grid:
    """What `slot_grid.html` draws: the days, or the rule that refuses them."""

    state: PanelAddress
    query: SlotQuery
    now: dt.datetime
    first: dt.date
    """The first day shown."""
    valid_until: dt.datetime
    """The next instant at which the grid changes by time alone."""
    days: list[Day] = field(default_factory=list)
    nothing: NothingFree | None = None
    """When none of the days has a free time."""
    places: Places = field(default_factory=dict)
    """The practices of the times, when the doctor sees patients at several."""
    refusal: rules.Refusal | None = None
    """Why there are no days to show."""
    is_card: bool = False
    """One of many grids on a page: it says less, and the address bar stays with the list."""
    is_move: bool = False
    """For another time of a visit."""

    @property
    def doctor(self) -> Doctor:
        return self.query.doctor

    @property
    def id(self) -> str:
        """The id of the grid's root, and what htmx names as its target."""
        return f"slot_grid-{self.doctor.pk}" if self.is_card else "slot_grid"

    @property
    def moves_address(self) -> str:
        """Whether the address bar follows the grid, as htmx spells it."""
        return "false" if self.is_card else "true"

    @property
    def today(self) -> dt.date:
        return self.query.today(self.now)

    @property
    def last(self) -> dt.date:
        """The last day shown."""
        return self.first + (DAYS_SHOWN - 1) * engine.DAY

    @property
    def drawn_at(self) -> dt.datetime:
        """Now, on the practice's clock."""
        return self.doctor.practice.local(self.now)

    @property
    def live(self) -> str:
        """The tokens of the times shown (bookings.finding.live), a colleague's too."""
        tokens = [token_of(self.doctor, self.valid_until)]
        if self.nothing and (other := self.nothing.colleague):
            query = SlotQuery(other.doctor, other.consultation_type)
            tokens.append(token_of(other.doctor, query.lapses_at(other.start)))
        return " ".join(map(str, tokens))

    @property
    def days_differ(self) -> bool:
        """Whether each day has its own reason to say, beside the one for all of them."""
        return len({day.no_slots for day in self.days}) > 1

    @property
    def starts_shown(self) -> int | None:
        """How many free times a day shows; None for all."""
        return None if self.state.shows_all else STARTS_SHOWN

    @property
    def columns(self) -> list[PlacedDay]:
        """The days with the times they show, by practice."""
        return [placed(day, self.places, self.starts_shown) for day in self.days]

    @property
    def has_more_starts(self) -> bool:
        shown = self.starts_shown
        return shown is not None and any(len(day.starts) > shown for day in self.days)

    @property
    def emergency_phones(self) -> list[str]:
        """The numbers to call when an emergency visit cannot wait; none for other visits."""
        return emergency_phones(self.query)

    # -- addresses --------------------------------------------------------------------------

    @property
    def refresh_address(self) -> str:
        """The same grid, drawn anew."""
        return self.state.address(shows_all=self.state.shows_all)

    @property
    def today_address(self) -> str:
        # Without a day, the grid of a move begins at the visit's own.
        return self.state.address(first_day=self.today if self.is_move else None)

    @property
    def others_address(self) -> str:
        """The doctors around who take new patients, when this one takes none; else ""."""
        if self.refusal is None or not self.refusal.offers_doctors:
            return ""
        return Search.for_new_patients(self.doctor)

    @property
    def is_refused_for_the_day(self) -> bool:
        """Whether today's times could be shown, although these days are refused."""
        too_far = self.refusal is not None and self.refusal.code == "emergency_too_far"
        return too_far and self.first > self.today

    @property
    def earlier_address(self) -> str:
        """ "" where the days before are past."""
        if self.first <= self.today:
            return ""
        return self.state.address(first_day=max(self.today, self.first - DAYS_SHOWN * engine.DAY))

    @property
    def later_address(self) -> str:
        """ "" where the days after cannot be booked yet."""
        day = self.last + engine.DAY
        return self.state.address(first_day=day) if day <= self.query.last_day(self.now) else ""

    @property
    def all_address(self) -> str:
        """The same days with every time."""
        return self.state.address(first_day=self.first, shows_all=True)

    @property
    def next_start_address(self) -> str:
        """The days from the next free time on, when these have none."""
        start = self.nothing.next_start if self.nothing else None
        return self.state.address(first_day=start.date()) if start else ""


# -- reads ----------------------------------------------------------------------------------


def read_grid(
    state: PanelAddress,
    query: SlotQuery,
    reader: Reader,
    *,
    types: Sequence[ConsultationType] = (),
    moving: Appointment | None = None,
) -> Grid:
    """The days that `state` asks for; when they are empty, also what `types` and colleagues
    have. For a visit that is `moving`: other times of the same type."""
    grid = grid_without_days(state, query, reader, is_move=moving is not None)
    if grid.refusal:
        return grid
    now, token, first = reader.now, reader.token, grid.first
    calendars = Calendars(
        [query, *(replace(query, consultation_type=each) for each in types)],
        engine.days_from(first, DAYS_SHOWN),
        now=now,
        token=token,
        moving=moving.pk if moving else None,
    )
    places = read_places([query], calendars.weeks)
    grid = with_days(grid, calendars, places, moving)
    no_slots = combine_no_slots([day.no_slots for day in grid.days])
    if no_slots is None:
        return grid
    after = first + DAYS_SHOWN * engine.DAY
    start = next_free([query], after, now=now, token=token)[query.doctor.pk]
    colleague = None
    if not moving:
        colleague = soonest_colleague(query, first, now=now, token=token, before=start)
    nothing = NothingFree(
        no_slots,
        start,
        other_types(calendars, query, types, state, first),
        colleague,
        read_waiting_list_entry(query, reader),
        waiting_list_address(query, no_slots, first, moving),
        next_practice=place_at(query, start, calendars.weeks),
    )
    others = (calendars.valid_until(replace(query, consultation_type=each)) for each in types)
    return with_nothing(grid, nothing, others)


def grid_without_days(state: PanelAddress, query: SlotQuery, reader: Reader, **look: Any) -> Grid:
    """The grid before its days are read: all there is when a rule refuses them."""
    now, state = reader.now, state.within_horizon(query, reader.now)
    first = state.first_day or query.today(now)
    refusal = why_refused(query, first, reader)
    return Grid(state, query, now, first, query.midnight(now), refusal=refusal, **look)


def with_days(
    grid: Grid,
    calendars: Calendars,
    places: Mapping[SlotQuery, Places],
    moving: Appointment | None = None,
) -> Grid:
    """`grid` with the days that `calendars` has for it, and the practices of their times."""
    columns = {day.date: day for day in calendars.columns(grid.query)}
    days = [columns[date] for date in engine.days_from(grid.first, DAYS_SHOWN)]
    if moving:
        days = [without_own_time(day, moving) for day in days]
    until = calendars.valid_until(grid.query)
    return replace(grid, days=days, places=places[grid.query], valid_until=until)


def with_nothing(grid: Grid, nothing: NothingFree, others: Iterable[dt.datetime] = ()) -> Grid:
    """`grid` without a free time; what it says instead changes at the instants `others` too."""
    changes = [grid.valid_until, *others]
    if nothing.next_start:
        changes.append(grid.query.lapses_at(nothing.next_start))
    return replace(grid, nothing=nothing, valid_until=min(changes))


def why_refused(query: SlotQuery, day: dt.date, reader: Reader) -> rules.Refusal | None:
    """Why this reader, or anybody on this day, gets no times."""
    try:
        if query.consultation_type is None:
            rules.check_books_online(query.doctor)
            raise rules.type_not_offered()
        rules.check_emergency_day(query, day, reader.now)
        if reader.patient:
            check_patient_may_book(patient=reader.patient, query=query, now=reader.now)
    except rules.Refusal as refusal:
        return refusal
    return None


def without_own_time(day: Day, visit: Appointment) -> Day:
    """`day` without the present time of `visit`, which is free for it and no other time."""
    if visit.starts_at not in day.starts:
        return day
    at = day.starts.index(visit.starts_at)
    starts, practices = list(day.starts), list(day.practices)
    del starts[at], practices[at]
    return day._replace(
        starts=starts,
        practices=tuple(practices),
        no_slots=day.no_slots if starts else NoSlots(NoSlotsReason.FULL),
    )


def emergency_phones(query: SlotQuery) -> list[str]:
    """The numbers to call when an emergency visit cannot wait; none for other visits."""
    return rules.emergency_phones(query.doctor.practice) if query.is_emergency_only else []
