"""The first page, and the suggestions of its search bar."""

from __future__ import annotations

import re

import pytest
from django.utils.html import escape

from doctors.tests.factories import DoctorFactory, PracticeFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db


def specialty(number):
    return SpecialtyFactory(
        slug=f"field-{number}",
        name_en=f"Field {number}",
        name_fr=f"Domaine {number}",
        practitioner_fr=f"Spécialiste {number}",
    )


def suggestions(client, **query):
    return client.get("/search/suggestions/", query).content.decode()


class TestHome:
    def test_specialties_with_most_doctors_come_first_with_how_many(self, client):
        for number in (1, 2, 3):
            DoctorFactory.create_batch(number, specialty=specialty(number))
        DoctorFactory(specialty=specialty(4), approved_at=None)

        shown = client.get("/").context["specialties"]

        counts = [(each.practitioner, each.number) for each in shown]
        assert counts == [("Spécialiste 3", 3), ("Spécialiste 2", 2), ("Spécialiste 1", 1)]

    def test_a_specialty_leads_to_its_doctors(self, client):
        DoctorFactory(specialty=specialty(1))

        page = client.get("/").content.decode()

        assert 'href="/doctors/?q=Sp%C3%A9cialiste%201"' in page
        assert "1 praticien<" in page

    def test_eight_specialties_fit(self, client):
        for number in range(10):
            DoctorFactory(specialty=specialty(number))

        assert len(client.get("/").context["specialties"]) == 8

    def test_before_the_first_doctor_there_is_a_page_too(self, client):
        response = client.get("/")

        assert (response.status_code, list(response.context["specialties"])) == (200, [])
        assert "Par spécialité" not in response.content.decode()

    def test_the_bar_is_a_plain_form(self, client):
        page = client.get("/").content.decode()

        assert re.search(r'action="/doctors/"\s+role="search"', page)
        assert len(re.findall(r"<input\s+name=", page)) == 2

    def test_days_shown_are_workdays(self, client):
        days = client.get("/").context["days"]

        assert [day.weekday() < 5 for day in days] == [True] * 3

    @pytest.mark.parametrize("rows", [1, 30])
    def test_one_query_for_a_visitor(self, client, django_assert_num_queries, rows):
        DoctorFactory.create_batch(rows)

        with django_assert_num_queries(1):
            client.get("/")


class TestSuggestions:
    def test_each_kind_leads_on_in_its_own_way(self, client):
        practice = PracticeFactory(name="Smith & Co", city="Lyon", latitude=45.8, longitude=4.8)
        doctor = DoctorFactory(practice=practice)

        answer = suggestions(client, q="smith")

        assert f'data-href="{doctor.get_absolute_url()}"' in answer
        assert 'data-href="/doctors/?q=Smith%20%26%20Co&amp;where=Lyon"' in answer
        assert "<mark>Smith</mark> &amp; Co" in answer
        assert 'data-fill="Cardiologue" data-into="what"' in suggestions(client, q="cardio")
        assert 'data-fill="Lyon" data-into="where"' in suggestions(client, q="lyon")

    def test_a_practice_leads_to_its_doctors_alone(self, client):
        here = PracticeFactory(name="Centre Lyon", city="Lyon", latitude=45.8, longitude=4.8)
        doctor = DoctorFactory(practice=here)
        DoctorFactory(practice__city="Lyon", practice__latitude=45.8, practice__longitude=4.8)

        response = client.get("/doctors/", {"q": "Centre Lyon", "where": "Lyon"})

        assert list(response.context["results"].page) == [doctor.pk]

    def test_where_suggests_cities_alone(self, client):
        practice = PracticeFactory(city="Lyon", latitude=45.8, longitude=4.8)
        DoctorFactory(user__last_name="Lyonnet", practice=practice)

        answer = suggestions(client, q="lyon", field="where")

        assert 'id="suggestions-where"' in answer
        assert (answer.count('role="group"'), "Lyonnet" in answer) == (1, False)

    @pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "c"}, {"q": "zz", "field": "nowhere"}])
    def test_nothing_to_suggest_is_an_empty_list_that_says_so(self, client, query):
        answer = suggestions(client, **query)

        assert 'role="option"' not in answer
        assert 'data-announce="Aucune suggestion"' in answer

    def test_how_many_there_are_is_said(self, client):
        DoctorFactory()

        assert 'data-announce="1 suggestion"' in suggestions(client, q="cardio")

    def test_names_are_escaped(self, client):
        name = '<img src=x onerror="alert(1)">'
        DoctorFactory(practice__name=f"Smith {name}")

        answer = suggestions(client, q="smith")

        assert name not in answer
        assert escape('onerror="alert(1)"') in answer

    @pytest.mark.parametrize("rows", [1, 30])
    def test_four_queries_for_any_number_of_doctors(self, client, django_assert_num_queries, rows):
        DoctorFactory.create_batch(rows, practice__latitude=48.9, practice__longitude=2.3)

        with django_assert_num_queries(4):
            suggestions(client, q="smi")
