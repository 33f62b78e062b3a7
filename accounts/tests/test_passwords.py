import pytest
from django.core import mail

from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "mouette-bleue-77"


def ask(client, email):
    return client.post("/accounts/password/reset/", {"email": email})


def link_in(message):
    return next(line for line in message.body.splitlines() if line.startswith("http"))


class TestReset:
    def test_the_link_in_the_mail_sets_a_password_and_signs_in(self, client):
        user = UserFactory(email="nadia@example.org")
        assert ask(client, "Nadia@Example.org")["Location"] == "/accounts/password/reset/done/"
        [message] = mail.outbox
        page = client.get(link_in(message), follow=True)
        response = client.post(page.context["action_url"], {"password1": NEW})
        assert (response.status_code, response["Location"]) == (302, "/accounts/home/")
        user.refresh_from_db()
        assert user.check_password(NEW)
        assert client.session["_auth_user_id"] == str(user.pk)

    def test_the_link_works_once(self, client):
        UserFactory(email="nadia@example.org")
        ask(client, "nadia@example.org")
        link = link_in(mail.outbox[0])
        page = client.get(link, follow=True)
        client.post(page.context["action_url"], {"password1": NEW})
        client.post("/accounts/logout/")
        again = client.get(link)
        assert again.status_code == 404
        assert "This link no longer works" in again.text

    def test_a_weak_password_is_refused_at_its_field(self, client):
        user = UserFactory(email="nadia@example.org")
        ask(client, "nadia@example.org")
        page = client.get(link_in(mail.outbox[0]), follow=True)
        response = client.post(page.context["action_url"], {"password1": "12345678"})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["password1"]
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_it_tells_nobody_whether_an_account_exists(self, client):
        UserFactory(email="nadia@example.org")
        known, unknown = ask(client, "nadia@example.org"), ask(client, "nobody@example.org")
        assert known["Location"] == unknown["Location"]
        assert [message.subject for message in mail.outbox] == [
            "Choose a new password",
            "No account with this address",
        ]

    def test_it_looks_the_same_while_the_mail_server_is_down(self, client, monkeypatch):
        UserFactory(email="nadia@example.org")

        def fail(*_args, **_options):
            raise ConnectionRefusedError

        monkeypatch.setattr(mail.EmailMessage, "send", fail)
        known, unknown = ask(client, "nadia@example.org"), ask(client, "nobody@example.org")
        assert (known.status_code, known["Location"]) == (302, "/accounts/password/reset/done/")
        assert (known["Location"], known.cookies.keys()) == (
            unknown["Location"],
            unknown.cookies.keys(),
        )

    def test_the_mail_speaks_the_language_of_the_account(self, client, monkeypatch):
        from accounts import adapter

        spoken = []
        render = adapter.DefaultAccountAdapter.render_mail

        def noted(*args, **options):
            spoken.append(adapter.translation.get_language())
            return render(*args, **options)

        monkeypatch.setattr(adapter.DefaultAccountAdapter, "render_mail", noted)
        UserFactory(email="nadia@example.org", language="fr")
        ask(client, "nadia@example.org")
        assert spoken == ["fr"]

    @pytest.mark.usefixtures("limits")
    def test_one_address_is_not_flooded_with_mails(self, client):
        UserFactory(email="nadia@example.org")
        statuses = [ask(client, "nadia@example.org").status_code for _try in range(6)]
        assert statuses == [302] * 5 + [429]
        assert len(mail.outbox) == 5


class TestChange:
    def post(self, client, old, new=NEW):
        data = {"oldpassword": old, "password1": new}
        return client.post("/accounts/password/change/", data)

    def test_it_changes_and_stays_signed_in(self, client):
        user = UserFactory()
        client.force_login(user)
        response = self.post(client, PASSWORD)
        assert (response.status_code, response["Location"]) == (302, "/accounts/profile/")
        user.refresh_from_db()
        assert user.check_password(NEW)
        assert client.get("/accounts/profile/").status_code == 200

    def test_it_ends_the_sessions_elsewhere(self, client, django_user_model):
        from django.test import Client

        user, elsewhere = UserFactory(), Client()
        client.force_login(user)
        elsewhere.force_login(user)
        self.post(client, PASSWORD)
        assert elsewhere.get("/accounts/profile/").status_code == 302

    def test_a_wrong_old_password_is_refused(self, client):
        client.force_login(UserFactory())
        response = self.post(client, "wrong")
        assert response.status_code == 422
        assert response.context["form"].errors == {
            "oldpassword": ["This is not your current password."]
        }
