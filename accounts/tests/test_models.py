"""Accounts and the persons for whom they book."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Patient, User
from accounts.tests.factories import (
    PASSWORD,
    DoctorUserFactory,
    PatientFactory,
    RelativeFactory,
    SecretaryUserFactory,
    UserFactory,
)
from web.text import normalise

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (dt.date(1990, 6, 15), dt.date(2027, 6, 14), 36),
        (dt.date(1990, 6, 15), dt.date(2027, 6, 15), 37),
        (dt.date(1990, 6, 15), dt.date(2027, 12, 31), 37),
        (dt.date(2027, 3, 1), dt.date(2027, 3, 1), 0),
        # Born on 29 February: one year older on 1 March in other years.
        (dt.date(2000, 2, 29), dt.date(2027, 2, 28), 26),
        (dt.date(2000, 2, 29), dt.date(2027, 3, 1), 27),
        (dt.date(2000, 2, 29), dt.date(2028, 2, 29), 28),
        (None, dt.date(2027, 3, 1), None),
    ],
)
def test_age_on(birth_date, day, age):
    assert PatientFactory.build(birth_date=birth_date).age_on(day) == age


@pytest.mark.parametrize(
    ("first_name", "last_name", "name"),
    [("Nadia", "Benali", "Nadia Benali"), ("Nadia", "", "Nadia"), ("", "Benali", "Benali")],
)
def test_name(first_name, last_name, name):
    assert Patient(first_name=first_name, last_name=last_name).name == name


# Persons of an account ---------------------------------------------------------------------------


def test_an_account_has_one_self():
    self_ = PatientFactory()

    with (
        pytest.raises(IntegrityError, match=r"account_has_one_self|patient\.account_id"),
        transaction.atomic(),
    ):
        PatientFactory(account=self_.account)


def test_the_desk_may_add_any_number_of_persons_without_an_account():
    PatientFactory.create_batch(2, account=None)

    assert Patient.objects.filter(account=None).count() == 2


def test_an_account_has_as_many_relatives_as_it_likes():
    self_ = PatientFactory()
    RelativeFactory.create_batch(2, account=self_.account)

    assert self_.account.patients.count() == 3


def test_of_account_lists_itself_first_then_relatives_by_name():
    account = UserFactory()
    zoe = RelativeFactory(account=account, first_name="Zoé")
    adam = RelativeFactory(account=account, first_name="Adam")
    self_ = PatientFactory(account=account, first_name="Nadia")
    PatientFactory()

    assert list(Patient.objects.of_account(account)) == [self_, adam, zoe]


@pytest.mark.parametrize("relatives", [1, 30])
def test_of_account_is_one_query(relatives, django_assert_num_queries):
    account = PatientFactory().account
    RelativeFactory.create_batch(relatives, account=account)

    with django_assert_num_queries(1):
        names = [patient.name for patient in Patient.objects.of_account(account)]

    assert len(names) == relatives + 1


def test_locked_takes_persons_by_pk_whatever_the_order_asked():
    first, second = PatientFactory.create_batch(2)

    assert Patient.objects.locked([second.pk, first.pk]) == [first, second]


# Accounts ----------------------------------------------------------------------------------------


def test_an_e_mail_address_belongs_to_one_account_whatever_its_case():
    UserFactory(email="nadia@example.org")

    with pytest.raises(IntegrityError, match="account_email_is_unique"), transaction.atomic():
        UserFactory(email="Nadia@Example.org")


def test_accounts_without_e_mail_are_as_many_as_needed():
    UserFactory.create_batch(2, email="")

    assert User.objects.filter(email="").count() == 2


@pytest.mark.parametrize(
    ("factory", "has_one"),
    [(UserFactory, False), (DoctorUserFactory, True), (SecretaryUserFactory, True)],
)
def test_doctors_and_secretaries_have_a_dashboard(factory, has_one):
    assert factory.build().has_dashboard is has_one


def test_an_account_is_called_by_its_name_or_else_its_user_name():
    named = UserFactory.build()
    nameless = UserFactory.build(username="nadia", first_name="", last_name="")

    assert [str(named), str(nameless)] == ["Nadia Benali", "nadia"]


def test_factories_give_the_password_they_name():
    assert UserFactory().check_password(PASSWORD)


# Names as people type them -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Hélène  D'Été", "helene d'ete"),
        ("  ÉCOLE\tNormale\n", "ecole normale"),
        ("Straße", "strasse"),
        ("Şükrü Çelik", "sukru celik"),
        ("E\u0301cole", "ecole"),
        ("ﬁn", "fin"),
        ("Saint-Étienne", "saint-etienne"),
        ("أمراض القلب", "امراض القلب"),
        ("", ""),
    ],
)
def test_normalise(text, normal):
    assert normalise(text) == normal


@pytest.mark.parametrize("text", ["Hélène  D'Été", "İstanbul", "ﬃ", "Αθήνα", "أمراض"])
def test_normalise_of_what_is_normal_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_search_text_follows_the_name():
    patient = PatientFactory(first_name="Hélène", last_name="Lefèvre")
    patient.last_name = "Çelik"
    patient.save()

    assert Patient.objects.get().search_text == "helene celik"


def test_search_text_is_written_by_bulk_create():
    Patient.objects.bulk_create(
        [
            PatientFactory.build(account=None, first_name="Hélène"),
            PatientFactory.build(account=None, first_name="Zoé"),
        ]
    )

    found = Patient.objects.order_by("pk").values_list("search_text", flat=True)
    assert list(found) == ["helene benali", "zoe benali"]


def test_search_text_of_a_long_name_fits_its_column():
    PatientFactory(first_name="ﬃ" * 80, last_name="ﬃ" * 80)

    assert Patient.objects.get().search_text == ("ffi" * 80 + " " + "ffi" * 80)[:300]
