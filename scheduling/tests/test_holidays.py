"""The days that are proposed in each country; the package tests its own dates."""

import datetime as dt

import pytest

from scheduling.holidays import PublicHoliday, public_holidays

YEAR = (dt.date(2027, 1, 1), dt.date(2027, 12, 31))


def names(country, **options):
    return {f"{each.date:%m-%d}": each.name for each in public_holidays(country, *YEAR, **options)}


def test_names_are_french_and_well_set():
    assert public_holidays("FR", dt.date(2026, 12, 25), dt.date(2027, 1, 1)) == [
        PublicHoliday(dt.date(2026, 12, 25), "Noël", False),
        PublicHoliday(dt.date(2027, 1, 1), "Jour de l’an", False),
    ]


def test_french_of_another_country_is_french():
    assert names("SN")["01-01"] == "Jour de l’an"


def test_without_french_it_is_the_countrys_own_language():
    assert names("TN")["03-20"] == "عيد الاستقلال"


def test_what_the_moon_decides_is_an_estimate_and_its_name_does_not_say_so():
    feast = next(each for each in public_holidays("MA", *YEAR) if each.is_estimated)
    assert feast == PublicHoliday(dt.date(2027, 3, 9), "Fête de la rupture du jeûne", True)


def test_a_fixed_day_and_an_estimate_on_one_date_are_one_certain_day():
    on_the_14th = [each for each in public_holidays("MA", *YEAR) if f"{each.date:%m%d}" == "0814"]
    assert [(each.name, each.is_estimated) for each in on_the_14th] == [
        ("Allégeance Oued Eddahab, Anniversaire du prophète", False)
    ]


@pytest.mark.parametrize(
    ("country", "postal_code", "day"),
    [
        ("FR", "67000", "12-26"),
        ("FR", "57000", "12-26"),
        ("FR", "97400", "12-20"),
        ("CA", "H2X 1Y4", "06-24"),
    ],
    ids=["Strasbourg", "Metz", "La Réunion", "Montréal"],
)
def test_a_part_of_the_country_has_days_of_its_own(country, postal_code, day):
    assert day not in names(country)
    assert day in names(country, postal_code=postal_code)


@pytest.mark.parametrize("country", ["", "ZZ", "FRA"])
def test_an_unknown_country_has_none(country):
    assert public_holidays(country, *YEAR) == []
