"""What search engines and link previews read: addresses, titles, data; and what they may not."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import PatientFactory
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from doctors.tests.pictures import give_photo
from scheduling.tests.factories import open_week

pytestmark = pytest.mark.django_db

SITE = "https://tbib.example"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


class Head(HTMLParser):
    """Metas by name, the canonical address, and the data blocks of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.metas: dict[str, str] = {}
        self.canonical, self.data, self._in_data = "", [], False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        attribute = dict(attributes)
        if tag == "meta" and "content" in attribute:
            self.metas[attribute.get("name") or attribute.get("property")] = attribute["content"]
        if tag == "link" and attribute["rel"] == "canonical":
            assert not self.canonical
            self.canonical = attribute["href"]
        self._in_data = tag == "script" and attribute.get("type") == "application/ld+json"

    def handle_data(self, text: str) -> None:
        if self._in_data:
            self.data.append(json.loads(text))
            self._in_data = False

    @property
    def is_kept(self) -> bool:
        return bool(self.canonical) and "robots" not in self.metas


def read(address: str, client: Client | None = None) -> tuple[Head, Any]:
    response = (client or Client()).get(address)
    return Head(response.text), response


# -- kept, and not ------------------------------------------------------------------------


def test_the_addresses_named_exist():
    for name in django_settings.SEARCH_ENGINE_PAGES:
        reverse(name, args=["a-doctor"] if name == "doctor_page" else [])


@pytest.mark.parametrize("address", ["/accounts/register/", "/accounts/register/doctor/"])
def test_a_public_page_is_kept_under_its_own_address(address):
    head, response = read(address)
    assert head.is_kept
    assert head.canonical == head.metas["og:url"] == SITE + address
    assert "X-Robots-Tag" not in response


def test_a_doctors_page_is_kept_and_its_steps_are_not():
    page = ConsultationTypeFactory().doctor.get_absolute_url()
    head, response = read(page)
    assert (head.canonical, head.is_kept, "X-Robots-Tag" in response) == (SITE + page, True, False)
    for query in ("?seen=yes", "?from=2027-01-04", "?all=1", "?type=1&seen=no", "?utm_source=x"):
        head, response = read(page + query)
        assert (head.is_kept, response["X-Robots-Tag"]) == (False, "noindex")


def test_a_doctor_who_is_not_listed_is_visited_but_not_kept():
    head, response = read(DoctorFactory(hours_saved_at=None).get_absolute_url())
    assert (response.status_code, head.is_kept, head.data) == (200, False, [])


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/register/?next=/bookings/",
        "/accounts/password/reset/",
        "/bookings/confirm-booking/",
        "/api/doctors",
        "/api/openapi.json",
        "/health/",
        "/sitemap.xml",
        "/nothing/here/",
        "/doctors/nobody/",
        "/bookings/hold/",
    ],
)
def test_what_is_personal_transient_or_wrong_is_not_kept(address):
    assert "noindex" in Client().get(address)["X-Robots-Tag"]


@pytest.mark.parametrize("address", ["/bookings/", "/accounts/profile/", "/accounts/email/"])
def test_own_pages_are_not_kept(address):
    client = Client()
    client.force_login(PatientFactory().account)
    head, response = read(address, client)
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert (head.canonical, head.metas["robots"]) == ("", "noindex")


def test_an_old_address_only_leads_to_the_new_one():
    response = Client().get(f"/specialists/{DoctorFactory().pk}/")
    assert (response.status_code, "X-Robots-Tag" in response) == (301, False)


# -- lists --------------------------------------------------------------------------------


@pytest.fixture
def cardiologist():
    return DoctorFactory(
        specialty__slug="cardiologie",
        specialty__name_fr="Cardiologie",
        specialty__practitioner_fr="Cardiologue",
        practice=PracticeFactory(city="Fès", country="MA", latitude=34.03, longitude=-5.0),
    )


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("", ""),
        ("?page=1", ""),
        ("?q=&where=", ""),
        ("?q=Cardiologue", "?q=Cardiologue"),
        ("?q=cardiologie", "?q=Cardiologue"),
        ("?where=fes", "?where=F%C3%A8s"),
        ("?where=Fès&q=CARDIOLOGIE", "?q=Cardiologue&where=F%C3%A8s"),
    ],
)
def test_a_list_is_kept_under_one_address_whichever_name_was_typed(cardiologist, asked, kept):
    head, response = read(f"/doctors/{asked}")
    assert (head.canonical, head.is_kept) == (f"{SITE}/doctors/{kept}", True)
    assert "X-Robots-Tag" not in response


