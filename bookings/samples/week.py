"""The plans of a doctor's weekly hours, with a lunch break, and of absences."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.samples.chance import Chance
from bookings.samples.reasons import ABSENCES, HALF_DAYS
from bookings.samples.roster import DoctorPlan
from scheduling.engine import WeeklyRange, days_from, to_utc

SATURDAY, SUNDAY = 5, 6


class RangePlan(NamedTuple):
    """One range of weekly hours.

    `kept_for` is the position of its only consultation type; with `elsewhere` the doctor works
    at the city's first practice then.
    """

    hours: WeeklyRange
    kept_for: int | None = None
    elsewhere: bool = False


class AbsencePlan(NamedTuple):
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str


def plan_week(doctor: DoctorPlan, seed: int) -> list[RangePlan]:
    """The weekly ranges, sorted by weekday and time; ranges of one day do not overlap."""
    if not doctor.has_hours:
        return []
    if doctor.is_known:
        return [
            RangePlan(WeeklyRange(day, start, end))
            for day in doctor.days
            for start, end in ((540, 750), (810, 1020))
        ]
    chance = Chance(seed, "week", doctor.index)
    opens, lunch = chance.choice((480, 510, 540, 570)), chance.choice((720, 750, 780))
    resumes, closes = lunch + chance.choice((60, 90, 120)), chance.choice((1020, 1080, 1110, 1140))
    workdays = list(doctor.practice.country.workdays)
    if chance.happens(0.4):
        workdays.remove(chance.choice(workdays))
    ranges = [
        RangePlan(WeeklyRange(day, start, end))
        for day in workdays
        for start, end in ((opens, lunch), (resumes, closes))
    ]
    if doctor.practice.country.code != "DZ" and chance.happens(0.45):
        ranges.append(RangePlan(WeeklyRange(SATURDAY, 540, 780)))
    if doctor.index % 31 == 28:
        # On call on Friday night: one range across midnight.
        ranges.append(RangePlan(WeeklyRange(4, 1200, 1560)))
    ranges = _keep_some(ranges, doctor, lunch, chance)
    if doctor.practice.number and chance.happens(0.4):
        away = chance.choice(workdays)
        ranges = [
            each._replace(elsewhere=True) if each.hours.weekday == away else each for each in ranges
        ]
    return sorted(ranges, key=lambda each: each.hours[:2])


def _keep_some(
    ranges: list[RangePlan], doctor: DoctorPlan, lunch: int, chance: Chance
) -> list[RangePlan]:
    """`ranges` with half an hour for emergencies, or with one range for new patients."""
    for position, consultation_type in enumerate(doctor.consultation_types):
        if consultation_type.emergency_only and chance.happens(0.5):
            days = {each.hours.weekday for each in ranges if each.hours.end_minute == lunch}
            return ranges + [
                RangePlan(WeeklyRange(day, lunch, lunch + 30), kept_for=position)
                for day in sorted(days)
            ]
    if doctor.consultation_types[0].for_new and chance.happens(0.15):
        at = chance.randrange(len(ranges))
        return [
            each._replace(kept_for=0) if number == at else each
            for number, each in enumerate(ranges)
        ]
    return ranges


def plan_absences(
    doctor: DoctorPlan, week: list[RangePlan], *, today: dt.date, zone: ZoneInfo, seed: int
) -> list[AbsencePlan]:
    """The absences: weeks and half days; one doctor in sixteen is away now.

    The first five are away for a whole day only in the past, so that a user who tries the site
    finds free times on each of their days.
    """
    chance = Chance(seed, "absences", doctor.index)
    open_days = {each.hours.weekday for each in week}

    def next_open(after: int) -> dt.date:
        days = days_from(today + dt.timedelta(days=after), 7)
        return next(day for day in days if day.weekday() in open_days)

    def away(first: dt.date, days: int, reason: str) -> AbsencePlan:
        return AbsencePlan(to_utc(first, 0, zone), to_utc(first, 1440 * days, zone), reason)

    def part(day: dt.date, start: int, end: int) -> AbsencePlan:
        reason = chance.choice(HALF_DAYS)
        return AbsencePlan(to_utc(day, start, zone), to_utc(day, end, zone), reason)

    if not week:
        return []
    if doctor.is_known:
        half_days = {0: (9, 840, 1020), 4: (16, 540, 660)}
        found = (
            [part(next_open(half_days[doctor.index][0]), *half_days[doctor.index][1:])]
            if doctor.index in half_days
            else []
        )
        if doctor.index == 1:
            found.append(away(next_open(-10), 1, "Congrès"))
        return found
    if doctor.index % 16 == 10:
        return [away(today - dt.timedelta(days=3), 11, chance.choice(ABSENCES))]
    found = []
    if chance.happens(0.3):
        first = today + dt.timedelta(days=chance.randint(5, 40))
        found.append(away(first, chance.randint(3, 12), chance.choice(ABSENCES)))
    if chance.happens(0.25):
        found.append(
            part(next_open(chance.randint(1, 20)), *chance.choice(((0, 780), (780, 1440))))
        )
    if chance.happens(0.2):
        found.append(away(next_open(-chance.randint(8, 20)), 1, chance.choice(ABSENCES)))
    return found
