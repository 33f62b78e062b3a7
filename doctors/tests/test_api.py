"""Doctors and their consultation types as JSON (docs/contracts.md, C11)."""

from decimal import Decimal

import pytest

from doctors.tests.factories import (
    LONG_AGO,
    ConsultationTypeFactory,
    DoctorFactory,
    PracticeFactory,
    SpecialtyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    """A visitor who reads English."""
    client.cookies["django_language"] = "en"
    return client


def doctor_named(name, **options):
    first, last = name.split()
    return DoctorFactory(user__first_name=first, user__last_name=last, **options)


def names(response):
    return [doctor["name"] for doctor in response.json()["items"]]


class TestDoctors:
    def test_a_doctor_is_told_with_specialty_place_and_zone(self, reader):
        practice = PracticeFactory(name="Cabinet Anfa", city="Casablanca")
        practice.time_zone = "Africa/Casablanca"
        practice.save()
        doctor = DoctorFactory(slug="dr-john-smith", practice=practice)
        response = reader.get("/api/doctors")
        assert response.json() == {
            "items": [
                {
                    "id": doctor.pk,
                    "name": "Dr John Smith",
                    "slug": "dr-john-smith",
                    "specialty": "Cardiology",
                    "practice": "Cabinet Anfa",
                    "city": "Casablanca",
                    "time_zone": "Africa/Casablanca",
                }
            ],
            "count": 1,
        }

    def test_the_specialty_is_named_in_the_readers_language(self, client):
        DoctorFactory()
        (doctor,) = client.get("/api/doctors").json()["items"]
        assert doctor["specialty"] == "Cardiologie"

    @pytest.mark.parametrize(
        "hidden", [{"approved_at": None}, {"hours_saved_at": None}, {"user__is_active": False}]
    )
    def test_doctors_who_are_not_listed_are_left_out(self, reader, hidden):
        DoctorFactory(**hidden)
        assert reader.get("/api/doctors").json() == {"items": [], "count": 0}

    @pytest.mark.parametrize("q", ["smith", "SMITH", "Dr. Smith", "smith cardiologue", " smith "])
    def test_q_looks_for_every_word(self, reader, q):
        doctor_named("John Smith")
        doctor_named("Sarah Johnson")
        response = reader.get("/api/doctors", {"q": q})
        assert (names(response), response.json()["count"]) == (["Dr John Smith"], 1)

    @pytest.mark.parametrize("q", ["helene", "HÉLÈNE", "Orleans"])
    def test_q_does_not_care_for_accents(self, reader, q):
        doctor_named("Hélène Petit", practice__city="Orléans")
        assert names(reader.get("/api/doctors", {"q": q})) == ["Dr Hélène Petit"]

    @pytest.mark.parametrize("q", ["%", "_", "'", "x" * 5000])
    def test_q_is_text_never_a_pattern(self, reader, q):
        DoctorFactory()
        assert reader.get("/api/doctors", {"q": q}).json()["items"] == []

    def test_a_nul_in_q_is_a_space(self, reader):
        doctor_named("John Smith")
        assert names(reader.get("/api/doctors", {"q": "smith\x00john\x00"})) == ["Dr John Smith"]

    @pytest.mark.parametrize(
        "text",
        [
            "internal-medicine",
            "Internal Medicine",
            "médecine INTERNE",
            "medecine interne",
            "interniste",
        ],
    )
    def test_specialty_is_a_slug_or_a_name_in_any_language(self, reader, text):
        internal = SpecialtyFactory(
            slug="internal-medicine",
            name_en="Internal Medicine",
            name_fr="Médecine interne",
            practitioner_fr="Interniste",
        )
        doctor_named("Robert Wilson", specialty=internal)
        doctor_named("John Smith")
        assert names(reader.get("/api/doctors", {"specialty": text})) == ["Dr Robert Wilson"]

    @pytest.mark.parametrize("text", ["internal", "nothing", "\x00"])
    def test_part_of_a_specialty_is_no_specialty(self, reader, text):
        DoctorFactory(specialty=SpecialtyFactory(slug="internal-medicine"))
        assert reader.get("/api/doctors", {"specialty": text}).json() == {"items": [], "count": 0}

    @pytest.mark.parametrize("text", ["Fès", "fes", "FÈS", " fès "])
    def test_city_is_a_name_case_and_accents_aside(self, reader, text):
        doctor_named("Nadia Alami", practice__city="Fès")
        doctor_named("Karim Fesi", practice__city="Rabat")
        doctor_named("Lina Tazi", practice__city="Fès Nord")
        assert names(reader.get("/api/doctors", {"city": text})) == ["Dr Nadia Alami"]

    def test_all_three_narrow_together(self, reader):
        doctor_named("John Smith", practice__city="Lyon")
        doctor_named("Anna Smith", practice__city="Paris")
        asked = {"q": "smith", "specialty": "cardiology", "city": "lyon"}
        assert names(reader.get("/api/doctors", asked)) == ["Dr John Smith"]

    def test_twenty_a_page_by_name_and_none_past_the_end(self, reader):
        for n in range(25):
            doctor_named(f"John Smith{n:02d}")
        by_name = [f"Dr John Smith{n:02d}" for n in range(25)]
        pages = [reader.get("/api/doctors", {"page": page}) for page in (1, 2, 3, 999_999_999)]
        assert [names(page) for page in pages] == [by_name[:20], by_name[20:], [], []]
        assert [page.json()["count"] for page in pages] == [25] * 4

    @pytest.mark.parametrize("page", ["", "0", "-1", "abc", "1.5", "9" * 40, "٣"])
    def test_a_page_that_is_no_number_is_a_400(self, reader, page):
        response = reader.get("/api/doctors", {"page": page})
        assert response.json() == {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "“page” must be a whole number from 1.",
            "code": "bad_request",
        }
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")

    @pytest.mark.parametrize("rows", [1, 30])
    def test_two_queries_for_any_number_of_doctors(self, reader, django_assert_num_queries, rows):
        DoctorFactory.create_batch(rows)
        with django_assert_num_queries(2):
            reader.get("/api/doctors")

    def test_two_more_for_specialty_and_city(self, reader, django_assert_num_queries):
        DoctorFactory.create_batch(30)
        with django_assert_num_queries(4):
            reader.get("/api/doctors", {"specialty": "cardiology", "city": "paris"})


class TestConsultationTypes:
    def types_of(self, reader, doctor):
        return reader.get(f"/api/doctors/{doctor.pk}/consultation-types")

    def test_a_type_is_told_as_the_second_step_shows_it(self, reader):
        consultation_type = ConsultationTypeFactory(
            name="Suivi",
            duration=20,
            price=300,
            currency="MAD",
            color="#ff8800",
            require_existing_patient=True,
        )
        assert self.types_of(reader, consultation_type.doctor).json() == [
            {
                "id": consultation_type.pk,
                "name": "Suivi",
                "duration": 20,
                "price": "300 MAD",
                "color": "#ff8800",
                "is_emergency_only": False,
                "require_existing_patient": True,
            }
        ]

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"price": Decimal("49.50")}, "49.50 EUR"),
            ({"price": Decimal("1200.00"), "currency": "MAD"}, "1200 MAD"),
            ({"price": 0}, "0 EUR"),
            ({"price": 50, "price_note": "secteur 2"}, "50 EUR"),
            ({"price_note": "tarif libre"}, "tarif libre"),
            ({}, ""),
        ],
    )
    def test_a_price_carries_its_currency(self, reader, given, told):
        consultation_type = ConsultationTypeFactory(**given)
        assert self.types_of(reader, consultation_type.doctor).json()[0]["price"] == told

    def test_in_the_doctors_order_without_retired_ones_and_other_doctors(self, reader):
        doctor = DoctorFactory()
        for name, position in (("Contrôle", 2), ("Première visite", 1), ("Urgence", 3)):
            ConsultationTypeFactory(doctor=doctor, name=name, position=position)
        ConsultationTypeFactory(doctor=doctor, name="Ancien", retired_at=LONG_AGO)
        ConsultationTypeFactory(name="Ailleurs")
        offered = [each["name"] for each in self.types_of(reader, doctor).json()]
        assert offered == ["Première visite", "Contrôle", "Urgence"]

    @pytest.mark.parametrize("pk", ["12345", "9" * 40, "smith"])
    def test_an_unknown_doctor_is_a_404(self, reader, pk):
        response = reader.get(f"/api/doctors/{pk}/consultation-types")
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        assert response.json()["code"] == "not_found"

    def test_a_doctor_not_yet_approved_is_a_404_except_for_staff(self, reader):
        consultation_type = ConsultationTypeFactory(doctor__approved_at=None)
        assert self.types_of(reader, consultation_type.doctor).status_code == 404
        reader.force_login(consultation_type.doctor.user)
        assert len(self.types_of(reader, consultation_type.doctor).json()) == 1

    @pytest.mark.parametrize("rows", [1, 30])
    def test_two_queries_for_any_number_of_types(self, reader, django_assert_num_queries, rows):
        doctor = DoctorFactory()
        ConsultationTypeFactory.create_batch(rows, doctor=doctor)
        with django_assert_num_queries(2):
            assert len(self.types_of(reader, doctor).json()) == rows
