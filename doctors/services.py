"""The transactions that write doctors and practices."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services import new_account, opening_account
from doctors.models import Doctor, Practice, Specialty
from web import photos
from web.text import slug_of

PAGE = ("presentation", "languages", "accepts_new_patients", "offers_video")
"""The columns that doctors write for their own page."""


def sign_up_doctor(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    specialty: Specialty,
    practice: dict[str, Any],
) -> User:
    """Create the account of a doctor, and their practice from the columns in `practice`.

    The doctor is not approved, so the public does not find them yet. Raises
    accounts.services.EmailTaken.
    """
    user = new_account(
        role=User.Role.DOCTOR,
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
    )
    with opening_account(user):
        Doctor.objects.create(
            user=user,
            slug=new_slug(f"{first_name} {last_name} {practice['city']}"),
            specialty=specialty,
            practice=Practice.objects.create(**practice),
        )
    return user


def save_page(
    doctor: Doctor, *, photo: photos.Sizes | None = None, columns: Collection[str] = PAGE
) -> None:
    """Save these columns of `doctor` (changed, unsaved), and `photo` unless it is None.

    The new photo's files are written before the transaction, and the old ones are deleted after
    it: the page has one whole photo after any error. The lock makes the later of two uploads see
    the earlier one's files. An empty `photo` removes the photo.
    """
    with photos.stored(photo) as name, transaction.atomic(durable=True):
        [before] = Doctor.objects.locked(doctor.pk)
        doctor.save(update_fields=columns)
        if photo is not None:
            Doctor.objects.filter(pk=doctor.pk).update(photo=name)
            photos.forget(before.photo.name)
        doctor.touch_calendar()


def new_slug(text: str) -> str:
    """Return a readable slug for a doctor, with a random end when another doctor has it."""
    slug = slug_of(text)[:110].strip("-") or "dr"
    if Doctor.objects.filter(slug=slug).exists():
        slug = f"{slug}-{get_random_string(5, '23456789abcdefghjkmnpqrstuvwxyz')}"
    return slug


def refresh_search_columns(doctors: QuerySet[Doctor]) -> None:
    """Write the text of these doctors for the search again, after a name or a city changed."""
    for doctor in doctors.select_related("user", "practice", "specialty").order_by("pk"):
        doctor.save(update_fields=["search_text", "search_name"])
