"""What several practitioners are called."""

import pytest

from doctors.plurals import in_sentence, plural


@pytest.mark.parametrize(
    ("language", "name", "several"),
    [
        ("fr", "Cardiologue", "Cardiologues"),
        ("fr", "Médecin généraliste", "Médecins généralistes"),
        ("fr", "Chirurgien-dentiste", "Chirurgiens-dentistes"),
        ("fr", "Sage-femme", "Sages-femmes"),
        ("fr", "Gastro-entérologue", "Gastro-entérologues"),
        ("fr", "Médecin du sport", "Médecins du sport"),
        ("fr", "ORL", "ORL"),
        ("en", "ENT specialist", "ENT specialists"),
        ("en", "General practitioner", "General practitioners"),
        ("en", "GP", "GPs"),
        ("en", "Doctor of sports medicine", "Doctors of sports medicine"),
        ("ar", "طبيب القلب", "طبيب القلب"),
        ("fr", "", ""),
    ],
)
def test_plural(language, name, several):
    assert plural(name, language) == several


def test_inside_a_sentence_only_an_abbreviation_is_large():
    names = ("Cardiologue", "ORL", "ENT specialist")
    assert [in_sentence(name) for name in names] == ["cardiologue", "ORL", "ENT specialist"]
