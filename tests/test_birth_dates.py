"""A date of birth is typed in the same way at every door."""

import datetime as dt

import pytest
import time_machine
from django import forms
from django.urls import get_resolver

from accounts.forms import BirthDateField, PatientSignUpForm, RelativeForm

TODAY = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)


def subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def errors_of(text):
    return RelativeForm({"birth_date": text}).errors.get("birth_date", [])


def test_every_form_that_asks_for_one_has_the_same_field():
    get_resolver().url_patterns  # noqa: B018 - this loads the forms of every page
    fields = {
        f"{form.__module__}.{form.__name__}": form.base_fields["birth_date"]
        for form in subclasses(forms.BaseForm)
        if "birth_date" in getattr(form, "base_fields", {}) and "admin" not in form.__module__
    }
    others = [name for name, field in fields.items() if not isinstance(field, BirthDateField)]
    assert ("accounts.forms.PatientSignUpForm" in fields, others) == (True, [])


@pytest.mark.django_db
def test_it_is_a_text_that_browsers_fill_in_and_phones_type_in_digits(client):
    page = client.get("/accounts/register/").content.decode()
    [drawn] = [part for part in page.split("<input") if 'name="birth_date"' in part]
    wanted = ('type="text"', 'inputmode="numeric"', 'autocomplete="bday"')
    assert [each for each in wanted if each not in drawn.split(">")[0]] == []


@pytest.mark.parametrize("text", ["12/03/1984", "12.03.1984", "12 3 84", "12031984", "1984-03-12"])
def test_usual_forms_are_taken(text):
    with time_machine.travel(TODAY):
        assert BirthDateField().clean(text) == dt.date(1984, 3, 12)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("soon", "Écrivez la date de naissance ainsi\N{NO-BREAK SPACE}: 12/03/1984."),
        ("31/02/1984", "Écrivez la date de naissance ainsi\N{NO-BREAK SPACE}: 12/03/1984."),
        ("12/03/2999", "Une date de naissance ne peut pas être dans le futur."),
        ("12/03/1811", "Vérifiez l’année."),
        ("  ", "Ce champ est obligatoire."),
    ],
)
def test_a_wrong_one_says_what_is_wrong(text, error):
    assert errors_of(text) == [error]


def test_a_known_one_is_shown_with_the_day_first():
    form = PatientSignUpForm(initial={"birth_date": dt.date(1984, 3, 12)})
    assert form["birth_date"].value() == dt.date(1984, 3, 12)
    assert 'value="12/03/1984"' in str(form["birth_date"])
