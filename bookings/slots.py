"""What is left: hours, minus absences and holidays, minus visits and holds.

A constant number of queries, whatever the number of doctors, days or rows: opening hours,
holidays, and everything that occupies time in one UNION.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.models import Appointment, Hold
from bookings.models.appointment import LONGEST
from bookings.reasons import Nothing, Why
from doctors.compiled import compiled_once
from doctors.models import ConsultationType, Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours

DEFAULT_LENGTH = dt.timedelta(minutes=30)
DEFAULT_HORIZON_DAYS = 180
LONGEST_PAUSE = dt.timedelta(minutes=ConsultationType.MAX_BUFFER)
FIRST_CHUNK_DAYS = 14
FIRST_REACH = dt.timedelta(days=7)
FAR_AWAY = dt.timedelta(days=730)
"""An absence that ends later than the longest horizon has no end to speak of."""


class Code(models.TextChoices):
    """Why a start of the grid cannot be booked, as the API names it."""

    BOOKED = "booked", _("Already booked")
    HELD = "held", _("Being booked by someone else")
    PAST = "past", _("In the past")
    TOO_SOON = "too_soon", _("Too short notice")
    TOO_FAR = "too_far", _("Not open for booking yet")
    CLOSED = "closed", _("Closed")
    OFF_GRID = "off_grid", _("Not a start time of this practice")


class DaySlot(NamedTuple):
    """One start of a day's grid; `code` is None when it is free."""

    start: dt.datetime
    code: Code | None

    @property
    def reason(self) -> str | Promise | None:
        return self.code.label if self.code else None


class Day(NamedTuple):
    """One column of the grid: free starts on the practice's clock, aware, sorted; or why there
    are none."""

    date: dt.date
    starts: list[dt.datetime]
    is_closed: bool
    nothing: Nothing | None = None


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """Which times are asked for: one doctor, one type.

    Without a type: visits of 30 minutes, no notice, 180 days ahead, in hours that are kept
    for no type.
    """

    doctor: Doctor
    consultation_type: ConsultationType | None = None

    @property
    def type_id(self) -> int | None:
        return self.consultation_type.pk if self.consultation_type else None

    @property
    def length(self) -> dt.timedelta:
        return self.consultation_type.length if self.consultation_type else DEFAULT_LENGTH

    @property
    def pause(self) -> dt.timedelta:
        return _minutes(self.consultation_type.buffer_after if self.consultation_type else 0)

    @property
    def notice(self) -> dt.timedelta:
        return _minutes(self.consultation_type.notice_minutes if self.consultation_type else 0)

    @property
    def horizon_days(self) -> int:
        kind = self.consultation_type
        return kind.horizon_days if kind else DEFAULT_HORIZON_DAYS

    @property
    def is_emergency_only(self) -> bool:
        return bool(self.consultation_type and self.consultation_type.is_emergency_only)

    @property
    def zone(self) -> ZoneInfo:
        return self.doctor.practice.zone

    def today(self, now: dt.datetime) -> dt.date:
        """The practice's date."""
        return now.astimezone(self.zone).date()

    def last_day(self, now: dt.datetime) -> dt.date:
        """The last day on which anything can be booked, the practice's date."""
        horizon = self.today(now) + dt.timedelta(days=self.horizon_days)
        if not self.is_emergency_only:
            return horizon
        return min(horizon, self.latest(now).astimezone(self.zone).date())

    def bookable_days(self, days: Iterable[dt.date], now: dt.datetime) -> list[dt.date]:
        """`days` without those gone by or too far ahead."""
        today, last = self.today(now), self.last_day(now)
        return [day for day in days if today <= day <= last]

    def latest(self, now: dt.datetime) -> dt.datetime:
        """The last instant that rules of time admit, the horizon's days aside."""
        far = dt.datetime.max.replace(tzinfo=dt.UTC)
        return now + settings.EMERGENCY_WINDOW if self.is_emergency_only else far

    def lapses_at(self, start: dt.datetime) -> dt.datetime:
        """The first instant at which `start` is too near to be booked."""
        return start.astimezone(dt.UTC) - self.notice + dt.datetime.resolution

    def midnight(self, now: dt.datetime) -> dt.datetime:
        """When the practice's date changes."""
        return engine.to_utc(self.today(now) + engine.DAY, 0, self.zone)


