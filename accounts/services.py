"""The transactions that write accounts and persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import PHOTOS, Patient, User
from web import photos
from web.text import slug_of


class EmailTaken(Exception):
    """Another account has this address."""


class PersonHasAppointments(Exception):
    """The person has visits, past or to come, and stays on record."""


def user_is_verified(user: User) -> bool:
    """Whether `user` ever confirmed an e-mail address of this account."""
    return EmailAddress.objects.filter(user=user, verified=True).exists()


# -- opening an account -------------------------------------------------------------------


def new_account(
    *, role: User.Role, email: str, password: str, first_name: str, last_name: str
) -> User:
    """Return an unsaved account; `opening_account` saves it.

    The password's hash takes a third of a second on purpose. It is computed here, before any
    transaction, because SQLite has one write lock for all requests.
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
    """Return a user name with a random end, so that namesakes differ; people sign in by e-mail."""
    name = slug_of(f"{first_name} {last_name}")[:40] or "user"
    return f"{name}-{get_random_string(8, '23456789abcdefghjkmnpqrstuvwxyz')}"


@contextmanager
def opening_account(user: User) -> Iterator[None]:
    """One transaction that saves the new account and the caller's rows.

    Raises EmailTaken when another account took this address in the meantime.
    """
    with refusing_taken_email(), transaction.atomic():
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
        yield


@contextmanager
def refusing_taken_email() -> Iterator[None]:
    """Turn the constraint's error into EmailTaken.

    It stands outside the transaction, because the error breaks the transaction.
    """
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
    """Create an account with its owner as first person. Raises EmailTaken."""
    user = new_account(
        role=User.Role.PATIENT,
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
    )
    with opening_account(user):
        Patient.objects.create(
            account=user,
            relation=Patient.Relation.SELF,
            first_name=first_name,
            last_name=last_name,
            birth_date=birth_date,
            phone=phone,
        )
    return user


# -- changing an account ------------------------------------------------------------------


def change_email(*, user: User, email: str) -> EmailAddress:
    """Save the new address, unconfirmed, and return it; the caller sends the link to confirm it.

    A confirmed address stays in use until then; an address that was never confirmed is replaced
    now. Raises EmailTaken.
    """
    with refusing_taken_email(), transaction.atomic():
        has_confirmed = EmailAddress.objects.filter(user=user, verified=True).exists()
        EmailAddress.objects.filter(user=user, verified=False).delete()
        if not has_confirmed:
            user.email = email
            user.save(update_fields=["email"])
        return EmailAddress.objects.create(user=user, email=email, primary=not has_confirmed)


def unconfirmed_address(user: User) -> EmailAddress | None:
    """Return the address that is not confirmed yet, or None.

    For an account that an admin made, this creates the address's row.
    """
    address: EmailAddress | None = EmailAddress.objects.filter(user=user, verified=False).last()
    if address is None and user.email and not user_is_verified(user):
        address = EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True)
    return address


def save_profile(*, user: User, person: Patient | None) -> None:
    """Save the account and, if there is one, its owner as a person."""
    with transaction.atomic():
        # The same order as the locks of a booking.
        if person is not None:
            person.save()
        user.save(update_fields=["first_name", "last_name", "language"])


def save_photo(person: Patient, sizes: photos.Sizes) -> None:
    """Save the person's photo; empty `sizes` remove it.

    The files are written before the transaction, and the former ones are deleted after it.
    """
    with photos.stored(sizes, PHOTOS) as name, transaction.atomic():
        for before in Patient.objects.locked([person.pk]):
            photos.forget(before.photo.name)
        Patient.objects.filter(pk=person.pk).update(photo=name)


def remove_relative(relative: Patient) -> None:
    """Delete a person without appointments; raises PersonHasAppointments for any other."""
    try:
        with transaction.atomic():
            # A booking locks the person too: either this sees its visit, or it finds no person.
            for locked in Patient.objects.locked([relative.pk]):
                photos.forget(locked.photo.name)
            relative.delete()
    except ProtectedError as error:
        raise PersonHasAppointments from error
