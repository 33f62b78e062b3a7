"""The engine in the cases that broke other booking systems."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import engine
from scheduling.engine import WeeklyRange
from scheduling.tests.grid import offered

PARIS = ZoneInfo("Europe/Paris")
CASABLANCA = ZoneInfo("Africa/Casablanca")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")

MONDAY = dt.date(2027, 3, 1)
TUESDAY = dt.date(2027, 3, 2)
SPRING_NIGHT = dt.date(2027, 3, 28)
AUTUMN_NIGHT = dt.date(2027, 10, 31)
MINUTE = dt.timedelta(minutes=1)


def at(clock: str) -> int:
    """Return "09:30" in minutes since midnight; "26:00" is 02:00 on the next day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def daily(*hours: str) -> list[WeeklyRange]:
    """Return hours such as "09:00-17:00" for every day of the week."""
    pairs = [each.split("-") for each in hours]
    return [WeeklyRange(day, at(opens), at(closes)) for day in range(7) for opens, closes in pairs]


def utc(day: dt.date, clock: str, zone: ZoneInfo = PARIS) -> dt.datetime:
    return engine.to_utc(day, at(clock), zone)


def span(day: dt.date, start: str, end: str, zone: ZoneInfo = PARIS) -> engine.Span:
    return utc(day, start, zone), utc(day, end, zone)


def times(ranges, day=MONDAY, *, minutes=30, zone=PARIS, **asked) -> list[str]:
    """Return the local times offered on one day, as the API writes them."""
    grid = offered(ranges, zone, day, 1, minutes=minutes, **asked)
    return [f"{start:%H:%M}" for start in grid[day]]


def instants(ranges, day=MONDAY, *, minutes=30, zone=PARIS, **asked) -> list[str]:
    """Return the instants offered on one day, in UTC."""
    grid = offered(ranges, zone, day, 1, minutes=minutes, **asked)
    return [f"{start.astimezone(dt.UTC):%d %H:%M}" for start in grid[day]]


# Clock changes and zones -------------------------------------------------------------------------


def test_spring_night_offers_nothing_between_two_and_three():
    assert times(daily("01:00-05:00"), SPRING_NIGHT) == [
        "01:00", "01:30", "03:00", "03:30", "04:00", "04:30",
    ]  # fmt: skip


def test_spring_night_steps_in_elapsed_time_across_the_change():
    offer = times(daily("01:00-05:00"), SPRING_NIGHT, minutes=45)

    assert offer == ["01:00", "01:45", "03:30", "04:15"]
    assert instants(daily("01:00-05:00"), SPRING_NIGHT, minutes=45) == [
        "28 00:00", "28 00:45", "28 01:30", "28 02:15",
    ]  # fmt: skip


def test_an_opening_inside_the_hour_that_spring_skips_does_not_happen():
    assert times(daily("02:10-02:50"), SPRING_NIGHT, minutes=10) == []


def test_autumn_night_offers_no_local_time_twice():
    assert times(daily("01:00-05:00"), AUTUMN_NIGHT) == [
        "01:00", "01:30", "02:00", "02:30", "03:00", "03:30", "04:00", "04:30",
    ]  # fmt: skip
    assert instants(daily("01:00-05:00"), AUTUMN_NIGHT) == [
        "30 23:00", "30 23:30", "31 00:00", "31 00:30",
        "31 02:00", "31 02:30", "31 03:00", "31 03:30",
    ]  # fmt: skip


def test_autumn_night_books_nothing_twice():
    first_half_past_two = utc(AUTUMN_NIGHT, "02:30")
    taken = [(first_half_past_two, first_half_past_two + 30 * MINUTE)]

    offer = times(daily("01:00-05:00"), AUTUMN_NIGHT, taken=taken)

    assert offer == ["01:00", "01:30", "02:00", "03:00", "03:30", "04:00", "04:30"]


