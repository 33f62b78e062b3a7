"""Dates as people type them."""

import datetime as dt

import pytest

from web.dates import typed_date

TODAY = dt.date(2027, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "12/03/1984",
        "12.03.1984",
        "12-3-1984",
        "12 3 1984",
        "12 3 84",
        "12.03.84",
        "12031984",
        "120384",
        "1984-03-12",
        "1984/3/12",
        " 12 mars 1984 ",
        "12 March 1984",
        "le 12 MARS 84",
        "١٢/٠٣/١٩٨٤",
    ],
)
def test_every_usual_form_is_understood(text):
    assert typed_date(text, latest=TODAY) == dt.date(1984, 3, 12)


def test_the_first_of_a_month_and_accents():
    assert typed_date("1er févr. 1990", latest=TODAY) == dt.date(1990, 2, 1)
    assert typed_date("1 août 1990", latest=TODAY) == dt.date(1990, 8, 1)


def test_two_digits_of_a_year_are_the_last_such_year():
    assert typed_date("1/3/27", latest=TODAY) == dt.date(2027, 3, 1)
    assert typed_date("2/3/27", latest=TODAY) == dt.date(1927, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "12", "12/03", "12/03/198", "12/03/19844", "1/2/3/4", "00/00/0000"),
        *("31/02/1984", "03/13/1984", "12 ma 1984", "12 jui 1984", "123456789", "1984"),
        "12/03/1984 " * 20,
    ],
)
def test_anything_else_is_no_date(text):
    assert typed_date(text, latest=TODAY) is None
