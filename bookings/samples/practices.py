"""The plans of the practices: several doctors share one, and a city has as many as it needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import product

from bookings.samples.chance import Chance
from bookings.samples.places import CASABLANCA, CITIES, COUNTRIES, PARIS, Country, SampleCity
from scheduling.holidays import PublicHoliday, public_holidays
from scheduling.services import HOLIDAYS_AHEAD

KINDS = (
    "Cabinet",
    "Centre médical",
    "Cabinet médical",
    "Maison de santé",
    "Polyclinique",
    "Clinique",
)
SIZES = (3, 2, 4)
DETAILS = (
    "2e étage, porte gauche",
    "Rez-de-chaussée",
    "Bâtiment B, 1er étage",
    "3e étage, ascenseur",
    "",
)
HOUSE_ACCESS = (
    "Ascenseur, entrée de plain-pied",
    "Parking public à 200 m",
    "Sonner à « Cabinet médical »",
    "Accessible en fauteuil par la cour",
    "Local à vélos dans la cour",
)


@dataclass(frozen=True)
class PracticePlan:
    """A practice; `number` counts from 0 in its city, `is_known` is that of the first five."""

    city: SampleCity
    number: int
    name: str
    street: str
    details: str
    postal_code: str
    latitude: float
    longitude: float
    access: str
    phone: str
    deadline_hours: int
    is_known: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.city.name, self.number

    @property
    def country(self) -> Country:
        return COUNTRIES[self.city.country]


def number_of_practice(city: str, member: int) -> int:
    """The number of the practice of the city's `member`-th doctor, the first five not counted."""
    number = 1 if city == PARIS else 0
    while member >= SIZES[number % len(SIZES)]:
        member -= SIZES[number % len(SIZES)]
        number += 1
    return number


def plan_practice(seed: int, city_name: str, number: int) -> PracticePlan:
    city = CITIES[city_name]
    country = COUNTRIES[city.country]
    names = [f"{kind} {place}" for kind, place in product(KINDS, city.quarters + country.streets)]
    Chance(seed, "names of practices", city_name).shuffle(names)
    again, at = divmod(number, len(names))
    chance = Chance(seed, "practice", city_name, number)
    is_known = (city_name, number) == (PARIS, 0)
    name, street = names[at] + (f" {again + 1}" if again else ""), chance.choice(country.streets)
    street = f"{chance.randint(1, 140)}, {street}"
    if is_known:
        name, street = "Cabinet Tbib Paris", "12, rue du Faubourg du Temple"
    elif (city_name, number) == (CASABLANCA, 0):
        name, street = "Cabinet Gauthier", "14, rue Jean-Jaurès"
    return PracticePlan(
        city=city,
        number=number,
        name=name,
        street=street,
        details=chance.choice(DETAILS),
        postal_code=chance.choice(city.postal_codes),
        latitude=round(city.latitude + chance.uniform(-0.025, 0.025), 5),
        longitude=round(city.longitude + chance.uniform(-0.03, 0.03), 5),
        access="\n".join((chance.choice(city.stops), *chance.few(HOUSE_ACCESS, 1, 2))),
        phone=city.landline.number(chance.randrange(10_000)),
        deadline_hours=24 if is_known else chance.choice((12, 24, 24, 24, 48)),
        is_known=is_known,
    )


def holidays_of(
    practice: PracticePlan, today: dt.date, seed: int
) -> list[tuple[PublicHoliday, str]]:
    """(holiday, decision) from a month ago to 18 months ahead.

    The first five are open on all their days, so their practice has decided nothing. Other
    practices are closed on most holidays, open on a few, and undecided on far ones.
    """
    chance = Chance(seed, "holidays", *practice.key)
    since, until = today - dt.timedelta(days=31), today + HOLIDAYS_AHEAD
    country, postal_code = practice.city.country, practice.postal_code
    found = []
    for holiday in public_holidays(country, since, until, postal_code=postal_code):
        decision = chance.one_of({"closed": 8.0, "proposed": 1.0, "open": 1.0})
        is_far = holiday.date - today > dt.timedelta(days=365)
        undecided = practice.is_known or is_far or holiday.is_estimated
        found.append((holiday, "proposed" if undecided else decision))
    return found
