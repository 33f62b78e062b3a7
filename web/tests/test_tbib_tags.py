"""People, prices, days, times and phones as templates show them, in both languages."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from web.templatetags import tbib

TUESDAY = dt.date(2026, 10, 13)


def plain(text: str) -> str:
    """Return `text` with ordinary spaces: Babel's are non-breaking, wide or narrow."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def render(source: str, **context: object) -> str:
    return Template("{% load tbib %}" + source).render(Context(context))


# -- prices -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "amount", "currency", "expected"),
    [
        ("fr", "400.00", "MAD", "400 MAD"),
        ("fr", "50.00", "EUR", "50 €"),
        ("fr", "27.50", "EUR", "27,50 €"),
        ("fr", "1200.00", "MAD", "1 200 MAD"),
        ("fr", "0.00", "EUR", "0 €"),
        ("en", "50.00", "EUR", "€50"),
        ("en", "27.50", "EUR", "€27.50"),
        ("en", "400.00", "MAD", "MAD 400"),
        ("en", "400.50", "MAD", "MAD 400.50"),
        ("en", "50.00", "USD", "US$50"),
    ],
)
def test_price_is_said_the_reader_s_way(language, amount, currency, expected):
    with translation.override(language):
        assert plain(tbib.price(Decimal(amount), currency)) == expected


def test_no_price_says_nothing():
    assert tbib.price(None, "EUR") == ""


# -- days and times -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("fr", "day_long", "mardi 13 octobre"),
        ("fr", "day_full", "mardi 13 octobre 2026"),
        ("fr", "day_short", "mar. 13 oct."),
        ("fr", "weekday", "mardi"),
        ("fr", "weekday_short", "mar."),
        ("fr", "day_month", "13 oct."),
        ("fr", "month", "octobre"),
        ("en", "day_long", "Tuesday 13 October"),
        ("en", "day_full", "Tuesday 13 October 2026"),
        ("en", "day_short", "Tue 13 Oct"),
        ("en", "month", "October"),
    ],
)
def test_days_are_words(language, name, expected):
    with translation.override(language):
        assert getattr(tbib, name)(TUESDAY) == expected


def test_the_first_of_a_month_is_premier_in_french():
    with translation.override("fr"):
        assert tbib.day_long(dt.date(2026, 12, 1)) == "mardi 1er décembre"
        assert tbib.day_short(dt.date(2026, 12, 1)) == "mar. 1er déc."
    with translation.override("en"):
        assert tbib.day_long(dt.date(2026, 12, 1)) == "Tuesday 1 December"


def test_a_wall_clock_is_never_moved_to_another_zone():
    late = dt.datetime(2026, 10, 13, 23, 45)
    with translation.override("fr"):
        assert render("{{ at|day_long }} {{ at|clock }}", at=late) == "mardi 13 octobre 23:45"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, ""), (0, "today"), (1, "tomorrow"), (2, "in two days"), (3, "")],
)
def test_near_days_are_said_from_today(days, expected):
    with translation.override("en"):
        assert tbib.day_relative(TUESDAY + dt.timedelta(days=days), TUESDAY) == expected


def test_a_near_day_may_come_with_its_time():
    with translation.override("en"):
        assert tbib.day_relative(dt.datetime(2026, 10, 14, 9), TUESDAY) == "tomorrow"


@pytest.mark.parametrize(
    ("language", "time", "expected"),
    [
        ("fr", dt.time(10, 30), "10 h 30"),
        ("fr", dt.time(9, 5), "9 h 05"),
        ("fr", dt.time(14), "14 h"),
        ("en", dt.time(10, 30), "10:30 AM"),
        ("en", dt.time(14), "2:00 PM"),
        ("en", dt.time(0, 15), "12:15 AM"),
    ],
)
def test_a_time_is_spoken_as_people_speak(language, time, expected):
    with translation.override(language):
        assert tbib.time_spoken(time) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (30, "30 minutes"),
        (90, "90 minutes"),
        (60, "1 heure"),
        (1440, "24 heures"),
        (2160, "36 heures"),
        (2880, "2 jours"),
        (10080, "7 jours"),
    ],
)
def test_a_length_of_time_is_whole(minutes, expected):
    with translation.override("fr"):
        assert plain(tbib.duration(dt.timedelta(minutes=minutes))) == expected


def test_midnight_is_a_time_not_nothing():
    with translation.override("fr"):
        assert tbib.time_spoken(dt.time(0)) == "0 h"
    assert tbib.clock(dt.time(0)) == "00:00"
    assert tbib.clock(None) == ""


# -- phones -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone", "country", "expected"),
    [
        ("+33142715500", "FR", "01 42 71 55 00"),
        ("+33142715500", "MA", "+33 1 42 71 55 00"),
        ("+212522274160", "MA", "05 22 27 41 60"),
        ("+212522274160", "FR", "+212 5 22 27 41 60"),
        ("+33142715500", "", "+33 1 42 71 55 00"),
        ("", "FR", ""),
    ],
)
def test_a_phone_is_national_in_its_own_country(phone, country, expected):
    assert tbib.phone_display(phone, country) == expected


def test_a_phone_link_is_international():
    assert tbib.phone_href("+33142715500") == "tel:+33142715500"
    assert tbib.phone_href("") == ""


def test_what_is_no_number_is_shown_as_it_was_typed():
    assert tbib.phone_display("poste 12", "FR") == "poste 12"
    assert tbib.phone_href("poste 12") == ""


# -- people -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Dr Salma Alami", "SA"),
        ("Jean-Luc de la Marche", "JM"),
        ("Zoé", "Z"),
        ("Dr", ""),
        ("", ""),
    ],
)
def test_an_avatar_shows_initials(name, initials):
    assert tbib.avatar(name)["initials"] == initials


def test_the_same_person_has_the_same_avatar_with_and_without_a_title():
    assert tbib.avatar("Dr Salma Alami") == tbib.avatar("Salma Alami")
    assert tbib.avatar("Salma Alami")["tint"] == "mint"


def test_an_avatar_s_letters_are_escaped():
    assert "&lt;&lt;" in render("{% avatar name %}", name="<b <i")


# -- forms --------------------------------------------------------------------------------


class ExampleForm(forms.Form):
    name = forms.CharField(help_text="As on your card.", widget=forms.TextInput({"class": "wide"}))
    phone = forms.CharField(required=False)
    relation = forms.ChoiceField(choices=[("child", "Child")], widget=forms.RadioSelect)
    country = forms.ChoiceField(choices=[("FR", "France")])
    agrees = forms.BooleanField()


def crispy(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))


def test_a_field_is_described_by_the_hint_and_error_beside_it():
    html = crispy(ExampleForm({"name": ""}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert html.count('aria-invalid="true"') >= 3


def test_a_group_of_radios_is_a_fieldset_with_its_error():
    html = crispy(ExampleForm({"name": "A"}))
    assert 'class="field" aria-describedby="id_relation_error"' in html
    assert 'id="id_relation_error"' in html
    assert '<legend class="label">Relation</legend>' in html


def test_only_optional_fields_are_marked():
    with translation.override("en"):
        html = crispy(ExampleForm())
    assert html.count("(optional)") == 1
    assert "asterisk" not in html
    assert 'class="input wide"' in html


def test_the_error_box_links_to_every_field_in_error():
    html = crispy(ExampleForm({"name": ""}))
    assert 'role="alert"' in html
    for target in ("id_name", "id_relation_0", "id_country", "id_agrees"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html


def test_a_form_without_errors_has_no_error_box():
    assert "error-summary" not in crispy(ExampleForm())
