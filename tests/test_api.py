"""The root of the JSON API: what holds for every address below /api/."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.urls import get_resolver

from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    """A visitor who reads English."""
    client.cookies["django_language"] = "en"
    return client


def every_public_address(kind):
    doctor = f"/api/doctors/{kind.doctor.pk}"
    return [
        "/api/openapi.json",
        "/api/doctors",
        f"{doctor}/consultation-types",
        f"{doctor}/slots?consultation_type_id={kind.pk}",
        f"{doctor}/day?consultation_type_id={kind.pk}",
        f"/api/available-slots?doctor_id={kind.doctor.pk}&date=2026-12-24",
    ]


def test_the_list_of_addresses_here_is_complete():
    (api,) = [each for each in get_resolver().url_patterns if str(each.pattern) == "api/"]
    routes = [str(pattern.pattern) for pattern in api.url_patterns if pattern.name]
    assert routes == [
        "openapi.json",
        "doctors",
        "doctors/<int:doctor_id>/consultation-types",
        "doctors/<int:doctor_id>/slots",
        "doctors/<int:doctor_id>/day",
        "available-slots",
        "appointments",
        "me/patients",
        "doctor/appointments",
        "doctor/background",
        "",
    ]


def test_what_is_public_leaves_no_trace(reader):
    for address in every_public_address(ConsultationTypeFactory()):
        response = reader.get(address)
        assert (response.status_code, response.cookies) == (200, {})
    assert Session.objects.count() == 0


def test_head_answers_as_get(reader):
    for address in every_public_address(ConsultationTypeFactory()):
        head, get = reader.head(address), reader.get(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head["Content-Type"] == get["Content-Type"]


@pytest.mark.parametrize("method", ["get", "head", "post", "delete"])
@pytest.mark.parametrize("address", ["/api/", "/api/nothing", "/api/doctors/1/slots/"])
def test_an_unknown_address_is_a_404_for_programs(reader, address, method):
    response = getattr(reader, method)(address)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    if method != "head":
        assert response.json() == {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is nothing at this address.",
            "code": "not_found",
        }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_can_only_be_read_says_so(reader, method):
    response = getattr(reader, method)(f"/api/doctors/{DoctorFactory().pk}/slots")
    assert response.json() == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": "This cannot be done here.",
        "code": "method_not_allowed",
    }
    assert (response.status_code, response["Allow"]) == (405, "GET")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    "address", ["/api/doctors/{}/slots", "/available_slots?doctor_id={}&date=2026-12-24"]
)
def test_a_database_that_is_down_is_a_503(reader, settings, address, debug):
    settings.DEBUG = debug
    doctor = DoctorFactory()

    def broken(*args):
        raise OperationalError("gone")

    with connection.execute_wrapper(broken):
        response = reader.get(address.format(doctor.pk))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Too many people are booking at once, or we are doing maintenance. "
        "Nothing was changed. Try again in a few seconds.",
        "code": "unavailable",
    }
