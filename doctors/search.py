"""What a search text means: a specialty, a place, and words of names.

The results page, the API and the suggestions share this meaning. There is no grammar: a run of
words that names a specialty or a city stands for it, and a doctor's names, specialty or practice
must have the other words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Avg, Count, Exists, OuterRef, Q

from doctors.cities import Gazetteer, gazetteer
from doctors.models import Doctor, DoctorQuerySet, Practice, Specialty
from doctors.name_words import name_key, name_words
from doctors.places import CityCentre
from web.text import has_word, normalise, words

NEAR_KM = 50
LONGEST_NAME = 5
"""The most words in the name of a specialty or a city, without small words."""
SHORTEST_START, SHORTEST_CITY = 3, 4
"""The fewest letters of an abbreviation ("psy", "lyo"), and of a city among other words ("casa").
Fewer letters start too many names."""

Words = list[str]


@dataclass(frozen=True)
class SearchResult:
    """`doctors` are listed doctors in no order.

    With a `place`, distances start there and the doctors are within NEAR_KM of it.
    """

    doctors: DoctorQuerySet
    specialty: Specialty | None = None
    place: CityCentre | None = None
    is_narrow: bool = True
    """Whether a word or a place narrows it, beside a specialty."""


def find(what: str, where: str = "") -> SearchResult:
    """Return the listed doctors that these two typed texts mean.

    `what` may contain a city ("pédiatre lyon") while `where` is empty. The name of a doctor or a
    practice comes first: "martin" is Dr Martin, even if a city has this name.
    """
    listed, place = Doctor.objects.listed().order_by(), place_named(where)
    doctors = listed.near(place, NEAR_KM) if place else _at(listed, where)
    typed, is_near = name_words(what), bool(where.strip())
    plain = SearchResult(doctors.search(what), place=place, is_narrow=is_near or bool(typed))
    if not typed:
        return plain
    specialty, others = _specialty_in(typed)
    if specialty and name_key(what) in map(name_key, specialty.every_name):
        return SearchResult(doctors.filter(specialty=specialty), specialty, place, is_near)
    if _is_a_name(doctors, what):
        return plain
    is_own = True
    if others and not where.strip():
        place, others, is_own = _place_in(others)
        doctors = doctors.near(place, NEAR_KM) if place else doctors
    if specialty:
        doctors = doctors.filter(specialty=specialty)
    narrowed = doctors.with_words(others)
    meant = SearchResult(narrowed, specialty, place, bool(others or place or is_near))
    if specialty and place and is_own and not others:
        # Every word has a meaning; a search for the words finds some of these doctors at most.
        return meant
    # "Clinique Bordeaux" can be in Paris, and some city is called "Gare".
    for found in (meant, plain) if is_own else (plain, meant):
        if found.doctors.exists():
            return found
    return meant


def place_named(text: str) -> CityCentre | None:
    """Return the city that `text` names, else starts to name: with doctors or in their countries.

    House numbers and districts do not count ("Lyon 3e", "75011 Paris").
    """
    for part in dict.fromkeys((text, text.partition(",")[0])):
        typed = [word for word in name_words(part) if not word[0].isdigit()]
        if not typed:
            continue
        name, own = " ".join(typed), own_cities(typed)
        if name in own:
            return own[name]
        atlas = their_gazetteer()
        if place := atlas.named(name):
            return place
        if len(name) < SHORTEST_START:
            continue
        starting = [place for city, place in own.items() if city.startswith(name)]
        if starting := starting or atlas.starting(name, 1):
            return starting[0]
    return None


def own_cities(typed: Words) -> dict[str, CityCentre]:
    """Return {key: place} of the cities with listed doctors, most practices first.

    A word of the city's name must start with one of these words.
    """
    named = {city for city in every_own_city() if _starts_any(typed, _city_words(city))}
    if not named:
        return {}
    listed = Doctor.objects.listed().order_by().filter(practice=OuterRef("pk"))
    rows = (
        Practice.objects.filter(Exists(listed), city__in=named)
        .values_list("city", "country")
        .annotate(number=Count("pk"), north=Avg("latitude"), east=Avg("longitude"))
        .order_by("-number", "city")
    )
    places: dict[str, CityCentre] = {}
    for city, country, _number, latitude, longitude in rows:
        place: CityCentre | None
        if latitude is not None and longitude is not None:
            place = CityCentre(city, latitude, longitude, country)
        else:
            # No practice in this city has a point on the map.
            known = gazetteer(frozenset([country])).named(name_key(city))
            place = replace(known, name=city) if known else None
        if place:
            places.setdefault(name_key(city), place)
    return places


def every_own_city() -> set[str]:
    """Return the names of the practices' cities; some thousands at most."""
    return set(Practice.objects.order_by().values_list("city", flat=True).distinct())


