"""Points on the globe, and the cities of GeoNames."""

from __future__ import annotations

import pytest

from doctors.cities import gazetteer
from doctors.places import CityCentre, distance_km

PARIS = CityCentre("Paris", 48.8566, 2.3522, "FR")


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((48.8566, 2.3522), (48.8566, 2.3522), 0),
        ((48.8566, 2.3522), (45.7640, 4.8357), 392),
        ((33.5731, -7.5898), (36.7538, 3.0588), 1030),
        ((-18.1416, 178.4419), (-13.8333, -171.7667), 1151),  # across the 180th meridian
        ((90.0, 0.0), (-90.0, 0.0), 20015),
    ],
)
def test_distance_is_as_the_crow_flies(here, there, km):
    assert round(distance_km(*here, *there)) == pytest.approx(km, abs=1)


@pytest.mark.parametrize("latitude", [0.0, 33.6, 48.9, 69.6, -54.8])
def test_a_box_holds_what_is_as_near_as_asked_and_little_more(latitude):
    box = CityCentre("", latitude, 2.0, "").box(50)

    edges = [(box.south, 2.0), (box.north, 2.0), (latitude, box.west), (latitude, box.east)]
    distances = [distance_km(latitude, 2.0, *edge) for edge in edges]
    assert min(distances) >= 50
    assert max(distances) < 52


@pytest.mark.parametrize("latitude", [89.9, -90.0])
def test_a_box_around_a_pole_is_the_whole_circle(latitude):
    box = CityCentre("", latitude, 100.0, "").box(50)

    assert (box.west, box.east) == (-180.0, 180.0)
    assert -90.0 <= box.south < box.north <= 90.0


@pytest.mark.parametrize(
    ("typed", "name", "country"),
    [
        ("lyon", "Lyon", "FR"),
        ("alger", "Alger", "DZ"),
        ("algiers", "Algiers", "DZ"),
        ("جزاير", "الجزائر", "DZ"),
        ("hay roses", "L'Haÿ-les-Roses", "FR"),
    ],
)
def test_a_city_answers_to_its_names_in_latin_and_arabic_letters(typed, name, country):
    place = gazetteer(frozenset({"FR", "DZ"})).named(typed)

    assert (place.name, place.country) == (name, country)


@pytest.mark.parametrize("typed", ["", "zzz", "casablanca", "lys"])
def test_other_countries_and_codes_of_airports_are_no_names(typed):
    assert gazetteer(frozenset({"FR", "DZ"})).named(typed) is None


def test_cities_that_start_like_it_come_largest_first_by_their_own_names():
    cities = gazetteer(frozenset({"FR", "DZ"}))

    assert [place.name for place in cities.starting("mars", 2)] == ["Marseille", "Marseille 13"]
    assert [place.name for place in cities.starting("icos", 2)] == ["Algiers"]
    assert cities.starting("zzz", 2) == []
