"""The cards of a page of results as text: kept by version and time, or drawn and kept.

They are for readers of whom nothing is known (docs/decisions/kept-answers.md). What differs from
reader to reader and from search to search is no part of the text that is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from bookings.finding.cards import (
    GRIDS_AT_ONCE,
    DoctorCard,
    first_state,
    grids_address,
    read_grids,
    shows_times,
    with_first_states,
)
from bookings.finding.places import read_places
from bookings.finding.visitor import Reader
from bookings.slots import SlotQuery
from bookings.slots.agendas import Agendas
from doctors.models import Doctor
from doctors.places import CityCentre, distance_km
from web import kept
from web.compiled import compiled_once

MARK = secrets.token_hex(16)
"""Stands in a card that is drawn where another text comes later; nobody can type it."""


class Parts(NamedTuple):
    """A card's text, before and after what comes from the reader and the search."""

    who: str
    when: str
    """After the distance."""
    times: str
    """After the token against forged requests; "" where there is no form."""
    end: str
    """After the address of the grids further down."""
    shows_times: bool


class KeptCard(NamedTuple):
    """One doctor of a list, for `includes/kept_card.html`."""

    pk: int
    who: SafeString
    when: SafeString
    times: SafeString
    end: SafeString
    later_grids: str
    distance: float | None


def read_kept_cards(
    pks: Sequence[int],
    agendas: Agendas,
    reader: Reader,
    *,
    place: CityCentre | None,
    first_times: Mapping[int, Any],
) -> list[KeptCard]:
    """The cards of these doctors, who are listed; one query when all are kept.

    The queries of `read_cards` when none is, and the sum of both when some are.
    """
    keys = {pk: _key(pk, at < GRIDS_AT_ONCE) for at, pk in enumerate(pks)}
    found = kept.recall_many(keys.values(), now=reader.now)
    listed = _listed(tuple(pks)) if found else []
    parts = {
        pk: Parts(*found[keys[pk]][1])
        for pk, version, *_point in listed
        if found.get(keys[pk], (None,))[0] == version
    }
    points = {pk: tuple(point) for pk, _version, *point in listed}
    if missing := [pk for pk in pks if pk not in parts]:
        queries = agendas.of(missing)
        with_times = set(pks[:GRIDS_AT_ONCE])
        parts |= _draw(queries, with_times, keys, agendas, reader, first_times)
        practices = {query.doctor.pk: query.doctor.practice for query in queries}
        points |= {pk: (at.latitude, at.longitude) for pk, at in practices.items()}
    pks = [pk for pk in pks if pk in parts]
    return [
        _card(pk, parts[pk], _later(at, pks, parts), distance(place, *points[pk]))
        for at, pk in enumerate(pks)
    ]


@compiled_once
def _listed(pks: tuple[int, ...]) -> QuerySet[Doctor, tuple[Any, ...]]:
    columns = ("pk", "calendar_version", "practice__latitude", "practice__longitude")
    return Doctor.objects.listed().filter(pk__in=pks).order_by().values_list(*columns)


def distance(
    place: CityCentre | None, latitude: float | None, longitude: float | None
) -> float | None:
    """The kilometres from `place` to a practice; None when unknown."""
    if place is None or latitude is None or longitude is None:
        return None
    return distance_km(place.latitude, place.longitude, latitude, longitude)


def _key(pk: int, has_grid: bool) -> str:
    return f"card.{pk}.{'grid' if has_grid else 'later'}.{get_language()}"


def _draw(
    queries: Sequence[SlotQuery],
    with_times: Iterable[int],
    keys: Mapping[int, str],
    agendas: Agendas,
    reader: Reader,
    first_times: Mapping[int, Any],
) -> dict[int, Parts]:
    """Read, draw and keep the cards of `queries`; those of `with_times` have their grid."""
    now = reader.now
    first = with_first_states(query for query in queries if query.doctor.pk in with_times)
    places = read_places(queries, agendas.weeks)
    grids = read_grids(first, reader, weeks=agendas.weeks, first_times=first_times, places=places)
    drawn = {}
    for query in queries:
        pk, grid = query.doctor.pk, grids.get(query.doctor.pk)
        later = "" if pk in with_times else MARK
        card = DoctorCard(query, first_state(query), grid, later, places=places[query])
        drawn[pk] = _parts(card)
        until = grid.valid_until if grid else now + kept.AT_MOST
        # The version that was read before everything else on the card.
        kept.keep(keys[pk], query.doctor.calendar_version, tuple(drawn[pk]), now=now, until=until)
    return drawn


def _parts(card: DoctorCard) -> Parts:
    marks = {"distance_mark": f"{MARK}-km", "csrf_token": f"{MARK}-csrf"}
    text = render_to_string("bookings/includes/doctor_card.html", {"card": card, **marks})
    # A card whose times are all elsewhere has no distance.
    who, _mark, rest = text.rpartition(marks["distance_mark"])
    token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{marks["csrf_token"]}">'
    when, _mark, form = rest.partition(token)
    times, _mark, end = form.partition(MARK)
    return Parts(who, when, times, end, shows_times(card.query))


def _later(at: int, pks: Sequence[int], parts: Mapping[int, Parts]) -> str:
    """The address of the grids of a card further down and of its neighbours; else ""."""
    first = at // GRIDS_AT_ONCE * GRIDS_AT_ONCE
    if not first:
        return ""
    batch = pks[first : first + GRIDS_AT_ONCE]
    return grids_address(pk for pk in batch if parts[pk].shows_times)


def _card(pk: int, parts: Parts, later_grids: str, kilometres: float | None) -> KeptCard:
    # Drawn by our own template, which escaped it.
    who, when, times, end = (mark_safe(text) for text in parts[:4])
    return KeptCard(pk, who, when, times, end, later_grids, kilometres if who else None)
