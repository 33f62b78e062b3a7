"""Points on the globe; countries and their time zones, as tzdata and Babel know them."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from babel import Locale
from babel.dates import get_timezone_location
from django.utils.translation import get_language

from web.text import normalise

EARTH_RADIUS_KM = 6371.0
KM_PER_DEGREE = 111.19


class Box(NamedTuple):
    """Degrees; `west` <= `east`."""

    south: float
    north: float
    west: float
    east: float


@dataclass(frozen=True, slots=True)
class CityCentre:
    """A city's name as pages show it, and its centre."""

    name: str
    latitude: float
    longitude: float
    country: str

    def box(self, km: float) -> Box:
        """Return the box of points at most `km` away, with its corners.

        Four comparisons are cheaper than the haversine. The box ends at the 180th meridian, and
        near a pole it is the whole circle around the pole.
        """
        up = km / KM_PER_DEGREE
        across = min(up / max(cos(radians(abs(self.latitude) + up)), 1e-6), 360.0)
        return Box(
            max(self.latitude - up, -90.0),
            min(self.latitude + up, 90.0),
            max(self.longitude - across, -180.0),
            min(self.longitude + across, 180.0),
        )


def distance_km(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Return the kilometres between two points in degrees (haversine, at most 0.5 % wrong)."""
    north, east = radians(b_lat - a_lat), radians(b_lon - a_lon)
    half = sin(north / 2) ** 2 + cos(radians(a_lat)) * cos(radians(b_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


@cache
def zones_by_country() -> dict[str, list[str]]:
    """Return {"MA": ["Africa/Casablanca"], …} from the zone.tab of PyPI's tzdata."""
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
    """Return (code, name in the reader's language) of each country, by name."""
    return _countries((get_language() or "fr")[:2])


def zone_name(zone: str) -> str:
    """Return a zone's city in the reader's language: "Alger" for Africa/Algiers."""
    return _zone_name(zone, (get_language() or "fr")[:2])


@cache
def _zone_name(zone: str, language: str) -> str:
    name = get_timezone_location(zone, locale=language, return_city=True)
    return name.rpartition("/")[2].replace("_", " ")


@cache
def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Zones by part of the world: [("Africa", [("Africa/Casablanca", "Casablanca"), …]), …]."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for zone in sorted(zone for listed in zones_by_country().values() for zone in listed):
        part, _slash, city = zone.partition("/")
        parts[part].append((zone, city.replace("_", " ").replace("/", ", ")))
    return list(parts.items())
