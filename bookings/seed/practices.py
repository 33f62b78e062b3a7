"""Where they work: several doctors share a practice, and a city has as many as it needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import product

from bookings.seed.chance import Chance
from bookings.seed.places import CASABLANCA, CITIES, COUNTRIES, PARIS, City, Country

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

# Month, day, name. Feasts that move are left out: a practice enters those itself.
HOLIDAYS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "FR": (
        (1, 1, "Jour de l’An"), (5, 1, "Fête du Travail"), (5, 8, "Victoire 1945"),
        (7, 14, "Fête nationale"), (8, 15, "Assomption"), (11, 1, "Toussaint"),
        (11, 11, "Armistice 1918"), (12, 25, "Noël"),
    ),
    "BE": (
        (1, 1, "Jour de l’An"), (5, 1, "Fête du Travail"), (7, 21, "Fête nationale"),
        (8, 15, "Assomption"), (11, 1, "Toussaint"), (11, 11, "Armistice"), (12, 25, "Noël"),
    ),
    "MA": (
        (1, 1, "Nouvel An"), (1, 11, "Manifeste de l’indépendance"), (1, 14, "Nouvel An amazigh"),
        (5, 1, "Fête du Travail"), (7, 30, "Fête du Trône"), (8, 14, "Oued Eddahab"),
        (8, 20, "Révolution du Roi et du Peuple"), (8, 21, "Fête de la Jeunesse"),
        (10, 31, "Aïd Al-Wahda"), (11, 6, "Marche verte"), (11, 18, "Fête de l’Indépendance"),
    ),
    "DZ": (
        (1, 1, "Nouvel An"), (1, 12, "Yennayer"), (5, 1, "Fête du Travail"),
        (7, 5, "Fête de l’Indépendance"), (11, 1, "Fête de la Révolution"),
    ),
    "TN": (
        (1, 1, "Nouvel An"), (3, 20, "Fête de l’Indépendance"), (4, 9, "Journée des Martyrs"),
        (5, 1, "Fête du Travail"), (7, 25, "Fête de la République"), (8, 13, "Fête de la Femme"),
        (10, 15, "Fête de l’Évacuation"), (12, 17, "Fête de la Révolution"),
    ),
    "CH": (
        (1, 1, "Nouvel An"), (8, 1, "Fête nationale"), (12, 25, "Noël"),
        (12, 31, "Restauration de la République"),
    ),
    "CA": (
        (1, 1, "Jour de l’An"), (6, 24, "Fête nationale du Québec"), (7, 1, "Fête du Canada"),
        (12, 25, "Noël"), (12, 26, "Lendemain de Noël"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class PracticePlan:
    """`number` counts from 0 in its city; `is_known` is the practice of the first five."""

    city: City
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
    """Which of a city's practices its `member`-th doctor works at (the first five aside)."""
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
) -> list[tuple[dt.date, str, str]]:
    """(date, name, decision) from a month ago to a year ahead.

    The first five are open on every one of their days, so their practice has decided nothing
    yet; elsewhere most are closed, and a few are open on purpose.
    """
    chance = Chance(seed, "holidays", *practice.key)
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        for month, day, name in HOLIDAYS[practice.city.country]:
            date = dt.date(year, month, day)
            decision = chance.one_of({"closed": 6.0, "proposed": 3.0, "open": 1.0})
            if dt.timedelta(-31) <= date - today <= dt.timedelta(365):
                found.append((date, name, "proposed" if practice.is_known else decision))
    return found
