"""Typed texts, and the doctors that they mean."""

from __future__ import annotations

import pytest

from doctors.models import Doctor
from doctors.name_words import name_words
from doctors.places import CityCentre
from doctors.search import find, place_named
from doctors.tests.factories import DoctorFactory, PracticeFactory, SpecialtyFactory
from web.text import words

pytestmark = pytest.mark.django_db

LYON = {"city": "Lyon", "latitude": 45.76, "longitude": 4.84}
CASABLANCA = {"city": "Casablanca", "country": "MA", "latitude": 33.59, "longitude": -7.61}
ALGER = {"city": "Alger", "country": "DZ", "latitude": 36.77, "longitude": 3.06}


def cardiology():
    return SpecialtyFactory(name_ar="أمراض القلب", practitioner_ar="طبيب القلب")


def pediatrics():
    return SpecialtyFactory(
        slug="pediatrie",
        name_en="Pediatrics",
        name_fr="Pédiatrie",
        name_ar="طب الأطفال",
        practitioner_en="Pediatrician",
        practitioner_fr="Pédiatre",
        practitioner_ar="طبيب الأطفال",
    )


def dermatology():
    return SpecialtyFactory(
        slug="dermatologie",
        name_en="Dermatology",
        name_fr="Dermatologie",
        practitioner_en="Dermatologist",
        practitioner_fr="Dermatologue",
        also_called="médecin de la peau, skin doctor",
    )


def general_practice():
    return SpecialtyFactory(
        slug="medecine-generale",
        name_en="General Practice",
        name_fr="Médecine générale",
        practitioner_en="General practitioner",
        practitioner_fr="Médecin généraliste",
        also_called="médecin de famille, médecin traitant",
    )


def doctor_named(person, specialty, **practice):
    first, last = person.split(" ", 1)
    return DoctorFactory(
        user__first_name=first,
        user__last_name=last,
        specialty=specialty,
        practice=PracticeFactory(**practice),
    )


@pytest.fixture
def five():
    """Smith (heart, Algiers), Lefèvre (children, Lyon), Johnson (skin, Casablanca), Marchetti
    (general, Lyon), Bennani (general, Casablanca)."""
    return {
        doctor.user.last_name: doctor
        for doctor in (
            doctor_named("John Smith", cardiology(), name="Clinique El Djazaïr", **ALGER),
            doctor_named("Hélène Lefèvre", pediatrics(), name="Maison de santé", **LYON),
            doctor_named("Sarah Johnson", dermatology(), name="Cabinet Anfa", **CASABLANCA),
            doctor_named("Jean-Luc Marchetti", general_practice(), name="Sacré-Cœur", **LYON),
            doctor_named("Yasmine Bennani", general_practice(), name="Gauthier", **CASABLANCA),
        )
    }


def meant(what, where=""):
    """Return (last names, slug of the specialty, name of the place)."""
    found = find(what, where)
    names = sorted(doctor.user.last_name for doctor in found.doctors)
    specialty = found.specialty.slug if found.specialty else None
    return names, specialty, found.place.name if found.place else None


# Words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jean-Luc", ["jean", "luc"]),
        ("L'Haÿ-les-Roses", ["l", "hay", "les", "roses"]),
        ("L’Haÿ", ["l", "hay"]),
        ("Sacré-Cœur", ["sacre", "coeur"]),
        ("  PÉDIATRE\x00Lyon ", ["pediatre", "lyon"]),
        ("الأطفال", ["اطفال"]),
        ("دكتورة", ["دكتوره"]),
        ("% _ ' -", []),
    ],
)
def test_words_are_what_is_written_without_case_accents_and_signs(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dr. Smith", ["smith"]),
        ("docteur Sarah Johnson", ["sarah", "johnson"]),
        ("un pédiatre près de Lyon", ["pediatre", "lyon"]),
        ("Dr Le", ["le"]),
        ("Dr", []),
        ("طبيب القلب", ["قلب"]),
    ],
)
def test_titles_and_small_words_narrow_nothing(text, found):
    assert name_words(text) == found


# What --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["", "   ", "dr", "Docteur"])
def test_nothing_wanted_is_everybody(five, what):
    assert meant(what) == (sorted(five), None, None)


@pytest.mark.parametrize("what", ["%", "_", "'", "zzz", "smith zzz"])
def test_an_unknown_name_finds_nobody(five, what):
    assert meant(what) == ([], None, None)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("smith", "Smith"),
        ("dr smith", "Smith"),
        ("SMITH JOHN", "Smith"),
        ("docteur sarah johnson", "Johnson"),
        ("lefevre", "Lefèvre"),
        ("Jean-Luc", "Marchetti"),
        ("jean luc marchetti", "Marchetti"),
        ("marchetti jean-luc", "Marchetti"),
        ("sacre coeur", "Marchetti"),
        ("clinique el djazair", "Smith"),
    ],
)
def test_a_name_finds_who_bears_it(five, what, name):
    assert meant(what) == ([name], None, None)


