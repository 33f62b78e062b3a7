"""The API's description is true and whole.

schemathesis reads the description and sends requests that it allows and requests that it does
not, through the WSGI app, as a visitor, a patient and a doctor. No answer is a 500, and each has a
status, a content type and a body of the description, its code too. Real ids, names and days are
mixed in, so that bookings succeed.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from types import SimpleNamespace

import hypothesis
import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import verified
from config.api import api
from config.wsgi import application
from doctors.tests.factories import ConsultationTypeFactory

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 12, 22, 8, tzinfo=dt.UTC)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Of the profile's examples: 50 for each operation, 3,333 when looking for new ones.
SHARE = 6

DESCRIPTION = json.loads(json.dumps(api.get_openapi_schema()))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.app = application
OPERATIONS = [
    (path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods
]

# What databases, calendars and counters choke on; and what is merely no use.
HARD = ["", " ", "\x00", "’", "x" * 5000, "0001-01-01", "9999-12-31", "24:00", "-1", "9" * 30]
NO_TEXT = [0, -1, 2**31, 2**63, 10**30, True, None, 1.5, [], {}]
UNFIT = ["12345", "nobody", "2026-12-20", "2028-01-01", "10:00 AM - 10:30 AM"]


@pytest.fixture
def world(time_machine):
    """A doctor with one visit booked, and a patient with a child."""
    time_machine.move_to(TUESDAY, tick=False)
    kind = ConsultationTypeFactory()
    AppointmentFactory(
        consultation_type=kind, starts_at=dt.datetime(2026, 12, 24, 9, tzinfo=dt.UTC)
    )
    patient = verified(PatientFactory())
    child = RelativeFactory(account=patient.account)
    emergency = ConsultationTypeFactory(doctor=kind.doctor, is_emergency_only=True)
    ours = {
        "doctor": kind.doctor_id,
        "consultation_type": kind.pk,
        "appointment_time": "2026-12-24T09:00",
        "patient": child.pk,
        "reason": "Mal au genou",
    }
    theirs = {
        "patient_id": patient.pk,
        "patient_name": "Nadia Benali",
        "doctor_name": "Dr. John Smith",
        "time_slot": "9:00 AM - 9:30 AM",
        "date": "2026-12-24",
    }
    return SimpleNamespace(
        known={
            "doctor_id": kind.doctor_id,
            "doctor": kind.doctor_id,
            "doctor_name": "Dr. John Smith",
            "consultation_type_id": kind.pk,
            "patient": patient.pk,
            "start_date": "2026-12-24",
            "date": "2026-12-24",
            "start": "2026-12-24",
            "end": "2026-12-25",
            "days": 3,
            "q": "smith",
            "page": 1,
            "city": "Paris",
            "specialty": "cardiology",
        },
        bodies=[ours, theirs],
        wrong=[*HARD, *UNFIT, f"{emergency.pk}"],
        sent_by={
            "visitor": {},
            "patient": signed_in(patient.account),
            "doctor": signed_in(kind.doctor.user),
        },
    )


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Hundreds of refusals are what is wanted here."""
    caplog.set_level(logging.ERROR, "django.request")


@pytest.fixture(autouse=True)
def one_connection():
    """The app stays in the test's transaction, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def signed_in(user):
    """What this person's requests carry."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    token = get_token(RequestFactory().get("/"))
    return {
        "cookies": {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token},
        "headers": {"X-CSRFToken": token},
    }


def good_case(operation, world, body=None):
    """A request that would be answered."""

    def known(parameters):
        return {parameter.name: world.known[parameter.name] for parameter in parameters}

    return operation.Case(
        path_parameters=known(operation.path_parameters),
        query=known(operation.query),
        **({"body": dict(body), "media_type": "application/json"} if body else {}),
    )


@st.composite
def cases(draw, operation, world):
    """A request as the description allows it or as it does not; or one that would be answered,
    with up to two values that spoil it."""
    if draw(st.booleans()):
        mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        return draw(operation.as_strategy(mode))
    is_post = operation.method == "post"
    case = good_case(operation, world, draw(st.sampled_from(world.bodies)) if is_post else None)
    for values in values_of(case):
        wrong = [*world.wrong, *(NO_TEXT if values is case.body else [])]
        names, spoiling = st.sampled_from(sorted(values)), st.sampled_from(wrong)
        values |= draw(st.dictionaries(names, spoiling, max_size=2))
    return case


