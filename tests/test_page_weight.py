"""CSS and JavaScript stay small enough for a phone on a slow line."""

from __future__ import annotations

import gzip
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from accounts.tests.factories import PatientFactory
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

BUDGET = 100_000
"""Bytes of one page's files, compressed."""


class Files(HTMLParser):
    """The style sheets and scripts that a page asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        attribute = dict(attributes)
        if tag == "script" and "src" in attribute:
            self.names.append(attribute["src"])
        if tag == "link" and attribute["rel"] == "stylesheet":
            self.names.append(attribute["href"])


def compressed(name: str) -> int:
    path = finders.find(name.removeprefix("/static/"))
    return len(gzip.compress(Path(path).read_bytes()))


PAGES = (
    "/",
    "/doctors/",
    "{doctor}",
    "{doctor}?seen=yes&type={kind}",
    "/bookings/confirm-booking/",
    "/bookings/",
    "/accounts/login/",
    "/accounts/register/",
    "/accounts/register/doctor/",
    "/accounts/profile/",
    "/nothing/here/",
)


@pytest.mark.parametrize("is_signed_in", [False, True], ids=["visitor", "patient"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_less_than_the_budget(client, page, is_signed_in):
    if is_signed_in:
        client.force_login(PatientFactory().account)
    kind = ConsultationTypeFactory()
    page = page.format(doctor=kind.doctor.get_absolute_url(), kind=kind.pk)
    names = Files(client.get(page, follow=True).text).names
    assert "/static/build/site.css" in names
    assert len(names) == len(set(names)) >= 3
    assert sum(map(compressed, names)) < BUDGET