@pytest.mark.parametrize(
    ("what", "name", "specialty"),
    [
        ("cardiologue", "Smith", "cardiology"),
        ("cardio", "Smith", "cardiology"),
        ("CARDIOLOGY", "Smith", "cardiology"),
        ("cardiologues", "Smith", "cardiology"),
        ("pédiatre", "Lefèvre", "pediatrie"),
        ("pediatrician", "Lefèvre", "pediatrie"),
        ("dermato", "Johnson", "dermatologie"),
        ("médecin de la peau", "Johnson", "dermatologie"),
        ("skin doctor", "Johnson", "dermatologie"),
        ("أمراض القلب", "Smith", "cardiology"),
        ("طبيب قلب", "Smith", "cardiology"),
        ("طبيب الاطفال", "Lefèvre", "pediatrie"),
    ],
)
def test_a_specialty_is_known_by_its_names_and_how_they_start(five, what, name, specialty):
    assert meant(what) == ([name], specialty, None)


@pytest.mark.parametrize("what", ["généraliste", "medecin generaliste", "médecin traitant"])
def test_a_specialty_of_two_words_is_known_by_one_that_is_its_own(five, what):
    assert meant(what) == (["Bennani", "Marchetti"], "medecine-generale", None)


def test_a_name_that_starts_like_a_specialty_is_found_beside_it(five):
    doctor_named("Younès Cardi", pediatrics(), **LYON)

    assert meant("card") == (["Cardi", "Smith"], None, None)
    assert meant("cardi") == (["Cardi", "Smith"], None, None)
    assert meant("cardiologue") == (["Smith"], "cardiology", None)


def test_a_word_that_starts_two_specialties_names_none(five):
    SpecialtyFactory(
        slug="pedopsychiatrie",
        name_en="Child Psychiatry",
        name_fr="Pédopsychiatrie",
        practitioner_en="Child psychiatrist",
        practitioner_fr="Pédopsychiatre",
    )

    assert meant("pédo") == ([], "pedopsychiatrie", None)
    assert meant("péd") == (["Lefèvre"], None, None)


@pytest.mark.parametrize(
    ("what", "name"), [("smith cardiologue", "Smith"), ("généraliste marchetti", "Marchetti")]
)
def test_specialty_and_name_narrow_together(five, what, name):
    names, specialty, place = meant(what)
    assert (names, place) == ([name], None)
    assert specialty == five[name].specialty.slug


@pytest.mark.parametrize("text", ["mith", "iatre", "jazair"])
def test_the_middle_of_a_word_finds_nobody(five, text):
    assert meant(text)[0] == []


# Where -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "name", "place"),
    [
        ("pediatre lyon", "Lefèvre", "Lyon"),
        ("PÉDIATRE Lyon", "Lefèvre", "Lyon"),
        ("lyon pédiatre", "Lefèvre", "Lyon"),
        ("un pédiatre à Lyon", "Lefèvre", "Lyon"),
        ("cardio alger", "Smith", "Alger"),
        ("dermato casa", "Johnson", "Casablanca"),
        ("cardiologist algiers", "Smith", "Algiers"),
        ("طبيب القلب الجزائر", "Smith", "الجزائر"),
        ("pédiatre villeurbanne", "Lefèvre", "Villeurbanne"),
    ],
)
def test_a_city_among_the_words_is_the_place(five, what, name, place):
    assert meant(what) == ([name], five[name].specialty.slug, place)


def test_a_city_alone_is_a_place(five):
    assert meant("Lyon") == (["Lefèvre", "Marchetti"], None, "Lyon")


def test_a_name_is_looked_for_near_the_city(five):
    assert meant("marchetti lyon") == (["Marchetti"], None, "Lyon")
    assert meant("marchetti alger") == ([], None, "Alger")


def test_a_doctors_name_goes_before_a_city_of_that_name(five):
    doctor_named("Nancy Martin", cardiology(), **LYON)

    assert meant("nancy") == (["Martin"], None, None)
    assert meant("nancy martin") == (["Martin"], None, None)


def test_a_practice_called_like_a_city_is_found_where_it_is(five):
    doctor_named("Ali Amrani", pediatrics(), name="Clinique Bordeaux", **CASABLANCA)

    assert meant("clinique bordeaux") == (["Amrani"], None, None)
    assert meant("bordeaux") == (["Amrani"], None, None)


