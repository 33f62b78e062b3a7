"""Which times are asked for, and the rules of time that come with the type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from doctors.models import ConsultationType, Doctor
from scheduling import engine

DEFAULT_LENGTH = dt.timedelta(minutes=30)
DEFAULT_HORIZON_DAYS = 180


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
        return minutes(self.consultation_type.buffer_after if self.consultation_type else 0)

    @property
    def notice(self) -> dt.timedelta:
        return minutes(self.consultation_type.notice_minutes if self.consultation_type else 0)

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
        return min(horizon, (now + settings.EMERGENCY_WINDOW).astimezone(self.zone).date())

    def bookable_days(self, days: Iterable[dt.date], now: dt.datetime) -> list[dt.date]:
        """`days` without those gone by or too far ahead."""
        today, last = self.today(now), self.last_day(now)
        return [day for day in days if today <= day <= last]

    def closes_at(self, now: dt.datetime) -> dt.datetime:
        """The first instant that is too far ahead to be booked."""
        horizon = engine.to_utc(self.last_day(now), 1440, self.zone)
        if not self.is_emergency_only:
            return horizon
        return min(horizon, now + settings.EMERGENCY_WINDOW + engine.INSTANT)

    def lapses_at(self, start: dt.datetime) -> dt.datetime:
        """The first instant at which `start` is too near to be booked."""
        return start.astimezone(dt.UTC) - self.notice + engine.INSTANT

    def midnight(self, now: dt.datetime) -> dt.datetime:
        """When the practice's date changes."""
        return engine.to_utc(self.today(now) + engine.DAY, 0, self.zone)


def minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)
