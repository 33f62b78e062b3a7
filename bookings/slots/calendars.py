"""What is left of some doctors' days, and why nothing is where nothing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from bookings.models.appointment import LONGEST
from bookings.slots.busy import LONGEST_PAUSE, Blocker, Busy, read_busy
from bookings.slots.no_slots import NoSlots, NoSlotsReason
from bookings.slots.query import SlotQuery
from scheduling import engine
from scheduling.models import Holiday, OpeningHours

FAR_AWAY = dt.timedelta(days=730)
"""An absence that ends later than the longest horizon has no end to speak of."""


class DaySlot(NamedTuple):
    """One start of the grid; `blocker` is None when it is free."""

    start: dt.datetime
    blocker: Blocker | None


class Day(NamedTuple):
    """One column of the grid: free starts on the practice's clock, aware, sorted; or why there
    are none."""

    date: dt.date
    starts: list[dt.datetime]
    is_closed: bool
    no_slots: NoSlots | None = None


class Weeks(NamedTuple):
    """Hours and holidays of some doctors, read once for several windows of days."""

    ranges: dict[int, dict[int | None, list[engine.WeeklyRange]]]
    holidays: dict[int, dict[dt.date, str]]

    @classmethod
    def of(cls, queries: Iterable[SlotQuery], first: dt.date, last: dt.date) -> Weeks:
        """In two queries; good for windows within `first` to `last`."""
        queries = list(queries)
        ranges = OpeningHours.objects.ranges_of(
            {query.doctor.pk for query in queries},
            {query.type_id for query in queries if query.type_id},
        )
        # A visit of the last evening may reach into a holiday, a night range into the first day.
        span = [first - engine.DAY, last + engine.DAY]
        practices = {query.doctor.practice_id for query in queries}
        return cls(ranges, Holiday.objects.closing(practices, span))


class Calendars:
    """What a few queries say about some doctors over some days."""

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

        `token` owns a hold that does not hide its slot; `moving` is a visit that does not
        stand in its own way. `weeks` are hours and holidays that were read before.
        """
        self.now, self.days = now, list(days)
        # A range of the day before may reach past midnight.
        self._read_days = engine.days_from(days[0] - engine.DAY, len(days) + 1)
        self._weeks = weeks or Weeks.of(queries, days[0], days[-1])
        zones = {query.zone for query in queries}
        start = min(engine.to_utc(days[0], 0, zone) for zone in zones)
        end = max(engine.to_utc(days[-1], 1440, zone) for zone in zones) + LONGEST + LONGEST_PAUSE
        doctor_ids = {query.doctor.pk for query in queries}
        self._busy = read_busy(doctor_ids, start, end, now=now, token=token, moving=moving)

    def openings(
        self, query: SlotQuery, days: Sequence[dt.date] | None = None
    ) -> list[engine.Span]:
        """Those that begin on `days`; on all that were read, when none are named."""
        ranges = self._weeks.ranges[query.doctor.pk]
        wanted = [*ranges.get(None, ()), *(ranges.get(query.type_id, ()) if query.type_id else ())]
        return engine.openings(wanted, self._read_days if days is None else days, query.zone)

    def closures(self, query: SlotQuery) -> list[engine.Span]:
        """Absences and the practice's holidays."""
        spans = [(b.start, b.end) for b in self._of(query) if b.blocker is Blocker.CLOSED]
        holidays = self._weeks.holidays[query.doctor.practice_id]
        return spans + [engine.day_span(day, query.zone) for day in sorted(holidays)]

    def free(self, query: SlotQuery) -> dict[dt.date, list[dt.datetime]]:
        """{day: free starts on the practice's clock}; every day is a key."""
        found: dict[dt.date, list[dt.datetime]] = {day: [] for day in self.days}
        for local in self._free_within(query, self._read_days):
            found[local.date()].append(local)
        return found

    def first_free(self, query: SlotQuery) -> dt.datetime | None:
        """The first of all `free` starts, for the work of the days up to it: a list of thousands
        of doctors asks for one start each."""
        first = None
        for day in self._read_days:
            # A range of the evening before may reach past one that begins at midnight.
            if first and engine.to_utc(day, 0, query.zone) > first.astimezone(dt.UTC):
                break
            own = next(self._free_within(query, [day]), None)
            first = min(filter(None, (first, own)), default=None)
        return first

    def _free_within(self, query: SlotQuery, days: Sequence[dt.date]) -> Iterator[dt.datetime]:
        """The bookable starts in openings that begin on `days`, on the practice's clock."""
        bookable = set(query.bookable_days(self.days, self.now))
        if not bookable:
            return
        starts = engine.free_starts(
            self.openings(query, days),
            length=query.length,
            pause=query.pause,
            taken=[(b.start, b.end) for b in self._of(query) if b.blocker is not Blocker.CLOSED],
            closed=self.closures(query),
            earliest=self.now + query.notice,
            latest=query.latest(self.now),
        )
        for local in engine.local_starts(starts, query.zone):
            if local.date() in bookable:
                yield local

    def columns(self, query: SlotQuery) -> list[Day]:
        """The days as the grid draws them: an empty one with the reason why."""
        free = self.free(query)
        blockers: dict[dt.date, set[Blocker | None]] = {
            day: set() for day in self.days if not free[day]
        }
        for slot in self.grid(query, blockers):
            blockers[slot.start.date()].add(slot.blocker)
        no_slots = {day: self._why_empty(query, day, blockers[day]) for day in blockers}
        return [
            Day(
                day,
                free[day],
                is_closed=day in no_slots and no_slots[day].is_closed,
                no_slots=no_slots.get(day),
            )
            for day in self.days
        ]

    def grid(self, query: SlotQuery, days: Collection[dt.date] | None = None) -> list[DaySlot]:
        """Every start of the grid on `days` (all that were read), free or not, with the reason
        when not."""
        days = set(self.days if days is None else days)
        if not days:
            return []
        starts = sorted(set(engine.grid_starts(self.openings(query), query.length)))
        closures = self.closures(query)
        return [
            DaySlot(local, self._blocker(query, local.astimezone(dt.UTC), closures))
            for local in engine.local_starts(starts, query.zone)
            if local.date() in days
        ]

    def _why_empty(self, query: SlotQuery, day: dt.date, blockers: set[Blocker | None]) -> NoSlots:
        """Why none of a day's starts is free, from why each of them is not.

        A rule of time comes first: without it the day had a free time, whatever is booked.
        """
        if Blocker.TOO_SOON in blockers:
            return NoSlots(NoSlotsReason.NOTICE)
        if Blocker.TOO_FAR in blockers and query.is_emergency_only:
            return NoSlots(NoSlotsReason.BEYOND_EMERGENCY)
        if Blocker.TOO_FAR in blockers:
            return NoSlots(
                NoSlotsReason.HORIZON, opens_on=day - dt.timedelta(days=query.horizon_days)
            )
        if blockers & {Blocker.BOOKED, Blocker.HELD}:
            return NoSlots(NoSlotsReason.FULL)
        if Blocker.CLOSED in blockers:
            return self._why_closed(query, day)
        return NoSlots(NoSlotsReason.OVER if Blocker.PAST in blockers else NoSlotsReason.CLOSED)

    def _why_closed(self, query: SlotQuery, day: dt.date) -> NoSlots:
        holiday = self._weeks.holidays[query.doctor.practice_id].get(day)
        if holiday is not None:
            return NoSlots(NoSlotsReason.HOLIDAY, holiday=holiday)
        opens, closes = engine.day_span(day, query.zone)
        absences = engine.merge(
            (b.start, b.end) for b in self._of(query) if b.blocker is Blocker.CLOSED
        )
        ends = [end for start, end in absences if start < closes and opens < end]
        if not ends:
            # Only what begins the next day stands in the way of a visit past midnight.
            return NoSlots(NoSlotsReason.CLOSED)
        back = ends[-1]
        if back - self.now > FAR_AWAY:
            return NoSlots(NoSlotsReason.AWAY)
        last = back - dt.timedelta.resolution
        return NoSlots(NoSlotsReason.AWAY, until=last.astimezone(query.zone).date())

    def _blocker(
        self, query: SlotQuery, start: dt.datetime, closures: Iterable[engine.Span]
    ) -> Blocker | None:
        end = start + query.length
        if start < self.now:
            return Blocker.PAST
        if any(start < away_until and away_from < end for away_from, away_until in closures):
            return Blocker.CLOSED
        for busy in self._of(query):
            if busy.blocker is Blocker.CLOSED:
                continue
            if start < busy.end and busy.start < end + query.pause:
                return busy.blocker
        if start < self.now + query.notice:
            return Blocker.TOO_SOON
        day = start.astimezone(query.zone).date()
        if start > query.latest(self.now) or not query.bookable_days([day], self.now):
            return Blocker.TOO_FAR
        return None

    def blocker_at(self, query: SlotQuery, start: dt.datetime) -> Blocker | None:
        """Why `start`, on one of the days, cannot be booked; None when it can."""
        # By instants: of two zones, Python calls no times equal in an hour that is read twice.
        blockers = {slot.start.astimezone(dt.UTC): slot.blocker for slot in self.grid(query)}
        return blockers.get(start.astimezone(dt.UTC), Blocker.OFF_GRID)

    def valid_until(self, query: SlotQuery) -> dt.datetime:
        """Until when all that is said here of `query` stays as it is, if nobody writes.

        Midnight there at the latest. What is said may be the same then: of an empty day each
        start may have another reason, and the day as a whole still the one it had.
        """
        changes = [query.midnight(self.now)]
        changes += [busy.over_at for busy in self._of(query) if busy.blocker is Blocker.HELD]
        starts = list(engine.grid_starts(self.openings(query), query.length))
        free = self.free(query)
        first = next((start for day in free.values() for start in day), None)
        if first:
            changes.append(query.lapses_at(first))
        if not all(free.values()):
            # Why a day is empty: its starts go by, the end of an absence comes in sight.
            changes += [start + dt.datetime.resolution for start in starts]
            away = [busy.end for busy in self._of(query) if busy.blocker is Blocker.CLOSED]
            changes += [end - FAR_AWAY for end in away]
        if query.is_emergency_only:
            changes += [start - settings.EMERGENCY_WINDOW for start in starts]
        return min(change for change in changes if change > self.now)

    def _of(self, query: SlotQuery) -> list[Busy]:
        return self._busy.get(query.doctor.pk, [])
