"""Amounts of money: the decimals of a currency, and prices as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.db import models
from django.utils.formats import localize_input


def decimals_of(currency: str) -> int:
    """2 for EUR, 3 for TND and KWD, 0 for XOF."""
    return get_currency_precision(currency)


def has_too_many_decimals(amount: Decimal, currency: str) -> bool:
    """Whether `amount` is written with more decimals than `currency` has."""
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and -exponent > decimals_of(currency)


def plain_amount(amount: Decimal, currency: str) -> str:
    """ "49.50", "12.500" for TND, "50": with all decimals of the currency, or with none."""
    if amount == amount.to_integral_value():
        return f"{amount:.0f}"
    return f"{amount:.{decimals_of(currency) or 2}f}"


def plain_number(text: str) -> str:
    """ "1 250,50", "1.250,50" and "1'250.50" as "1250.50": the last sign is the decimal one."""
    text = re.sub(r"[\s'’]", "", text).replace("٫", ".")
    at = max(text.rfind(","), text.rfind("."))
    if at < 0 or text.count(text[at]) > 1:
        return re.sub(r"[.,]", "", text)
    return re.sub(r"[.,]", "", text[:at]) + "." + text[at + 1 :]


class PriceFormField(forms.DecimalField):
    """Reads a comma and a point in every language; shows no decimal that says nothing."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        places = max(2, -int(value.normalize().as_tuple().exponent))
        is_whole = value == value.to_integral_value()
        return localize_input(Decimal(f"{value:.{0 if is_whole else places}f}"))


class PriceField(models.DecimalField):
    """An amount with room for the three decimals of a dinar."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_digits": 10, "decimal_places": 3, **options})

    def from_db_value(self, value: Decimal | None, *_args: Any) -> Decimal | None:
        """Drop the zeros that the column adds: "31.00" is what was written, not "31.000"."""
        if value is None or value.as_tuple().digits[-1]:
            return value
        return value.quantize(Decimal("0.01"))

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": PriceFormField, **options})