@pytest.mark.parametrize(
    ("monday", "instant"),
    [
        (dt.date(2027, 3, 22), "22 08:00"),
        (dt.date(2027, 3, 29), "29 07:00"),
        (dt.date(2027, 10, 25), "25 07:00"),
        (dt.date(2027, 11, 1), "01 08:00"),
    ],
)
def test_monday_nine_stays_nine_on_both_sides_of_both_changes(monday, instant):
    only_mondays = [WeeklyRange(0, at("09:00"), at("09:30"))]

    assert times(only_mondays, monday) == ["09:00"]
    assert instants(only_mondays, monday) == [instant]


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (dt.date(2026, 9, 18), "18 08:00"),
        (dt.date(2026, 9, 21), "21 09:00"),
        (dt.date(2026, 12, 24), "24 09:00"),
        (dt.date(2027, 7, 1), "01 09:00"),
    ],
)
def test_casablanca_is_utc_after_20_september_2026(day, instant):
    assert times(daily("09:00-09:30"), day, zone=CASABLANCA) == ["09:00"]
    assert instants(daily("09:00-09:30"), day, zone=CASABLANCA) == [instant]


def offset_of_casablanca(tmp_path, first_import: str) -> str:
    """Return its offset in December 2026 in a new Python whose system has stale zone files."""
    # Lagos has long been an hour ahead of UTC, as Casablanca was before the change.
    lagos = files("tzdata").joinpath("zoneinfo", "Africa", "Lagos").read_bytes()
    (tmp_path / "Africa").mkdir()
    (tmp_path / "Africa" / "Casablanca").write_bytes(lagos)
    program = (
        f"import {first_import}, datetime, zoneinfo\n"
        "zone = zoneinfo.ZoneInfo('Africa/Casablanca')\n"
        "print(datetime.datetime(2026, 12, 24, tzinfo=zone).utcoffset())"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_stale_zone_files_of_the_system_change_nothing(tmp_path):
    assert offset_of_casablanca(tmp_path, "config.settings") == "0:00:00"


def test_stale_zone_files_would_be_read_without_our_settings(tmp_path):  # the control
    assert offset_of_casablanca(tmp_path, "sys") == "1:00:00"


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Asia/Kolkata", "01 03:30"),
        ("America/St_Johns", "01 12:30"),
        ("Asia/Kathmandu", "01 03:15"),
        ("Australia/Lord_Howe", "28 22:00"),
        ("Pacific/Auckland", "28 20:00"),
        ("Pacific/Honolulu", "01 19:00"),
    ],
)
def test_a_slot_sits_under_the_day_of_the_practice(zone, instant):
    zone = ZoneInfo(zone)

    assert times(daily("09:00-09:30"), MONDAY, zone=zone) == ["09:00"]
    assert instants(daily("09:00-09:30"), MONDAY, zone=zone) == [instant]


@pytest.mark.parametrize(
    ("night", "offer"),
    [
        # The clock goes from 02:00 to 02:30 in October, and from 02:00 back to 01:30 in April.
        (dt.date(2027, 10, 3), ["01:00", "01:30", "02:30", "03:00"]),
        (dt.date(2027, 4, 4), ["01:00", "01:30", "02:00", "02:30", "03:00"]),
    ],
)
def test_half_an_hour_of_clock_change_on_lord_howe(night, offer):
    assert times(daily("01:00-03:30"), night, zone=LORD_HOWE) == offer


