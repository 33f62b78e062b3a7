"""Writes about accounts and persons: the transactions of this app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import get_language
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Patient, User


class EmailTaken(Exception):
    """Another account has this address."""


class PersonHasAppointments(Exception):
    """A person with visits, past or to come, stays on record."""


def user_is_verified(user: User) -> bool:
    """Whether `user` ever proved to read the mail of this account."""
    return EmailAddress.objects.filter(user=user, verified=True).exists()


# -- opening an account -------------------------------------------------------------------


def new_account(
    *, role: User.Role, email: str, password: str, first_name: str, last_name: str
) -> User:
    """An unsaved account; save it with `opening`.

    The hash takes a third of a second on purpose: it is made here, before any transaction,
    because SQLite has one write lock for everybody.
    """
    user = User(
        username=_new_username(first_name, last_name),
        email=email,
        first_name=first_name,
        last_name=last_name,
        role=role,
        language=get_language() or "",
    )
    user.set_password(password)
    return user


def _new_username(first_name: str, last_name: str) -> str:
    """People sign in by e-mail; the random end keeps two who share a name from meeting."""
    name = slugify(f"{first_name} {last_name}")[:40] or "user"
    return f"{name}-{get_random_string(8, '23456789abcdefghjkmnpqrstuvwxyz')}"


@contextmanager
def opening(user: User) -> Iterator[None]:
    """One transaction that saves the new account and what the caller adds to it.

    Raises EmailTaken when somebody opened one with this address meanwhile.
    """
    with refusing_taken_email(), transaction.atomic():
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
        yield


@contextmanager
def refusing_taken_email() -> Iterator[None]:
    """Stands outside the transaction, which the database has broken by then."""
    try:
        yield
    except IntegrityError as error:
        if "account_email_is_unique" in str(error):
            raise EmailTaken from error
        raise


def sign_up_patient(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    birth_date: dt.date,
    phone: PhoneNumber,
) -> User:
    """An account with its owner as first person. Raises EmailTaken."""
    user = new_account(
        role=User.Role.PATIENT,
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
    )
    with opening(user):
        Patient.objects.create(
            account=user,
            relation=Patient.Relation.SELF,
            first_name=first_name,
            last_name=last_name,
            birth_date=birth_date,
            phone=phone,
        )
    return user


# -- changing it --------------------------------------------------------------------------


def change_email(*, user: User, email: str) -> EmailAddress:
    """Note the new address, still to be confirmed by the link that the caller sends there.

    A confirmed address stays in use until then; one that was never confirmed is replaced at
    once. Raises EmailTaken.
    """
    with refusing_taken_email(), transaction.atomic():
        has_confirmed = EmailAddress.objects.filter(user=user, verified=True).exists()
        EmailAddress.objects.filter(user=user, verified=False).delete()
        if not has_confirmed:
            user.email = email
            user.save(update_fields=["email"])
        return EmailAddress.objects.create(user=user, email=email, primary=not has_confirmed)


def unconfirmed_address(user: User) -> EmailAddress | None:
    """The address that waits for its link, if any; accounts made by an admin get their row here."""
    waiting: EmailAddress | None = EmailAddress.objects.filter(user=user, verified=False).last()
    if waiting is None and user.email and not user_is_verified(user):
        waiting = EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True)
    return waiting


def save_profile(*, user: User, person: Patient | None) -> None:
    """Save the account and, when there is one, its owner as a person."""
    with transaction.atomic():
        # In the order in which a booking locks them.
        if person is not None:
            person.save()
        user.save(update_fields=["first_name", "last_name", "language"])


def remove_relative(relative: Patient) -> None:
    """Forget a person nobody ever booked for; raises PersonHasAppointments otherwise."""
    try:
        with transaction.atomic():
            # A booking locks the person too: it is seen, or finds nobody.
            Patient.objects.locked([relative.pk])
            relative.delete()
    except ProtectedError as error:
        raise PersonHasAppointments from error
