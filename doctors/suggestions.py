"""The suggestions under the two search fields while a reader types."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q

from doctors.forgiving import without_typing_errors
from doctors.models import Doctor, Practice, SearchWord, Specialty, around
from doctors.name_words import name_key, name_words
from doctors.places import CityCentre, distance_km
from doctors.search import NEAR_KM, own_cities, starts_a_name, their_gazetteer
from web.text import has_word

SHOWN = 4
"""The most suggestions of each sort: a phone shows as many above its keyboard."""

SHORTEST_TEXT = 2
SAME_CITY_KM = 8
"""A nearer city is the same one: a district, or our "Bruxelles" and GeoNames' "Brussels"."""


@dataclass(frozen=True)
class Suggestions:
    """At most SHOWN of each sort; they start with the words of `typed` (for the `mark` filter)."""

    typed: list[str]
    specialties: list[Specialty] = field(default_factory=list)
    doctors: list[Doctor] = field(default_factory=list)
    practices: list[Practice] = field(default_factory=list)
    cities: list[CityCentre] = field(default_factory=list)

    @property
    def count(self) -> int:
        doctors_and_practices = len(self.doctors) + len(self.practices)
        return len(self.specialties) + doctors_and_practices + len(self.cities)


def suggest_who(text: str) -> Suggestions:
    """Return specialties, doctors, practices, and cities with practices; the same for the text
    without a typing error when there are none.

    Five queries at most for a text without an error, or none when the text is too short.
    """
    typed = name_words(text)
    if len("".join(typed)) < SHORTEST_TEXT:
        return Suggestions(typed)
    found = _who(typed)
    meant = None if found.count else without_typing_errors(text)
    return _who(name_words(meant[0])) if meant else found


def _who(typed: list[str]) -> Suggestions:
    return Suggestions(
        typed, _specialties(typed), _doctors(typed), _practices(typed), _own_cities(typed)
    )


def suggest_where(text: str) -> Suggestions:
    """Return cities: first those with practices, then others near one; the same for the text
    without a typing error when there are none."""
    typed = name_words(text)
    if len("".join(typed)) < SHORTEST_TEXT:
        return Suggestions(typed)
    found = _where(typed)
    meant = None if found.count else without_typing_errors("", text)
    return _where(name_words(meant[1])) if meant else found


def _where(typed: list[str]) -> Suggestions:
    own = _own_cities(typed)
    if len(own) == SHOWN:
        return Suggestions(typed, cities=own)
    others = their_gazetteer().starting(" ".join(typed), 2 * SHOWN)
    others = [place for place in others if not any(_km(place, city) < SAME_CITY_KM for city in own)]
    return Suggestions(typed, cities=[*own, *_near_a_practice(others)][:SHOWN])


def _specialties(typed: list[str]) -> list[Specialty]:
    """Specialties with listed doctors; a practitioner's name that starts so comes first."""
    listed = Doctor.objects.listed().order_by().filter(specialty=OuterRef("pk"))
    found = [
        each
        for each in Specialty.objects.filter(Exists(listed))
        if any(starts_a_name(typed, name) for name in each.every_name)
    ]
    ordered = sorted(found, key=lambda each: not name_key(each.practitioner).startswith(typed[0]))
    return ordered[:SHOWN]


def _doctors(typed: list[str]) -> list[Doctor]:
    """Doctors with all the words, one of them in their name: "cardio" suggests no cardiologist."""
    any_name = Q()
    for word in typed:
        any_name |= Q(pk__in=SearchWord.objects.in_names().starting(word).values("doctor"))
    found = Doctor.objects.listed().with_words(typed).filter(any_name)
    return list(found.for_pages()[:SHOWN])


def _practices(typed: list[str]) -> list[Practice]:
    """Practices with listed doctors and all the words, one of them in the practice's name."""
    listed = Doctor.objects.listed().order_by().filter(practice=OuterRef("pk"))
    found = Practice.objects.filter(Exists(listed))
    for word in typed:
        found = found.filter(has_word("search_text", word))
    return list(found.filter(_any_of("search_name", typed))[:SHOWN])


def _own_cities(typed: list[str]) -> list[CityCentre]:
    own = own_cities(typed).values()
    return [place for place in own if starts_a_name(typed, place.name)][:SHOWN]


def _near_a_practice(places: list[CityCentre]) -> list[CityCentre]:
    """The places for which the results show a doctor."""
    if not places:
        return []
    counts = Doctor.objects.listed().aggregate(
        **{
            f"near_{at}": Count("pk", filter=around(place, NEAR_KM))
            for at, place in enumerate(places)
        }
    )
    return [place for at, place in enumerate(places) if counts[f"near_{at}"]]


def _any_of(column: str, typed: list[str]) -> Q:
    any_word = Q()
    for word in typed:
        any_word |= has_word(column, word)
    return any_word


def _km(one: CityCentre, other: CityCentre) -> float:
    return distance_km(one.latitude, one.longitude, other.latitude, other.longitude)
