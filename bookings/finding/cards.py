"""The cards of a list of doctors, each with the first days of its grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from bookings.finding.address import PanelAddress
from bookings.finding.alternatives import NothingFree, waiting_list_address
from bookings.finding.grid import Grid, grid_without_days, with_days, with_nothing
from bookings.finding.places import Places, read_places
from bookings.finding.visitor import Reader
from bookings.rules import is_for_known_patients
from bookings.slots import Calendars, SlotQuery, Weeks, next_free
from bookings.slots.agendas import Agendas
from bookings.slots.no_slots import combine_no_slots
from doctors.models import Doctor, Practice
from scheduling import engine

GRIDS_AT_ONCE = 6
"""Cards whose times come with the page; those further down come when scrolled to."""


@dataclass(frozen=True)
class DoctorCard:
    """One doctor of a list."""

    query: SlotQuery
    state: PanelAddress
    grid: Grid | None = None
    """None where nobody books online, and far down the page until it is scrolled to."""
    later_grids: str = ""
    """For a card without its grid: the address of its grid and its neighbours'."""
    distance: float | None = None
    """Kilometres from the place asked for; None when unknown."""
    places: Places = field(default_factory=dict)
    """The practices of the times, when the doctor sees patients at several."""

    @property
    def practices(self) -> list[Practice]:
        return list(self.places.values()) or [self.doctor.practice]

    @property
    def pk(self) -> int:
        return self.query.doctor.pk

    @property
    def doctor(self) -> Doctor:
        return self.query.doctor

    @property
    def books_online(self) -> bool:
        return books_online(self.query)

    @property
    def is_for_known_patients(self) -> bool:
        """Whether a new patient would be refused: the card asks before it shows times."""
        return is_for_known_patients(self.doctor, self.query.consultation_type)

    @property
    def known_patients_page(self) -> str:
        """The doctor's page for somebody who was there before."""
        page = PanelAddress(self.doctor.get_absolute_url(), False, self.query.type_id)
        return page.address()

    @property
    def own_page(self) -> str:
        """These days on the doctor's own page."""
        return self.state.address(path=self.doctor.get_absolute_url())


def books_online(query: SlotQuery) -> bool:
    return query.doctor.books_online and query.consultation_type is not None


def shows_times(query: SlotQuery) -> bool:
    """Whether a card has a grid: anybody can book its times online."""
    doctor, consultation_type = query.doctor, query.consultation_type
    return books_online(query) and not is_for_known_patients(doctor, consultation_type)


def first_state(query: SlotQuery) -> PanelAddress:
    """A card's first days, for a reader of whom nothing is known yet."""
    path = reverse("card_grid", args=[query.doctor.slug])
    return PanelAddress(path, query.doctor.accepts_new_patients, query.type_id)


def grids_address(pks: Iterable[int]) -> str:
    """The address of the first days of these doctors' cards."""
    return f"{reverse('card_grids')}?{urlencode([('d', pk) for pk in pks])}"


def read_cards(
    queries: Sequence[SlotQuery],
    agendas: Agendas,
    reader: Reader,
    *,
    distances: Mapping[int, float | None],
    first_times: Mapping[int, dt.datetime | None],
) -> list[DoctorCard]:
    """A page of cards: the first have their grid, the others a place for it."""
    first = with_first_states(queries[:GRIDS_AT_ONCE])
    places = read_places(queries, agendas.weeks)
    grids = read_grids(first, reader, weeks=agendas.weeks, first_times=first_times, places=places)
    cards = []
    for at, query in enumerate(queries):
        pk, batch = query.doctor.pk, at // GRIDS_AT_ONCE * GRIDS_AT_ONCE
        near = [each for each in queries[batch : batch + GRIDS_AT_ONCE] if shows_times(each)]
        later = grids_address(each.doctor.pk for each in near) if batch else ""
        state, there = first_state(query), places[query]
        cards.append(DoctorCard(query, state, grids.get(pk), later, distances[pk], there))
    return cards


def read_first_grids(pks: Collection[int], reader: Reader) -> list[Grid]:
    """The first days of these doctors, in constant queries; unknown ones left out."""
    agendas = Agendas(reader.now, Doctor.objects.listed())
    grids = read_grids(with_first_states(agendas.of(pks)), reader, weeks=agendas.weeks)
    return list(grids.values())


def with_first_states(queries: Iterable[SlotQuery]) -> list[tuple[PanelAddress, SlotQuery]]:
    """Those whose cards show times, each with its first days."""
    return [(first_state(query), query) for query in queries if shows_times(query)]


def read_grids(
    asked: Iterable[tuple[PanelAddress, SlotQuery]],
    reader: Reader,
    *,
    weeks: Weeks | None = None,
    first_times: Mapping[int, dt.datetime | None] | None = None,
    places: Mapping[SlotQuery, Places] | None = None,
) -> dict[int, Grid]:
    """{doctor: grid of their card}, all read at once: one query beside `weeks`, and where the
    days are empty the next free time, unless `first_times` has it; one more for `places`, where
    somebody works at several practices."""
    grids = {
        query.doctor.pk: grid_without_days(state, query, reader, is_card=True)
        for state, query in asked
    }
    shown = [grid for grid in grids.values() if not grid.refusal]
    if not shown:
        return grids
    first = min(grid.first for grid in shown)
    # Where it is tomorrow already, the window ends a day later.
    dates = engine.days_from(first, (max(grid.last for grid in shown) - first).days + 1)
    options: dict[str, Any] = {"now": reader.now, "token": reader.token, "weeks": weeks}
    calendars = Calendars([grid.query for grid in shown], dates, **options)
    places = places or read_places([grid.query for grid in shown], calendars.weeks)
    grids |= {grid.doctor.pk: with_days(grid, calendars, places) for grid in shown}
    empty = {
        pk: no_slots
        for pk, grid in grids.items()
        if grid.days and (no_slots := combine_no_slots([day.no_slots for day in grid.days]))
    }
    if first_times is None:
        first_times = next_free([grids[pk].query for pk in empty], first, **options)
    for pk, no_slots in empty.items():
        query, start = grids[pk].query, first_times.get(pk)
        nothing = NothingFree(
            no_slots,
            start.astimezone(query.zone) if start else None,
            waiting_list_address=waiting_list_address(query, no_slots, grids[pk].first),
            next_practice=_next_practice(grids[pk], start, calendars.weeks),
        )
        grids[pk] = with_nothing(grids[pk], nothing)
    return grids


def _next_practice(grid: Grid, start: dt.datetime | None, weeks: Weeks) -> Practice | None:
    """Where the next free time is, of the practices that were read for the grid."""
    pk = weeks.practice_at(grid.query, start) if start else None
    return grid.places.get(pk) if pk and pk != grid.doctor.practice_id else None
