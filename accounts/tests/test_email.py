import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.services import user_is_verified
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def change(client, email, password=PASSWORD):
    return client.post("/accounts/email/", {"email": email, "password": password})


def link():
    return next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))


def addresses(user):
    rows = EmailAddress.objects.filter(user=user).order_by("pk")
    return [(row.email, row.primary, row.verified) for row in rows]


def test_a_confirmed_address_stays_until_the_new_one_is_confirmed(client):
    user = UserFactory(email="old@example.org", with_verified_email=True)
    client.force_login(user)
    assert change(client, "New@example.org").status_code == 302
    assert addresses(user) == [("old@example.org", True, True), ("new@example.org", False, False)]
    assert mail.outbox[0].to == ["new@example.org"]
    client.post(link())
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert addresses(user) == [("new@example.org", True, True)]


def test_an_address_that_was_never_confirmed_is_replaced_at_once(client):
    user = UserFactory(email="tpyo@example.org")
    client.force_login(user)
    change(client, "typo@example.org")
    user.refresh_from_db()
    assert user.email == "typo@example.org"
    assert addresses(user) == [("typo@example.org", True, False)]


def test_it_asks_for_the_password(client):
    user = UserFactory(email="old@example.org")
    client.force_login(user)
    response = change(client, "new@example.org", password="wrong")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["password"])
    assert (addresses(user), mail.outbox) == ([], [])


@pytest.mark.parametrize("email", ["Other@example.org", "old@example.org", "nonsense"])
def test_it_refuses_addresses_that_are_taken_unchanged_or_none(client, email):
    UserFactory(email="other@example.org")
    user = UserFactory(email="old@example.org")
    client.force_login(user)
    response = change(client, email)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    assert addresses(user) == []


def test_an_address_taken_before_its_link_is_opened_stays_with_the_other(client):
    user = UserFactory(email="old@example.org", with_verified_email=True)
    client.force_login(user)
    change(client, "new@example.org")
    UserFactory(email="new@example.org")
    client.post(link())
    user.refresh_from_db()
    assert user.email == "old@example.org"
    assert addresses(user) == [("old@example.org", True, True), ("new@example.org", False, False)]


def test_an_account_that_an_admin_made_can_confirm_its_address(client):
    user = UserFactory(email="nadia@example.org")
    client.force_login(user)
    client.post("/accounts/email/", {"resend": "1"})
    client.post(link())
    assert user_is_verified(user)


def test_looking_at_the_page_writes_nothing(client):
    user = UserFactory()
    client.force_login(user)
    client.get("/accounts/email/")
    assert addresses(user) == []


@pytest.mark.usefixtures("limits")
def test_the_link_is_not_sent_twice_in_a_row(client):
    client.force_login(UserFactory())
    for _try in range(2):
        response = client.post("/accounts/email/", {"resend": "1"}, follow=True)
    assert len(mail.outbox) == 1
    assert "We sent a link a moment ago." in response.text


def test_a_link_that_is_no_link_is_a_404_with_a_way_on(client):
    response = client.get("/accounts/confirm-email/abc/")
    assert response.status_code == 404
    assert "This link no longer works" in response.text
