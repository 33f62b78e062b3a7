"""The list of doctors a search finds: filtered, in order, each with the next free times."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Page

from bookings.finding.cards import DoctorCard, read_cards
from bookings.finding.nobody import NobodyFound, read_nobody_found
from bookings.finding.order import read_order
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.slots.agendas import Agendas
from doctors.models import Doctor, Specialty
from doctors.places import CityCentre, distance_km
from doctors.search import find


@dataclass(frozen=True)
class Results:
    """The doctors that `search` finds, a page of them with cards."""

    search: Search
    specialty: Specialty | None
    place: CityCentre | None
    """What the two texts of the search mean."""
    first_times: dict[int, dt.datetime | None]
    """{doctor: the first free start} of the page."""
    free_soon: int
    """How many of those found have a time within three days."""
    is_cut: bool
    """Whether more are found than the list shows on all its pages."""
    page: Page[int]
    cards: list[DoctorCard]
    nobody: NobodyFound | None
    """What else there is, when nobody is found."""

    @property
    def total(self) -> int:
        """How many the pages show."""
        return self.page.paginator.count

    @property
    def number_to_say(self) -> int:
        """How many are found; 0 for nobody, and for more than the pages show."""
        return 0 if self.is_cut else self.total

    @property
    def previous_address(self) -> str:
        return self.search.address(page=self.page.previous_page_number())

    @property
    def next_address(self) -> str:
        return self.search.address(page=self.page.next_page_number())


def read_results(search: Search, reader: Reader) -> Results:
    agendas = Agendas(reader.now, Doctor.objects.listed())
    found = find(search.what, search.where)
    order = read_order(search, found, agendas)
    queries = agendas.of(list(order.page.object_list))
    cards = read_cards(
        queries,
        agendas,
        reader,
        distances={query.doctor.pk: distance(found.place, query.doctor) for query in queries},
        first_times=order.first_times,
    )
    return Results(
        search,
        found.specialty,
        found.place,
        order.first_times,
        order.free_soon,
        order.is_cut,
        order.page,
        cards,
        None if order.page.object_list else read_nobody_found(search, found),
    )


def distance(place: CityCentre | None, doctor: Doctor) -> float | None:
    """The kilometres from `place` to the doctor; None when unknown."""
    latitude, longitude = doctor.practice.latitude, doctor.practice.longitude
    if place is None or latitude is None or longitude is None:
        return None
    return distance_km(place.latitude, place.longitude, latitude, longitude)
