"""Numbers of the statistics, as the reader writes them."""

from __future__ import annotations

from babel.numbers import format_decimal, format_percent
from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def percent(rate: float | None) -> str:
    """0.834 is "83 %"; "" for no rate."""
    return "" if rate is None else format_percent(rate, locale=_language())


@register.filter
def decimal(value: float) -> str:
    """ "12", "3,5": one decimal at most."""
    return format_decimal(round(value, 1), "#,##0.#", locale=_language())


def _language() -> str:
    return (get_language() or "fr")[:2]
