"""The page about the API says what the description says."""

import html
import re

import pytest

from config.api import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide(client):
    """The page in English, as text."""
    client.cookies["django_language"] = "en"
    response = client.get("/developers/")
    assert response.status_code == 200
    return response.content.decode()


def code_of(page, label):
    """The blocks of code under that label."""
    blocks = re.findall(rf"<figcaption>{label}</figcaption><pre[^>]*><code[^>]*>([^<]*)", page)
    return [html.unescape(block) for block in blocks]


def operation(page, name):
    (article,) = re.findall(rf'<article[^>]*id="{name}".*?</article>', page, re.DOTALL)
    return article


def test_every_operation_is_there_with_its_address(guide):
    told = re.findall(r'"method method-(\w+)">\w+</span><code[^>]*>([^<]+)</code>', guide)
    paths = api.get_openapi_schema()["paths"]
    assert sorted(told) == sorted((method, path) for path in paths for method in paths[path])


def test_a_request_can_be_pasted_into_a_terminal(guide):
    assert code_of(operation(guide, "doctor_slots"), "Request") == [
        'curl "http://testserver/api/doctors/1/slots?start_date=2026-12-24&days=3"'
    ]
    (booking,) = code_of(operation(guide, "book_appointment"), "Request")
    assert booking.splitlines()[:5] == [
        'curl "http://testserver/api/appointments" \\',
        "  -b cookies.txt \\",
        '  -H "X-CSRFToken: $TOKEN" \\',
        '  -H "Origin: http://testserver" \\',
        '  -H "Content-Type: application/json" \\',
    ]


def test_each_code_is_told_with_its_meaning(guide):
    refusals = re.findall(
        r"<dt><b>(\d+)</b> <code[^>]*>([^<]+)</code></dt><dd>([^<]+)</dd>",
        operation(guide, "available_slots"),
    )
    assert [(int(status), code) for status, code, _meaning in refusals] == [
        (400, "bad_request"),
        (400, "All fields are required!"),
        (403, "existing_patient_required"),
        (403, "new_patients_not_taken"),
        (403, "patient_blocked"),
        (403, "no_online_booking"),
        (404, "not_found"),
        (409, "several_doctors"),
        (422, "type_not_offered"),
    ]


def test_success_is_shown_by_example(guide):
    (answer,) = code_of(operation(guide, "available_slots"), "200 OK")
    assert '"9:00 AM - 9:30 AM"' in answer


def test_it_needs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/developers/")


def test_it_speaks_french_too(client):
    guide = client.get("/developers/").content.decode()
    assert "<h1>API pour les développeurs</h1>" in guide
    assert "Le numéro du médecin." in operation(guide, "book_appointment")
