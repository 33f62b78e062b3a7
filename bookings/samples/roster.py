"""The plan of every doctor, before anything is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.text import slugify

from bookings.samples import places, specialties
from bookings.samples.chance import Chance
from bookings.samples.consultation_types import PRICE_NOTES, TypePlan, consultation_types_of
from bookings.samples.names import Name, draw_name
from bookings.samples.places import CASABLANCA, CITIES, COUNTRIES, PARIS
from bookings.samples.practices import PracticePlan, number_of_practice, plan_practice
from bookings.samples.presentations import presentation_of
from bookings.samples.specialties import FIELDS, GENERAL, Field

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)

# User name, name, specialty, weekdays, load. Tests and docs rely on these names.
KNOWN: tuple[tuple[str, Name, str, tuple[int, ...], float], ...] = (
    ("dr_smith", Name("John", "Smith", False), "cardiologie",
     (MONDAY, TUESDAY, WEDNESDAY, FRIDAY), 0.75),
    ("dr_johnson", Name("Sarah", "Johnson", True), "dermatologie",
     (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY), 0.85),
    ("dr_brown", Name("Michael", "Brown", False), "orthopedie",
     (MONDAY, WEDNESDAY, FRIDAY), 0.6),
    ("dr_davis", Name("Emily", "Davis", True), "pediatrie",
     (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY), 0.8),
    ("dr_wilson", Name("Robert", "Wilson", False), "medecine-interne",
     (TUESDAY, THURSDAY, FRIDAY), 0.65),
)  # fmt: skip
SALMA_ALAMI = Name("Salma", "Alami", True)

# The loads of the other doctors, in turn: 0.04 has just begun, 0.97 is booked for weeks.
LOADS = (0.62, 0.85, 0.97, 0.45, 0.7, 0.04, 0.55, 0.9)
LANGUAGES_BESIDE = {"en": 8.0, "ar": 3.0, "es": 3.0, "de": 1.5, "it": 1.5, "pt": 1.0}


@dataclass(frozen=True)
class DoctorPlan:
    """A doctor; `load` is the taken part of the time, `days` are set for the first five only."""

    index: int
    username: str
    name: Name
    field: Field
    practice: PracticePlan
    consultation_types: tuple[TypePlan, ...]
    price_note: str
    load: float
    days: tuple[int, ...]
    presentation: str
    languages: tuple[str, ...]
    accepts_new_patients: bool
    offers_video: bool
    books_online: bool
    is_approved: bool
    has_hours: bool
    takes_walk_ins: bool

    @property
    def is_known(self) -> bool:
        return self.index < len(KNOWN)


def plan_doctors(seed: int, count: int) -> list[DoctorPlan]:
    """The plans of the first `count` doctors; a larger count begins with the same ones."""
    members: Counter[str] = Counter()
    usernames: Counter[str] = Counter()
    plans = []
    for index in range(count):
        plan = _plan_known(seed, index) if index < len(KNOWN) else None
        plans.append(plan or _plan_other(seed, index, members, usernames))
    return plans


def _plan_known(seed: int, index: int) -> DoctorPlan:
    username, name, slug, days, load = KNOWN[index]
    practice = plan_practice(seed, PARIS, 0)
    chance = Chance(seed, "doctor", index)
    return _plan(index, username, name, FIELDS[slug], practice, days, load, chance)


def _plan_other(
    seed: int, index: int, members: Counter[str], usernames: Counter[str]
) -> DoctorPlan:
    turn = index - len(KNOWN)
    city = places.CYCLE[turn % len(places.CYCLE)]
    field = FIELDS[specialties.CYCLE[turn % len(specialties.CYCLE)]]
    practice = plan_practice(seed, city, number_of_practice(city, members[city]))
    members[city] += 1
    chance = Chance(seed, "doctor", index)
    name = draw_name(chance, CITIES[city].country, is_woman=chance.happens(0.52))
    if turn == 0 and city == CASABLANCA:
        name = SALMA_ALAMI
    username = "dr_" + slugify(f"{name.first} {name.last}").replace("-", "_")
    usernames[username] += 1
    if usernames[username] > 1:
        username = f"{username}{usernames[username]}"
    load = LOADS[turn % len(LOADS)]
    return _plan(index, username, name, field, practice, (), load, chance)


def _plan(
    index: int,
    username: str,
    name: Name,
    field: Field,
    practice: PracticePlan,
    days: tuple[int, ...],
    load: float,
    chance: Chance,
) -> DoctorPlan:
    is_known = index < len(KNOWN)
    country = COUNTRIES[practice.city.country]
    video = index in (1, 4) if is_known else chance.happens(0.35)
    is_waiting = index in (18, 37) or (index > 40 and index % 250 == 0)
    beside = chance.one_of(LANGUAGES_BESIDE)
    return DoctorPlan(
        index=index,
        username=username,
        name=name,
        field=field,
        practice=practice,
        consultation_types=tuple(consultation_types_of(field, chance, plain=is_known, video=video)),
        price_note=chance.choice(PRICE_NOTES[country.code]),
        load=0.0 if is_waiting else load,
        days=days,
        presentation=presentation_of(name, field.slug, country.code, chance),
        languages=("fr", "en") if is_known else tuple(dict.fromkeys((*country.languages, beside))),
        accepts_new_patients=is_known or index % 9 != 7,
        offers_video=video,
        books_online=is_known or index % 13 != 9,
        is_approved=not is_waiting,
        has_hours=index != 37,
        takes_walk_ins=is_known or field.slug in (GENERAL, "pediatrie"),
    )
