import datetime as dt
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection

from accounts import forms, services
from accounts.models import Patient, User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true", "HX-Target": "sign_up_form"}


def filled(**data):
    return {
        "first_name": "Nadia",
        "last_name": "Berrada",
        "birth_date": "1992-03-04",
        "phone": "06 12 34 56 78",
        "email": "Nadia@Example.org",
        "password1": "mouette-bleue-77",
        **data,
    }


def sign_up(client, **data):
    return client.post("/accounts/register/", filled(**data))


class TestAccount:
    def test_it_makes_a_patient_with_an_unconfirmed_address(self, client):
        sign_up(client)
        user = User.objects.get()
        assert (user.role, user.email, user.get_full_name(), user.language) == (
            User.Role.PATIENT,
            "nadia@example.org",
            "Nadia Berrada",
            "en",
        )
        assert user.check_password("mouette-bleue-77")
        address = EmailAddress.objects.get()
        assert (address.user, address.email, address.primary, address.verified) == (
            user,
            "nadia@example.org",
            True,
            False,
        )
        assert services.user_is_verified(user) is False

    def test_its_owner_is_the_first_person(self, client):
        sign_up(client)
        person = Patient.objects.get()
        assert (person.account, person.relation, person.name, person.birth_date) == (
            User.objects.get(),
            Patient.Relation.SELF,
            "Nadia Berrada",
            dt.date(1992, 3, 4),
        )
        assert person.phone.as_e164 == "+33612345678"

    def test_namesakes_get_names_of_their_own(self, client):
        sign_up(client)
        client.post("/accounts/logout/")
        sign_up(client, email="other@example.org")
        names = list(User.objects.values_list("username", flat=True))
        assert [name.startswith("nadia-berrada-") for name in names] == [True, True]
        assert names[0] != names[1]

    def test_it_signs_in_and_follows_next(self, client):
        response = sign_up(client, next="/doctors/")
        assert (response.status_code, response["Location"]) == (302, "/doctors/")
        assert client.session["_auth_user_id"] == str(User.objects.get().pk)

    def test_next_never_leads_elsewhere(self, client):
        assert sign_up(client, next="https://evil.example/")["Location"] == "/accounts/home/"

    def test_the_session_keeps_what_the_visitor_had(self, client):
        session = client.session
        session["hold_token"] = "mine"
        session.save()
        sign_up(client)
        assert client.session["hold_token"] == "mine"


class TestMail:
    def test_it_brings_the_link_that_confirms(self, client):
        sign_up(client)
        [message] = mail.outbox
        assert (message.to, message.subject) == (
            ["nadia@example.org"],
            "Confirm your e-mail address",
        )
        link = next(line for line in message.body.splitlines() if line.startswith("http"))
        assert "Is this your address?" in client.get(link).text
        assert not services.user_is_verified(User.objects.get())
        assert client.post(link).status_code == 302
        assert services.user_is_verified(User.objects.get())

    @pytest.mark.parametrize("error", [ConnectionRefusedError, smtplib.SMTPServerDisconnected])
    def test_a_mail_server_that_is_down_stops_nobody(self, client, monkeypatch, caplog, error):
        def fail(*_args, **_options):
            raise error("nadia@example.org")

        monkeypatch.setattr(mail.EmailMessage, "send", fail)
        response = sign_up(client)
        assert (response.status_code, User.objects.count()) == (302, 1)
        assert [str(message) for message in response.wsgi_request._messages] == [
            "We could not send an e-mail to nadia@example.org now. Try again later."
        ]
        assert caplog.messages == [
            f"mail not sent: account/email/email_confirmation_signup: {error.__name__}"
        ]


class TestRefusal:
    def test_a_known_address_is_sent_to_sign_in_with_its_next(self, client):
        UserFactory(email="nadia@example.org")
        response = sign_up(client, email="NADIA@example.org", next="/doctors/")
        assert response.status_code == 422
        assert response.context["sign_up_form"].errors["email"] == [
            "This e-mail address already has an account. "
            '<a href="/accounts/login/?next=%2Fdoctors%2F">Sign in with it</a>'
        ]
        assert User.objects.count() == 1

    def test_an_address_taken_in_the_same_second_reads_the_same(self, client, monkeypatch):
        UserFactory(email="nadia@example.org")
        # The form's check passes, as for the slower of two requests: the database decides.
        monkeypatch.setattr(forms, "email_already_exists", lambda email: (email, False))
        response = sign_up(client)
        assert response.status_code == 422
        assert response.context["sign_up_form"].has_error("email", "email_taken")
        assert (User.objects.count(), Patient.objects.count()) == (1, 0)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("first_name", ""),
            ("last_name", " "),
            ("birth_date", "2999-01-01"),
            ("birth_date", "1811-01-01"),
            ("birth_date", "yesterday"),
            ("phone", "12"),
            ("email", "nadia"),
            ("password1", "12345678"),
            ("password1", "nadia@example.org"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(self, client, field, value):
        response = sign_up(client, **{field: value})
        assert response.status_code == 422
        assert list(response.context["sign_up_form"].errors) == [field]
        assert User.objects.count() == 0

    def test_it_keeps_what_was_typed_but_the_password(self, client):
        response = sign_up(client, phone="12")
        assert 'value="Nadia"' in response.text
        assert 'value="1992-03-04"' in response.text
        assert "mouette-bleue-77" not in response.text

    def test_the_fragment_is_the_form_alone(self, client):
        response = client.post("/accounts/register/", filled(phone=""), headers=FRAGMENT)
        assert response.status_code == 422
        assert response.text.strip().startswith('<form id="sign_up_form"')
        assert response.text.strip().endswith("</form>")

    @pytest.mark.usefixtures("limits")
    def test_a_flood_gets_the_form_back(self, client, settings):
        settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
        sign_up(client, phone="12")
        response = sign_up(client)
        assert (response.status_code, User.objects.count()) == (429, 0)
        assert 'value="Nadia"' in response.text


def test_the_password_is_hashed_before_the_transaction(client, monkeypatch):
    """A hash takes a third of a second, and SQLite has one write lock for all requests."""
    depths = []
    set_password = User.set_password

    def noted(user, password):
        depths.append(len(connection.savepoint_ids))
        set_password(user, password)

    monkeypatch.setattr(User, "set_password", noted)
    before = len(connection.savepoint_ids)
    sign_up(client)
    assert depths == [before]


@pytest.mark.parametrize("path", ["register/", "login/", "register/doctor/"])
def test_every_control_says_what_it_is(client, path):
    """The form gives labels; autocomplete lets a phone fill the controls (WCAG 1.3.5)."""
    form = client.get(f"/accounts/{path}").context["form"]
    for field in form:
        assert field.label
        if not field.name.startswith(("specialty", "practice_time")):
            assert field.field.widget.attrs["autocomplete"]