@pytest.mark.parametrize(
    "asked", ["?q=fès", "?q=Cardiologue+Alami", "?q=nobody", "?q=Cardiologue&where=Brest"]
)
def test_a_list_of_words_is_not_kept(cardiologist, asked):
    head, _response = read(f"/doctors/{asked}")
    assert (head.is_kept, head.metas["robots"]) == (False, "noindex")


@pytest.mark.parametrize("asked", ["?within=3", "?q=Cardiologue&video=1", "?new=1", "?language=fr"])
def test_a_filtered_list_is_not_kept(cardiologist, asked):
    head, response = read(f"/doctors/{asked}")
    assert (head.is_kept, response["X-Robots-Tag"]) == (False, "noindex")


def test_other_pages_of_a_list_are_kept_too(cardiologist, monkeypatch):
    monkeypatch.setattr("bookings.finding.order.DOCTORS_PER_PAGE", 1)
    DoctorFactory(specialty=cardiologist.specialty, practice=cardiologist.practice)
    head, _response = read("/doctors/?q=Cardiologue&page=2")
    assert head.canonical == f"{SITE}/doctors/?q=Cardiologue&page=2"


# -- previews -----------------------------------------------------------------------------


def test_a_preview_has_title_text_and_a_picture_of_this_site():
    doctor = DoctorFactory(
        user__first_name="Salma", user__last_name='"A&B" Alami', practice__city="Fès"
    )
    head, response = read(doctor.get_absolute_url())
    title = f'Dr Salma "A&B" Alami, {doctor.specialty.practitioner_fr}, Fès'
    assert head.metas["og:title"] == title
    assert head.metas["og:description"] == head.metas["description"]
    assert head.metas["og:image"] == f"{SITE}/static/share.png"
    assert head.metas["twitter:card"] == "summary_large_image"
    assert "<title>Dr Salma &quot;A&amp;B&quot; Alami, " in response.text


# -- data ---------------------------------------------------------------------------------


def test_a_physician_is_what_the_page_shows():
    doctor = DoctorFactory(
        user__first_name="Salma",
        user__last_name="Alami",
        languages=["fr", "ar"],
        practice=PracticeFactory(
            street="3 rue des Lilas",
            postal_code="75011",
            city="Paris",
            phone="+33142715500",
            latitude=48.86,
            longitude=2.37,
        ),
    )
    open_week(doctor)
    head, _response = read(doctor.get_absolute_url())
    physician, crumbs = head.data
    page = SITE + doctor.get_absolute_url()
    hours = physician.pop("openingHoursSpecification")
    assert physician == {
        "@context": "https://schema.org",
        "@type": "Physician",
        "@id": page,
        "url": page,
        "name": "Dr Salma Alami",
        "medicalSpecialty": doctor.specialty.name_fr,
        "isAcceptingNewPatients": True,
        "telephone": "+33142715500",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "3 rue des Lilas",
            "postalCode": "75011",
            "addressLocality": "Paris",
            "addressCountry": "FR",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 48.86, "longitude": 2.37},
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "reservations",
            "url": page,
            "telephone": "+33142715500",
            "availableLanguage": ["fr", "ar"],
        },
    }
    assert [day["dayOfWeek"] for day in hours][:2] == [
        "https://schema.org/Monday",
        "https://schema.org/Tuesday",
    ]
    assert (hours[0]["opens"], hours[0]["closes"]) == ("09:00", "17:00")
    assert [(item["name"], item["item"]) for item in crumbs["itemListElement"]] == [
        ("Accueil", f"{SITE}/"),
        ("Cardiologues à Paris", f"{SITE}/doctors/?q=Cardiologue&where=Paris"),
        ("Dr Salma Alami", page),
    ]


