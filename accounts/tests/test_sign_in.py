import pytest

from accounts.models import User
from accounts.tests.factories import (
    PASSWORD,
    AdminFactory,
    DoctorUserFactory,
    SecretaryUserFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true", "HX-Target": "sign_in_form"}


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def errors_of(response):
    return response.context["sign_in_form"].non_field_errors()


class TestWho:
    @pytest.mark.parametrize("login", ["nadia", "NADIA", "nadia@example.org", "Nadia@Example.ORG"])
    def test_user_name_and_email_sign_in_whatever_their_case(self, client, login):
        user = UserFactory(username="nadia")
        client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert signed_in_as(client) == str(user.pk)

    def test_a_name_that_was_saved_in_capitals_signs_in_too(self, client):
        user = UserFactory(username="Dr_Smith", email="John.Smith@Example.org")
        client.post("/accounts/login/", {"login": "john.smith@example.org", "password": PASSWORD})
        assert signed_in_as(client) == str(user.pk)

    def test_a_blocked_account_signs_in(self, client, sign_in):
        user = UserFactory(is_blocked=True)
        sign_in(user)
        assert signed_in_as(client) == str(user.pk)

    def test_a_closed_account_is_told_so(self, client, sign_in):
        response = sign_in(UserFactory(is_active=False))
        assert (response.status_code, response["Location"]) == (302, "/accounts/inactive/")
        assert signed_in_as(client) is None
        assert "This account is closed" in client.get("/accounts/inactive/").text


class TestWhereTo:
    @pytest.mark.parametrize(
        ("factory", "home"),
        [
            (UserFactory, "/bookings/"),
            (DoctorUserFactory, "/dashboard/"),
            (SecretaryUserFactory, "/dashboard/"),
            (AdminFactory, "/admin/"),
        ],
    )
    def test_home_depends_on_the_role(self, client, factory, home):
        client.force_login(factory())
        assert client.get("/accounts/home/")["Location"] == home

    def test_without_next_it_leads_home(self, sign_in):
        assert sign_in(UserFactory())["Location"] == "/accounts/home/"

    def test_next_is_followed(self, sign_in):
        assert sign_in(UserFactory(), next="/doctors/?q=smith")["Location"] == "/doctors/?q=smith"

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
    )
    def test_next_never_leads_elsewhere(self, sign_in, elsewhere):
        assert sign_in(UserFactory(), next=elsewhere)["Location"] == "/accounts/home/"

    def test_who_is_signed_in_is_sent_on(self, client):
        client.force_login(UserFactory())
        response = client.get("/accounts/login/?next=/doctors/")
        assert (response.status_code, response["Location"]) == (302, "/doctors/")


class TestRefusal:
    def test_a_wrong_password_keeps_what_was_typed_and_where_to(self, client):
        UserFactory(username="nadia")
        response = client.post(
            "/accounts/login/", {"login": "nadia", "password": "wrong", "next": "/doctors/"}
        )
        assert response.status_code == 422
        assert errors_of(response) == ["This user name and password do not go together."]
        assert 'name="login" value="nadia"' in response.text
        assert '<input type="hidden" name="next" value="/doctors/">' in response.text
        assert "wrong" not in response.text
        assert signed_in_as(client) is None

    def test_an_unknown_address_reads_like_a_wrong_password(self, client):
        UserFactory(username="nadia")
        known, unknown = (
            errors_of(client.post("/accounts/login/", {"login": login, "password": "wrong"}))
            for login in ("nadia@example.org", "nobody@example.org")
        )
        assert known == unknown == ["This e-mail address and password do not go together."]

    def test_a_next_with_quotes_does_not_break_out(self, client):
        response = client.get('/accounts/login/?next="><script>')
        assert 'value="&quot;&gt;&lt;script&gt;"' in response.text


class TestFragment:
    def test_a_refusal_is_the_form_alone(self, client):
        response = client.post(
            "/accounts/login/", {"login": "x", "password": "y"}, headers=FRAGMENT
        )
        assert response.status_code == 422
        assert response.text.strip().startswith('<form id="sign_in_form"')
        assert response.text.strip().endswith("</form>")

    def test_success_moves_the_whole_page(self, client):
        user = UserFactory()
        response = client.post(
            "/accounts/login/",
            {"login": user.username, "password": PASSWORD, "next": "/doctors/"},
            headers=FRAGMENT,
        )
        assert (response.status_code, response["HX-Redirect"]) == (200, "/doctors/")
        assert "no-store" in response["Cache-Control"]
        assert signed_in_as(client) == str(user.pk)

    def test_both_forms_on_one_page_share_no_id(self):
        from accounts.forms import PatientSignUpForm, SignInForm

        ids = [{field.auto_id for field in form} for form in (SignInForm(), PatientSignUpForm())]
        assert ids[0] & ids[1] == set()
        assert [field.html_name for field in SignInForm()] == ["login", "password"]


