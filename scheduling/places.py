"""Where a doctor is at a time, by the practices of the opening hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from accounts.models import User
from doctors.models import Doctor, Practice
from scheduling import engine
from scheduling.engine import Place, Span, WeeklyRange
from scheduling.models import OpeningHours


def practice_at(
    doctor: Doctor,
    start: dt.datetime,
    *,
    type_id: int | None = None,
    length: dt.timedelta = engine.INSTANT,
) -> Practice | None:
    """The practice of the opening in which a visit at `start` is; None outside the hours.

    An opening for the type comes before one that is kept for other types.
    """
    by_type = OpeningHours.objects.ranges_of([doctor.pk], None)[doctor.pk]
    offered = [*by_type.get(None, ()), *(by_type.get(type_id, ()) if type_id else ())]
    kept = [each for ranges in by_type.values() for each in ranges]
    for ranges in (offered, kept):
        places = places_open(ranges, start, length, doctor)
        if places:
            return _practice_of(doctor, places[0])
    return None


def desk_practice(
    by: User, doctor: Doctor, at: dt.datetime, *, chosen: Practice | None = None
) -> Practice:
    """The practice of a visit that the desk adds at `at` outside the hours, and of a walk-in.

    It is the one that `by` has chosen, else the only one where `by` works, else that of the
    opening at that time, the next one of that day or the one before.
    """
    desk = practices_at_desk(by, doctor) or [doctor.practice]
    if chosen in desk:
        return chosen
    if len(desk) == 1:
        return desk[0]
    by_type = OpeningHours.objects.ranges_of([doctor.pk], None)[doctor.pk]
    nearest = places_on_day([each for some in by_type.values() for each in some], at, doctor)
    known = {practice.pk: practice for practice in desk}
    return next((known[pk] for pk in nearest if pk in known), desk[0])


def practices_at_desk(user: User, doctor: Doctor) -> list[Practice]:
    """The practices of `doctor` where `user` works, the doctor's own first; in one query."""
    found = Practice.objects.visible_to(user).of_doctor(doctor).order_by("name", "pk")
    return sorted(found, key=lambda practice: practice.pk != doctor.practice_id)


def places_open(
    ranges: Sequence[WeeklyRange], start: dt.datetime, length: dt.timedelta, doctor: Doctor
) -> list[Place]:
    """The places with an opening around `start`; those with that start in their grid first."""
    day = start.astimezone(doctor.practice.zone).date()
    days = [day - engine.DAY, day]  # a night began the day before
    found = [
        (end < start + length or bool((start - begin) % length), place)
        for place, spans in engine.openings_by_place(ranges, days, doctor.practice.zone).items()
        for begin, end in spans
        if begin <= start < end
    ]
    return [place for _is_off_grid, place in sorted(found, key=lambda each: each[0])]


def places_on_day(ranges: Sequence[WeeklyRange], at: dt.datetime, doctor: Doctor) -> list[int]:
    """The practices of the openings of that day: the one at `at`, the next ones, those before."""
    day = at.astimezone(doctor.practice.zone).date()
    midnight, _end = engine.day_span(day, doctor.practice.zone)
    days = [day - engine.DAY, day]
    by_place = engine.openings_by_place(ranges, days, doctor.practice.zone)
    found = [
        (max(begin - at, at - end, dt.timedelta()), end <= at, place or doctor.practice_id)
        for place, spans in by_place.items()
        for begin, end in spans
        if end > midnight
    ]
    ordered = sorted(found, key=lambda each: (each[1], each[0]))
    return [practice_id for _distance, _is_over, practice_id in ordered]


def practice_ids(doctor: Doctor, ranges: Iterable[WeeklyRange]) -> set[int]:
    """The keys of the doctor's own practice and of the places of `ranges`."""
    return {doctor.practice_id, *(each.place for each in ranges if each.place)}


def open_without_holidays(
    doctor: Doctor,
    ranges: Sequence[WeeklyRange],
    days: Iterable[dt.date],
    holidays: Mapping[int, Collection[dt.date]],
) -> list[Span]:
    """The openings that start on `days`, without each place's own holidays; by their start."""
    zone, found = doctor.practice.zone, []
    for place, spans in engine.openings_by_place(ranges, days, zone).items():
        closed = holidays.get(place or doctor.practice_id, ())
        found += engine.without(spans, [engine.day_span(day, zone) for day in closed])
    return sorted(found)


def holiday_spans(
    doctor: Doctor,
    ranges: Sequence[WeeklyRange],
    holidays: Mapping[int, Mapping[dt.date, str]],
) -> list[tuple[Span, str]]:
    """(span, name) of the closed holidays, by start: the whole day at a doctor's only place.

    At one of several places, it is the hours of that day there.
    """
    zone, found = doctor.practice.zone, []
    worked = {each.place or doctor.practice_id for each in ranges}
    for practice_id, names in holidays.items():
        there = [each for each in ranges if (each.place or doctor.practice_id) == practice_id]
        for day, name in names.items():
            whole = [engine.day_span(day, zone)]
            spans = engine.openings(there, [day], zone) if worked - {practice_id} else whole
            found += [(span, name) for span in spans]
    return sorted(found)


def _practice_of(doctor: Doctor, place: Place) -> Practice:
    """The practice of a range's place; the doctor's own takes no query."""
    return doctor.practice if place is None else Practice.objects.get(pk=place)
