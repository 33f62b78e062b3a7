"""One typing error in a word is forgiven; what patients call a specialty is known."""

from __future__ import annotations

import pytest

from doctors.forgiving import one_error_away, without_typing_errors
from doctors.models import Doctor
from doctors.search import find
from doctors.suggestions import suggest_where, suggest_who
from doctors.tests.test_search import CASABLANCA, LYON, cardiology, doctor_named, pediatrics

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    """Smith (heart, Lyon), Lefèvre (children, Lyon), Benali (heart, Casablanca)."""
    heart = cardiology()
    doctor_named("John Smith", heart, name="Clinique Bellecour", **LYON)
    doctor_named("Hélène Lefèvre", pediatrics(), name="Maison de santé", **LYON)
    doctor_named("Karim Benali", heart, name="Cabinet Anfa", **CASABLANCA)


@pytest.mark.parametrize(
    ("what", "meant"),
    [
        ("cardiolgue", "cardiologue"),
        ("cardiollogue", "cardiologue"),
        ("Cardioolgue", "cardiologue"),
        ("cradiologue", "cardiologue"),
        ("pediater", "pédiatre"),
        ("cardielog", "cardiologue"),
        ("smyth", "Smith"),
        ("dr smiht", "dr Smith"),
        ("pediatre lyoon", "pediatre Lyon"),
        ("cardiologue casablnaca", "cardiologue Casablanca"),
        ("belecour", "Bellecour"),
    ],
)
def test_one_error_in_a_word_is_forgiven(three, what, meant):
    assert without_typing_errors(what) == (meant, "")
    assert find(meant).doctors.exists()


@pytest.mark.parametrize(
    "what", ["cardiologue", "smith", "lefe", "zzzzz", "karl", "sm", "123456", "\x00", "crdlg", ""]
)
def test_what_is_right_or_like_nothing_stays(three, what):
    assert without_typing_errors(what) is None


@pytest.mark.parametrize(("where", "meant"), [("lyno", "Lyon"), ("casablnca", "Casablanca")])
def test_one_error_in_a_city_is_forgiven(three, where, meant):
    assert without_typing_errors("cardiologue", where) == ("cardiologue", meant)


@pytest.mark.parametrize("where", ["lyon", "zzzzz", "villeurbanne"])
def test_a_city_that_is_right_or_like_nothing_stays(three, where):
    assert without_typing_errors("cardiologue", where) is None


def test_an_error_is_one_letter_less_more_or_other_or_two_that_changed_places():
    near = set(one_error_away("lyon"))
    assert {"lon", "lion", "lyons", "ylon", "lyno"} <= near
    assert near.isdisjoint({"lin", "paris", "noyl"})


def test_suggestions_forgive_an_error_too(three):
    assert [each.practitioner_fr for each in suggest_who("cardiolgue").specialties] == [
        "Cardiologue"
    ]
    assert [each.name for each in suggest_who("smyth").doctors] == ["Dr John Smith"]
    assert [each.name for each in suggest_where("lyno").cities] == ["Lyon"]


def test_the_list_says_what_it_searched_instead_and_offers_the_way_back(three, client):
    results = client.get("/doctors/?q=smyth").context["results"]
    assert [Doctor.objects.get(pk=pk).name for pk in results.page] == ["Dr John Smith"]
    assert (results.search.what, results.typed.exact_address) == (
        "Smith",
        "/doctors/?q=smyth&exact=1",
    )
    page = client.get("/doctors/?q=smyth").text
    assert "Résultats pour « Smith »" in page.replace("\u202f", " ").replace("\xa0", " ")
    exact = client.get(results.typed.exact_address).context["results"]
    assert (exact.total, exact.typed) == (0, None)


def test_a_filter_that_leaves_nobody_is_no_typing_error(three, client):
    results = client.get("/doctors/?q=smith&video=1").context["results"]
    assert (results.total, results.typed) == (0, None)