class TestSignOut:
    def test_get_only_asks(self, client):
        client.force_login(UserFactory())
        assert client.get("/accounts/logout/").status_code == 200
        assert signed_in_as(client) is not None

    def test_post_signs_out(self, client):
        client.force_login(UserFactory())
        response = client.post("/accounts/logout/")
        assert (response.status_code, response["Location"]) == (302, "/")
        assert signed_in_as(client) is None


class TestLimits:
    pytestmark = pytest.mark.usefixtures("limits")

    def attempt(self, client, user, password="wrong", address="198.51.100.7", **options):
        return client.post(
            "/accounts/login/",
            {"login": user.username, "password": password},
            REMOTE_ADDR=address,
            **options,
        )

    def test_the_sixth_wrong_password_is_not_even_tried(self, client):
        user = UserFactory()
        statuses = [self.attempt(client, user).status_code for _try in range(6)]
        assert statuses == [422] * 5 + [429]
        right = self.attempt(client, user, PASSWORD)
        assert right.status_code == 429
        assert errors_of(right) == [
            "Too many tries with a wrong password. Wait five minutes, or choose a new password."
        ]

    def test_the_fragment_says_it_too(self, client):
        user = UserFactory()
        for _try in range(5):
            self.attempt(client, user)
        response = self.attempt(client, user, headers=FRAGMENT)
        assert response.status_code == 429
        assert response.text.strip().startswith('<form id="sign_in_form"')

    def test_a_stranger_locks_nobody_out(self, client):
        user = UserFactory()
        for _try in range(6):
            self.attempt(client, user)
        assert self.attempt(client, user, PASSWORD, address="203.0.113.9").status_code == 302

    def test_one_clumsy_colleague_does_not_lock_the_clinic(self, client):
        clumsy, other = UserFactory(), UserFactory()
        for _try in range(6):
            self.attempt(client, clumsy)
        assert self.attempt(client, other, PASSWORD).status_code == 302

    def test_right_passwords_do_not_count(self, client):
        user = UserFactory()
        for _try in range(8):
            assert self.attempt(client, user, PASSWORD).status_code == 302
            client.post("/accounts/logout/")

    def test_a_flood_from_one_address_gets_the_form_back_without_a_try(
        self, client, settings, monkeypatch
    ):
        settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
        user = UserFactory()
        self.attempt(client, user)
        monkeypatch.setattr(User, "check_password", lambda *_args: pytest.fail("was tried"))
        response = self.attempt(client, user)
        assert response.status_code == 429
        assert f'name="login" value="{user.username}"' in response.text
        assert "Wait a minute and try again." in response.text

    @pytest.mark.parametrize("method", ["head", "options"])
    def test_a_flood_without_a_form_is_one_too(self, client, settings, method):
        settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
        answers = [getattr(client, method)("/accounts/login/") for _try in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]


class TestAddress:
    def seen(self, client, rf, **meta):
        from accounts.adapter import client_address

        return client_address(rf.get("/", **meta))

    def test_without_proxies_it_is_the_peer(self, client, rf):
        seen = self.seen(client, rf, REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="1.2.3.4")
        assert seen == "198.51.100.7"

    @pytest.mark.parametrize(("count", "address"), [(1, "203.0.113.9"), (2, "198.51.100.7")])
    def test_each_trusted_proxy_adds_one(self, client, rf, settings, count, address):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
        forwarded = "6.6.6.6, 198.51.100.7, 203.0.113.9"
        assert self.seen(client, rf, HTTP_X_FORWARDED_FOR=forwarded) == address

    @pytest.mark.parametrize("forwarded", ["6.6.6.6", "unknown, 203.0.113.9", ",", ""])
    def test_a_header_too_short_for_the_proxies_is_not_believed(
        self, client, rf, settings, forwarded
    ):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
        meta = {"REMOTE_ADDR": "198.51.100.7", "HTTP_X_FORWARDED_FOR": forwarded}
        assert self.seen(client, rf, **meta) == "198.51.100.7"

    def test_a_sign_in_around_the_proxies_is_answered(self, client, settings, limits):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
        data = {"login": "nobody", "password": "wrong"}
        response = client.post("/accounts/login/", data, headers={"X-Forwarded-For": "6.6.6.6"})
        assert response.status_code == 422