def test_a_photo_is_the_picture_of_data_and_preview(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    doctor = give_photo(DoctorFactory())
    head, _response = read(doctor.get_absolute_url())
    address, side = doctor.photo_sizes[-1]
    assert head.data[0]["image"] == head.metas["og:image"] == SITE + address
    assert (head.metas["og:image:width"], head.metas["twitter:card"]) == (str(side), "summary")


def test_the_home_page_says_how_to_search():
    head, _response = read("/")
    [website] = head.data
    assert website == {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Tbib",
        "url": f"{SITE}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{SITE}/doctors/?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def test_a_day_around_the_clock_closes_before_midnight():
    doctor = DoctorFactory()
    open_week(doctor, start=0, end=1440)
    head, _response = read(doctor.get_absolute_url())
    [monday, *_] = head.data[0]["openingHoursSpecification"]
    assert (monday["opens"], monday["closes"]) == ("00:00", "23:59")


def test_a_presentation_cannot_end_the_block_it_stands_in():
    evil = "</script><script>alert(1)</script> <!-- & ' \" \\ \u2028"
    head, response = read(DoctorFactory(presentation=evil).get_absolute_url())
    assert head.data[0]["description"] == evil
    assert "<script>alert" not in response.text


# -- sitemap and robots.txt ---------------------------------------------------------------


def addresses(path: str) -> list[str]:
    response = Client().get(path)
    assert response["Content-Type"] == "application/xml"
    return [loc.text for loc in ElementTree.fromstring(response.content).iter(LOC)]


def test_the_index_names_every_page_of_the_sitemap(monkeypatch):
    monkeypatch.setattr("doctors.sitemaps.PublicSitemap.limit", 2)
    for _ in range(3):
        DoctorFactory(practice__city="Fès")
    index = addresses("/sitemap.xml")
    assert [address for address in index if "doctors" in address] == [
        f"{SITE}/sitemap-doctors.xml",
        f"{SITE}/sitemap-doctors.xml?p=2",
    ]
    assert len(addresses("/sitemap-doctors.xml?p=2")) == 1


def test_it_has_the_listed_doctors_and_nobody_else():
    listed = DoctorFactory()
    DoctorFactory(approved_at=None)
    DoctorFactory(hours_saved_at=None)
    DoctorFactory(user__is_active=False)
    assert addresses("/sitemap-doctors.xml") == [SITE + listed.get_absolute_url()]


def test_it_has_each_specialty_in_each_city_once(cardiologist):
    specialty = cardiologist.specialty
    DoctorFactory(practice=cardiologist.practice, specialty=specialty)
    DoctorFactory(practice__city="Agadir", practice__latitude=30.4, specialty=specialty)
    DoctorFactory(practice__city="Nowhere", specialty=specialty)
    assert addresses("/sitemap-specialties.xml") == [
        f"{SITE}/doctors/?q=Cardiologue&where={city}" for city in ("Agadir", "F%C3%A8s")
    ]


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/sitemap.xml", 2),
        ("/sitemap-pages.xml", 0),
        ("/sitemap-doctors.xml", 2),
        ("/sitemap-specialties.xml", 2),
    ],
)
def test_a_page_of_it_asks_as_much_for_many_doctors(
    client, django_assert_num_queries, path, queries, rows
):
    for _ in range(rows):
        DoctorFactory(practice__latitude=48.86)
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize(
    "path", ["/sitemap-nothing.xml", "/sitemap-doctors.xml?p=9", "/sitemap-doctors.xml?p=x"]
)
def test_what_is_not_in_it_is_a_404(client, path):
    assert client.get(path).status_code == 404


def test_every_page_of_the_sitemap_is_kept(cardiologist):
    for index in addresses("/sitemap.xml"):
        for address in addresses(index.removeprefix(SITE)):
            head, _response = read(address.removeprefix(SITE))
            assert (head.canonical, head.is_kept) == (address, True)


def may_visit(path: str) -> bool:
    """Whether robots.txt lets `path` be visited: the longest rule that fits wins."""
    rules = []
    for line in Client().get("/robots.txt").text.splitlines():
        verb, _colon, rule = line.partition(": ")
        if verb in ("Allow", "Disallow"):
            pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$")
            if re.match(pattern, path):
                rules.append((len(rule), verb == "Allow"))
    return max(rules, default=(0, True))[1]


def test_robots_txt_lets_what_is_kept_be_visited(cardiologist):
    for index in addresses("/sitemap.xml"):
        assert may_visit(index.removeprefix(SITE))
        for address in addresses(index.removeprefix(SITE)):
            assert may_visit(address.removeprefix(SITE))
    assert may_visit(cardiologist.get_absolute_url())
    assert may_visit("/doctors/?page=2")
    assert may_visit("/static/build/site.css")
    assert f"Sitemap: {SITE}/sitemap.xml" in Client().get("/robots.txt").text


@pytest.mark.parametrize(
    "path",
    [
        "/doctors/salma-alami/?from=2027-01-04",
        "/doctors/salma-alami/?seen=yes&type=3",
        "/doctors/salma-alami/grid/?from=2027-01-04",
        "/doctors/?q=Cardiologie&within=3",
        "/bookings/",
        "/book",
        "/dashboard/",
        "/accounts/login/",
        "/api/doctors",
        "/admin/",
    ],
)
def test_robots_txt_keeps_visitors_out_of_what_is_personal_or_endless(path):
    assert not may_visit(path)


# -- small files --------------------------------------------------------------------------


def test_the_manifest_names_pictures_that_are_there(client):
    manifest = client.get("/site.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    sources = [picture["src"] for picture in manifest.json()["icons"]]
    assert sources == ["/static/favicon.svg", "/static/icon-192.png", "/static/icon-512.png"]


def test_the_icon_is_found_where_nobody_said_where_it_is(client):
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/favicon.svg")
