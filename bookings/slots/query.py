"""`SlotQuery`: a doctor, a consultation type, and the rules of time that come with the type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from bookings.models import Appointment
from doctors.models import ConsultationType, Doctor
from scheduling import engine

DEFAULT_LENGTH = dt.timedelta(minutes=30)
DEFAULT_HORIZON_DAYS = 180


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """One doctor and one consultation type, with the rules of time of that type.

    Without a type: visits of 30 minutes, no notice, 180 days ahead, in hours that are not kept
    for certain types.
    """

    doctor: Doctor
    consultation_type: ConsultationType | None = None
    visit: Appointment | None = None
    """A booked visit that wants another time: it keeps its own length and pause."""
    is_asked_to_move: bool = False
    """Whether the practice asked for another time: the window of emergencies does not bind then."""
    is_staff: bool = False
    """Whether staff ask: notice, horizon and the window of emergencies do not bind them."""

    @classmethod
    def of_visit(cls, visit: Appointment, **asked: bool) -> SlotQuery:
        """The query of other times for `visit` (docs/contracts.md, rule 11)."""
        return cls(visit.doctor, visit.consultation_type, visit, **asked)

    @property
    def type_id(self) -> int | None:
        return self.consultation_type.pk if self.consultation_type else None

    @property
    def length(self) -> dt.timedelta:
        if self.visit:
            return minutes(self.visit.duration)
        return self.consultation_type.length if self.consultation_type else DEFAULT_LENGTH

    @property
    def pause(self) -> dt.timedelta:
        if self.visit:
            return minutes(self.visit.buffer_minutes)
        return minutes(self.consultation_type.buffer_after if self.consultation_type else 0)

    @property
    def notice(self) -> dt.timedelta:
        if self.is_staff or self.consultation_type is None:
            return minutes(0)
        return minutes(self.consultation_type.notice_minutes)

    @property
    def horizon_days(self) -> int:
        if self.is_staff:
            return ConsultationType.MAX_HORIZON_DAYS
        consultation_type = self.consultation_type
        return consultation_type.horizon_days if consultation_type else DEFAULT_HORIZON_DAYS

    @property
    def is_emergency_only(self) -> bool:
        """Whether only the next 24 hours can be booked."""
        if self.is_staff or self.is_asked_to_move or self.consultation_type is None:
            return False
        return self.consultation_type.is_emergency_only

    @property
    def zone(self) -> ZoneInfo:
        return self.doctor.practice.zone

    def today(self, now: dt.datetime) -> dt.date:
        """The practice's date at `now`."""
        return now.astimezone(self.zone).date()

    def last_day(self, now: dt.datetime) -> dt.date:
        """The last bookable day, by the practice's date."""
        horizon = self.today(now) + dt.timedelta(days=self.horizon_days)
        if not self.is_emergency_only:
            return horizon
        return min(horizon, (now + settings.EMERGENCY_WINDOW).astimezone(self.zone).date())

    def bookable_days(self, days: Iterable[dt.date], now: dt.datetime) -> list[dt.date]:
        """`days` without past days and days too far ahead."""
        today, last = self.today(now), self.last_day(now)
        return [day for day in days if today <= day <= last]

    def closes_at(self, now: dt.datetime) -> dt.datetime:
        """The first instant that is too far ahead to book."""
        horizon = engine.to_utc(self.last_day(now), 1440, self.zone)
        if not self.is_emergency_only:
            return horizon
        return min(horizon, now + settings.EMERGENCY_WINDOW + engine.INSTANT)

    def lapses_at(self, start: dt.datetime) -> dt.datetime:
        """The first instant at which it is too late to book `start`."""
        return start.astimezone(dt.UTC) - self.notice + engine.INSTANT

    def midnight(self, now: dt.datetime) -> dt.datetime:
        """The instant of the practice's next midnight."""
        return engine.to_utc(self.today(now) + engine.DAY, 0, self.zone)


def minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)
