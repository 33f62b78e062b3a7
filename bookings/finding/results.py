"""The list of doctors a search finds: filtered, in order, each with the next free times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import cached_property

from bookings.finding.panel import DAYS_SHOWN, BookingPanel
from bookings.finding.search import Search
from bookings.finding.soonest import Agendas, first_times, remembered_times
from bookings.models import Hold
from bookings.slots import Calendars, SlotQuery, next_free
from doctors.places import distance_km
from doctors.search import Found, find
from scheduling import engine

DOCTORS_PER_PAGE = 20
GRIDS_AT_ONCE = 6
"""Cards whose times come with the page; those further down come when scrolled to."""


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


class CardPanel(BookingPanel):
    """The grid on a doctor's card: a panel at step 3 whose address bar stays with the list."""

    moves_address, is_card = "false", True
    distance: float | None = None
    later_grids: str = ""
    """For a card whose days were not read: the address of its grid and its neighbours'."""

    @classmethod
    def of(cls, query: SlotQuery, now: dt.datetime, token: str | None) -> CardPanel:
        """The card's first days, for a reader of whom nothing is known yet."""
        kind = query.consultation_type
        card = cls(
            query.doctor,
            now,
            seen="no" if query.doctor.accepts_new_patients else "yes",
            type_id=kind.pk if kind else None,
            token=token,
        )
        card.types = [kind] if kind else []
        return card

    @property
    def grid_id(self) -> str:
        return f"slot_grid-{self.doctor.pk}"

    @property
    def path(self) -> str:
        return reverse("card_grid", args=[self.doctor.slug])

    @property
    def own_page(self) -> str:
        """These days on the doctor's own page."""
        return self.address().replace(self.path, self.doctor.get_absolute_url(), 1)

    @property
    def is_filled(self) -> bool:
        """Whether the days were read: those of cards far down are not, yet."""
        return "days" in self.__dict__

    @property
    def books_online(self) -> bool:
        return self.doctor.books_online and self.consultation_type is not None