def test_half_past_nine_in_paris_on_a_server_in_utc():
    now = dt.datetime(2027, 3, 1, 8, 30, tzinfo=dt.UTC)

    offer = times(daily("08:00-10:30"), minutes=15, earliest=now)

    assert offer == ["09:30", "09:45", "10:00", "10:15"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_half_past_eleven_at_night_is_offered_far_from_utc(zone):
    zone = ZoneInfo(zone)
    now = utc(MONDAY, "23:15", zone)

    assert times(daily("22:00-24:00"), zone=zone, earliest=now) == ["23:30"]


# Midnight, days, ranges --------------------------------------------------------------------------


def test_an_opening_past_midnight_has_slots_on_both_dates():
    only_mondays = [WeeklyRange(0, at("22:00"), at("26:00"))]

    assert times(only_mondays, MONDAY) == ["22:00", "22:30", "23:00", "23:30"]
    assert times(only_mondays, TUESDAY) == ["00:00", "00:30", "01:00", "01:30"]


def test_a_visit_across_midnight_blocks_both_days():
    taken = [span(MONDAY, "23:45", "24:15")]

    assert times(daily("22:00-26:00"), MONDAY, taken=taken)[-4:] == [
        "01:30", "22:00", "22:30", "23:00",
    ]  # fmt: skip
    assert times(daily("22:00-26:00"), TUESDAY, taken=taken)[:3] == ["00:30", "01:00", "01:30"]


def test_a_day_around_the_clock_ends_with_the_last_full_slot():
    assert times(daily("00:00-24:00"), minutes=240) == [
        "00:00", "04:00", "08:00", "12:00", "16:00", "20:00",
    ]  # fmt: skip
    assert times(daily("00:00-24:00"), minutes=300) == ["00:00", "05:00", "10:00", "15:00"]


def test_an_absence_over_several_days_blocks_the_middle_whole_and_the_edges_in_part():
    away = [(utc(MONDAY, "11:00"), utc(MONDAY + 2 * engine.DAY, "10:00"))]

    offer = offered(daily("09:00-12:00"), PARIS, MONDAY, 3, minutes=60, closed=away)

    assert [[f"{start:%H:%M}" for start in starts] for starts in offer.values()] == [
        ["09:00", "10:00"],
        [],
        ["10:00", "11:00"],
    ]


def test_an_old_absence_that_has_not_ended_blocks_today():
    away = [(utc(dt.date(2026, 1, 5), "08:00"), utc(MONDAY, "10:30"))]

    assert times(daily("09:00-12:00"), closed=away) == ["10:30", "11:00", "11:30"]


@pytest.mark.parametrize("holiday", [MONDAY, SPRING_NIGHT, AUTUMN_NIGHT])
def test_a_holiday_closes_its_day_and_no_other(holiday):
    closed = [engine.day_span(holiday, PARIS)]

    offer = offered(
        daily("00:00-24:00"), PARIS, holiday - engine.DAY, 3, minutes=480, closed=closed
    )

    assert [[f"{start:%H:%M}" for start in starts] for starts in offer.values()] == [
        ["00:00", "08:00", "16:00"],
        [],
        ["00:00", "08:00", "16:00"],
    ]


def test_a_holiday_ends_the_night_shift_of_the_evening_before():
    closed = [engine.day_span(TUESDAY, PARIS)]

    assert times(daily("22:00-26:00"), MONDAY, minutes=45, closed=closed)[-2:] == ["22:00", "22:45"]


def test_overlapping_openings_offer_their_union_nothing_twice():
    assert times(daily("09:00-11:00", "10:15-12:00"), minutes=60) == ["09:00", "10:00", "11:00"]


def test_touching_openings_keep_the_first_start_as_anchor():
    assert times(daily("09:00-10:15", "10:15-12:00"), minutes=45) == [
        "09:00", "09:45", "10:30", "11:15",
    ]  # fmt: skip


def test_ranges_of_two_places_that_touch_stay_two_no_visit_spans_both():
    here = WeeklyRange(0, at("09:00"), at("10:15"))
    there = WeeklyRange(0, at("10:15"), at("12:00"), place="there")
    assert times([here, there], minutes=45) == ["09:00", "10:15", "11:00"]
    assert engine.openings_by_place([there, here], [MONDAY], PARIS) == {
        None: [span(MONDAY, "09:00", "10:15")],
        "there": [span(MONDAY, "10:15", "12:00")],
    }


def test_spring_night_ranges_that_only_touch_across_the_skipped_hour_stay_two():
    ranges = daily("00:30-02:00", "03:00-05:00")
    assert times(ranges, dt.date(2027, 3, 28), minutes=60) == ["00:30", "03:00", "04:00"]


def test_a_lunch_break_is_never_straddled():
    assert times(daily("09:00-12:15", "13:00-15:00"), minutes=60) == [
        "09:00", "10:00", "11:00", "13:00", "14:00",
    ]  # fmt: skip


def test_unsorted_input_changes_nothing():
    ranges = [WeeklyRange(0, 780, 900), WeeklyRange(0, 540, 660), WeeklyRange(0, 600, 720)]
    taken = [span(MONDAY, "14:00", "14:30"), span(MONDAY, "09:00", "09:30")]
    closed = [span(MONDAY, "11:00", "11:30"), span(MONDAY, "10:00", "10:30")]
    orders = itertools.product(
        *(list(itertools.permutations(each)) for each in (ranges, taken, closed))
    )

    offers = {tuple(times(r, taken=t, closed=c)) for r, t, c in orders}

    assert offers == {("09:30", "10:30", "11:30", "13:00", "13:30", "14:30")}


def test_one_odd_visit_does_not_shift_the_rest_of_the_day():
    taken = [span(MONDAY, "09:40", "10:10")]

    assert times(daily("09:00-12:00"), taken=taken) == ["09:00", "10:30", "11:00", "11:30"]


def test_back_to_back_visits_leave_the_times_before_and_after():
    taken = [span(MONDAY, "10:00", "10:30")]

    assert times(daily("09:30-11:00"), taken=taken) == ["09:30", "10:30"]


def test_a_short_visit_inside_a_long_candidate_removes_it():
    taken = [span(MONDAY, "10:20", "10:25")]

    assert times(daily("09:00-12:00"), minutes=60, taken=taken) == ["09:00", "11:00"]


def test_a_long_visit_around_a_short_candidate_removes_it():
    taken = [span(MONDAY, "09:10", "10:50")]

    assert times(daily("09:00-11:15"), minutes=15, taken=taken) == ["11:00"]


def test_short_visits_inside_and_after_a_long_one_do_not_reopen_it():
    taken = [span(MONDAY, "09:00", "12:00"), span(MONDAY, "09:30", "09:45")]

    assert times(daily("09:00-13:00"), taken=taken) == ["12:00", "12:30"]


@pytest.mark.parametrize(
    ("hours", "minutes", "offer"),
    [
        ("07:22-08:00", 8, ["07:22", "07:30", "07:38", "07:46"]),
        ("09:15-11:00", 60, ["09:15"]),
    ],
)
def test_odd_hours_and_durations(hours, minutes, offer):
    assert times(daily(hours), minutes=minutes) == offer


@pytest.mark.parametrize(
    ("minutes", "last"), [(5, "16:55"), (30, "16:30"), (45, "15:45"), (480, "09:00")]
)
def test_the_last_start_plus_the_duration_never_passes_closing(minutes, last):
    assert times(daily("09:00-17:00"), minutes=minutes)[-1] == last


def test_an_opening_shorter_than_the_visit_offers_nothing():
    assert times(daily("09:00-09:29")) == []


# Notice and horizon ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds_late", "first"), [(-1, "10:00"), (0, "10:00"), (1, "10:30"), (30 * 60, "10:30")]
)
def test_a_day_of_notice_counts_from_now_to_the_second(seconds_late, first):
    now = utc(MONDAY, "10:00") + dt.timedelta(seconds=seconds_late)

    offer = times(daily("09:00-12:00"), TUESDAY, earliest=now + dt.timedelta(hours=24))

    assert offer[0] == first