def values_of(case):
    """The parts of a request that hold values, by name."""
    parts = (case.path_parameters, case.query, case.body)
    return [part for part in parts if isinstance(part, dict) and part]


def ask(case, world, person):
    """The answer's status, when it is as described."""
    with transaction.atomic():
        sent = world.sent_by[person]
        plain = {"Accept-Encoding": "identity"}
        response = case.call(**{**sent, "headers": {**sent.get("headers", {}), **plain}})
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
    return response.status_code


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_is_described_is_what_is_answered(world, path, method):
    operation = SCHEMA[path][method]
    statuses = set()

    @hypothesis.given(case=cases(operation, world), person=st.sampled_from(list(world.sent_by)))
    @hypothesis.settings(max_examples=hypothesis.settings().max_examples // SHARE)
    def ask_anything(case, person):
        statuses.add(ask(case, world, person))

    ask_anything()
    assert (201 if method == "post" else 200) in statuses
    if "security" in DESCRIPTION["paths"][path][method]:
        assert 401 in statuses


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_one_wrong_value_is_answered_as_described(world, path, method):
    """Each of them in each place."""
    operation = SCHEMA[path][method]
    for body in world.bodies if method == "post" else [None]:
        for number, values in enumerate(values_of(good_case(operation, world, body))):
            for name in values:
                for wrong in [*world.wrong, *(NO_TEXT if body else [])]:
                    case = good_case(operation, world, body)
                    values_of(case)[number][name] = wrong
                    ask(case, world, "patient")


# -- what schemathesis cannot know ---------------------------------------------------------


def test_each_address_and_method_is_described():
    assert OPERATIONS == [
        ("/api/doctors", "get"),
        ("/api/doctors/{doctor_id}/consultation-types", "get"),
        ("/api/doctors/{doctor_id}/slots", "get"),
        ("/api/doctors/{doctor_id}/day", "get"),
        ("/api/available-slots", "get"),
        ("/api/appointments", "post"),
        ("/api/me/patients", "get"),
        ("/api/doctor/appointments", "get"),
        ("/api/doctor/background", "get"),
    ]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_each_operation_and_parameter_has_a_description(path, method):
    operation = DESCRIPTION["paths"][path][method]
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation["parameters"]:
        assert parameter["description"], parameter["name"]
        assert "anyOf" not in parameter["schema"], parameter["name"]


def test_the_codes_of_contract_c2_are_described():
    responses = DESCRIPTION["paths"]["/api/doctors/{doctor_id}/slots"]["get"]["responses"]
    schema = responses["403"]["content"]["application/problem+json"]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    assert DESCRIPTION["components"]["schemas"][name]["properties"]["code"]["enum"] == [
        "existing_patient_required",
        "new_patients_not_taken",
        "patient_blocked",
        "no_online_booking",
        "emergency_too_far",
    ]


def test_the_days_of_contract_c1_have_their_limits():
    parameters = DESCRIPTION["paths"]["/api/doctors/{doctor_id}/slots"]["get"]["parameters"]
    (days,) = [each["schema"] for each in parameters if each["name"] == "days"]
    assert (days["type"], days["minimum"], days["maximum"], days["default"]) == (
        "integer",
        1,
        31,
        3,
    )


def test_booking_needs_the_session():
    (scheme,) = DESCRIPTION["components"]["securitySchemes"].values()
    assert (scheme["in"], scheme["name"]) == ("cookie", "sessionid")
    assert DESCRIPTION["paths"]["/api/appointments"]["post"]["security"] == [{"Session": []}]


# -- the page about the API ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title", "summary"),
    [
        ("en", "API for developers", "Find doctors"),
        ("fr", "API pour les développeurs", "Trouver des médecins"),
    ],
)
def test_page_and_description_are_in_the_readers_language(client, language, title, summary):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert f"<h1>{title}</h1>" in client.get("/developers/").content.decode()
    paths = client.get("/api/openapi.json").json()["paths"]
    assert paths["/api/doctors"]["get"]["summary"] == summary


def test_the_page_needs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/developers/").status_code == 200