def _minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)


class Busy(NamedTuple):
    """A stretch of one doctor's time that something occupies, a hold until `over_at` only."""

    start: dt.datetime
    end: dt.datetime
    code: Code
    over_at: dt.datetime


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
        self._busy = _busy(doctor_ids, start, end, now=now, token=token, moving=moving)

    def openings(
        self, query: SlotQuery, days: Sequence[dt.date] | None = None
    ) -> list[engine.Span]:
        """Those that begin on `days`; on all that were read, when none are named."""
        ranges = self._weeks.ranges[query.doctor.pk]
        wanted = [*ranges.get(None, ()), *(ranges.get(query.type_id, ()) if query.type_id else ())]
        return engine.openings(wanted, self._read_days if days is None else days, query.zone)

    def closures(self, query: SlotQuery) -> list[engine.Span]:
        """Absences and the practice's holidays."""
        spans = [(b.start, b.end) for b in self._of(query) if b.code is Code.CLOSED]
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
            taken=[(b.start, b.end) for b in self._of(query) if b.code is not Code.CLOSED],
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
        codes: dict[dt.date, set[Code | None]] = {day: set() for day in self.days if not free[day]}
        for slot in self.grid(query, codes):
            codes[slot.start.date()].add(slot.code)
        nothing = {day: self._why_empty(query, day, codes[day]) for day in codes}
        return [
            Day(
                day,
                free[day],
                is_closed=day in nothing and nothing[day].is_closure,
                nothing=nothing.get(day),
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
            DaySlot(local, self._code(query, local.astimezone(dt.UTC), closures))
            for local in engine.local_starts(starts, query.zone)
            if local.date() in days
        ]

    def _why_empty(self, query: SlotQuery, day: dt.date, codes: set[Code | None]) -> Nothing:
        """Why none of a day's starts is free, from why each of them is not.

        A rule of time comes first: without it the day had a free time, whatever is booked.
        """
        if Code.TOO_SOON in codes:
            return Nothing(Why.NOTICE)
        if Code.TOO_FAR in codes and query.is_emergency_only:
            return Nothing(Why.BEYOND_EMERGENCY)
        if Code.TOO_FAR in codes:
            return Nothing(Why.HORIZON, opens_on=day - dt.timedelta(days=query.horizon_days))
        if codes & {Code.BOOKED, Code.HELD}:
            return Nothing(Why.FULL)
        if Code.CLOSED in codes:
            return self._why_closed(query, day)
        return Nothing(Why.OVER if Code.PAST in codes else Why.CLOSED)

    def _why_closed(self, query: SlotQuery, day: dt.date) -> Nothing:
        holiday = self._weeks.holidays[query.doctor.practice_id].get(day)
        if holiday is not None:
            return Nothing(Why.HOLIDAY, holiday=holiday)
        opens, closes = engine.day_span(day, query.zone)
        absences = engine.merge((b.start, b.end) for b in self._of(query) if b.code is Code.CLOSED)
        ends = [end for start, end in absences if start < closes and opens < end]
        if not ends:
            # Only what begins the next day stands in the way of a visit past midnight.
            return Nothing(Why.CLOSED)
        back = ends[-1]
        if back - self.now > FAR_AWAY:
            return Nothing(Why.AWAY)
        last = back - dt.timedelta.resolution
        return Nothing(Why.AWAY, until=last.astimezone(query.zone).date())

    def _code(
        self, query: SlotQuery, start: dt.datetime, closures: Iterable[engine.Span]
    ) -> Code | None:
        end = start + query.length
        if start < self.now:
            return Code.PAST
        if any(start < away_until and away_from < end for away_from, away_until in closures):
            return Code.CLOSED
        for busy in self._of(query):
            if busy.code is Code.CLOSED:
                continue
            if start < busy.end and busy.start < end + query.pause:
                return busy.code
        if start < self.now + query.notice:
            return Code.TOO_SOON
        day = start.astimezone(query.zone).date()
        if start > query.latest(self.now) or not query.bookable_days([day], self.now):
            return Code.TOO_FAR
        return None

    def why_not(self, query: SlotQuery, start: dt.datetime) -> Code | None:
        """Why `start`, on one of the days, cannot be booked; None when it can."""
        # By instants: of two zones, Python calls no times equal in an hour that is read twice.
        codes = {slot.start.astimezone(dt.UTC): slot.code for slot in self.grid(query)}
        return codes.get(start.astimezone(dt.UTC), Code.OFF_GRID)

    def changes_at(self, query: SlotQuery) -> dt.datetime:
        """Until when all that is said here of `query` stays as it is, if nobody writes.

        Midnight there at the latest. What is said may be the same then: of an empty day each
        start may have another reason, and the day as a whole still the one it had.
        """
        changes = [query.midnight(self.now)]
        changes += [busy.over_at for busy in self._of(query) if busy.code is Code.HELD]
        starts = list(engine.grid_starts(self.openings(query), query.length))
        free = self.free(query)
        first = next((start for day in free.values() for start in day), None)
        if first:
            changes.append(query.lapses_at(first))
        if not all(free.values()):
            # Why a day is empty: its starts go by, the end of an absence comes in sight.
            changes += [start + dt.datetime.resolution for start in starts]
            away = [busy.end for busy in self._of(query) if busy.code is Code.CLOSED]
            changes += [end - FAR_AWAY for end in away]
        if query.is_emergency_only:
            changes += [start - settings.EMERGENCY_WINDOW for start in starts]
        return min(change for change in changes if change > self.now)

    def _of(self, query: SlotQuery) -> list[Busy]:
        return self._busy.get(query.doctor.pk, [])


def _busy(
    doctor_ids: Collection[int],
    start: dt.datetime,
    end: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
) -> dict[int, list[Busy]]:
    """What occupies these doctors within `[start, end)`, pauses included, in one query."""
    near = start - LONGEST - LONGEST_PAUSE
    rows = _rows_of_busy(tuple(doctor_ids), near, start, end, now, token, moving)
    found: dict[int, list[Busy]] = {}
    for doctor_id, starts_at, ends_at, buffer_minutes, code, over_at in rows:
        busy = Busy(starts_at, ends_at + _minutes(buffer_minutes), Code(code), over_at)
        found.setdefault(doctor_id, []).append(busy)
    return found


@compiled_once
def _rows_of_busy(
    doctor_ids: tuple[int, ...],
    near: dt.datetime,
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    token: str | None,
    moving: UUID | None,
) -> models.QuerySet[Any, tuple[Any, ...]]:
    """`near` is so long before `start` that no visit from before it reaches in."""
    neighbours = {"starts_at__gt": near, "starts_at__lt": end}
    columns = ("doctor_id", "starts_at", "ends_at", "buffer_minutes", "code", "over_at")
    visits = Appointment.objects.live().filter(doctor__in=doctor_ids, **neighbours)
    if moving:
        visits = visits.exclude(pk=moving)
    # All of them, wherever they are: the next free time may wait for the end of one. A doctor
    # has a handful.
    holds = Hold.objects.unexpired(now).of_others(token).filter(doctor__in=doctor_ids)
    absences = DoctorAbsence.objects.filter(
        doctor__in=doctor_ids, ends_at__gt=start, starts_at__lt=end
    ).annotate(buffer_minutes=Value(0))
    visits, absences = (rows.annotate(over_at=F("ends_at")) for rows in (visits, absences))
    holds = holds.annotate(over_at=F("expires_at"))
    return (
        visits.annotate(code=Value(Code.BOOKED.value))
        .order_by()
        .values_list(*columns)
        .union(
            holds.annotate(code=Value(Code.HELD.value)).order_by().values_list(*columns),
            absences.annotate(code=Value(Code.CLOSED.value)).order_by().values_list(*columns),
            all=True,
        )
    )


def free_slots(
    query: SlotQuery,
    first_day: dt.date,
    days: int,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
) -> dict[dt.date, list[dt.datetime]]:
    """{day: free starts, aware, on the practice's clock} for `days` days from `first_day`."""
    dates = engine.days_from(first_day, days)
    if not query.bookable_days(dates, now):
        return {day: [] for day in dates}
    return Calendars([query], dates, now=now, token=token, moving=moving).free(query)


def day_slots(
    query: SlotQuery, day: dt.date, *, now: dt.datetime, token: str | None = None
) -> list[DaySlot]:
    """The whole grid of one day, with the reason of each start that is not free."""
    return Calendars([query], [day], now=now, token=token).grid(query)


def why_not(
    query: SlotQuery,
    start: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
) -> Code | None:
    """Why `start` cannot be booked for `query`; None when it can."""
    if start < now:
        return Code.PAST
    day = start.astimezone(query.zone).date()
    if not query.bookable_days([day], now):
        return Code.TOO_FAR
    calendars = Calendars([query], [day], now=now, token=token, moving=moving)
    return calendars.why_not(query, start)


def next_free(
    queries: Sequence[SlotQuery],
    after: dt.date,
    *,
    now: dt.datetime,
    token: str | None = None,
    weeks: Weeks | None = None,
) -> dict[int, dt.datetime | None]:
    """{doctor: the first free start from the day `after` on, or None within the horizon}.

    Looks at 14, then 56, 224 … days, so that the usual answer is cheap and "never" is
    bounded by the longest horizon asked for. `weeks` are hours and holidays that were read
    before, from `after` to that horizon.
    """
    found: dict[int, dt.datetime | None] = {query.doctor.pk: None for query in queries}
    last = max((query.last_day(now) for query in queries), default=dt.date.min)
    if after > last:
        return found
    weeks = weeks or Weeks.of(queries, after, last)
    waiting, chunk = list(queries), FIRST_CHUNK_DAYS
    while waiting := [query for query in waiting if after <= query.last_day(now)]:
        dates = engine.days_from(after, chunk)
        calendars = Calendars(waiting, dates, now=now, token=token, weeks=weeks)
        for query in waiting:
            found[query.doctor.pk] = calendars.first_free(query)
        waiting = [query for query in waiting if found[query.doctor.pk] is None]
        after, chunk = after + dt.timedelta(days=chunk), chunk * 4
    return found


def nearest_free(
    query: SlotQuery,
    around: dt.datetime,
    *,
    now: dt.datetime,
    token: str | None = None,
    moving: UUID | None = None,
    avoid: engine.Span | None = None,
    count: int = 3,
) -> list[dt.datetime]:
    """The free starts closest to `around`, in order of time: what a refusal offers instead.

    `avoid` is a stretch in which the person is elsewhere. Looks 7, then 28, 112 … days to
    both sides, until there are `count` or the horizon is reached.
    """
    today, last = query.today(now), query.last_day(now)
    day = min(max(around.astimezone(query.zone).date(), today), last)
    reach = FIRST_REACH
    while True:
        first, final = max(today, day - reach), min(day + reach, last)
        days = (final - first).days + 1
        found = free_slots(query, first, days, now=now, token=token, moving=moving)
        whole = (first, final) == (today, last)
        near = [
            start
            for date, starts in found.items()
            for start in starts
            # On the outermost days a start may be farther than one just outside.
            if (whole or abs(date - day) < reach) and not _meets(start, query.length, avoid)
        ]
        if whole or len(near) >= count:
            return sorted(sorted(near, key=lambda start: abs(start - around))[:count])
        reach *= 4


def _meets(start: dt.datetime, length: dt.timedelta, span: engine.Span | None) -> bool:
    return span is not None and start < span[1] and span[0] < start.astimezone(dt.UTC) + length