def test_a_day_of_notice_is_24_hours_of_elapsed_time_over_a_clock_change():
    now = utc(SPRING_NIGHT - engine.DAY, "10:00")

    offer = times(daily("09:00-12:00"), SPRING_NIGHT, earliest=now + dt.timedelta(hours=24))

    assert offer == ["11:00", "11:30"]


def test_the_last_instant_admitted_is_offered_and_nothing_later():
    assert times(daily("09:00-12:00"), latest=utc(MONDAY, "10:00")) == ["09:00", "09:30", "10:00"]


def test_two_years_without_a_free_start_are_an_honest_empty_answer():
    away = [(utc(MONDAY, "00:00"), utc(dt.date(2037, 3, 1), "00:00"))]

    offer = offered(daily("00:00-24:00"), PARIS, MONDAY, 730, minutes=5, closed=away)

    assert list(offer) == engine.days_from(MONDAY, 730)
    assert [day for day, starts in offer.items() if starts] == []


# Pauses ------------------------------------------------------------------------------------------


def test_the_pause_after_a_visit_is_taken_too():
    start, end = span(MONDAY, "10:00", "10:30")

    offer = times(daily("09:00-12:00"), taken=[(start, end + 10 * MINUTE)])

    assert offer == ["09:00", "09:30", "11:00", "11:30"]