class Results:
    """The doctors found for `search`, a page of them with cards.

    Nearest first when the search names a place, soonest first otherwise; those who take no
    bookings online last.
    """

    def __init__(self, search: Search, *, now: dt.datetime, token: str | None = None) -> None:
        self.search, self.now, self.token = search, now, token
        self._agendas = Agendas(now)

    @cached_property
    def found(self) -> Found:
        return find(self.search.what, self.search.where)

    @cached_property
    def candidates(self) -> list[Candidate]:
        doctors = self.found.doctors
        if self.search.video:
            doctors = doctors.filter(offers_video=True)
        if self.search.new_patients:
            doctors = doctors.filter(accepts_new_patients=True)
        held = Hold.objects.unexpired(self.now).filter(doctor=OuterRef("pk"))
        doctors = doctors.annotate(is_held=Exists(held))
        columns = ("pk", "calendar_version", "is_held", "books_online", "languages")
        places = ("practice__time_zone", "practice__latitude", "practice__longitude")
        # By name, so that equals keep one order.
        ordered = doctors.order_by("user__last_name", "user__first_name", "pk")
        place = self.found.place
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
            if not self.search.language or self.search.language in languages
        ]

    @cached_property
    def first_times(self) -> dict[int, dt.datetime | None]:
        """{doctor: the first free start}, of all candidates who book online."""
        online = [each for each in self.candidates if each.books_online]
        guessed = remembered_times(each.pk for each in online)
        # With those who take no bookings online: their cards stand on the page too.
        likely = self._page_of(self._in_order(self._within(self.candidates, guessed), guessed))
        return first_times(
            {each.pk: each.version for each in online},
            self._agendas,
            held={each.pk for each in online if each.is_held},
            likely=[each.pk for each in likely],
        )

    @cached_property
    def ordered(self) -> list[Candidate]:
        return self._in_order(self._within(self.candidates, self.first_times), self.first_times)

    @property
    def free_soon(self) -> int:
        """How many of those shown have a time within three days."""
        return len(self._within(self.ordered, self.first_times, days=DAYS_SHOWN))

    @cached_property
    def page(self) -> Page[Candidate]:
        return self._page_of(self.ordered)

    @property
    def previous_address(self) -> str:
        return self.search.address(page=self.page.previous_page_number())

    @property
    def next_address(self) -> str:
        return self.search.address(page=self.page.next_page_number())

    @cached_property
    def cards(self) -> list[CardPanel]:
        """The page's cards; the first have their days, the others a place for them."""
        by_pk = {each.pk: each for each in self.page}
        queries = self._agendas.of(list(by_pk))
        cards = [CardPanel.of(query, self.now, self.token) for query in queries]
        for card in cards:
            card.distance = by_pk[card.doctor.pk].distance
        fill(cards[:GRIDS_AT_ONCE], self._agendas, self.first_times)
        for first in range(GRIDS_AT_ONCE, len(cards), GRIDS_AT_ONCE):
            batch = cards[first : first + GRIDS_AT_ONCE]
            for card in batch:
                card.later_grids = grids_address(batch)
        return cards

    def _within(
        self,
        candidates: Iterable[Candidate],
        times: dict[int, dt.datetime | None],
        days: int | None = None,
    ) -> list[Candidate]:
        """Those with a free time in the days asked for, by the calendar of their practice."""
        wanted = self.search.within if days is None else days
        if not wanted:
            return list(candidates)
        return [
            each
            for each in candidates
            if (start := times.get(each.pk))
            and (start.astimezone(each.zone).date() - self.now.astimezone(each.zone).date()).days
            < wanted
        ]

    def _in_order(
        self, candidates: Iterable[Candidate], times: dict[int, dt.datetime | None]
    ) -> list[Candidate]:
        never = dt.datetime.max.replace(tzinfo=dt.UTC)

        def soonest(each: Candidate) -> tuple[bool, dt.datetime]:
            return not each.books_online, times.get(each.pk) or never

        def nearest(each: Candidate) -> tuple[bool, float, dt.datetime]:
            # To the kilometre: of two practices in one street the sooner comes first.
            far = float("inf") if each.distance is None else round(each.distance)
            return not each.books_online, far, times.get(each.pk) or never

        return sorted(candidates, key=nearest if self.found.place else soonest)

    def _page_of(self, candidates: list[Candidate]) -> Page[Candidate]:
        return Paginator(candidates, DOCTORS_PER_PAGE).get_page(self.search.page)


def cards_of(pks: Collection[int], *, now: dt.datetime, token: str | None) -> list[CardPanel]:
    """The cards of these doctors with their days, in constant queries; unknown ones left out."""
    agendas = Agendas(now)
    cards = [CardPanel.of(query, now, token) for query in agendas.of(pks)]
    fill(cards, agendas)
    return [card for card in cards if card.is_filled]


def grids_address(cards: Iterable[CardPanel]) -> str:
    pks = [("d", card.doctor.pk) for card in cards if card.books_online]
    return f"{reverse('card_grids')}?{urlencode(pks)}"


def fill(
    cards: Iterable[CardPanel],
    agendas: Agendas,
    first: Mapping[int, dt.datetime | None] | None = None,
) -> None:
    """Give the cards of those who book online their first days, in one query; where these are
    empty, the next free time, unless `first` has it: {doctor: first free start}."""
    shown = [card for card in cards if card.books_online]
    if not shown:
        return
    first_day = min(card.first for card in shown)
    # Where it is tomorrow already, the window ends a day later.
    last_day = max(card.first for card in shown) + (DAYS_SHOWN - 1) * engine.DAY
    days = engine.days_from(first_day, (last_day - first_day).days + 1)
    asked: dict[str, Any] = {"now": agendas.now, "token": shown[0].token, "weeks": agendas.weeks}
    calendars = Calendars([card.query for card in shown], days, **asked)
    for card in shown:
        card.calendars = calendars
        columns = {day.date: day for day in calendars.columns(card.query)}
        card.calendars = calendars
        card.days = [columns[day] for day in engine.days_from(card.first, DAYS_SHOWN)]
    empty = [card for card in shown if card.is_empty]
    if first is None:
        first = next_free([card.query for card in empty], first_day, **asked)
    for card in empty:
        start = first.get(card.doctor.pk)
        card.next_start = start.astimezone(card.query.zone) if start else None
