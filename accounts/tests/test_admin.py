import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry

from accounts.models import Patient, User
from accounts.tests.admin import act, add, admin_client, errors_of, found, page, said, save
from accounts.tests.factories import (
    PASSWORD,
    EmailAddressFactory,
    PatientFactory,
    RelativeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


class TestAccounts:
    @pytest.mark.parametrize("text", ["dupont", "ÉLODIE", "elodie.d@", "elodie dupont"])
    def test_search_finds_an_account_by_what_it_says(self, text):
        account = UserFactory(first_name="Élodie", last_name="Dupont", email="elodie.d@example.org")
        PatientFactory(account=account, first_name="Élodie", last_name="Dupont")
        UserFactory(first_name="Paul", last_name="Martin")
        assert found(admin_client(), User, q=text) == [account]

    def test_search_finds_the_account_that_books_for_a_person_once(self):
        account = UserFactory()
        PatientFactory(account=account, last_name="Haddad")
        RelativeFactory(account=account, first_name="Zoé", last_name="Haddad")
        assert found(admin_client(), User, q="haddad") == [account]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ({"is_blocked__exact": "1"}, ["blocked"]),
            ({"role__exact": "secretary"}, ["desk"]),
            ({"is_active__exact": "0"}, ["gone"]),
        ],
    )
    def test_filters(self, query, names):
        UserFactory(username="blocked", is_blocked=True)
        UserFactory(username="desk", role=User.Role.SECRETARY)
        UserFactory(username="gone", is_active=False)
        assert [user.username for user in found(admin_client(), User, **query)] == names

    def test_block_stops_online_booking_and_is_logged(self):
        client, account = admin_client(), UserFactory()
        response = act(client, "block", account)
        account.refresh_from_db()
        entry = LogEntry.objects.get()
        assert account.is_blocked
        assert (entry.user, entry.object_id) == (client.user, str(account.pk))
        assert entry.get_change_message() == "Blocked online booking."
        assert said(response) == ["1 account can no longer book online."]

    def test_block_leaves_accounts_alone_that_are_blocked(self):
        response = act(admin_client(), "block", UserFactory(is_blocked=True))
        assert said(response) == ["0 accounts can no longer book online."]
        assert not LogEntry.objects.exists()

    def test_unblock_lets_the_account_book_again(self):
        account = UserFactory(is_blocked=True)
        act(admin_client(), "unblock", account)
        account.refresh_from_db()
        assert not account.is_blocked

    def test_add_makes_an_account_that_signs_in(self, client):
        add(
            admin_client(),
            User,
            username="Marie",
            email="Marie@Example.org",
            role="secretary",
            usable_password="true",
            password1=PASSWORD,
            password2=PASSWORD,
        )
        address = EmailAddress.objects.get()
        assert (address.user.username, address.user.role) == ("marie", "secretary")
        assert (address.email, address.primary, address.verified) == (
            "marie@example.org",
            True,
            False,
        )
        assert client.login(username="MARIE", password=PASSWORD)

    def test_an_address_of_another_account_is_refused_in_words(self):
        UserFactory(email="taken@example.org")
        response = save(admin_client(), UserFactory(), email="TAKEN@example.org")
        assert errors_of(response) == {"email": ["This e-mail address already has an account."]}

    def test_a_new_address_replaces_the_old_one_and_is_not_confirmed(self):
        account = EmailAddressFactory().user
        save(admin_client(), account, email="new@example.org")
        assert list(account.emailaddress_set.values_list("email", "primary", "verified")) == [
            ("new@example.org", True, False)
        ]

    def test_another_change_leaves_the_addresses_alone(self):
        account = EmailAddressFactory().user
        EmailAddressFactory(user=account, email="soon@example.org", primary=False, verified=False)
        save(admin_client(), account, first_name="Nour")
        account.refresh_from_db()
        assert account.first_name == "Nour"
        assert sorted(account.emailaddress_set.values_list("email", "verified")) == [
            ("soon@example.org", False),
            (account.email, True),
        ]

    def test_an_account_with_persons_is_not_deleted_but_made_inactive(self):
        account = PatientFactory().account
        client = admin_client()
        response = client.get(page(User, "delete", account.pk))
        assert response.context["protected"] == [
            "1 patient",
            "Make the account inactive instead: nobody can sign in with it then.",
        ]


def test_an_admin_confirms_an_address():
    address = EmailAddressFactory(verified=False)
    act(admin_client(), "make_verified", address)
    address.refresh_from_db()
    assert address.verified


def test_what_failed_is_shown_as_an_error():
    taken = EmailAddressFactory()
    address = EmailAddressFactory(email=taken.email, verified=False)
    client = admin_client()
    act(client, "make_verified", address)
    html = client.get(page(EmailAddress)).content.decode()
    assert f'<li class="error">Failed to mark {taken.email} as verified.</li>' in html


class TestPatients:
    @pytest.mark.parametrize("text", ["helene", "HÉLÈNE d'été", "été", "06 12 34 56 78", "+33612"])
    def test_search_finds_a_person_by_name_or_phone(self, text):
        wanted = PatientFactory(first_name="Hélène", last_name="D'Été", phone="+33612345678")
        PatientFactory(first_name="Karim", last_name="Alami", phone="+33698765432")
        assert found(admin_client(), Patient, q=text) == [wanted]

    def test_the_blocked_are_found(self):
        blocked = PatientFactory(account__is_blocked=True)
        PatientFactory()
        client = admin_client()
        assert found(client, Patient, blocked="account") == [blocked]
        assert found(client, Patient, blocked="any") == [blocked]

    def test_the_persons_of_an_account_are_found_by_completing_its_name(self):
        child = RelativeFactory()
        PatientFactory()
        client = admin_client()
        assert found(client, Patient, account__id__exact=child.account.pk) == [child]
        html = client.get(page(Patient), {"account__id__exact": child.account.pk, "q": "lina"})
        assert html.content.count(b'<input type="hidden" name="q" value="lina">') == 1

    def test_a_second_owner_of_an_account_is_refused_in_words(self):
        account = PatientFactory().account
        response = save(admin_client(), RelativeFactory(account=account), relation="self")
        assert errors_of(response) == {
            "relation": ["The account already has its owner; choose another relation."]
        }

    def test_a_person_links_to_their_appointments(self):
        person = PatientFactory()
        html = admin_client().get(page(Patient, "change", person.pk)).content.decode()
        assert f'href="/admin/bookings/appointment/?patient__id__exact={person.pk}"' in html