def test_the_pause_of_the_new_visit_must_fit_before_the_next_one():
    taken = [span(MONDAY, "10:00", "10:30")]

    assert times(daily("09:00-12:00"), pause=10, taken=taken) == [
        "09:00",
        "10:30",
        "11:00",
        "11:30",
    ]


def test_pauses_on_both_sides_touch_without_overlap():
    start, end = span(MONDAY, "10:00", "10:30")

    offer = times(daily("09:00-12:00"), minutes=15, pause=15, taken=[(start, end + 15 * MINUTE)])

    assert offer == ["09:00", "09:15", "09:30", "10:45", "11:00", "11:15", "11:30", "11:45"]


def test_a_pause_may_reach_past_closing_and_into_an_absence():
    closed = [span(MONDAY, "10:00", "11:00")]

    assert times(daily("09:00-12:00"), pause=60, closed=closed) == [
        "09:00", "09:30", "11:00", "11:30",
    ]  # fmt: skip


# Wall clock to UTC -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        ("Europe/Paris", MONDAY, "09:30", "01 08:30"),
        ("Europe/Paris", MONDAY, "24:00", "01 23:00"),
        ("Europe/Paris", MONDAY, "26:00", "02 01:00"),
        # 02:00 to 03:00 does not exist: each of these times is the instant of the change.
        ("Europe/Paris", SPRING_NIGHT, "01:59", "28 00:59"),
        ("Europe/Paris", SPRING_NIGHT, "02:00", "28 01:00"),
        ("Europe/Paris", SPRING_NIGHT, "02:30", "28 01:00"),
        ("Europe/Paris", SPRING_NIGHT, "02:59", "28 01:00"),
        ("Europe/Paris", SPRING_NIGHT, "03:00", "28 01:00"),
        ("Europe/Paris", SPRING_NIGHT - engine.DAY, "26:30", "28 01:00"),
        # 02:00 to 03:00 comes twice: the first occurrence counts.
        ("Europe/Paris", AUTUMN_NIGHT, "02:00", "31 00:00"),
        ("Europe/Paris", AUTUMN_NIGHT, "02:59", "31 00:59"),
        ("Europe/Paris", AUTUMN_NIGHT, "03:00", "31 02:00"),
        ("Australia/Lord_Howe", dt.date(2027, 10, 3), "02:15", "02 15:30"),
        ("Australia/Lord_Howe", dt.date(2027, 4, 4), "01:45", "03 14:45"),
        # Zones whose clocks change at midnight.
        ("Africa/Cairo", dt.date(2027, 4, 30), "00:30", "29 22:00"),
        ("America/Havana", dt.date(2027, 11, 7), "00:30", "07 04:30"),
        ("America/Santiago", dt.date(2027, 4, 3), "23:30", "04 02:30"),
        # A day that did not exist.
        ("Pacific/Apia", dt.date(2011, 12, 30), "12:00", "30 10:00"),
    ],
)
def test_to_utc(zone, day, clock, instant):
    assert f"{engine.to_utc(day, at(clock), ZoneInfo(zone)):%d %H:%M}" == instant


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", MONDAY, 24),
        ("Europe/Paris", SPRING_NIGHT, 23),
        ("Europe/Paris", AUTUMN_NIGHT, 25),
        ("Australia/Lord_Howe", dt.date(2027, 10, 3), 23.5),
        ("Australia/Lord_Howe", dt.date(2027, 4, 4), 24.5),
        ("Africa/Cairo", dt.date(2027, 4, 30), 23),
        ("America/Havana", dt.date(2027, 11, 7), 25),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(zone, day, hours):
    start, end = engine.day_span(day, ZoneInfo(zone))

    assert end - start == dt.timedelta(hours=hours)


