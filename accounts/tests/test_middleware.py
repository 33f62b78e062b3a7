import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

COOKIE = django_settings.LANGUAGE_COOKIE_NAME


class TestLanguage:
    def test_it_is_french_whatever_the_browser_prefers(self):
        response = Client().get("/accounts/login/", headers={"Accept-Language": "en-US,en"})
        assert response["Content-Language"] == "fr"

    def test_a_visitors_choice_is_kept_in_a_cookie(self):
        client = Client()
        response = client.post("/accounts/language/", {"language": "en", "next": "/doctors/"})
        assert (response.status_code, response["Location"]) == (302, "/doctors/")
        assert client.cookies[COOKIE].value == "en"
        assert client.get("/accounts/login/")["Content-Language"] == "en"

    def test_an_accounts_choice_goes_with_it(self):
        user, client = UserFactory(language="fr"), Client()
        client.force_login(user)
        client.post("/accounts/language/", {"language": "en"})
        user.refresh_from_db()
        assert user.language == "en"
        elsewhere = Client()
        elsewhere.force_login(user)
        assert elsewhere.get("/accounts/profile/")["Content-Language"] == "en"

    def test_the_account_wins_over_the_cookie(self, client):
        client.force_login(UserFactory(language="fr"))
        assert client.cookies[COOKIE].value == "en"
        assert client.get("/accounts/profile/")["Content-Language"] == "fr"

    def test_an_unknown_language_is_refused(self, client):
        assert client.post("/accounts/language/", {"language": "tlh"}).status_code == 400

    def test_get_changes_nothing(self):
        client = Client()
        assert client.get("/accounts/language/?language=en").status_code == 405
        assert COOKIE not in client.cookies

    def test_next_never_leads_elsewhere(self, client):
        response = client.post(
            "/accounts/language/", {"language": "en", "next": "https://evil.example/"}
        )
        assert response["Location"] == "/"


class TestLoginRequired:
    @pytest.mark.parametrize(
        "path",
        [
            "login/",
            "register/",
            "register/doctor/",
            "inactive/",
            "password/reset/",
            "password/reset/done/",
        ],
    )
    def test_the_door_is_open(self, client, path):
        assert client.get(f"/accounts/{path}").status_code == 200

    @pytest.mark.parametrize(
        "path",
        [
            "home/",
            "profile/",
            "email/",
            "password/change/",
            "relatives/add/",
            "relatives/1/",
            "relatives/1/remove/",
            "register/doctor/done/",
        ],
    )
    def test_the_rest_asks_for_sign_in_and_comes_back(self, client, path):
        response = client.get(f"/accounts/{path}")
        wanted = f"/accounts/login/?next=/accounts/{path}"
        assert (response.status_code, response["Location"]) == (302, wanted)

    def test_after_a_fragment_the_reader_comes_back_to_its_page(self, client):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/doctors/?q=a"}
        response = client.get("/accounts/profile/", headers=headers)
        wanted = "/accounts/login/?next=/doctors/%3Fq%3Da"
        assert (response.status_code, response["HX-Redirect"]) == (200, wanted)
        assert "Location" not in response

    def test_a_page_elsewhere_is_not_come_back_to(self, client):
        headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/"}
        response = client.get("/accounts/profile/", headers=headers)
        assert response["HX-Redirect"] == "/accounts/login/?next=/accounts/profile/"


class TestPersonalPages:
    @pytest.mark.parametrize(
        "path", ["profile/", "email/", "password/change/", "relatives/add/", "home/", "logout/"]
    )
    def test_they_stay_out_of_caches(self, client, path):
        client.force_login(UserFactory())
        assert client.get(f"/accounts/{path}")["Cache-Control"] == "private, no-store"

    def test_a_redirect_told_to_htmx_stays_out_too(self, client):
        client.force_login(UserFactory())
        response = client.get("/accounts/home/", headers={"HX-Request": "true"})
        assert (response["HX-Redirect"], response["Cache-Control"]) == (
            "/bookings/",
            "private, no-store",
        )


class TestCsrfFailure:
    """A form from before the sign-in has a stale token."""

    SENT = {
        "reason": "Palpitations",
        "patient": ["1", "2"],
        "empty": " ",
        "password1": "mouette-bleue-77",
        "oldpassword": "testpass123",
        "csrfmiddlewaretoken": "stale",
        "hold_token": "secret",
    }

    @pytest.fixture
    def strict(self):
        client = Client(enforce_csrf_checks=True)
        client.cookies[COOKIE] = "en"
        return client

    def test_it_gives_back_what_was_typed_but_no_secrets(self, strict):
        response = strict.post("/accounts/login/", self.SENT)
        assert response.status_code == 403
        assert response.context["path"] == "/accounts/login/"
        assert response.context["typed"] == [
            ("reason", "Palpitations"),
            ("patient", "1"),
            ("patient", "2"),
        ]
        for secret in ("mouette-bleue-77", "testpass123", "stale", "secret"):
            assert secret not in response.text

    def test_it_logs_the_page_and_no_value(self, strict, caplog):
        strict.post("/accounts/login/", self.SENT)
        [line] = [
            record.getMessage() for record in caplog.records if record.name == "tbib.requests"
        ]
        assert line == "form refused at account_login: CSRF cookie not set."

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Referer": "https://evil.example/form"},
            {"Referer": "http://["},
            {"Origin": "http://["},
        ],
    )
    def test_what_another_site_made_up_is_not_offered_again(self, strict, headers):
        response = strict.post("/accounts/login/", self.SENT, headers=headers)
        assert response.status_code == 403
        assert (response.context["typed"], response.context["path"]) == ([], "")