def test_where_is_a_city_and_its_surroundings(five):
    doctor_named("Ines Roux", pediatrics(), city="Bron", latitude=45.74, longitude=4.91)

    assert meant("pédiatre", "Lyon") == (["Lefèvre", "Roux"], "pediatrie", "Lyon")
    assert meant("", "villeurbanne") == (["Lefèvre", "Marchetti", "Roux"], None, "Villeurbanne")


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("lyon", "Lyon"),
        ("LYON", "Lyon"),
        ("lyo", "Lyon"),
        ("Lyon 3e", "Lyon"),
        ("69003 Lyon", "Lyon"),
        ("Lyon, Part-Dieu", "Lyon"),
        ("casa", "Casablanca"),
        ("الدار البيضاء", "الدار البيضاء"),
        ("L'Haÿ-les-Roses", "L'Haÿ-les-Roses"),
        ("L’Hay les roses", "L'Haÿ-les-Roses"),
        ("zzz", None),
        ("%", None),
        ("3", None),
        ("", None),
    ],
)
def test_a_place_is_named_in_any_spelling(five, where, place):
    named = place_named(where)
    assert (named.name if named else None) == place


def test_a_city_with_practices_is_in_their_middle(five):
    doctor_named("Ines Roux", pediatrics(), city="Lyon", latitude=45.78, longitude=4.86)

    place = place_named("lyon")

    middle = (2 * 45.76 + 45.78) / 3, (2 * 4.84 + 4.86) / 3
    assert place == CityCentre("Lyon", pytest.approx(middle[0]), pytest.approx(middle[1]), "FR")


def test_a_city_without_a_point_on_the_map_is_known_by_geonames():
    doctor = doctor_named("John Smith", cardiology(), city="Nantes")

    found = find("", "nantes")

    assert (found.place.name, round(found.place.latitude)) == ("Nantes", 47)
    assert list(found.doctors) == [doctor]


def test_a_city_in_a_country_without_practices_is_text():
    doctor_named("John Smith", cardiology(), **LYON)

    assert meant("", "Casablanca") == ([], None, None)


@pytest.mark.parametrize("where", ["gauthier", "Gauthier, Casablanca", "GAUTHIER casablanca"])
def test_a_quarter_is_looked_for_in_names_of_practices(five, where):
    assert meant("", where)[0][:1] == ["Bennani"]


@pytest.mark.parametrize("where", ["69003", "69", "69003 "])
def test_a_postal_code_is_looked_for_as_it_starts(where):
    doctor_named("John Smith", cardiology(), postal_code="69003", **LYON)
    doctor_named("Ines Roux", cardiology(), postal_code="75011")

    assert meant("", where) == (["Smith"], None, None)


def test_an_unknown_place_finds_nobody(five):
    assert meant("", "zzz") == ([], None, None)
    assert meant("cardiologue", "zzz") == ([], "cardiology", None)


def test_where_goes_before_a_city_among_the_words(five):
    assert meant("pédiatre lyon", "Lyon") == (["Lefèvre"], "pediatrie", "Lyon")
    assert meant("pédiatre lyon", "Alger") == ([], "pediatrie", "Alger")


# All of it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden", [{"approved_at": None}, {"hours_saved_at": None}, {"user__is_active": False}]
)
def test_doctors_who_are_not_listed_are_never_found(hidden):
    DoctorFactory(**hidden)
    for text in ("", "smith", "cardiologue", "cardio paris"):
        assert meant(text)[0] == []


@pytest.mark.parametrize("text", ["\x00", "' or 1=1 --", "a" * 5000, "🙂", "ﷺ", "ß", "\ud7ff"])
def test_nonsense_finds_nobody_and_breaks_nothing(five, text):
    assert meant(text)[0] in ([], sorted(five))
    assert find("", text).place is None


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("what", "where", "queries"),
    [
        ("", "", 0),
        ("cardiologue", "", 1),
        ("cardiologue", "paris", 3),
        ("smith", "", 2),
        ("smith", "paris", 4),
        ("cardio paris", "", 5),
        ("cardio zzz", "", 7),
    ],
)
def test_the_meaning_takes_few_queries(django_assert_num_queries, rows, what, where, queries):
    practice = PracticeFactory(latitude=48.86, longitude=2.35)
    DoctorFactory.create_batch(rows, practice=practice)
    place_named("zzz")

    with django_assert_num_queries(queries):
        found = find(what, where)
    with django_assert_num_queries(1):
        assert found.doctors.count() in (0, rows)


def test_doctors_can_be_ordered_sliced_and_filtered_further(five):
    found = find("généraliste").doctors.filter(practice__city="Lyon").order_by("pk")[:1]

    assert list(found) == [five["Marchetti"]]
    assert isinstance(find("").doctors, type(Doctor.objects.all()))