def test_local_starts_leave_out_the_second_reading():
    opens = utc(AUTUMN_NIGHT, "01:30")

    local = list(engine.local_starts([opens + n * 30 * MINUTE for n in range(6)], PARIS))

    assert [f"{start:%H:%M}" for start in local] == ["01:30", "02:00", "02:30", "03:00"]


# Spans -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "merged"),
    [
        ([], []),
        ([("09:00", "10:00")], [("09:00", "10:00")]),
        ([("09:00", "10:00"), ("10:00", "11:00")], [("09:00", "11:00")]),
        ([("10:00", "11:00"), ("09:00", "10:30")], [("09:00", "11:00")]),
        ([("09:00", "12:00"), ("10:00", "11:00")], [("09:00", "12:00")]),
        ([("09:00", "10:00"), ("09:00", "10:00")], [("09:00", "10:00")]),
        ([("09:00", "09:00")], []),
        ([("09:00", "10:00"), ("11:00", "12:00")], [("09:00", "10:00"), ("11:00", "12:00")]),
    ],
)
def test_merge(spans, merged):
    assert engine.merge(span(MONDAY, *each) for each in spans) == [
        span(MONDAY, *each) for each in merged
    ]


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        ([], [("09:00", "12:00"), ("14:00", "18:00")]),
        ([("09:00", "12:00")], [("14:00", "18:00")]),
        ([("10:00", "11:00")], [("09:00", "10:00"), ("11:00", "12:00"), ("14:00", "18:00")]),
        ([("11:00", "15:00")], [("09:00", "11:00"), ("15:00", "18:00")]),
        ([("15:00", "16:00"), ("14:00", "15:30")], [("09:00", "12:00"), ("16:00", "18:00")]),
        ([("08:00", "09:00"), ("12:00", "14:00")], [("09:00", "12:00"), ("14:00", "18:00")]),
        ([("00:00", "23:00")], []),
    ],
)
def test_without(closed, left):
    opened = [("14:00", "18:00"), ("09:00", "12:00")]
    assert engine.without(
        [span(MONDAY, *each) for each in opened], [span(MONDAY, *each) for each in closed]
    ) == [span(MONDAY, *each) for each in left]


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "open_days"),
    [
        (None, None, [1, 8, 15, 22]),
        (dt.date(2027, 3, 8), None, [8, 15, 22]),
        (dt.date(2027, 3, 9), None, [15, 22]),
        (None, dt.date(2027, 3, 8), [1, 8]),
        (None, dt.date(2027, 3, 7), [1]),
        (dt.date(2027, 3, 8), dt.date(2027, 3, 15), [8, 15]),
        (dt.date(2027, 3, 9), dt.date(2027, 3, 14), []),
    ],
)
def test_openings_on_the_days_for_which_a_range_is_valid(valid_from, valid_until, open_days):
    mondays = [WeeklyRange(0, at("09:00"), at("12:00"), valid_from, valid_until)]

    opened = engine.openings(mondays, engine.days_from(MONDAY, 28), PARIS)

    assert opened == [span(dt.date(2027, 3, day), "09:00", "12:00") for day in open_days]


def test_a_range_past_midnight_is_valid_by_the_day_on_which_it_starts():
    until_monday = [WeeklyRange(0, at("22:00"), at("26:00"), None, MONDAY)]

    assert times(until_monday, TUESDAY) == ["00:00", "00:30", "01:00", "01:30"]


def test_openings_of_two_days_keep_a_grid_each():
    opened = engine.openings(daily("00:00-24:00"), [MONDAY, TUESDAY], PARIS)

    assert opened == [span(MONDAY, "00:00", "24:00"), span(TUESDAY, "00:00", "24:00")]


def test_two_days_whose_shifts_overlap_offer_both_grids_each_start_once():
    late = WeeklyRange(0, at("22:00"), at("25:30"))

    half_past = [late, WeeklyRange(1, at("00:30"), at("02:00"))]
    quarter_past = [late, WeeklyRange(1, at("00:15"), at("01:45"))]

    assert times(half_past, TUESDAY) == ["00:00", "00:30", "01:00", "01:30"]
    assert times(quarter_past, TUESDAY) == ["00:00", "00:15", "00:30", "00:45", "01:00", "01:15"]


