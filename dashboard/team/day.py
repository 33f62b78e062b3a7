"""One day of every doctor at whose desk the reader works, side by side.

Readers only; a constant number of queries, whatever the number of doctors and visits. Each column
runs on the clock of its doctor's own practice: minutes count from that day's midnight there and
stay within the day, 0 to 1440.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Appointment
from bookings.status import LIVE, Status
from dashboard.agenda.day import Gap, gaps, within
from dashboard.agenda.visits import visits_of_day
from doctors.models import ConsultationType, Doctor
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.places import holiday_spans, practice_ids

DAY = 24 * 60
LOWEST = 15
"""Minutes that a visit is drawn with at least: one row, the smallest target allowed."""

USUAL = (8 * 60, 18 * 60)
"""The minutes shown of a day on which nobody is open and nothing is booked."""


class Stretch(NamedTuple):
    """Part of a column, in minutes since midnight."""

    start: int
    end: int


class Closed(NamedTuple):
    """Time away with its reason, or a holiday with its name: for the desk alone."""

    kind: str
    title: str
    at: Stretch
    starts: dt.datetime
    ends: dt.datetime

    @property
    def is_all_day(self) -> bool:
        return self.at == (0, DAY)


class ColumnRow(NamedTuple):
    """A visit or a gap: a line of the list, a box of the column."""

    local: dt.datetime
    at: Stretch
    visit: Any = None
    gap: Gap | None = None
    lane: int = 0
    """Its place among `lanes` visits of the same time."""
    lanes: int = 1


@dataclass
class Column:
    """One doctor's day, as the reader may see it."""

    doctor: Doctor
    day: dt.date
    now: dt.datetime
    visits: list[Any]
    walk_ins: list[Appointment]
    absences: list[DoctorAbsence]
    ranges: Mapping[int | None, list[engine.WeeklyRange]]
    """Weekly hours by consultation type; under None those for every type."""
    holidays: list[tuple[engine.Span, str]]
    """When a practice is closed for a holiday, and its name."""

    @cached_property
    def span(self) -> engine.Span:
        return engine.day_span(self.day, self.doctor.practice.zone)

    @property
    def now_minute(self) -> int | None:
        """The time there, while the day is today there."""
        is_today = self.span[0] <= self.now < self.span[1]
        return self._minute(self.doctor.practice.local(self.now)) if is_today else None

    @property
    def waiting_count(self) -> int | None:
        """How many have come and were not called in yet; None on any day but today."""
        if self.now_minute is None:
            return None
        ours = [*(visit for visit in self.visits if visit.is_ours), *self.walk_ins]
        return sum(visit.status == Status.ARRIVED for visit in ours)

    @cached_property
    def opened(self) -> list[Stretch]:
        """When the doctor sees anybody, time kept for some types included."""
        ranges = [each for some in self.ranges.values() for each in some]
        return [self._stretch(span) for span in self._openings(ranges)]

    @cached_property
    def closed(self) -> list[Closed]:
        absences = [
            self._closed("absence", absence.reason or _("Away"), span)
            for absence in self.absences
            for span in within([(absence.starts_at, absence.ends_at)], self.span)
        ]
        holidays = [self._closed("holiday", name, span) for span, name in self.holidays]
        return absences + holidays

    @cached_property
    def rows(self) -> list[ColumnRow]:
        """Visits, and where time for any type is still free, in order."""
        found = [*self.visit_rows, *self._gap_rows()]
        return sorted(found, key=lambda row: (row.local, row.visit is None))

    @property
    def used(self) -> list[Stretch]:
        """What must be seen of the day."""
        return [*self.opened, *(row.at for row in self.visit_rows)]

    @cached_property
    def visit_rows(self) -> list[ColumnRow]:
        """The visits, each as long as it takes on the clock."""
        local = self.doctor.practice.local
        rows = []
        for visit in self.visits:
            start = local(visit.starts_at)
            rows.append(ColumnRow(start, self._from(start, max(visit.duration, LOWEST)), visit))
        return side_by_side(rows)

    def _gap_rows(self) -> list[ColumnRow]:
        opened = self._openings(self.ranges.get(None, []))
        blocked = [(each.starts_at, each.ends_at) for each in self.absences]
        blocked += [(each.starts_at, each.ends_at) for each in self.visits if each.status in LIVE]
        blocked += [span for span, _name in self.holidays]
        still_open = within(opened, (max(self.span[0], self.now), self.span[1]))
        found = gaps(still_open, blocked, self.doctor.practice.local)
        return [ColumnRow(gap.start, self._from(gap.start, gap.minutes), gap=gap) for gap in found]

    def _openings(self, ranges: Sequence[engine.WeeklyRange]) -> list[engine.Span]:
        days = [self.day - engine.DAY, self.day]  # a night began the day before
        return within(engine.openings(ranges, days, self.doctor.practice.zone), self.span)

    def _closed(self, kind: str, title: str, span: engine.Span) -> Closed:
        local = self.doctor.practice.local
        return Closed(kind, title, self._stretch(span), local(span[0]), local(span[1]))

    def _stretch(self, span: engine.Span) -> Stretch:
        """Between two wall clocks: the night the clocks change is a day like any other."""
        start, end = (self._minute(self.doctor.practice.local(instant)) for instant in span)
        return Stretch(start, max(start, end))

    def _from(self, start: dt.datetime, minutes: int) -> Stretch:
        """From a wall clock so many minutes on, within the day."""
        first = self._minute(start)
        return Stretch(max(first, 0), min(first + minutes, DAY))

    def _minute(self, local: dt.datetime) -> int:
        return int((local - dt.datetime.combine(self.day, dt.time())).total_seconds() // 60)


@dataclass
class TeamDay:
    day: dt.date
    columns: list[Column]

    @property
    def previous(self) -> dt.date:
        return self.day - engine.DAY

    @property
    def next(self) -> dt.date:
        return self.day + engine.DAY

    @property
    def has_several_zones(self) -> bool:
        return len({column.doctor.practice.time_zone for column in self.columns}) > 1

    @cached_property
    def hours(self) -> range:
        """The whole hours shown, the same for every column."""
        used = [stretch for column in self.columns for stretch in column.used] or [Stretch(*USUAL)]
        first = min(stretch.start for stretch in used) // 60
        last = -(-max(stretch.end for stretch in used) // 60)
        return range(first, max(last, first + 1))

    @property
    def first_minute(self) -> int:
        return self.hours.start * 60

    @property
    def last_minute(self) -> int:
        return self.hours.stop * 60

    @property
    def morning(self) -> int:
        """Where the reader begins to look: not in the night that began the day before."""
        starts = [each.start for column in self.columns for each in column.used if each.start]
        return min(starts, default=self.first_minute)


def side_by_side(rows: Iterable[ColumnRow]) -> list[ColumnRow]:
    """`rows`, sorted by their start, each with its `lane`: those that share time stand beside
    each other, and all that hang together have the same number of `lanes`."""
    placed: list[ColumnRow] = []
    group: list[ColumnRow] = []
    ends: list[int] = []

    def close() -> None:
        placed.extend(row._replace(lanes=len(ends)) for row in group)
        group.clear()
        ends.clear()

    for row in rows:
        if ends and row.at.start >= max(ends):
            close()
        lane = next((lane for lane, end in enumerate(ends) if end <= row.at.start), len(ends))
        ends[lane : lane + 1] = [row.at.end]
        group.append(row._replace(lane=lane))
    close()
    return placed


def team_day(user: User, doctors: Sequence[Doctor], day: dt.date, *, now: dt.datetime) -> TeamDay:
    """`day` of each of `doctors`, in their order, as `user` may see it.

    What is cancelled is left out; a visit across midnight stands on both its days, and one at
    another practice is taken time, `is_ours` false.
    """
    pks = [doctor.pk for doctor in doctors]
    spans = {doctor.pk: engine.day_span(day, doctor.practice.zone) for doctor in doctors}
    start, end = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    walk_ins = Appointment.objects.for_staff(user).filter(doctor__in=pks, queue_date=day)
    absences = DoctorAbsence.objects.filter(doctor__in=pks, starts_at__lt=end, ends_at__gt=start)
    consultation_types = set(
        ConsultationType.objects.filter(doctor__in=pks).values_list("pk", flat=True)
    )

    ranges = OpeningHours.objects.ranges_of(pks, consultation_types)
    every = {
        pk: [each for some in by_type.values() for each in some] for pk, by_type in ranges.items()
    }
    practices = {pk for doctor in doctors for pk in practice_ids(doctor, every[doctor.pk])}
    closed = Holiday.objects.closing(practices, [day])
    visits_of = by_doctor(visits_of_day(user, pks, start, end))
    walk_ins_of = by_doctor(
        walk_ins.exclude(status=Status.CANCELLED).for_lists().order_by("queue_number")
    )
    absences_of = by_doctor(absences.order_by("starts_at"))

    def is_on_the_day(visit: Any) -> bool:
        opens, closes = spans[visit.doctor_id]
        return visit.starts_at < closes and visit.ends_at > opens

    return TeamDay(
        day,
        [
            Column(
                doctor=doctor,
                day=day,
                now=now,
                visits=[visit for visit in visits_of[doctor.pk] if is_on_the_day(visit)],
                walk_ins=walk_ins_of[doctor.pk],
                absences=absences_of[doctor.pk],
                ranges=ranges[doctor.pk],
                holidays=holiday_spans(
                    doctor,
                    every[doctor.pk],
                    {pk: closed[pk] for pk in practice_ids(doctor, every[doctor.pk])},
                ),
            )
            for doctor in doctors
        ],
    )


def by_doctor(found: Iterable[Any]) -> dict[int, list[Any]]:
    groups = defaultdict(list)
    for each in found:
        groups[each.doctor_id].append(each)
    return groups
