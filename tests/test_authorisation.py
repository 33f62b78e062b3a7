"""Every route x everyone x GET and POST: what each of them gets, and that nothing is written
where nothing may be.

A route that is not in the table fails the build, and so does one that is gone. Strangers'
objects are 404, never 403: that they exist is nobody's business.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from accounts.tests.factories import AdminFactory, PatientFactory, RelativeFactory
from bookings import services
from bookings.messages.outbox import send_due
from bookings.models import Appointment, PatientFile, PrivateNote, WaitingScreen
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, WaitingListEntryFactory
from bookings.waiting_room.ticket import ticket_of
from doctors import photos
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory
from scheduling.tests.factories import AbsenceFactory

pytestmark = pytest.mark.django_db

PEOPLE = (
    "anonymous",
    "patient_a",
    "patient_b",
    "doctor_a",
    "doctor_b",
    "secretary_a",
    "secretary_b",
    "admin",
)
SIGN_IN = "sign in"
"""A redirect to the sign-in page."""

CANARY = "canary-5b81e"
"""In doctor A's private notes, which reach nobody else: looked for in every answer."""
OWN_NOTES = {
    "dashboard/desk/<uuid:pk>/",
    "dashboard/patients/<int:pk>/",
}
"""Where doctor A reads them."""

Statuses = dict[str, int | str]


def everyone(answer: int) -> Statuses:
    return dict.fromkeys(PEOPLE, answer)


def signed_in(answer: int) -> Statuses:
    return everyone(answer) | {"anonymous": SIGN_IN}


def only(*people: str, answer: int) -> Statuses:
    """`people` get `answer`, anonymous visitors the sign-in page, everybody else a 404."""
    return signed_in(404) | dict.fromkeys(people, answer)


NOT_ALLOWED = everyone(405)
NOT_ALLOWED_BEHIND_SIGN_IN = signed_in(405)
CONCERNED = ("patient_a", "doctor_a", "secretary_a", "admin")
DESK = ("doctor_a", "secretary_a", "admin")
COCKPIT = ("doctor_a", "secretary_a")
"""An admin works at no desk: what an admin changes goes through the admin."""


@dataclass
class Route:
    """`path` may name objects of side A; `data` is posted; `post` is what each gets then."""

    path: str
    get: Statuses
    post: Statuses
    data: dict[str, Any] = field(default_factory=lambda: {"nonsense": "1"})
    is_json: bool = False


def page(path: str) -> Route:
    """A public page that only shows."""
    return Route(path, everyone(200), NOT_ALLOWED)


def moved(path: str) -> Route:
    """An old address: whatever is asked there, it is elsewhere now."""
    return Route(path, everyone(301), everyone(301))


BOOKING = {"doctor": "{doctor.pk}", "consultation_type": "{kind.pk}"}
FREE = BOOKING | {"appointment_time": "{free}"}
# Patients book for themselves; the desk must say for whom; others have no person.
BY_PROGRAM = everyone(422) | {"anonymous": 401, "patient_a": 201, "patient_b": 201}