# -- what blocks a start --------------------------------------------------------------------------


def blockers(*obstacles: engine.Obstacle[str]) -> dict[str, str | None]:
    """Return {start: its blocker} for half hours from 09:00 to 12:00."""
    found = engine.grid([span(MONDAY, "09:00", "12:00")], 30 * MINUTE, obstacles)
    return {f"{start.astimezone(PARIS):%H:%M}": blocker for start, blocker in found}


def test_the_grid_has_every_start_and_names_what_blocks_it():
    visit = engine.Obstacle("booked", [span(MONDAY, "10:00", "10:45")], 30 * MINUTE)

    assert blockers(visit) == {
        "09:00": None,
        "09:30": None,
        "10:00": "booked",
        "10:30": "booked",
        "11:00": None,
        "11:30": None,
    }


def test_of_two_obstacles_in_the_way_the_first_one_is_named():
    absence = engine.Obstacle("closed", [span(MONDAY, "10:00", "11:00")], 30 * MINUTE)
    visit = engine.Obstacle("booked", [span(MONDAY, "10:30", "11:30")], 30 * MINUTE)

    assert (blockers(absence, visit)["10:30"], blockers(visit, absence)["10:30"]) == (
        "closed",
        "booked",
    )
    assert (blockers(absence, visit)["10:00"], blockers(absence, visit)["11:00"]) == (
        "closed",
        "booked",
    )


@pytest.mark.parametrize(
    ("reach", "blocked"),
    [
        (engine.INSTANT, ["10:00", "10:30"]),
        (30 * MINUTE, ["10:00", "10:30"]),
        (30 * MINUTE + engine.INSTANT, ["09:30", "10:00", "10:30"]),
        (60 * MINUTE, ["09:30", "10:00", "10:30"]),
        (90 * MINUTE, ["09:00", "09:30", "10:00", "10:30"]),
    ],
)
def test_a_start_is_blocked_when_its_reach_meets_the_span(reach, blocked):
    found = blockers(engine.Obstacle("x", [span(MONDAY, "10:00", "11:00")], reach))

    assert [start for start, blocker in found.items() if blocker] == blocked


def test_an_obstacle_without_beginning_or_end_blocks_all_before_or_after():
    past = engine.Obstacle("past", [(engine.BEGINNING, utc(MONDAY, "10:00"))], engine.INSTANT)
    far = engine.Obstacle("far", [(utc(MONDAY, "11:00"), engine.END)], engine.INSTANT)

    assert list(blockers(past, far).values()) == ["past", "past", None, None, "far", "far"]


# The walk that jumps -----------------------------------------------------------------------------

MOMENTS = [
    dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC) + n * dt.timedelta(minutes=10) for n in range(60)
]
some_spans = st.lists(
    st.tuples(st.sampled_from(MOMENTS), st.integers(1, 200)).map(
        lambda drawn: (drawn[0], drawn[0] + dt.timedelta(minutes=drawn[1]))
    ),
    max_size=6,
)


@given(
    length=st.sampled_from([20, 30, 45]).map(lambda n: dt.timedelta(minutes=n)),
    closed=some_spans,
    taken=some_spans,
    pause=st.sampled_from([0, 10]).map(lambda n: dt.timedelta(minutes=n)),
    too_late=st.sampled_from(MOMENTS),
)
def test_free_starts_are_those_of_the_grid(length, closed, taken, pause, too_late):
    opened = (MOMENTS[0], MOMENTS[-1])
    obstacles = [
        engine.Obstacle("past", [(engine.BEGINNING, MOMENTS[3])], engine.INSTANT),
        engine.Obstacle("closed", engine.merge(closed), length),
        engine.Obstacle("taken", engine.merge(taken), length + pause),
        engine.Obstacle("too far", [(too_late, engine.END)], engine.INSTANT),
    ]
    free = [start for start, blocker in engine.grid([opened], length, obstacles) if not blocker]
    walked = engine.free_starts(opened, length, engine.blocked_starts(obstacles))
    assert list(walked) == free
