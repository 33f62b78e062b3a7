"""The list of doctors a search finds: filtered, in order, each with the next free times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page

from bookings.finding.cards import DoctorCard, read_cards
from bookings.finding.kept_cards import KeptCard, distance, read_kept_cards
from bookings.finding.nobody import NobodyFound, read_nobody_found
from bookings.finding.order import read_order
from bookings.finding.search import Search
from bookings.finding.visitor import Reader
from bookings.slots.agendas import Agendas
from doctors.forgiving import without_typing_errors
from doctors.models import Doctor, Specialty
from doctors.places import CityCentre
from doctors.search import SearchResult, find


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
    cards: list[DoctorCard] | list[KeptCard]
    keeps: bool
    """Whether the cards are those that are kept for everybody."""
    nobody: NobodyFound | None
    """What else there is, when nobody is found."""
    typed: Search | None = None
    """What was typed, when `search` is without its typing error."""

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


def read_results(search: Search, reader: Reader, *, keeps: bool = False) -> Results:
    """The page that `search` asks for; where nobody is found for a typing error, that of the text
    without it. With `keeps`, the reader is like any other."""
    found = find(search.what, search.where)
    results = _read(search, found, reader, keeps)
    if results.total or search.is_exact or found.doctors.exists():
        return results
    meant = without_typing_errors(search.what, search.where)
    if not meant:
        return results
    other = replace(search, what=meant[0], where=meant[1])
    found = find(other.what, other.where)
    return (
        replace(_read(other, found, reader, keeps), typed=search)
        if found.doctors.exists()
        else results
    )


def _read(search: Search, found: SearchResult, reader: Reader, keeps: bool) -> Results:
    agendas = Agendas(reader.now, Doctor.objects.listed())
    order = read_order(search, found, agendas)
    pks, times = list(order.page.object_list), order.first_times
    read: Callable[..., list[Any]] = read_kept_cards if keeps else read_all_cards
    cards = read(pks, agendas, reader, place=found.place, first_times=times)
    return Results(
        search,
        found.specialty,
        found.place,
        order.first_times,
        order.free_soon,
        order.is_cut,
        order.page,
        cards,
        keeps,
        None if order.page.object_list else read_nobody_found(search, found),
    )


def read_all_cards(
    pks: Collection[int],
    agendas: Agendas,
    reader: Reader,
    *,
    place: CityCentre | None,
    first_times: Mapping[int, dt.datetime | None],
) -> list[DoctorCard]:
    queries = agendas.of(pks)
    practices = {query.doctor.pk: query.doctor.practice for query in queries}
    distances = {pk: distance(place, at.latitude, at.longitude) for pk, at in practices.items()}
    return read_cards(queries, agendas, reader, distances=distances, first_times=first_times)