ROUTES: dict[str, Route] = {
    # -- finding and booking
    "": page("/"),
    "search/suggestions/": page("/search/suggestions/?q=smith"),
    "doctors/": page("/doctors/"),
    "doctors/<slug:slug>/": page("/doctors/{doctor.slug}/"),
    "doctors/<slug:slug>/day/": page("/doctors/{doctor.slug}/day/"),
    # Without htmx, the doctor's page with the same days.
    "doctors/<slug:slug>/grid/": Route("/doctors/{doctor.slug}/grid/", everyone(302), NOT_ALLOWED),
    "search/grids/": page("/search/grids/?d={doctor.pk}"),
    "live/calendars/": page("/live/calendars/?d={doctor.pk}.0.0"),
    "bookings/hold/": Route("/bookings/hold/", NOT_ALLOWED, everyone(303), FREE),
    "bookings/hold/extend/": Route("/bookings/hold/extend/", NOT_ALLOWED, everyone(302)),
    "bookings/confirm-booking/": Route(
        "/bookings/confirm-booking/?doctor={doctor.pk}&consultation_type={kind.pk}"
        "&appointment_time={free_in_url}",
        everyone(200),
        NOT_ALLOWED,
    ),
    **{
        route: Route(
            f"/{route}",
            NOT_ALLOWED,
            # Patients book for themselves; the desk must say for whom; others have no person.
            everyone(422) | {"anonymous": 303, "patient_a": 303, "patient_b": 303},
            FREE,
        )
        for route in ("book", "book/", "bookings/create/")
    },
    "bookings/sign-up/": Route(
        "/bookings/sign-up/",
        signed_in(302) | {"anonymous": 200},
        signed_in(302) | {"anonymous": 422},
    ),
    # -- appointments
    "bookings/": Route("/bookings/", signed_in(200), NOT_ALLOWED_BEHIND_SIGN_IN),
    "bookings/<uuid:pk>/": Route(
        "/bookings/{visit.pk}/", only(*CONCERNED, answer=200), NOT_ALLOWED_BEHIND_SIGN_IN
    ),
    "bookings/<uuid:pk>/cancel/": Route(
        "/bookings/{visit.pk}/cancel/",
        only(*CONCERNED, answer=200),
        only(*CONCERNED, answer=302),
    ),
    "bookings/<uuid:pk>/move/": Route(
        "/bookings/{visit.pk}/move/",
        only(*CONCERNED, answer=200),
        only(*CONCERNED, answer=303),
        {"appointment_time": "{free}"},
    ),
    "bookings/<uuid:pk>/wait/": Route(
        "/bookings/{visit.pk}/wait/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("patient_a", answer=302),
        {"wanted": "1"},
    ),
    "bookings/waiting-list/": Route(
        "/bookings/waiting-list/?doctor={doctor.pk}&consultation_type={kind.pk}",
        signed_in(200),
        # Patients wait for themselves; others have no person.
        signed_in(422) | {"patient_a": 302},
        BOOKING | {"patient": "{patient_a.pk}"},
    ),
    "bookings/waiting-list/<int:pk>/leave/": Route(
        "/bookings/waiting-list/{wish.pk}/leave/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("patient_a", answer=302),
    ),
    "bookings/<uuid:pk>/confirm/": Route(
        "/bookings/{visit.pk}/confirm/", NOT_ALLOWED_BEHIND_SIGN_IN, only(*DESK, answer=302)
    ),
    "bookings/<uuid:pk>/undo/": Route(
        "/bookings/{cancelled.pk}/undo/", NOT_ALLOWED_BEHIND_SIGN_IN, only(*DESK, answer=409)
    ),
    "dashboard/": Route(
        "/dashboard/?doctor={doctor.pk}",
        # Patients have no desk and go to their appointments; so does an admin without one.
        only("doctor_a", "secretary_a", answer=200)
        | {"patient_a": 302, "patient_b": 302, "admin": 302},
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/live/": Route(
        "/dashboard/live/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/people/": Route(
        "/dashboard/people/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/new/": Route(
        "/dashboard/new/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=303),
        FREE | {"patient": "{visit.patient_id}", "start": "{free}"},
    ),
    "dashboard/desk/<uuid:pk>/": Route(
        "/dashboard/desk/{visit.pk}/", only(*COCKPIT, answer=200), NOT_ALLOWED_BEHIND_SIGN_IN
    ),
    "dashboard/desk/<uuid:pk>/status/": Route(
        "/dashboard/desk/{visit.pk}/status/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=303),
        {"verb": "confirm"},
    ),
    "dashboard/desk/<uuid:pk>/undo/": Route(
        "/dashboard/desk/{cancelled.pk}/undo/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
    ),
    "dashboard/desk/<uuid:pk>/move/": Route(
        "/dashboard/desk/{visit.pk}/move/",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=303),
        {"start": "{free}"},
    ),
    "dashboard/desk/<uuid:pk>/cancel/": Route(
        "/dashboard/desk/{visit.pk}/cancel/",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=303),
    ),
    # Private notes are the doctor's alone: to the secretary there is nothing here.
    "dashboard/desk/<uuid:pk>/note/": Route(
        "/dashboard/desk/{visit.pk}/note/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("doctor_a", answer=303),
        {"text": "TA 15/9", "seen": "{note.version}"},
    ),
    # Each sees the doctors of the own desks: who else there is, is tested beside the page.
    "dashboard/team/": Route(
        "/dashboard/team/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/team/live/": Route(
        "/dashboard/team/live/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    # -- waiting room
    "dashboard/queue/": Route(
        "/dashboard/queue/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/queue/add/": Route(
        "/dashboard/queue/add/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=303),
        {"q": "Karim Tazi"},
    ),
    "dashboard/queue/order/": Route(
        "/dashboard/queue/order/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
        {"visit": "{visit.pk}"},
    ),
    "dashboard/queue/screen/": Route(
        "/dashboard/queue/screen/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=303),
    ),
    "dashboard/queue/<uuid:pk>/change/": Route(
        "/dashboard/queue/{visit.pk}/change/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
        {"verb": "arrive"},
    ),
    "dashboard/queue/<uuid:pk>/skip/": Route(
        "/dashboard/queue/{visit.pk}/skip/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
    ),
    "dashboard/queue/<uuid:pk>/ticket/": Route(
        "/dashboard/queue/{visit.pk}/ticket/",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    # By secret addresses, which name nobody.
    "screen/<str:token>/": page("/screen/{screen.token}/"),
    "waiting/<str:ticket>/": page("/waiting/{ticket}/"),
    # -- patients
    "dashboard/patients/": Route(
        "/dashboard/patients/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/patients/<int:pk>/": Route(
        "/dashboard/patients/{visit.patient_id}/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/patients/<int:pk>/edit/": Route(
        "/dashboard/patients/{added.pk}/edit/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=302),
        {"first_name": "Salma", "last_name": "Idrissi"},
    ),
    "dashboard/patients/<int:pk>/block/": Route(
        "/dashboard/patients/{visit.patient_id}/block/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
        {"reason": "Insultes"},
    ),
    "dashboard/patients/<int:pk>/unblock/": Route(
        "/dashboard/patients/{visit.patient_id}/unblock/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
    ),
    "dashboard/patients/<int:pk>/reset-no-shows/": Route(
        "/dashboard/patients/{visit.patient_id}/reset-no-shows/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
    ),
    "dashboard/patients/<int:pk>/invite/": Route(
        "/dashboard/patients/{added.pk}/invite/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=200),
    ),
    # Whoever has the link and is no practice; what it is about needs a date of birth.
    "bookings/claim/<str:token>/": Route(
        "/bookings/claim/{invitation}/",
        only("patient_a", "patient_b", "admin", answer=200),
        only("patient_a", "patient_b", "admin", answer=422),
        {"relation": "self"},
    ),
    # -- statistics
    "dashboard/statistics/": Route(
        "/dashboard/statistics/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/statistics/export/": Route(
        "/dashboard/statistics/export/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    # -- configuration
    "dashboard/configuration/": Route(
        "/dashboard/configuration/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/configuration/types/new/": Route(
        "/dashboard/configuration/types/new/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=422),
    ),
    "dashboard/configuration/types/<int:pk>/": Route(
        "/dashboard/configuration/types/{kind.pk}/",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=422),
    ),
    **{
        f"dashboard/configuration/types/<int:pk>/{act}/": Route(
            f"/dashboard/configuration/types/{{kind.pk}}/{act}/",
            NOT_ALLOWED_BEHIND_SIGN_IN,
            only(*COCKPIT, answer=302),
        )
        for act in ("shift", "retire", "offer")
    },
    "dashboard/configuration/hours/": Route(
        "/dashboard/configuration/hours/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/configuration/hours/<int:weekday>/": Route(
        "/dashboard/configuration/hours/0/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=422),
    ),
    "dashboard/configuration/absences/": Route(
        "/dashboard/configuration/absences/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=422),
    ),
    "dashboard/configuration/absences/<int:pk>/remove/": Route(
        "/dashboard/configuration/absences/{absence.pk}/remove/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
    ),
    "dashboard/configuration/holidays/": Route(
        "/dashboard/configuration/holidays/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=302),
        {"holiday": "every", "decision": "open"},
    ),
    "dashboard/configuration/practice/": Route(
        "/dashboard/configuration/practice/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=422),
    ),
    # -- accounts
    "accounts/login/": Route(
        "/accounts/login/", everyone(302) | {"anonymous": 200}, everyone(302) | {"anonymous": 422}
    ),
    "accounts/logout/": Route(
        "/accounts/logout/", everyone(200) | {"anonymous": 302}, everyone(302)
    ),
    "accounts/register/": Route(
        "/accounts/register/",
        everyone(302) | {"anonymous": 200},
        everyone(302) | {"anonymous": 422},
    ),
    "accounts/inactive/": Route("/accounts/inactive/", everyone(200), NOT_ALLOWED),
    "accounts/home/": Route("/accounts/home/", signed_in(302), signed_in(302)),
    "accounts/language/": Route(
        "/accounts/language/", NOT_ALLOWED, everyone(302), {"language": "en"}
    ),
    "accounts/password/change/": Route(
        "/accounts/password/change/", signed_in(200), signed_in(422)
    ),
    "accounts/password/reset/": Route("/accounts/password/reset/", everyone(200), everyone(422)),
    "accounts/password/reset/done/": page("/accounts/password/reset/done/"),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Route(
        "/accounts/password/reset/key/1-nonsense/", everyone(404), everyone(404)
    ),
    "accounts/email/": Route("/accounts/email/", signed_in(200), signed_in(422)),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": Route(
        "/accounts/confirm-email/nonsense/", everyone(404), everyone(404)
    ),
    "accounts/profile/": Route("/accounts/profile/", signed_in(200), signed_in(422)),
    "accounts/relatives/add/": Route("/accounts/relatives/add/", signed_in(200), signed_in(422)),
    "accounts/relatives/<int:pk>/": Route(
        "/accounts/relatives/{relative.pk}/",
        only("patient_a", answer=200),
        only("patient_a", answer=422),
    ),
    "accounts/relatives/<int:pk>/remove/": Route(
        "/accounts/relatives/{relative.pk}/remove/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("patient_a", answer=302),
    ),
    "accounts/register/doctor/": Route(
        "/accounts/register/doctor/",
        everyone(302) | {"anonymous": 200},
        everyone(302) | {"anonymous": 422},
    ),
    "accounts/register/doctor/done/": Route(
        "/accounts/register/doctor/done/",
        only("doctor_a", "doctor_b", answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "accounts/doctor-page/": Route(
        "/accounts/doctor-page/",
        only("doctor_a", "doctor_b", answer=200),
        only("doctor_a", "doctor_b", answer=422),
        {"languages": "nonsense"},
    ),
    "photos/<slug:token>-<int:side>.webp": page("{doctor.photo_sizes[0][0]}"),
    # -- for programs
    "developers/": page("/developers/"),
    "api/": Route("/api/", everyone(404), everyone(404)),
    # ninja answers its own description to any method.
    "api/openapi.json": Route("/api/openapi.json", everyone(200), everyone(200)),
    "api/doctors": page("/api/doctors"),
    "api/doctors/<int:doctor_id>/consultation-types": page(
        "/api/doctors/{doctor.pk}/consultation-types"
    ),
    "api/doctors/<int:doctor_id>/slots": page("/api/doctors/{doctor.pk}/slots"),
    **{
        f"api/doctor/{feed}": Route(
            f"/api/doctor/{feed}?doctor={{doctor.pk}}&start=2027-03-01&end=2027-03-08",
            everyone(404) | {"anonymous": 401, "doctor_a": 200, "secretary_a": 200},
            NOT_ALLOWED,
        )
        for feed in ("appointments", "background")
    },
    "api/doctors/<int:doctor_id>/day": page("/api/doctors/{doctor.pk}/day"),
    "api/available-slots": page("/api/available-slots?doctor_id={doctor.pk}&date=2026-12-24"),
    "api/appointments": Route("/api/appointments", NOT_ALLOWED, BY_PROGRAM, FREE, is_json=True),
    "api/me/patients": Route("/api/me/patients", everyone(200) | {"anonymous": 401}, NOT_ALLOWED),
    "api/<path:rest>": Route("/api/nothing/here", everyone(404), everyone(404)),
    # -- for machines
    "health/": page("/health/"),
    "robots.txt": page("/robots.txt"),
    "sitemap.xml": page("/sitemap.xml"),
    "sitemap-<slug:section>.xml": page("/sitemap-doctors.xml"),
    "site.webmanifest": page("/site.webmanifest"),
    "favicon.ico": Route("/favicon.ico", everyone(302), NOT_ALLOWED),
    # -- old addresses
    "specialists/": moved("/specialists/"),
    "specialists/<int:pk>/": Route("/specialists/{doctor.pk}/", everyone(301), NOT_ALLOWED),
    "specialists/<int:pk>/calendar": page("/specialists/{doctor.pk}/calendar"),
    "specialists/<int:pk>/calendar/": page("/specialists/{doctor.pk}/calendar/"),
    "doctor/<int:pk>": Route("/doctor/{doctor.pk}", everyone(301), NOT_ALLOWED),
    "doctor/<int:pk>/": Route("/doctor/{doctor.pk}/", everyone(301), NOT_ALLOWED),
    "available_slots": page("/available_slots?doctor_id={doctor.pk}&date=2026-12-24"),
    "book_appointment": Route("/book_appointment", NOT_ALLOWED, BY_PROGRAM, FREE, is_json=True),
    "doctor/dashboard": moved("/doctor/dashboard"),
    "doctor/dashboard/": moved("/doctor/dashboard/"),
    "register": moved("/register"),
    "register/": moved("/register/"),
}


# -- the routes there are -----------------------------------------------------------------


def routes_of(resolver: Any, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes_of(pattern, route)


def all_routes() -> set[str]:
    return set(routes_of(get_resolver()))


def test_every_route_is_in_the_table():
    assert {route for route in all_routes() if not route.startswith("admin/")} == set(ROUTES)


# -- two sides that know nothing of each other --------------------------------------------


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> SimpleNamespace:
    """Practice A with a request of patient A; practice B beside it."""
    settings.MEDIA_ROOT = str(tmp_path)
    photo = photos.store(dict.fromkeys(photos.SIDES, b"a picture"))
    doctor, other = DoctorFactory(photo=photo), DoctorFactory()
    kind = ConsultationTypeFactory(doctor=doctor)
    patient_a, patient_b = (PatientFactory(account__with_verified_email=True) for _ in "ab")
    today = timezone.now().astimezone(doctor.practice.zone).date()

    def at(hour: int) -> dt.datetime:
        day = today + dt.timedelta(days=10)
        return dt.datetime.combine(day, dt.time(hour), doctor.practice.zone)

    visit = {"doctor": doctor, "consultation_type": kind, "patient": patient_a}
    request = AppointmentFactory(starts_at=at(10), status=Status.PENDING, **visit)
    added = PatientFactory(account=None, birth_date=dt.date(1980, 5, 6))
    PatientFile.objects.create(patient=added, practice=doctor.practice)
    free = at(15).isoformat()
    cancelled = AppointmentFactory(starts_at=at(11), status=Status.CANCELLED, **visit)
    notes = [
        PrivateNote.objects.create(doctor=doctor, appointment=each, text=CANARY)
        for each in (request, cancelled)
    ]
    return SimpleNamespace(
        doctor=doctor,
        kind=kind,
        relative=RelativeFactory(account=patient_a.account),
        visit=request,
        note=notes[0],
        added=added,
        invitation=services.invite(by=doctor.user, patient=added, practice=doctor.practice),
        ticket=ticket_of(request),
        screen=WaitingScreen.objects.create(doctor=doctor),
        patient_a=patient_a,
        wish=WaitingListEntryFactory(patient=patient_a),
        cancelled=cancelled,
        absence=AbsenceFactory(doctor=doctor, starts_at=at(18)),
        free=free,
        free_in_url=free.replace("+", "%2B"),
        users={
            "patient_a": patient_a.account,
            "patient_b": patient_b.account,
            "doctor_a": doctor.user,
            "doctor_b": other.user,
            "secretary_a": MembershipFactory(practice=doctor.practice).user,
            "secretary_b": MembershipFactory(practice=other.practice).user,
            "admin": AdminFactory(),
        },
    )


def client_of(world: SimpleNamespace, person: str, **options: Any) -> Client:
    client = Client(**options)
    if person != "anonymous":
        client.force_login(world.users[person])
    return client


def answer_of(response: Any) -> int | str:
    """The status, or SIGN_IN for a redirect to the sign-in page."""
    location = response.headers.get("Location", "")
    if response.status_code == 302 and location.startswith("/accounts/login/?next="):
        return SIGN_IN
    return int(response.status_code)


def fill(text: Any, world: SimpleNamespace) -> Any:
    return text.format(**vars(world)) if isinstance(text, str) else text


def written(queries: CaptureQueriesContext) -> list[str]:
    """The statements that change data, sessions aside."""
    return [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE")
        and "django_session" not in query["sql"]
    ]


def everything_in(response: Any) -> str:
    """Head and body, also of a file."""
    body = b"".join(response).decode(errors="replace")
    return f"{response.headers} {body}"


# -- what each of them gets ---------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_get_answers_as_the_table_says_and_writes_nothing(world, route, method, caplog):
    path, answers, statements, readers = fill(ROUTES[route].path, world), {}, [], []
    for person in PEOPLE:
        client = client_of(world, person)
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(path)
        answers[person] = answer_of(response)
        if CANARY in everything_in(response):
            readers.append(person)
        statements += written(queries)
    assert answers == ROUTES[route].get
    assert statements == []
    assert readers == (["doctor_a"] if method == "get" and route in OWN_NOTES else [])
    assert CANARY not in caplog.text


@pytest.mark.parametrize("route", ROUTES)
def test_post_answers_as_the_table_says_and_strangers_write_nothing(world, route):
    answers, strangers_wrote = {}, []
    for person in PEOPLE:
        client = client_of(world, person)
        with taking_it_back():
            with CaptureQueriesContext(connection) as queries:
                response = send(client, route, world)
            answers[person], statements = answer_of(response), written(queries)
            if person != "doctor_a":
                assert CANARY not in everything_in(response)
        if answers[person] in (SIGN_IN, 401, 404, 405, 422):
            strangers_wrote += statements
    assert answers == ROUTES[route].post
    assert strangers_wrote == []


@pytest.mark.parametrize("route", ROUTES)
def test_every_unsafe_route_refuses_without_a_token(world, route):
    client = client_of(world, "patient_a", enforce_csrf_checks=True)
    answer, statements = post(client, route, world)
    is_routed = ROUTES[route].post["patient_a"] not in (301, 404, 405)
    assert answer == 403 if is_routed else answer in (301, 403, 404, 405)
    assert statements == []


@pytest.mark.parametrize("route", ROUTES)
def test_other_methods_change_nothing(world, route):
    client, path = client_of(world, "patient_a"), fill(ROUTES[route].path, world)
    for method in (client.put, client.patch, client.delete):
        with CaptureQueriesContext(connection) as queries:
            response = method(path)
        assert response.status_code < 500
        assert written(queries) == []


def post(client: Client, route: str, world: SimpleNamespace) -> tuple[int | str, list[str]]:
    """What `client` gets for the table's data, and the statements that changed something."""
    with CaptureQueriesContext(connection) as queries:
        response = send(client, route, world)
    return answer_of(response), written(queries)


def send(client: Client, route: str, world: SimpleNamespace) -> Any:
    row = ROUTES[route]
    data = {name: fill(value, world) for name, value in row.data.items()}
    kind = {"content_type": "application/json"} if row.is_json else {}
    return client.post(fill(row.path, world), data, **kind)


@contextmanager
def taking_it_back() -> Iterator[None]:
    """The next person finds the world as the one before did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_public_does_not_see_a_doctor_who_is_not_approved(world):
    hidden = DoctorFactory(approved_at=None)
    paths = (f"/doctors/{hidden.slug}/", f"/api/doctors/{hidden.pk}/slots", f"/doctor/{hidden.pk}")
    strangers = ("anonymous", "patient_a", "doctor_a", "secretary_b")
    for person in strangers:
        client = client_of(world, person)
        assert [client.get(path).status_code for path in paths] == [404, 404, 404]


def test_nobody_books_for_somebody_elses_relative(world):
    before = Appointment.objects.count()
    data = {
        "doctor": world.doctor.pk,
        "consultation_type": world.kind.pk,
        "appointment_time": world.free,
        "patient": world.relative.pk,
    }
    for person in ("patient_b", "doctor_b", "secretary_b"):
        response = client_of(world, person).post("/book", data)
        assert response.status_code == 422
    assert Appointment.objects.count() == before


# -- private notes ------------------------------------------------------------------------


def test_a_note_is_in_no_page_of_the_admin(world):
    client = client_of(world, "admin")
    for model in site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.first()
        pages = [place, f"{place}?q={CANARY}", f"{place}add/"]
        pages += [f"{place}{row.pk}/{name}/" for name in ("change", "history", "delete") if row]
        for page in pages:
            answer = client.get(page)
            # The search repeats what was looked for, in its field and in its links.
            said = rf'"{CANARY}"|q(=|%3D){CANARY}'
            assert CANARY not in re.sub(said, "", everything_in(answer)), page


def test_a_note_is_in_no_mail_and_in_no_log(world, caplog, mailoutbox):
    """It is written, the visit confirmed, moved and cancelled, and each of it is told."""
    caplog.set_level(logging.DEBUG)
    visit, client = world.visit, client_of(world, "doctor_a")
    desk = f"/dashboard/desk/{visit.pk}"
    seen = PrivateNote.objects.get(appointment=visit).version
    client.post(f"{desk}/note/", {"text": f"{CANARY} again", "seen": seen})
    client.post(f"{desk}/status/", {"verb": "confirm"})
    client.post(f"{desk}/move/", {"start": world.free})
    client.post(f"{desk}/cancel/", {"message": "Congés"})
    send_due(now=timezone.now() + dt.timedelta(hours=1))
    assert PrivateNote.objects.get(appointment=visit).text == f"{CANARY} again"
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED
    assert mailoutbox
    assert CANARY not in str([vars(mail) for mail in mailoutbox])
    assert CANARY not in caplog.text


# -- the admin ----------------------------------------------------------------------------


def admin_paths() -> list[str]:
    """Every admin route with its arguments filled by something that does not exist."""
    paths = []
    for route in sorted(all_routes()):
        if route.startswith("admin/"):
            path = route.replace("<path:object_id>", "1").replace("<int:content_type_id>", "1")
            paths.append("/" + path.replace("<id>", "1"))
    return paths


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "admin"])
def test_the_admin_is_for_admins(world, person):
    client = client_of(world, person)
    for path in admin_paths():
        if path.startswith(("/admin/login/", "/admin/(?P")):
            continue
        with CaptureQueriesContext(connection) as queries:
            statuses = {client.get(path).status_code, client.post(path, {}).status_code}
        assert statuses <= {302, 404}, path
        assert written(queries) == []
