"""Prices: three decimals of a dinar, commas and points, at every door."""

from decimal import Decimal

import pytest
from django.forms import modelform_factory
from django.utils import translation

from bookings.tests.steps import book
from dashboard.configuration.forms import TypeForm
from doctors.models import ConsultationType
from doctors.prices import plain_amount, plain_number
from doctors.tests.factories import ConsultationTypeFactory
from web.templatetags.tbib import price

LANGUAGES = ["fr", "en", "ar"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("49,50", "49.50"),
        ("49.5", "49.5"),
        ("1 250,50", "1250.50"),
        ("1\N{NARROW NO-BREAK SPACE}250,50", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1’250.50", "1250.50"),
        ("1.250.000", "1250000"),
        ("12,525", "12.525"),
        ("12٫5", "12.5"),
        ("50", "50"),
        ("cinquante", "cinquante"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, number):
    assert plain_number(typed) == number


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("49.500", "EUR", "49.50"),
        ("12.525", "TND", "12.525"),
        ("12.500", "KWD", "12.500"),
        ("12.000", "TND", "12"),
        ("1500.000", "XOF", "1500"),
    ],
)
def test_programs_get_the_decimals_of_the_currency(amount, currency, text):
    assert plain_amount(Decimal(amount), currency) == text


def test_people_read_them_too():
    with translation.override("fr"):
        said = [price(Decimal(amount), "TND") for amount in ("12.500", "12.000")]
        said.append(price(Decimal("49.500"), "EUR"))
    assert [text.replace("\xa0", " ") for text in said] == ["12,500 TND", "12 TND", "49,50 €"]


FIELDS = ["name", "duration", "price", "currency"]


def admin_form(consultation_type, **typed):
    """The fields of the admin's forms, as Django makes them of the model."""
    data = {"name": "Suivi", "duration": "30"} | typed
    return modelform_factory(ConsultationType, fields=FIELDS)(data, instance=consultation_type)


def cockpit_form(consultation_type, **typed):
    data = {
        "name": "Suivi",
        "duration": "30",
        "buffer_after": "0",
        "color": "#129d82",
        "notice_minutes": "0",
        "horizon_days": "180",
    }
    return TypeForm(data | typed, instance=consultation_type)


@pytest.mark.django_db
@pytest.mark.parametrize("form", [admin_form, cockpit_form])
class TestForms:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("typed", ["12,525", "12.525"])
    def test_three_decimals_of_a_dinar_are_kept_in_every_language(self, form, language, typed):
        consultation_type = ConsultationTypeFactory()
        with translation.override(language):
            form(consultation_type, price=typed, currency="TND").save()
        consultation_type.refresh_from_db()
        assert consultation_type.price == Decimal("12.525")

    @pytest.mark.parametrize("typed", ["12,525", "1,250"])
    def test_more_decimals_than_the_currency_has_are_refused(self, form, typed):
        with translation.override("fr"):
            errors = form(ConsultationTypeFactory(), price=typed, currency="EUR").errors
        assert errors == {"price": ["Un prix en EUR a 2 décimales au plus."]}

    @pytest.mark.parametrize(
        ("amount", "shown"), [("49.500", "49,50"), ("50.000", "50"), ("12.525", "12,525")]
    )
    def test_no_decimal_is_shown_that_says_nothing(self, form, amount, shown):
        consultation_type = ConsultationTypeFactory(price=Decimal(amount), currency="TND")
        with translation.override("fr"):
            unbound = type(form(consultation_type))(instance=consultation_type)
            assert unbound["price"].value() == shown


@pytest.mark.django_db
def test_a_visit_keeps_the_price_with_its_three_decimals():
    visit = book(ConsultationTypeFactory(price=Decimal("12.525"), currency="TND"))
    visit.refresh_from_db()
    assert visit.price == Decimal("12.525")