def _starts_any(typed: Words, words_of_city: Words) -> bool:
    return any(word.startswith(start) for word in words_of_city for start in typed)


@lru_cache(maxsize=50_000)
def _city_words(city: str) -> Words:
    return words(city)


def their_gazetteer() -> Gazetteer:
    """Return all cities of the countries that have practices."""
    countries = Practice.objects.order_by().values_list("country", flat=True).distinct()
    return gazetteer(frozenset(countries))


def starts_a_name(typed: Words, name: str) -> bool:
    """Whether these words, in this order, each start a word of `name`."""
    rest = iter(name_words(name))
    return all(any(_starts(word, each) for each in rest) for word in typed)


def _starts(typed: str, word: str) -> bool:
    # The plural "pédiatres" is the same word.
    return word.startswith(typed) or word == typed.removesuffix("s")


def _at(doctors: DoctorQuerySet, where: str) -> DoctorQuerySet:
    """Doctors of practices with every word of `where` in name or city, or in its postal code."""
    if not where.strip():
        return doctors
    typed = name_words(where)
    if not typed:
        return doctors.none()
    every_word = Q()
    for word in typed:
        every_word &= has_word("search_text", word)
    there = Q(postal_code__istartswith=normalise(where)) | every_word
    return doctors.filter(practice__in=Practice.objects.filter(there))


def _is_a_name(doctors: DoctorQuerySet, what: str) -> bool:
    """Whether all words of `what` are in one doctor's name, or `what` is a practice's name."""
    if doctors.with_words(name_words(what), in_name=True).exists():
        return True
    named = Practice.objects.filter(search_name=" ".join(words(what)))
    return doctors.filter(practice__in=named).exists()


def _specialty_in(typed: Words) -> tuple[Specialty | None, Words]:
    """Return the only specialty that a run of words names or starts, and the other words."""
    names = {
        field: [name_key(name) for name in field.every_name] for field in Specialty.objects.all()
    }
    for run, others in _runs(typed):
        whole = [field for field in names if " ".join(run) in names[field]]
        if len(whole) == 1:
            return whole[0], others
    for run, others in _runs(typed):
        if min(map(len, run)) < SHORTEST_START:
            continue
        started = [
            field for field in names if any(starts_a_name(run, name) for name in names[field])
        ]
        if len(started) == 1:
            return started[0], others
    return None, typed


def _place_in(typed: Words) -> tuple[CityCentre | None, Words, bool]:
    """Return the city that a run of words names or one word starts, and the other words.

    The third value is whether the city has practices.
    """
    own, runs = own_cities(typed), list(_runs(typed))
    for run, others in runs:
        if place := own.get(" ".join(run)):
            return place, others, True
    for run, others in runs:
        if len(run) == 1 and len(run[0]) >= SHORTEST_CITY:
            for city, place in own.items():
                if city.startswith(run[0]) and " " not in city:
                    return place, others, True
    atlas = their_gazetteer()
    for run, others in runs:
        if place := atlas.named(" ".join(run)):
            return place, others, False
    return None, typed, True


def _runs(typed: Words) -> Iterator[tuple[Words, Words]]:
    """Yield (neighbouring words, the other words), the longest runs first."""
    for size in range(min(len(typed), LONGEST_NAME), 0, -1):
        for start in range(len(typed) - size + 1):
            end = start + size
            yield typed[start:end], typed[:start] + typed[end:]
