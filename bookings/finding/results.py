"""The list of doctors a search finds: filtered, in order, each with the next free times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from bookings.finding.cards import DoctorCard, read_cards
from bookings.finding.grid import DAYS_SHOWN
from bookings.finding.nobody import NobodyFound, read_nobody_found
from bookings.finding.search import Search
from bookings.finding.soonest import Agendas, first_times, remembered_times
from bookings.finding.visitor import Reader
from bookings.models import Hold
from doctors.models import Specialty
from doctors.places import CityCentre, distance_km
from doctors.search import SearchResult, find

DOCTORS_PER_PAGE = 20
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the order and the filters need of one doctor."""

    pk: int
    version: int
    is_held: bool
    """Somebody is choosing there right now."""
    zone: ZoneInfo
    books_online: bool
    distance: float | None
    """Kilometres from the place asked for; None when unknown."""


Times = dict[int, dt.datetime | None]
Order = Callable[[Candidate, dt.datetime], tuple[float, dt.datetime]]


@dataclass(frozen=True)
class Results:
    """The doctors that `search` finds, a page of them with cards."""

    search: Search
    specialty: Specialty | None
    place: CityCentre | None
    """What the two texts of the search mean."""
    first_times: Times
    """{doctor: the first free start} of all found who book online; decides the order."""
    free_soon: int
    """How many of those found have a time within three days."""
    page: Page[Candidate]
    cards: list[DoctorCard]
    nobody: NobodyFound | None
    """What else there is, when nobody is found."""

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def previous_address(self) -> str:
        return self.search.address(page=self.page.previous_page_number())

    @property
    def next_address(self) -> str:
        return self.search.address(page=self.page.next_page_number())


def read_results(search: Search, reader: Reader) -> Results:
    """Nearest first when the search names a place, soonest first otherwise; those who take no
    bookings online last."""
    now, agendas = reader.now, Agendas(reader.now)
    found = find(search.what, search.where)
    candidates = read_candidates(search, found, now)
    by = nearest if found.place else soonest
    times = read_first_times(search, candidates, agendas, by)
    ordered = in_order(within(candidates, times, search.within, now), times, by)
    page = page_of(ordered, search)
    cards = read_cards(
        agendas.of([each.pk for each in page]),
        agendas,
        reader,
        distances={each.pk: each.distance for each in page},
        first_times=times,
    )
    free_soon = len(within(ordered, times, DAYS_SHOWN, now))
    nobody = None if ordered else read_nobody_found(search, found)
    return Results(search, found.specialty, found.place, times, free_soon, page, cards, nobody)


def read_candidates(search: Search, found: SearchResult, now: dt.datetime) -> list[Candidate]:
    """All doctors found that pass the filters, free times aside; in one query."""
    doctors = found.doctors
    if search.video:
        doctors = doctors.filter(offers_video=True)
    if search.new_patients:
        doctors = doctors.filter(accepts_new_patients=True)
    held = Hold.objects.unexpired(now).filter(doctor=OuterRef("pk"))
    doctors = doctors.annotate(is_held=Exists(held))
    columns = ("pk", "calendar_version", "is_held", "books_online", "languages")
    places = ("practice__time_zone", "practice__latitude", "practice__longitude")
    # By name, so that equals keep one order.
    ordered = doctors.order_by("user__last_name", "user__first_name", "pk")
    place = found.place
    return [
        Candidate(
            pk,
            version,
            is_held,
            ZoneInfo(zone),
            books_online,
            distance_km(place.latitude, place.longitude, latitude, longitude)
            if place and latitude is not None and longitude is not None
            else None,
        )
        for pk, version, is_held, books_online, languages, zone, latitude, longitude in (
            ordered.values_list(*columns, *places)
        )
        if not search.language or search.language in languages
    ]


def read_first_times(
    search: Search, candidates: list[Candidate], agendas: Agendas, by: Order
) -> Times:
    """The first free start of each of `candidates` who books online."""
    online = [each for each in candidates if each.books_online]
    guessed = remembered_times(each.pk for each in online)
    # With those who take no bookings online: their cards stand on the page too.
    likely = in_order(within(candidates, guessed, search.within, agendas.now), guessed, by)
    return first_times(
        {each.pk: each.version for each in online},
        agendas,
        held={each.pk for each in online if each.is_held},
        likely=[each.pk for each in page_of(likely, search)],
    )


def within(
    candidates: list[Candidate], times: Times, days: int, now: dt.datetime
) -> list[Candidate]:
    """Those with a free time in so many days, by the calendar of their practice; 0 for all."""
    if not days:
        return candidates
    return [
        each
        for each in candidates
        if (start := times.get(each.pk))
        and (start.astimezone(each.zone).date() - now.astimezone(each.zone).date()).days < days
    ]


def in_order(candidates: list[Candidate], times: Times, by: Order) -> list[Candidate]:
    """Those who book online first, each group in the order `by`."""
    return sorted(
        candidates, key=lambda each: (not each.books_online, by(each, times.get(each.pk) or NEVER))
    )


def soonest(_candidate: Candidate, start: dt.datetime) -> tuple[float, dt.datetime]:
    return 0, start


def nearest(candidate: Candidate, start: dt.datetime) -> tuple[float, dt.datetime]:
    """To the kilometre: of two practices in one street the sooner comes first."""
    return float("inf") if candidate.distance is None else round(candidate.distance), start


def page_of(candidates: list[Candidate], search: Search) -> Page[Candidate]:
    return Paginator(candidates, DOCTORS_PER_PAGE).get_page(search.page)
