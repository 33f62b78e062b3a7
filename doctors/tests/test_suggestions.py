"""The suggestions while a reader types."""

from __future__ import annotations

import pytest

from doctors.suggestions import suggest_where, suggest_who
from doctors.templatetags.search import mark
from doctors.tests.factories import DoctorFactory, PracticeFactory
from doctors.tests.test_search import (
    ALGER,
    CASABLANCA,
    LYON,
    cardiology,
    dermatology,
    doctor_named,
    pediatrics,
)
from web.text import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def four():
    """Four doctors in Lyon, Casablanca and Algiers."""
    return [
        doctor_named("John Smith", cardiology(), name="Clinique El Djazaïr", **ALGER),
        doctor_named("Hélène Cardin", pediatrics(), name="Maison de santé", **LYON),
        doctor_named("Younès Cardi", dermatology(), name="Cabinet Anfa", **CASABLANCA),
        doctor_named("Ines Lyonnet", dermatology(), name="Centre de cardiologie", **LYON),
    ]


def suggested(found):
    return {
        "specialties": [each.practitioner_fr for each in found.specialties],
        "doctors": [each.name for each in found.doctors],
        "practices": [each.name for each in found.practices],
        "cities": [each.name for each in found.cities],
    }


def nothing(**but):
    return {"specialties": [], "doctors": [], "practices": [], "cities": []} | but


def test_specialties_doctors_practices_and_cities_start_like_it(four):
    assert suggested(suggest_who("card")) == {
        "specialties": ["Cardiologue"],
        "doctors": ["Dr Younès Cardi", "Dr Hélène Cardin"],
        "practices": ["Centre de cardiologie"],
        "cities": [],
    }
    assert suggested(suggest_who("LYO")) == nothing(doctors=["Dr Ines Lyonnet"], cities=["Lyon"])


@pytest.mark.parametrize("text", ["dr car", "Hélène C", "helene c", "cardin lyon", "cardin pédi"])
def test_a_doctor_is_suggested_by_any_words_with_one_of_the_name(four, text):
    assert "Dr Hélène Cardin" in suggested(suggest_who(text))["doctors"]


@pytest.mark.parametrize("text", ["pediatre lyon", "maison", "lyon"])
def test_no_doctor_is_suggested_for_words_that_are_not_of_the_name(four, text):
    assert suggested(suggest_who(text))["doctors"] in ([], ["Dr Ines Lyonnet"])


def test_what_patients_call_a_specialty_suggests_it(four):
    assert suggested(suggest_who("médecin de la peau"))["specialties"] == ["Dermatologue"]
    assert suggested(suggest_who("القلب"))["specialties"] == ["Cardiologue"]


@pytest.mark.parametrize("text", ["", "c", "é", "dr", "%%", "zz", "\x00\x00"])
def test_too_little_or_nonsense_suggests_nothing(four, text):
    assert suggested(suggest_who(text)) == nothing()
    assert suggested(suggest_where(text)) == nothing()


def test_a_list_is_short():
    for n in range(9):
        doctor_named(f"Ana Smith{n}", cardiology(), name=f"Smithson {n}", **LYON)

    found = suggest_who("smith")

    assert (len(found.doctors), len(found.practices), found.count) == (4, 4, 8)


def test_who_is_not_listed_is_not_suggested_nor_their_specialty_practice_and_city():
    practice = PracticeFactory(name="Cardio Paris", **LYON)
    DoctorFactory(user__last_name="Cardin", practice=practice, approved_at=None)

    assert suggested(suggest_who("card")) == nothing()
    assert suggested(suggest_who("lyon")) == nothing()


def test_where_suggests_cities_with_practices_and_those_around_them(four):
    assert suggested(suggest_where("lyo"))["cities"][0] == "Lyon"
    assert suggested(suggest_where("villeur")) == nothing(cities=["Villeurbanne"])
    assert suggested(suggest_where("card")) == nothing()


def test_where_suggests_no_city_far_from_every_practice(four):
    assert suggested(suggest_where("bordeaux")) == nothing()


def test_where_suggests_a_city_once(four):
    assert suggested(suggest_where("alge")) == nothing(cities=["Alger"])


@pytest.mark.parametrize("rows", [1, 30])
def test_suggestions_take_the_same_queries_for_any_number_of_rows(rows, django_assert_num_queries):
    for n in range(rows):
        doctor_named(f"Ana Paris{n}", cardiology(), name=f"Paris {n}", latitude=48.9, longitude=2.3)
    suggest_where("paris")

    with django_assert_num_queries(5):
        suggested(suggest_who("par"))
    with django_assert_num_queries(4):
        suggested(suggest_where("par"))
    with django_assert_num_queries(0):
        suggest_who("p")


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Dr Hélène Cardin", "hel", "Dr <mark>Hél</mark>ène Cardin"),
        ("Dr Hélène Cardin", "HÉL car", "Dr <mark>Hél</mark>ène <mark>Car</mark>din"),
        ("Jean-Luc", "luc", "Jean-<mark>Luc</mark>"),
        ("L’Haÿ", "hay", "L’<mark>Haÿ</mark>"),
        ("Sacré-Cœur", "coe", "Sacré-<mark>Cœ</mark>ur"),
        ("أمراض القلب", "قلب", "أمراض <mark>القلب</mark>"),
        ("Cardio", "dio", "Cardio"),
        ("<b>Card</b> & co", "card", "&lt;b&gt;<mark>Card</mark>&lt;/b&gt; &amp; co"),
        ("He\u0301le\u0300ne", "hel", "<mark>Hél</mark>ène"),
    ],
)
def test_the_letters_typed_are_marked_and_the_rest_is_escaped(text, typed, shown):
    assert mark(text, words(typed)) == shown
