"""Which doctors stand on a page of a list, in which order (docs/decisions/order-of-doctors.md).

The database filters, orders and limits by the kept first times (bookings.models.FirstTime). The
few doctors whose kept times are in doubt are read anew and take their places.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round, Sqrt

from bookings.finding.doubts import Current, read_doubts
from bookings.finding.grid import DAYS_SHOWN
from bookings.finding.search import Search
from bookings.models import FirstTime
from bookings.models.first_time import BY_PHONE, NEVER, FirstTimeQuerySet
from bookings.slots.agendas import Agendas
from doctors.models import DoctorQuerySet
from doctors.places import KM_PER_DEGREE, CityCentre
from doctors.search import SearchResult

DOCTORS_PER_PAGE = 20
MOST_FOUND = 1000
"""No list is longer: its reader asks more closely."""
MOST_DOUBTS = 200
"""So many agendas in doubt are read for one search; the others come last."""
NO_KM = 1e6
"""The distance of a practice without a point on the map."""


class Place(NamedTuple):
    """A doctor's place in a list: what its order compares, in this order."""

    is_by_phone: bool
    km: float
    """Whole kilometres: of two practices in one street the sooner comes first."""
    start: dt.datetime
    pk: int


@dataclass(frozen=True)
class Order:
    """One page of a list."""

    page: Page[int]
    """The keys of its doctors; `page.paginator.count` is MOST_FOUND at most."""
    first_times: dict[int, dt.datetime | None]
    """{doctor: the first free start}, of the doctors of the page whose time is known."""
    free_soon: int
    """How many have a time within three days; 0 where all have one in some days, and in a list
    that is cut."""
    is_cut: bool
    """Whether more than MOST_FOUND are found."""


def read_order(search: Search, found: SearchResult, agendas: Agendas) -> Order:
    """Nearest first when the search names a place, soonest first otherwise; those who take no
    bookings online last.

    Four queries at most, and those of `agendas` and of `next_free` when there are doubts.
    """
    listing = _Listing(search, found, agendas.now)
    wanted = page_number(search)
    rows = listing.known_rows(wanted)
    listing.read_doubts(agendas, along=[row.pk for row in rows])
    total = listing.count()
    page = Paginator(range(min(total, MOST_FOUND)), DOCTORS_PER_PAGE).get_page(wanted)
    if page.number != wanted:
        rows = listing.known_rows(page.number)
    shown = listing.merge(rows, page.number)
    page.object_list = [each.pk for each in shown]
    times = {each.pk: each.start if each.start < NEVER else None for each in shown}
    is_cut = total > MOST_FOUND
    return Order(page, times, 0 if is_cut else listing.count_soon(), is_cut)


def page_number(search: Search) -> int:
    return int(search.page) if search.page.isascii() and search.page.isdecimal() else 1


