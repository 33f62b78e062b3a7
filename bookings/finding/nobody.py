"""What a list of doctors offers when it is empty: other lists, each with how many it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Avg

from bookings.finding.search import Search
from doctors.models import Doctor, Specialty
from doctors.places import CityCentre, distance_km
from doctors.search import SearchResult, find


class OtherList(NamedTuple):
    """A list that is not empty; `city` is where its doctors are, "" for anywhere, and `km` how
    far that is from the place asked for."""

    address: str
    total: int
    city: str = ""
    km: float = 0


@dataclass(frozen=True)
class NobodyFound:
    """The lists nearest to an empty one; None where these are empty too."""

    unfiltered: OtherList | None
    """The same search without filters."""
    elsewhere: OtherList | None
    """The specialty in the nearest city that has it."""
    everywhere: OtherList | None
    """The specialty, or the words, in all places."""
    video: OtherList | None
    """The specialty by video, in all places."""
    here: OtherList | None
    """Every doctor at the place."""

    @property
    def has_others(self) -> bool:
        return any((self.elsewhere, self.everywhere, self.video, self.here))


def read_nobody_found(search: Search, found: SearchResult) -> NobodyFound:
    """In constant queries, whatever the number of doctors."""
    specialty, place = found.specialty, found.place
    what = specialty.practitioner if specialty else search.what
    km, city = nearest_city(specialty, place) if specialty and place else (0, "")
    elsewhere = _read(Search(what, city), city=city, km=km) if city else None
    everywhere = _read(Search(what)) if what and (place or search.where) else None
    return NobodyFound(
        unfiltered=_read(Search(search.what, search.where)) if search.has_filters else None,
        elsewhere=elsewhere,
        everywhere=everywhere if not _as_many(elsewhere, everywhere) else None,
        video=_read(Search(what, video=True)) if specialty else None,
        here=_read(Search(where=place.name), city=place.name) if what and place else None,
    )


def nearest_city(specialty: Specialty, place: CityCentre) -> tuple[float, str]:
    """Kilometres and name of the city nearest to `place` with a doctor of this specialty; (0, "")
    when there is none."""
    cities = (
        Doctor.objects.listed()
        .filter(specialty=specialty, practice__latitude__isnull=False)
        .order_by()
        .values_list("practice__city")
        .annotate(north=Avg("practice__latitude"), east=Avg("practice__longitude"))
    )
    here = (place.latitude, place.longitude)
    return min(
        ((distance_km(*here, north, east), city) for city, north, east in cities), default=(0, "")
    )


def _as_many(one: OtherList | None, other: OtherList | None) -> bool:
    return one is not None and other is not None and one.total == other.total


def _read(search: Search, **place: Any) -> OtherList | None:
    doctors = find(search.what, search.where).doctors
    total = (doctors.filter(offers_video=True) if search.video else doctors).count()
    return OtherList(search.address(), total, **place) if total else None
