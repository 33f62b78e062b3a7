"""Countries and their time zones, as tzdata and Babel know them."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from functools import cache
from importlib import resources

from babel import Locale
from babel.dates import get_timezone_location
from django.utils.translation import get_language

from accounts.names import normalise


@cache
def zones_by_country() -> dict[str, list[str]]:
    """{"MA": ["Africa/Casablanca"], …}, from the zone.tab of PyPI's tzdata."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    known = zoneinfo.available_timezones()
    zones: dict[str, list[str]] = defaultdict(list)
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        country, _coordinates, zone = line.split("\t")[:3]
        if zone in known:
            zones[country].append(zone)
    return dict(zones)


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    choices = [(code, names[code]) for code in zones_by_country() if code in names]
    return sorted(choices, key=lambda choice: normalise(choice[1]))


def countries() -> list[tuple[str, str]]:
    """(code, name in the reader's language), by name."""
    return _countries((get_language() or "fr")[:2])


def zone_name(zone: str) -> str:
    """A zone by its city, in the reader's language: "Alger" for Africa/Algiers."""
    return _zone_name(zone, (get_language() or "fr")[:2])


@cache
def _zone_name(zone: str, language: str) -> str:
    name = get_timezone_location(zone, locale=language, return_city=True)
    return name.rpartition("/")[2].replace("_", " ")


@cache
def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """By part of the world: [("Africa", [("Africa/Casablanca", "Casablanca"), …]), …]."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for zone in sorted(zone for listed in zones_by_country().values() for zone in listed):
        part, _slash, city = zone.partition("/")
        parts[part].append((zone, city.replace("_", " ").replace("/", ", ")))
    return list(parts.items())