class _Listing:
    """All the doctors found, with or without kept times."""

    def __init__(self, search: Search, found: SearchResult, now: dt.datetime) -> None:
        self.within, self.found, self.now = search.within, found, now
        self.doctors = with_filters(found.doctors, search)
        # In the order of the index, so that doctors with right times are not looked at.
        self.in_doubt = self.doctors.filter(first_times_until__lte=now).order_by(
            "first_times_until", "pk"
        )
        columns = ("pk", "calendar_version", "practice__latitude", "practice__longitude")
        self.doubtful = list(self.in_doubt.values_list(*columns)[:MOST_DOUBTS])
        self.doubts: dict[Place, Current] = {}
        self.known = self._known()

    def _known(self) -> FirstTimeQuerySet:
        times = FirstTime.objects.at(self.now)
        if self.found.is_narrow:
            is_right = {"doctor__first_times_until__gt": self.now}
            return times.filter(doctor__in=self.doctors, **is_right)
        if self.found.specialty:
            times = times.filter(specialty=self.found.specialty)
        # An index has the rows in order, and the first that pass are enough. Neither IN nor EXISTS:
        # for them PostgreSQL may read all the doctors first.
        doctors = self.doctors.filter(first_times_until__gt=self.now, pk=OuterRef("doctor"))
        return times.filter(doctor=Subquery(doctors.values("pk")[:1]))

    def _first_row(self, number: int) -> int:
        """Doctors in doubt push each known one back by as many places at most."""
        return max(0, (number - 1) * DOCTORS_PER_PAGE - len(self.doubtful))

    def known_rows(self, number: int) -> list[Place]:
        """The doctors with right times among whom those of this page are."""
        known, place = self.known, self.found.place
        if self.within:
            known = known.within(self.within, self.now)
        part = slice(self._first_row(number), number * DOCTORS_PER_PAGE)
        if not place:
            rows = known.order_by("start", "doctor").values_list("start", "doctor")
            return [Place(start >= BY_PHONE, 0, start, pk) for start, pk in rows[part]]
        columns = ("is_by_phone", "km", "start", "doctor")
        by_phone = Case(When(start=BY_PHONE, then=1), default=0)
        known = known.annotate(is_by_phone=by_phone, km=_km_in_sql(place))
        return [
            Place(bool(is_by_phone), km, start, pk)
            for is_by_phone, km, start, pk in known.order_by(*columns).values_list(*columns)[part]
        ]

    def read_doubts(self, agendas: Agendas, *, along: list[int]) -> None:
        versions = {pk: version for pk, version, *_point in self.doubtful}
        currents = read_doubts(versions, agendas, along=along)
        points = {pk: point for pk, _version, *point in self.doubtful}
        for pk, current in currents.items():
            km = _whole_km(self.found.place, *points[pk])
            self.doubts[Place(current.start >= BY_PHONE, km, current.start, pk)] = current

    def merge(self, rows: list[Place], number: int) -> list[Place]:
        """The doctors of this page, in order."""
        doubts = [
            place
            for place, current in self.doubts.items()
            if not self.within or current.is_within(self.within, self.now)
        ]
        skipped = (number - 1) * DOCTORS_PER_PAGE - self._first_row(number)
        shown = sorted([*rows, *doubts])[skipped : skipped + DOCTORS_PER_PAGE]
        missing = DOCTORS_PER_PAGE - len(shown)
        if missing and len(self.doubtful) == MOST_DOUBTS and not self.within:
            shown += self._rest((number - 1) * DOCTORS_PER_PAGE + len(shown), missing)
        return shown

    def _rest(self, at: int, count: int) -> list[Place]:
        """Doctors in doubt beyond MOST_DOUBTS, after all others: `at` is a place of the list."""
        before = self.known.count() + len(self.doubts)
        first = MOST_DOUBTS + at - before
        rest = self.in_doubt.values_list("pk", flat=True)[first : first + count]
        return [Place(False, 0, NEVER, pk) for pk in rest]

    def count(self) -> int:
        """How many are found, MOST_FOUND + 1 at most."""
        if self.within:
            return self._count_within(self.within)
        return self.doctors[: MOST_FOUND + 1].count()

    def count_soon(self) -> int:
        return 0 if self.within else self._count_within(DAYS_SHOWN)

    def _count_within(self, days: int) -> int:
        known = self.known.within(days, self.now)[: MOST_FOUND + 1].count()
        return known + sum(each.is_within(days, self.now) for each in self.doubts.values())


def with_filters(doctors: DoctorQuerySet, search: Search) -> DoctorQuerySet:
    """Those who pass the filters of the list, free times aside."""
    if search.video:
        doctors = doctors.filter(offers_video=True)
    if search.new_patients:
        doctors = doctors.filter(accepts_new_patients=True)
    if search.language:
        # SQLite cannot look into JSON with __contains; a code with its quotes is in no other.
        doctors = doctors.alias(spoken=Cast("languages", TextField()))
        doctors = doctors.filter(spoken__contains=f'"{search.language}"')
    return doctors


# -- distances ------------------------------------------------------------------------------------
# Of a plane: within 50 km right to some metres, and of plain arithmetic, for any database. The
# degree of longitude is as long as half-way between the two points.


def _whole_km(place: CityCentre | None, latitude: Any, longitude: Any) -> float:
    if not place:
        return 0
    if latitude is None or longitude is None:
        return NO_KM
    north = (latitude - place.latitude) * KM_PER_DEGREE
    east = (longitude - place.longitude) * KM_PER_DEGREE * _shrink(place, north)
    return float(round(sqrt(north * north + east * east)))


def _km_in_sql(place: CityCentre) -> Any:
    """`_whole_km` of the doctor's practice, for the database."""
    north = _float(F("doctor__practice__latitude") - place.latitude) * KM_PER_DEGREE
    east = _float(F("doctor__practice__longitude") - place.longitude) * KM_PER_DEGREE
    east = east * _shrink(place, north)
    return Coalesce(Round(Sqrt(_float(north * north + east * east))), Value(NO_KM))


def _shrink(place: CityCentre, north: Any) -> Any:
    """How much shorter a degree of longitude is than one of latitude, half of `north` away."""
    latitude = radians(place.latitude)
    return cos(latitude) - north * (sin(latitude) * radians(0.5 / KM_PER_DEGREE))


def _float(expression: Any) -> Any:
    return ExpressionWrapper(expression, output_field=FloatField())
