"""What a doctor's page tells beside the panel."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from doctors.models import Doctor
from doctors.tests.factories import (
    LONG_AGO,
    ConsultationTypeFactory,
    DoctorFactory,
    PracticeFactory,
    SpecialtyFactory,
)
from scheduling.tests.factories import AbsenceFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db


def page(client, doctor, query=""):
    return client.get(f"{doctor.get_absolute_url()}{query}")


def profile(client, doctor, query=""):
    return page(client, doctor, query).context["profile"]


def address_of(client, kind, query=""):
    types = profile(client, kind.doctor, query).types
    return next(address for address, each in types if each == kind)


class TestTypes:
    def test_each_opens_the_panel_at_its_grid(self, client):
        kind = ConsultationTypeFactory()
        ConsultationTypeFactory(doctor=kind.doctor)
        address = address_of(client, kind)
        panel = client.get(address).context["panel"]
        assert (panel.step, panel.consultation_type, panel.state.seen) == (3, kind, "no")
        assert f'href="{address}#booking_panel"' in page(client, kind.doctor).text.replace(
            "&amp;", "&"
        )

    @pytest.mark.parametrize(
        ("options", "query", "seen"),
        [
            ({}, "", "no"),
            ({}, "?seen=yes", "yes"),
            ({"require_existing_patient": True}, "?seen=no", "yes"),
            ({"doctor__accepts_new_patients": False}, "", "yes"),
        ],
    )
    def test_whom_it_is_taken_for(self, client, options, query, seen):
        address = address_of(client, ConsultationTypeFactory(**options), query)
        assert parse_qs(urlsplit(address).query)["seen"] == [seen]

    def test_the_days_that_were_looked_at_stay(self, client):
        kind = ConsultationTypeFactory()
        today = kind.doctor.practice.local(timezone.now()).date().isoformat()
        assert f"from={today}" in address_of(client, kind, f"?from={today}")

    def test_they_lead_nowhere_where_nobody_can_book(self, client):
        kind = ConsultationTypeFactory(doctor__books_online=False)
        assert address_of(client, kind) == ""
        assert f">{kind.name}</a>" not in page(client, kind.doctor).text

    def test_retired_ones_are_not_told(self, client):
        kind = ConsultationTypeFactory(retired_at=LONG_AGO)
        assert profile(client, kind.doctor).types == []


class TestHours:
    def test_are_shown_once_somebody_saved_them(self, client):
        doctor = DoctorFactory()
        assert '<dl class="hours">' not in page(client, doctor).text
        assert "openingHoursSpecification" not in page(client, doctor).text
        OpeningHoursFactory(doctor=doctor)
        assert '<dl class="hours">' in page(client, doctor).text


class TestColleagues:
    def test_listed_ones_of_the_same_practice(self, client):
        doctor = DoctorFactory()
        there = {"practice": doctor.practice}
        colleague = DoctorFactory(**there)
        DoctorFactory(**there, approved_at=None)
        DoctorFactory(**there, hours_saved_at=None)
        DoctorFactory()
        assert profile(client, doctor).colleagues == [colleague]
        assert profile(client, doctor).practice_address == ""
        assert f'href="{colleague.get_absolute_url()}"' in page(client, doctor).text

    def test_of_many_a_few_and_the_way_to_all(self, client):
        practice = PracticeFactory(name="Maison de santé Voltaire")
        doctors = DoctorFactory.create_batch(6, practice=practice)
        found = profile(client, doctors[0])
        assert len(found.colleagues) == 4
        everybody = client.get(found.practice_address).context["results"]
        assert {card.pk for card in everybody.cards} == {doctor.pk for doctor in doctors}

    def test_nobody_else_is_no_section(self, client):
        assert "colleagues" not in page(client, DoctorFactory()).text


class TestBreadcrumb:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_it_leads_to_the_specialty_in_the_city(self, client, settings, language):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        doctor = DoctorFactory(practice__city="Casablanca")
        names = dict.fromkeys(("name_fr", "name_en", "practitioner_fr", "practitioner_en"), "GP")
        DoctorFactory(practice__city="Casablanca", specialty=SpecialtyFactory(slug="gp", **names))
        address = profile(client, doctor).list_address
        assert address == "/doctors/?q=Cardiologue&where=Casablanca"
        cards = client.get(address).context["results"].cards
        assert [card.pk for card in cards] == [doctor.pk]

    def test_it_is_words_in_the_readers_language(self, client):
        doctor = DoctorFactory(practice__city="Casablanca")
        text = page(client, doctor).text
        crumbs = text[text.index('class="crumbs"') : text.index('class="profile"')]
        assert [
            word
            for word in ("Accueil", "Cardiologues à Casablanca", doctor.name)
            if f">{word}</" not in crumbs
        ] == []


class TestWhere:
    def test_access_has_icons_and_a_way_on_a_map(self, client):
        doctor = DoctorFactory(practice__access="Tram T1\nAscenseur")
        text = page(client, doctor).text
        assert f'href="{doctor.practice.directions_address}"' in text.replace("&amp;", "&")
        assert text.count("<span>Tram T1</span>") == 1

    def test_the_other_place_has_its_address_too(self, client):
        clinic = PracticeFactory(name="Clinique du Parc", street="2 quai Sud", city="Lyon")
        doctor = OpeningHoursFactory(practice=clinic).doctor
        text = page(client, doctor).text
        assert "<small>Clinique du Parc</small>" in text
        assert "<b>Clinique du Parc</b><br>2 quai Sud, Lyon" in text

    def test_the_reason_of_an_absence_is_nobodys_business(self, client):
        doctor = DoctorFactory()
        AbsenceFactory(doctor=doctor, reason="CANARY", starts_at=LONG_AGO)
        assert "CANARY" not in page(client, doctor).text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_however_much_there_is_to_tell(
    client, django_assert_num_queries, settings, tmp_path, rows
):
    settings.MEDIA_ROOT = str(tmp_path)
    doctor = DoctorFactory()
    for index in range(rows):
        ConsultationTypeFactory(doctor=doctor)
        OpeningHoursFactory(doctor=doctor, practice=PracticeFactory(), weekday=index % 7)
        AbsenceFactory(doctor=doctor)
        DoctorFactory(practice=doctor.practice, photo=ContentFile(b"", f"{index}-384.webp"))
    # The doctor, types, hours with places, absences, holidays, colleagues.
    with django_assert_num_queries(6):
        response = page(client, doctor)
    assert response.text.count('class="avatar') == 1 + min(rows, 4)
    assert Doctor.objects.count() == 1 + rows
