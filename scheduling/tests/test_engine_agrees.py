"""The engine and a second, naive implementation give equal lists for the same question.

They cover three years in four zones with four different clocks: Paris (an hour, in spring and
autumn), Casablanca (an hour back during Ramadan, then always UTC+0), New York (other dates than
Europe) and Lord Howe (half an hour, in the southern autumn and spring).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from scheduling import engine
from scheduling.engine import WeeklyRange
from scheduling.tests import oracle
from scheduling.tests.grid import ALWAYS, NEVER, Grid, offered

FIRST_DAY, LAST_DAY = dt.date(2025, 1, 1), dt.date(2027, 12, 31)
ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Paris", "Africa/Casablanca", "America/New_York", "Australia/Lord_Howe")
]


def instants(grid: Grid) -> Grid:
    return {day: [start.astimezone(dt.UTC) for start in starts] for day, starts in grid.items()}


@cache
def change_days(zone: ZoneInfo) -> list[dt.date]:
    """Return the days of the three years that are not 24 hours long."""
    days = engine.days_from(FIRST_DAY, (LAST_DAY - FIRST_DAY).days + 1)
    lengths = {day: engine.day_span(day, zone) for day in days}
    return [day for day, (start, end) in lengths.items() if end - start != engine.DAY]


# Any agenda, any window --------------------------------------------------------------------------

OFTEN = [0, 30, 60, 90, 120, 125, 150, 180, 210, 540, 720, 840, 1080, 1320, 1439]


EVERY_DAY, WEEK_DAYS = list(range(7)), list(range(5))


@st.composite
def weekly_ranges(draw: st.DrawFn, first_day: dt.date) -> list[WeeklyRange]:
    """Draw any ranges that the table allows, on some weekdays.

    Round minutes are frequent, so that ranges often touch.
    """
    start = draw(st.sampled_from(OFTEN) | st.integers(0, 1439))
    ends = [minute + day for day in (0, 1440) for minute in (*OFTEN, 1440)]
    admitted = [end for end in ends if start < end <= start + 1440]
    end = draw(st.sampled_from(admitted) | st.integers(start + 1, start + 1440))
    dates = st.none() | st.integers(-3, 33).map(lambda n: first_day + dt.timedelta(days=n))
    valid_from, valid_until = draw(dates), draw(dates)
    if valid_from and valid_until and valid_until < valid_from:
        valid_from, valid_until = valid_until, valid_from
    weekdays = draw(st.sampled_from([EVERY_DAY, WEEK_DAYS]) | st.lists(st.integers(0, 6)))
    place = draw(st.sampled_from([None, None, "there"]))
    return [WeeklyRange(day, start, end, valid_from, valid_until, place) for day in weekdays]


@st.composite
def spans(draw: st.DrawFn, first_day: dt.date, days: int, longest: int) -> engine.Span:
    """Draw a span of whole minutes, at most `longest`, around the window and beyond its edges."""
    midnight = dt.datetime.combine(first_day, dt.time(), dt.UTC)
    start = draw(st.integers(-2 * 96, (days + 2) * 96)) * 15 + draw(st.sampled_from([0, 0, 0, 7]))
    length = draw(st.sampled_from([5, 15, 30, 45, 60]) | st.integers(1, longest))
    return (
        midnight + dt.timedelta(minutes=start),
        midnight + dt.timedelta(minutes=start + length),
    )


@st.composite
def windows(draw: st.DrawFn) -> tuple[ZoneInfo, dt.date, int]:
    """Draw a zone, a first day and a number of days; half the windows hold a clock change."""
    zone = draw(st.sampled_from(ZONES))
    days = draw(st.integers(1, 4) | st.integers(1, 31))
    first_day = draw(st.dates(FIRST_DAY, LAST_DAY))
    if draw(st.booleans()):
        offset = draw(st.integers(0, days))
        first_day = draw(st.sampled_from(change_days(zone))) - dt.timedelta(days=offset)
    return zone, first_day, days


@given(data=st.data(), window=windows())
def test_engine_and_oracle_offer_the_same_starts(data, window):
    zone, first_day, days = window
    drawn = data.draw(st.lists(weekly_ranges(first_day), min_size=1, max_size=4), label="ranges")
    ranges = [each for some in drawn for each in some]
    midnight = dt.datetime.combine(first_day, dt.time(), dt.UTC)
    seconds = st.integers(-2 * 86400, days * 86400).map(
        lambda n: midnight + dt.timedelta(seconds=n)
    )
    asked: dict[str, Any] = {
        "minutes": data.draw(st.sampled_from([5, 8, 15, 30, 45, 60]) | st.integers(5, 480)),
        "pause": data.draw(st.sampled_from([0, 0, 5, 10]) | st.integers(0, 240)),
        "taken": data.draw(st.lists(spans(first_day, days, longest=720), max_size=25)),
        "closed": data.draw(st.lists(spans(first_day, days, longest=5 * 1440), max_size=3)),
        "earliest": data.draw(st.just(ALWAYS) | st.just(ALWAYS) | seconds),
        "latest": data.draw(
            st.just(NEVER) | st.just(NEVER) | seconds.map(lambda now: now + 3 * engine.DAY)
        ),
    }

    offer = instants(offered(ranges, zone, first_day, days, **asked))

    clock = oracle.Clock(zone, first_day, days)
    assert offer == oracle.free_starts(ranges, clock, first_day, days, **asked)
    event("something is free" if any(offer.values()) else "nothing is free")


# Every day of three years ------------------------------------------------------------------------


def every_day(*hours: tuple[int, int], place: str | None = None) -> list[WeeklyRange]:
    days = range(7)
    return [WeeklyRange(day, *each, None, None, place) for day in days for each in hours]


AGENDAS = {
    "office hours, half hours": (every_day((540, 720), (840, 1080)), 30, 0),
    "a night shift, three quarters": (every_day((1320, 1560)), 45, 0),
    "around the clock, 25 minutes and a pause": (every_day((0, 1440)), 25, 5),
    "the hours of the changes, 20 minutes": (every_day((30, 150), (135, 200), (205, 330)), 20, 0),
    "two places that touch, 45 minutes": (
        [*every_day((480, 720)), *every_day((720, 1000), place="there")],
        45,
        0,
    ),
    "the hours on both sides of the changes, 60 minutes": (every_day((30, 120), (180, 290)), 60, 0),
    "two shifts that overlap past midnight, 50 minutes": (
        every_day((1200, 2000), (60, 500)),
        50,
        0,
    ),
}

CHUNK = 31


def chunks() -> list[tuple[dt.date, int]]:
    """Return the three years as windows of a month: (first day, number of days)."""
    starts = range(0, (LAST_DAY - FIRST_DAY).days + 1, CHUNK)
    firsts = [FIRST_DAY + dt.timedelta(days=n) for n in starts]
    return [(first, min(CHUNK, (LAST_DAY - first).days + 1)) for first in firsts]


def visits_of(first_day: dt.date, days: int) -> list[engine.Span]:
    """Return a busy agenda: a visit of 40 minutes every 131 minutes of UTC, day and night."""
    midnight = dt.datetime.combine(first_day - engine.DAY, dt.time(), dt.UTC)
    starts = [midnight + dt.timedelta(minutes=n) for n in range(0, (days + 2) * 1440, 131)]
    return [(start, start + dt.timedelta(minutes=40)) for start in starts]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_engine_and_oracle_agree_on_every_day_of_three_years(zone):
    for first_day, days in chunks():
        clock = oracle.Clock(zone, first_day, days)
        for name, (ranges, minutes, pause) in AGENDAS.items():
            for taken in ([], visits_of(first_day, days)):
                asked: dict[str, Any] = {
                    "minutes": minutes,
                    "pause": pause,
                    "taken": taken,
                    "closed": [],
                    "earliest": ALWAYS,
                    "latest": NEVER,
                }
                offer = instants(offered(ranges, zone, first_day, days, **asked))
                truth = oracle.free_starts(ranges, clock, first_day, days, **asked)
                assert offer == truth, name


# For every agenda --------------------------------------------------------------------------------


@cache
def three_years(zone: ZoneInfo, agenda: str) -> Grid:
    ranges, minutes, pause = AGENDAS[agenda]
    grid: Grid = {}
    for first_day, days in chunks():
        grid |= offered(ranges, zone, first_day, days, minutes=minutes, pause=pause)
    return grid


every_zone_and_agenda = pytest.mark.parametrize(
    ("zone", "agenda"),
    [pytest.param(zone, agenda, id=f"{zone}, {agenda}") for zone in ZONES for agenda in AGENDAS],
)


@every_zone_and_agenda
def test_no_local_time_is_offered_twice_on_a_day(zone, agenda):
    for day, starts in three_years(zone, agenda).items():
        labels = [f"{start:%H:%M}" for start in starts]
        assert labels == sorted(set(labels)), day


@every_zone_and_agenda
def test_every_local_time_offered_exists_and_names_its_instant(zone, agenda):
    for starts in three_years(zone, agenda).values():
        typed_back = [start.replace(tzinfo=None).replace(tzinfo=zone) for start in starts]
        assert [local.astimezone(dt.UTC) for local in typed_back] == [
            start.astimezone(dt.UTC) for start in starts
        ]
        # A wall time that a spring night skips becomes another one after a trip through UTC.
        assert [
            local.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) for local in typed_back
        ] == [start.replace(tzinfo=None) for start in starts]


@every_zone_and_agenda
def test_every_start_lies_in_an_opening_in_whole_steps_from_its_beginning(zone, agenda):
    ranges, minutes, _pause = AGENDAS[agenda]
    length = dt.timedelta(minutes=minutes)
    for day, starts in three_years(zone, agenda).items():
        opened = engine.openings(ranges, [day - engine.DAY, day], zone)
        grid = {
            start for opens, closes in opened for start in _steps(opens, closes - length, length)
        }
        assert [start for start in starts if start.astimezone(dt.UTC) not in grid] == []


def _steps(first, last, step):
    return [first + n * step for n in range((last - first) // step + 1)]


@every_zone_and_agenda
def test_a_day_asked_alone_offers_what_it_offers_in_a_month(zone, agenda):
    ranges, minutes, pause = AGENDAS[agenda]
    month = three_years(zone, agenda)
    for day in change_days(zone):
        for asked in (day - engine.DAY, day, day + engine.DAY):
            alone = offered(ranges, zone, asked, 1, minutes=minutes, pause=pause)
            assert alone == {asked: month[asked]}
