"""What a search text means: a specialty, a place, and words that names must have.

One meaning for the results page, the API and the suggestions. Nothing here knows a grammar: a
run of words that names a specialty or a city is taken for it, and the rest must be found in
what a doctor is known by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Avg, Count, Q

from doctors.cities import Gazetteer, gazetteer
from doctors.models import Doctor, DoctorQuerySet, Practice, Specialty
from doctors.places import Place
from doctors.wanted import key, wanted_words
from web.text import has_word, normalise, words

NEAR_KM = 50
LONGEST_NAME = 5
"""Words: of a specialty or a city, small ones aside."""
SHORTEST_START, SHORTEST_CITY = 3, 4
"""Letters of an abbreviation: "psy", "lyo"; of a city among other words: "casa". Shorter ones
begin too much."""

Words = list[str]


@dataclass(frozen=True)
class Found:
    """`doctors` are listed ones, in no order; `place` is where to measure distances from, and
    they are within NEAR_KM of it."""

    doctors: DoctorQuerySet
    specialty: Specialty | None = None
    place: Place | None = None


def find(what: str, where: str = "") -> Found:
    """The listed doctors that somebody means by these two texts, as typed.

    A city may stand in `what` ("pédiatre lyon") while `where` is empty. The own name of a
    doctor or a practice goes first: "martin" is Dr Martin, wherever a Martin may lie.
    """
    listed, place = Doctor.objects.listed().order_by(), place_named(where)
    doctors = listed.near(place, NEAR_KM) if place else _at(listed, where)
    plain = Found(doctors.search(what), place=place)
    wanted = wanted_words(what)
    if not wanted:
        return plain
    specialty, others = _specialty_in(wanted)
    if specialty and key(what) in map(key, specialty.every_name):
        return Found(doctors.filter(specialty=specialty), specialty, place)
    if _is_a_name(doctors, what):
        return plain
    is_own = True
    if others and not where.strip():
        place, others, is_own = _place_in(others)
        doctors = doctors.near(place, NEAR_KM) if place else doctors
    if specialty:
        doctors = doctors.filter(specialty=specialty)
    meant = Found(doctors.with_words("search_text", others), specialty, place)
    if specialty and place and is_own and not others:
        # Every word is understood; as words they would find some of these, or nobody.
        return meant
    # "Clinique Bordeaux" may stand in Paris, and "Gare" is a city somewhere.
    for found in (meant, plain) if is_own else (plain, meant):
        if found.doctors.exists():
            return found
    return meant


def place_named(text: str) -> Place | None:
    """The city meant by `text`, one with doctors or any in their countries: by its whole name,
    else by how it starts. Numbers of houses and districts aside ("Lyon 3e", "75011 Paris")."""
    for part in dict.fromkeys((text, text.partition(",")[0])):
        wanted = [word for word in wanted_words(part) if not word[0].isdigit()]
        if not wanted:
            continue
        name, own = " ".join(wanted), own_cities(wanted)
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


def own_cities(wanted: Words) -> dict[str, Place]:
    """{key: place} of the cities with listed doctors, most doctors first, where a word of the
    city's or of a practice's name starts like one of `wanted`."""
    anywhere = Q()
    for word in wanted:
        anywhere |= has_word("practice__search_text", word)
    rows = (
        Doctor.objects.listed()
        .filter(anywhere)
        .values_list("practice__city", "practice__country")
        .annotate(
            number=Count("pk"), north=Avg("practice__latitude"), east=Avg("practice__longitude")
        )
        .order_by("-number", "practice__city")
    )
    places: dict[str, Place] = {}
    for city, country, _number, latitude, longitude in rows:
        place: Place | None
        if latitude is not None and longitude is not None:
            place = Place(city, latitude, longitude, country)
        else:
            # Nobody entered where its practices are.
            known = gazetteer(frozenset([country])).named(key(city))
            place = replace(known, name=city) if known else None
        if place:
            places.setdefault(key(city), place)
    return places


def their_gazetteer() -> Gazetteer:
    """All cities of the countries that have practices."""
    countries = Practice.objects.order_by().values_list("country", flat=True).distinct()
    return gazetteer(frozenset(countries))


def starts_a_name(typed: Words, name: str) -> bool:
    """Whether these words, in this order, each start one of `name`."""
    rest = iter(wanted_words(name))
    return all(any(_starts(word, each) for each in rest) for word in typed)


def _starts(typed: str, word: str) -> bool:
    # "pédiatres": a plural is no other word.
    return word.startswith(typed) or word == typed.removesuffix("s")


def _at(doctors: DoctorQuerySet, where: str) -> DoctorQuerySet:
    """In practices with every word of `where` in name or city, or with that postal code."""
    if not where.strip():
        return doctors
    wanted = wanted_words(where)
    if not wanted:
        return doctors.none()
    everywhere = Q()
    for word in wanted:
        everywhere &= has_word("practice__search_text", word)
    return doctors.filter(everywhere | Q(practice__postal_code__istartswith=normalise(where)))


def _is_a_name(doctors: DoctorQuerySet, what: str) -> bool:
    """Whether all of `what` is of one doctor's name, or it is a practice's."""
    persons = Q()
    for word in wanted_words(what):
        persons &= has_word("search_name", word)
    return doctors.filter(persons | Q(practice__search_name=" ".join(words(what)))).exists()


def _specialty_in(wanted: Words) -> tuple[Specialty | None, Words]:
    """The one specialty that a run of the words names, or starts; and the other words."""
    names = {field: [key(name) for name in field.every_name] for field in Specialty.objects.all()}
    for run, others in _runs(wanted):
        whole = [field for field in names if " ".join(run) in names[field]]
        if len(whole) == 1:
            return whole[0], others
    for run, others in _runs(wanted):
        if min(map(len, run)) < SHORTEST_START:
            continue
        started = [
            field for field in names if any(starts_a_name(run, name) for name in names[field])
        ]
        if len(started) == 1:
            return started[0], others
    return None, wanted


def _place_in(wanted: Words) -> tuple[Place | None, Words, bool]:
    """The city that a run of the words names, or one word starts; the other words; and whether
    there are practices in it."""
    own, runs = own_cities(wanted), list(_runs(wanted))
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
    return None, wanted, True


def _runs(wanted: Words) -> Iterator[tuple[Words, Words]]:
    """(neighbouring words, the others), the longest runs first."""
    for size in range(min(len(wanted), LONGEST_NAME), 0, -1):
        for start in range(len(wanted) - size + 1):
            end = start + size
            yield wanted[start:end], wanted[:start] + wanted[end:]
