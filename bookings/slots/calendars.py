"""Free slots of some doctors over some days, and why a day has none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings.models.appointment import LONGEST
from bookings.slots.busy import LONGEST_PAUSE, NOT_BUSY, Blocker, Busy, Held, read_busy
from bookings.slots.no_slots import NoSlots, NoSlotsReason
from bookings.slots.query import SlotQuery
from scheduling import engine
from scheduling.models import Holiday, OpeningHours
from scheduling.places import places_open

EVERY: frozenset[Blocker | None] = frozenset({None, *Blocker})
FAR_AWAY = dt.timedelta(days=730)
"""An absence that ends later than this is shown without its end: no horizon is longer."""


class DaySlot(NamedTuple):
    """One start of the grid; `blocker` is None when it is free."""

    start: dt.datetime
    blocker: Blocker | None
    practice_id: int


class Day(NamedTuple):
    """One column of the grid: sorted free starts (aware, practice's zone), or why it has none.

    `practices` are the keys of the practices of `starts`, one for each.
    """

    date: dt.date
    starts: list[dt.datetime]
    is_closed: bool
    no_slots: NoSlots | None = None
    practices: tuple[int, ...] = ()


class Weeks(NamedTuple):
    """Opening hours and holidays of some doctors, read once for several windows of days."""

    ranges: dict[int, dict[int | None, list[engine.WeeklyRange]]]
    holidays: dict[int, dict[dt.date, str]]

    @classmethod
    def of(cls, queries: Iterable[SlotQuery], first: dt.date, last: dt.date) -> Weeks:
        """Read them in two queries, for windows within `first` to `last`."""
        queries = list(queries)
        ranges = OpeningHours.objects.ranges_of(
            {query.doctor.pk for query in queries},
            {query.type_id for query in queries if query.type_id},
        )
        # A visit of the last evening can reach into a holiday, a night range into the first day.
        span = [first - engine.DAY, last + engine.DAY]
        weeks = cls(ranges, {})
        practices = {pk for query in queries for pk in weeks.practices_of(query)}
        return weeks._replace(holidays=Holiday.objects.closing(practices, span))

    def ranges_of(self, query: SlotQuery) -> list[engine.WeeklyRange]:
        """The weekly hours in which the type of `query` is offered."""
        by_type = self.ranges[query.doctor.pk]
        kept = by_type.get(query.type_id, ()) if query.type_id else ()
        return [*by_type.get(None, ()), *kept]

    def practices_of(self, query: SlotQuery) -> list[int]:
        """The keys of the practices where the type of `query` is offered, the doctor's own first.

        It is the doctor's own alone when there are no hours.
        """
        own = query.doctor.practice_id
        places = {each.place or own for each in self.ranges_of(query)} or {own}
        return sorted(places, key=lambda pk: (pk != own, pk))

    def practice_at(self, query: SlotQuery, start: dt.datetime) -> int | None:
        """The key of the practice of a start of `query`; None outside the hours."""
        places = places_open(self.ranges_of(query), start, query.length, query.doctor)
        return (places[0] or query.doctor.practice_id) if places else None


class Calendars:
    """The free and blocked starts of some doctors over some days, from a few queries.

    Every answer comes from one grid of starts with their blockers: a free start has no blocker.
    Each grid is computed once.
    """

    def __init__(
        self,
        queries: Sequence[SlotQuery],
        days: Sequence[dt.date],
        *,
        now: dt.datetime,
        token: str | None = None,
        moving: UUID | None = None,
        weeks: Weeks | None = None,
    ) -> None:
        """Read hours, holidays and busy time of `queries` over `days` (consecutive dates).

        The hold that `token` owns and the visit `moving` block nothing. `weeks` are hours and
        holidays that were read before.
        """
        self.now, self.days = now, list(days)
        # A range of the day before can reach past midnight.
        self._opening_days = engine.days_from(days[0] - engine.DAY, len(days) + 1)
        self.weeks = weeks or Weeks.of(queries, days[0], days[-1])
        zones = {query.zone for query in queries}
        start = min(engine.to_utc(days[0], 0, zone) for zone in zones)
        end = max(engine.to_utc(days[-1], 1440, zone) for zone in zones) + LONGEST + LONGEST_PAUSE
        doctor_ids = {query.doctor.pk for query in queries}
        # Staff can book a time that is kept for the waiting list; its offer is withdrawn then.
        staff = all(query.is_staff for query in queries)
        who: dict[str, Any] = {"token": token, "moving": moving, "beside_kept": staff}
        self._busy = read_busy(doctor_ids, start, end, now=now, **who)
        self._obstacles: dict[tuple[SlotQuery, int], list[engine.Obstacle[Blocker]]] = {}
        self._blocked: dict[tuple[SlotQuery, int], list[engine.Span]] = {}
        self._ranges: dict[SlotQuery, list[list[engine.WeeklyRange]]] = {}
        self._grids: dict[SlotQuery, dict[dt.date, list[DaySlot]]] = {}

    # -- answers ------------------------------------------------------------------------------

    def grid(self, query: SlotQuery) -> dict[dt.date, list[DaySlot]]:
        """{day: every start of its grid, aware, in the practice's zone}; every day is a key."""
        if query not in self._grids:
            grid: dict[dt.date, list[DaySlot]] = {day: [] for day in self.days}
            # Openings of two days can overlap and offer one start twice.
            slots = (slot for day in self._opening_days for slot in self._opening(query, day))
            for slot in each_start_once(slots):
                if slot.start.date() in grid:
                    grid[slot.start.date()].append(slot)
            self._grids[query] = grid
        return self._grids[query]

    def free(self, query: SlotQuery) -> dict[dt.date, list[dt.datetime]]:
        """{day: free starts, aware, in the practice's zone}; every day is a key."""
        found: dict[dt.date, list[dt.datetime]] = {day: [] for day in self.days}
        for _day, openings in self._free_by_opening(query):
            for start in chain(*openings):
                found[start.date()].append(start)
        # Openings of two days or places can overlap and offer one start twice.
        return {day: [start for start, _same in groupby(sorted(found[day]))] for day in found}

    def first_free(self, query: SlotQuery) -> dt.datetime | None:
        """The first of all `free` starts, or None."""
        found: list[dt.datetime] = []
        for day, openings in self._free_by_opening(query):
            # A range of the evening before can reach past a range that begins at midnight.
            if found and min(found) < engine.to_utc(day, 0, query.zone):
                break
            found += (start for starts in openings for start in islice(starts, 1))
        return min(found, default=None)

    def _free_by_opening(
        self, query: SlotQuery
    ) -> Iterator[tuple[dt.date, list[Iterator[dt.datetime]]]]:
        """Yield each day with the free starts of its openings: those of `grid`, without it."""
        zone, length, ranges = query.zone, query.length, self._ranges_of(query)
        own, places = query.doctor.practice_id, {each.place for each in self.weeks.ranges_of(query)}
        blocked = {place: self._blocked_starts(query, place or own) for place in places}
        for day in self._opening_days:
            opened = engine.openings_by_place(ranges[day.weekday()], [day], zone)
            yield (
                day,
                [
                    self._shown(engine.free_starts(span, length, blocked[place]), zone)
                    for place, spans in opened.items()
                    for span in spans
                ],
            )

    def _shown(self, starts: Iterable[dt.datetime], zone: ZoneInfo) -> Iterator[dt.datetime]:
        """Yield `starts` on the practice's clock that are on the days; a repeated hour is one."""
        first, last = self.days[0], self.days[-1]
        for start in engine.local_starts(starts, zone):
            if first <= start.date() <= last:
                yield start

    def first_slots(
        self, query: SlotQuery, count: int, blockers: Collection[Blocker | None]
    ) -> list[DaySlot]:
        """The first `count` starts with one of these blockers (None: free), in order.

        Computes the grid only up to their day, because a list of thousands of doctors needs few
        starts of each.
        """
        found: dict[dt.datetime, DaySlot] = {}
        for day in self._opening_days:
            # A range of the evening before can reach past a range that begins at midnight.
            if len(found) >= count:
                midnight = engine.to_utc(day, 0, query.zone)
                if sum(start < midnight for start in found) >= count:
                    break
            for slot in self._opening(query, day, blockers):
                if self.days[0] <= slot.start.date() <= self.days[-1]:
                    found.setdefault(slot.start.astimezone(dt.UTC), slot)
        return [found[start] for start in sorted(found)[:count]]

    def holds(self, query: SlotQuery) -> list[Held]:
        """The holds of the doctor, on any day."""
        return self._busy_of(query).held

    def blocker_at(self, query: SlotQuery, start: dt.datetime) -> Blocker | None:
        """Why `start`, on one of the days, cannot be booked; None when it can."""
        wanted = start.astimezone(dt.UTC)
        for slot in self.grid(query).get(start.astimezone(query.zone).date(), ()):
            # Compare instants: in an hour that the clock shows twice, Python never calls the times
            # of two zones equal.
            if slot.start.astimezone(dt.UTC) == wanted:
                return slot.blocker
        return Blocker.OFF_GRID

    def columns(self, query: SlotQuery) -> list[Day]:
        """The days as the grid shows them; an empty day says why it is empty."""
        columns = []
        for day, slots in self.grid(query).items():
            free = [slot for slot in slots if slot.blocker is None]
            starts, practices = [slot.start for slot in free], tuple(s.practice_id for s in free)
            no_slots = None if starts else self._no_slots(query, day)
            is_closed = bool(no_slots and no_slots.is_closed)
            columns.append(Day(day, starts, is_closed, no_slots, practices))
        return columns

    def valid_until(self, query: SlotQuery) -> dt.datetime:
        """The next instant at which an answer about `query` can change by time alone.

        It is the practice's next midnight at the latest. The answer does not always change then:
        a start of an empty day can get another blocker while the day stays empty for one reason.
        """
        busy, slots = self._busy_of(query), self.grid(query)
        first_of_days = [
            next((slot.start for slot in slots[day] if slot.blocker is None), None) for day in slots
        ]
        changes = [query.midnight(self.now)]
        changes += [hold.over_at for hold in busy.held]
        first = next(filter(None, first_of_days), None)
        if first:
            changes.append(query.lapses_at(first))
        if None not in first_of_days and not query.is_emergency_only:
            return min(change for change in changes if change > self.now)
        starts = [slot.start for day in slots.values() for slot in day]
        if None in first_of_days:
            # Why a day is empty can change: its starts pass, or an absence's end becomes near
            # enough to be shown.
            changes += [start.astimezone(dt.UTC) + engine.INSTANT for start in starts]
            changes += [end - FAR_AWAY for _start, end in busy.closed]
        if query.is_emergency_only:
            window = settings.EMERGENCY_WINDOW
            changes += [start.astimezone(dt.UTC) - window for start in starts]
        return min(change for change in changes if change > self.now)

    # -- how the grid is made -------------------------------------------------------------------

    def _opening(
        self, query: SlotQuery, day: dt.date, blockers: Collection[Blocker | None] = EVERY
    ) -> list[DaySlot]:
        """The starts in openings that begin on `day`, with one of `blockers`.

        A repeated clock hour counts once. To convert a start to the practice's clock takes longer
        than to find it, so those with other blockers are left out first.
        """
        zone, ranges = query.zone, self._ranges_of(query)
        by_place = engine.openings_by_place(ranges[day.weekday()], [day], zone)
        wanted = blockers if len(by_place) < 2 else EVERY
        slots: list[DaySlot] = []
        for place, opened in by_place.items():
            practice_id = place or query.doctor.practice_id
            for start, blocker in engine.grid(
                opened, query.length, self._obstacles_of(query, practice_id)
            ):
                if blocker in wanted and not (local := start.astimezone(zone)).fold:
                    slots.append(DaySlot(local, blocker, practice_id))
        if len(by_place) < 2:
            return slots
        return [slot for slot in each_start_once(slots) if slot.blocker in blockers]

    def _ranges_of(self, query: SlotQuery) -> list[list[engine.WeeklyRange]]:
        """The ranges in which the type of `query` is offered, of each weekday from Monday on."""
        if query not in self._ranges:
            week: list[list[engine.WeeklyRange]] = [[] for _weekday in range(7)]
            for each in self.weeks.ranges_of(query):
                week[each.weekday].append(each)
            self._ranges[query] = week
        return self._ranges[query]

    def _obstacles_of(self, query: SlotQuery, practice_id: int) -> list[engine.Obstacle[Blocker]]:
        """What can block a start of `query` at that practice; the first that applies counts.

        The pause after the visit must be free of other visits, but can reach past closing time
        or into an absence.
        """
        key = (query, practice_id)
        if key not in self._obstacles:
            busy = self._busy_of(query)
            closed = busy.closed + [
                engine.day_span(day, query.zone) for day in self.weeks.holidays[practice_id]
            ]
            with_pause = query.length + query.pause
            too_soon, too_far = self.now + query.notice, query.closes_at(self.now)
            self._obstacles[key] = [
                _rule_of_time(Blocker.PAST, engine.BEGINNING, self.now),
                engine.Obstacle(Blocker.CLOSED, engine.merge(closed), query.length),
                engine.Obstacle(Blocker.BOOKED, busy.booked, with_pause),
                engine.Obstacle(Blocker.HELD, busy.spans(Blocker.HELD), with_pause),
                _rule_of_time(Blocker.TOO_SOON, engine.BEGINNING, too_soon),
                _rule_of_time(Blocker.TOO_FAR, too_far, engine.END),
            ]
        return self._obstacles[key]

    def _blocked_starts(self, query: SlotQuery, practice_id: int) -> list[engine.Span]:
        """When no visit of `query` can start at that practice."""
        key = (query, practice_id)
        if key not in self._blocked:
            self._blocked[key] = engine.blocked_starts(self._obstacles_of(query, practice_id))
        return self._blocked[key]

    def _busy_of(self, query: SlotQuery) -> Busy:
        return self._busy.get(query.doctor.pk, NOT_BUSY)

    # -- why a day is empty -----------------------------------------------------------------------

    def _no_slots(self, query: SlotQuery, day: dt.date) -> NoSlots:
        """Why none of the starts of `day` is free, from their blockers.

        Notice and horizon come first: a start that they block is otherwise free.
        """
        blockers = {slot.blocker for slot in self.grid(query)[day]}
        if Blocker.TOO_SOON in blockers:
            return NoSlots(NoSlotsReason.NOTICE)
        if Blocker.TOO_FAR in blockers and query.is_emergency_only:
            return NoSlots(NoSlotsReason.BEYOND_EMERGENCY)
        if Blocker.TOO_FAR in blockers:
            opens_on = day - dt.timedelta(days=query.horizon_days)
            return NoSlots(NoSlotsReason.HORIZON, opens_on=opens_on)
        if blockers & {Blocker.BOOKED, Blocker.HELD}:
            return NoSlots(NoSlotsReason.FULL)
        if Blocker.CLOSED in blockers:
            return self._closure(query, day)
        return NoSlots(NoSlotsReason.OVER if Blocker.PAST in blockers else NoSlotsReason.CLOSED)

    def _closure(self, query: SlotQuery, day: dt.date) -> NoSlots:
        """The holiday or absence that closes `day`."""
        for slot in self.grid(query)[day]:
            holiday = self.weeks.holidays[slot.practice_id].get(day)
            if holiday is not None:
                return NoSlots(NoSlotsReason.HOLIDAY, holiday=holiday)
        opens, closes = engine.day_span(day, query.zone)
        ends = [end for start, end in self._busy_of(query).closed if start < closes and opens < end]
        if not ends:
            # The closure begins on the next day and only blocks visits past midnight.
            return NoSlots(NoSlotsReason.CLOSED)
        back = ends[-1]
        if back - self.now > FAR_AWAY:
            return NoSlots(NoSlotsReason.AWAY)
        last = back - engine.INSTANT
        return NoSlots(NoSlotsReason.AWAY, until=last.astimezone(query.zone).date())


def each_start_once(slots: Iterable[DaySlot]) -> list[DaySlot]:
    """`slots` by their start; of two at one start the free one, else the earlier of the list."""
    found: dict[dt.datetime, DaySlot] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.blocker is not None)):
        found.setdefault(slot.start, slot)
    return list(found.values())


def _rule_of_time(
    blocker: Blocker, start: dt.datetime, end: dt.datetime
) -> engine.Obstacle[Blocker]:
    """The obstacle that no visit can start within `[start, end)`."""
    return engine.Obstacle(blocker, [(start, end)], engine.INSTANT)
