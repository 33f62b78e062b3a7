"""What is answered when something is wrong, to people and to programs, in their language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.urls import path
from django.utils import timezone, translation

from accounts.tests.factories import UserFactory
from config import urls
from web.error_pages import in_about

COOKIE = django_settings.LANGUAGE_COOKIE_NAME


# -- pages that know no account -----------------------------------------------------------


@pytest.mark.parametrize("name", ["400", "405", "500", "503", "maintenance"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_renders_with_an_empty_context(name, language):
    # No `db` fixture: a query would fail this test.
    with translation.override(language):
        html = get_template(f"{name}.html").render()
    assert f'<html lang="{language}" dir="ltr">' in html
    assert 'class="error-page"' in html
    assert "style=" not in html


# -- each status, to a page and to a program ----------------------------------------------


def fails(request, **_):
    raise ERRORS[request.GET["with"]]


def nothing_else(request):
    return HttpResponse(status=429)


ERRORS = {
    "nonsense": BadRequest("nonsense"),
    "rule": PermissionDenied("Only on Mondays."),
    "mistake": RuntimeError("broken on purpose"),
    "database": OperationalError("busy on purpose"),
}
urlpatterns = [
    path("fails/", fails),
    path("api/fails/", fails),
    path("limited/", nothing_else),
    *urls.urlpatterns,
]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def reader():
    """Signed in, reads English, and sees what production would show."""
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(language="en"))
    return client


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        ("nonsense", 400, "We did not understand this request"),
        ("rule", 403, "You may not do this"),
        ("mistake", 500, "Something went wrong on our side"),
        ("database", 503, "Very busy: back in a moment"),
    ],
)
def test_a_person_gets_a_page(reader, error, status, heading):
    response = reader.get("/fails/", {"with": error})
    assert (response.status_code, response["Content-Language"]) == (status, "en")
    assert f"<h1>{heading}</h1>" in response.text


@pytest.mark.parametrize(
    ("error", "status", "code", "detail"),
    [
        ("nonsense", 400, "bad_request", "We did not understand this request."),
        ("rule", 403, "forbidden", "Only on Mondays."),
        ("mistake", 500, "failed", "Something went wrong on our side"),
    ],
)
def test_a_program_gets_a_problem(reader, error, status, code, detail):
    response = reader.get("/api/fails/", {"with": error})
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (response.status_code, body["status"]) == (status, status)
    assert (body["code"], body["detail"]) == (code, detail)


def test_a_refusal_says_why(reader):
    assert "<p>Only on Mondays.</p>" in reader.get("/fails/", {"with": "rule"}).text


def test_a_doctor_who_is_not_there_is_searched_for(client):
    client.cookies[COOKIE] = "en"
    response = client.get("/doctors/salma-alamy/")
    assert response.status_code == 404
    assert "<h1>There is no doctor at this address</h1>" in response.text
    assert 'name="q" type="search" value="salma alamy"' in response.text


def test_any_other_address_says_nothing_about_doctors(client):
    client.cookies[COOKIE] = "en"
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "<h1>This page does not exist, or is not yours</h1>" in response.text
    assert 'name="q" type="search" value=""' in response.text


def test_a_forms_address_opened_as_a_page_is_no_blank_one(client):
    response = client.get("/bookings/hold/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert 'class="error-page"' in response.text
    assert response["X-Frame-Options"] == "DENY"
    assert int(response["Content-Length"]) == len(response.content)


def test_whoever_is_refused_for_now_learns_for_how_long(reader):
    assert reader.get("/limited/")["Retry-After"] == "60"


def test_too_many_tries_at_a_page_of_allauths_say_for_how_long(reader, settings):
    settings.ACCOUNT_RATE_LIMITS = {"manage_email": "1/m/user"}
    reader.post("/accounts/email/", {})
    response = reader.post("/accounts/email/", {})
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "<h1>Too many attempts in a short time</h1>" in response.text


@pytest.mark.parametrize("address", ["/", "/api/doctors"])
def test_a_host_that_is_not_ours_is_a_400_in_the_visitors_language(address, settings):
    settings.ALLOWED_HOSTS = ["tbib.example"]
    client = Client()
    client.cookies[COOKIE] = "en"
    with translation.override("fr"):  # what the thread was left with
        response = client.get(address)
    assert (response.status_code, response["Content-Language"]) == (400, "en")


# -- a database that is away --------------------------------------------------------------


def broken(*args):
    raise OperationalError("gone")


@pytest.mark.parametrize("address", ["/doctors/", "/accounts/login/", "/nothing/here/"])
def test_a_session_that_cannot_be_read_is_a_503_in_the_cookies_language(reader, address):
    """The first query of all is a middleware's, before the account's language is known."""
    reader.cookies[COOKIE] = "en"
    with translation.override("fr"), connection.execute_wrapper(broken):
        response = reader.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Language"] == "en"
    assert "<h1>Very busy: back in a moment</h1>" in response.text
    assert 'href="tel:15"' in response.text


def test_a_session_that_cannot_be_read_is_a_problem_for_programs(reader):
    with connection.execute_wrapper(broken):
        response = reader.get("/api/doctors")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.json()["code"] == "unavailable"


def test_a_form_sent_while_the_database_is_away_can_be_sent_again(reader):
    sent = {"reason": "Toux depuis lundi", "password": "mouette-bleue-77", "doctor": "3"}
    with connection.execute_wrapper(broken):
        response = reader.post("/bookings/create/", sent)
    assert response.status_code == 503
    assert '<form class="error-again" action="/bookings/create/" method="post">' in response.text
    assert '<input type="hidden" name="doctor" value="3">' in response.text
    assert "<blockquote>Toux depuis lundi</blockquote>" in response.text
    assert 'name="csrfmiddlewaretoken"' in response.text
    assert "mouette-bleue-77" not in response.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/developers/", 200),
        ("/robots.txt", 200),
        ("/favicon.ico", 302),
        ("/site.webmanifest", 200),
    ],
)
def test_what_needs_no_database_does_without_one(reader, address, status):
    with connection.execute_wrapper(broken):
        response = reader.get(address)
    assert (response.status_code, response.cookies.get(django_settings.SESSION_COOKIE_NAME)) == (
        status,
        None,
    )


def test_a_developer_who_is_signed_in_is_known_there(reader):
    assert 'action="/accounts/logout/"' in reader.get("/developers/").text


def test_the_sites_own_phone_is_shown_when_it_has_one(reader, settings):
    settings.CONTACT_PHONE = "+33142715500"
    response = reader.get("/fails/", {"with": "mistake"})
    assert 'href="tel:+33142715500"' in response.text
    assert "01 42 71 55 00" in response.text


class TestHealth:
    def test_it_is_one_query_and_no_session(self, client, django_assert_num_queries):
        with django_assert_num_queries(1):
            response = client.get("/health/")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})
        assert "no-store" in response["Cache-Control"]
        assert response.cookies == {}

    def test_a_database_that_is_away_is_a_503(self, client):
        with connection.execute_wrapper(broken):
            response = client.get("/health/")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")

    def test_it_needs_no_tls(self, settings):
        settings.SECURE_SSL_REDIRECT = True
        assert Client().get("/health/").status_code == 200
        assert Client().get("/healthy/").status_code == 301


class TestMaintenance:
    @pytest.fixture
    def visitor(self, settings):
        settings.MAINTENANCE = True
        client = Client()
        client.cookies[COOKIE] = "en"
        return client

    @pytest.mark.parametrize("address", ["/", "/doctors/", "/bookings/", "/nothing/here/"])
    def test_every_page_says_so_without_a_query(self, visitor, address, django_assert_num_queries):
        with django_assert_num_queries(0):
            response = visitor.get(address)
        assert (response.status_code, response["Retry-After"]) == (503, "300")
        assert response["Content-Language"] == "en"
        assert "<h1>We are back shortly</h1>" in response.text
        assert "default-src 'self'" in response["Content-Security-Policy"]

    def test_its_end_is_told_to_people_and_browsers(self, visitor, settings):
        settings.MAINTENANCE_UNTIL = timezone.now() + dt.timedelta(minutes=20)
        response = visitor.get("/doctors/")
        assert "<h1>We are back in about 20 minutes</h1>" in response.text
        assert 1190 < int(response["Retry-After"]) <= 1200

    def test_an_end_that_is_over_promises_nothing(self, visitor, settings):
        settings.MAINTENANCE_UNTIL = timezone.now() - dt.timedelta(minutes=20)
        response = visitor.get("/doctors/")
        assert "<h1>We are back shortly</h1>" in response.text
        assert response["Retry-After"] == "300"

    def test_programs_get_a_problem(self, visitor):
        response = visitor.get("/api/doctors")
        assert (response.status_code, response.json()["code"]) == (503, "maintenance")
        assert response["Content-Type"] == "application/problem+json"

    def test_a_form_is_told_that_nothing_changed(self, visitor):
        response = visitor.post("/bookings/create/", {"reason": "Toux"})
        assert response.status_code == 503
        assert "Nothing was changed" in response.text

    @pytest.mark.parametrize("address", ["/health/", "/accounts/login/"])
    def test_balancers_and_admins_still_come_in(self, visitor, address):
        assert visitor.get(address).status_code == 200

    def test_the_admin_works_and_nobody_else_gets_further(self, visitor):
        visitor.force_login(UserFactory(is_staff=True, is_superuser=True))
        assert visitor.get("/admin/").status_code == 200
        assert visitor.get("/accounts/home/").status_code == 503

    def test_without_it_nothing_is_in_the_way(self, client):
        assert client.get("/accounts/register/").status_code == 200


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ""),
        (1, "in about a minute"),
        (61, "in about 2 minutes"),
        (90 * 60, "in about 90 minutes"),
        (91 * 60, "in about 2 hours"),
        (8 * 3600, "in about 8 hours"),
    ],
)
def test_how_long_is_said_roundly(seconds, words):
    with translation.override("en"):
        assert in_about(seconds) == words


@pytest.mark.django_db
def test_no_script_of_a_developers_puts_a_refusal_in_the_place_of_the_page(client, settings):
    settings.DEBUG = True
    html = client.get("/").content.decode()
    assert html.count("django_htmx/htmx-2.min.js") == 1
    assert "django-htmx.js" not in html
