"""An empty list offers other lists that are not empty, and its title has number and place."""

import html
import re

import pytest
import time_machine
from django.core.cache import cache

from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import DoctorFactory, PracticeFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db

PARIS = {"city": "Paris", "latitude": 48.857, "longitude": 2.352}
LYON = {"city": "Lyon", "latitude": 45.76, "longitude": 4.84}
BREST = {"city": "Brest", "latitude": 48.39, "longitude": -4.49}


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def doctors(number, place, **options):
    practice = PracticeFactory(**place)
    return DoctorFactory.create_batch(number, practice=practice, **options)


def dermatology():
    return SpecialtyFactory(
        slug="dermatologie",
        name_en="Dermatology",
        name_fr="Dermatologie",
        practitioner_en="Dermatologist",
        practitioner_fr="Dermatologue",
    )


def words(text):
    return " ".join(html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", text, flags=re.S)).split())


def offers(client, address):
    """{words: address} of the links of the empty list."""
    page = client.get(address).text
    empty = page[page.index('class="card empty"') :].split("</main>")[0]
    links = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', empty, flags=re.S)
    return {words(text): html.unescape(href) for href, text in links}


def titles(client, address):
    page = client.get(address).text
    found = [re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", page, flags=re.S) for tag in ("title", "h1")]
    return [words(each[1]) for each in found]


class TestOffers:
    def test_the_specialty_elsewhere_by_video_and_others_here(self, client):
        doctors(2, BREST)
        doctors(1, PARIS, specialty=dermatology())
        doctors(3, LYON, specialty=dermatology(), offers_video=True)
        found = offers(client, "/doctors/?q=dermatologue&where=Brest")
        assert found == {
            "1 dermatologue à Paris 505 km": "/doctors/?q=Dermatologue&where=Paris",
            "3 dermatologues par vidéo": "/doctors/?q=Dermatologue&video=1",
            "4 dermatologues partout": "/doctors/?q=Dermatologue",
            "2 praticiens à Brest": "/doctors/?where=Brest",
        }

    def test_every_offer_leads_to_as_many_as_it_says(self, client):
        doctors(2, BREST)
        doctors(1, PARIS, specialty=dermatology())
        doctors(3, LYON, specialty=dermatology(), offers_video=True)
        found = offers(client, "/doctors/?q=dermatologue&where=Brest")
        totals = {text: client.get(href).context["results"].total for text, href in found.items()}
        assert {text: int(text.split()[0]) for text in found} == totals

    def test_all_of_them_in_one_city_are_offered_once(self, client):
        doctors(2, PARIS, specialty=dermatology())
        assert offers(client, "/doctors/?q=dermatologue&where=Brest") == {
            "2 dermatologues à Paris 505 km": "/doctors/?q=Dermatologue&where=Paris"
        }

    def test_a_name_that_is_somewhere_else(self, client):
        doctors(1, PARIS, user__last_name="Martin")
        doctors(1, LYON, user__last_name="Durand")
        assert offers(client, "/doctors/?q=martin&where=Lyon") == {
            "1 praticien pour « martin »": "/doctors/?q=martin",
            "1 praticien à Lyon": "/doctors/?where=Lyon",
        }

    def test_without_its_filters_the_search_finds_somebody(self, client):
        doctors(4, PARIS)
        found = offers(client, "/doctors/?q=cardiologue&where=Paris&language=de")
        assert found["Voir 4 praticiens sans filtre"] == "/doctors/?q=cardiologue&where=Paris"

    def test_nothing_known_leads_to_all_doctors(self, client):
        doctors(1, PARIS)
        assert offers(client, "/doctors/?q=zzzz") == {"Voir tous les médecins": "/doctors/"}

    @pytest.mark.parametrize("rows", [1, 30])
    def test_costs_the_same_for_many_doctors(self, client, django_assert_num_queries, rows):
        doctors(rows, BREST)
        doctors(rows, LYON, specialty=dermatology(), offers_video=True)
        address = "/doctors/?q=dermatologue&where=Brest"
        client.get(address)
        cache.clear()
        with django_assert_num_queries(24):
            client.get(address)


class TestTitle:
    def test_says_how_many_of_what_where(self, client):
        doctors(4, PARIS)
        assert titles(client, "/doctors/?q=cardio&where=paris") == [
            "4 cardiologues à Paris · Tbib",
            "4 cardiologues à Paris",
        ]

    @pytest.mark.parametrize(
        ("address", "title"),
        [
            ("?q=cardiologue", "1 cardiologue"),
            ("?where=Paris", "1 praticien à Paris"),
            ("?q=martin", "1 praticien pour « martin »"),
            ("?q=dermatologue&where=Paris", "Dermatologue à Paris"),
            ("", "Trouver un médecin"),
        ],
    )
    def test_of_one_and_of_none(self, client, address, title):
        dermatology()
        doctors(1, PARIS, user__last_name="Martin")
        assert titles(client, f"/doctors/{address}")[1] == title

    def test_a_very_long_text_is_cut(self, client):
        title, heading = titles(client, f"/doctors/?q={'a' * 500}")
        assert (heading, title) == (f"Praticiens pour « {'a' * 59}… »", f"{heading} · Tbib")
        search = client.get(f"/doctors/?q={'a' * 500}").context["search"]
        assert search.what == "a" * 100
