"""Writes about doctors and practices."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import get_random_string
from django.utils.text import slugify

from accounts.models import User
from accounts.services import new_account, opening
from doctors.models import Doctor, Practice, Specialty


def sign_up_doctor(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    specialty: Specialty,
    practice: dict[str, Any],
) -> User:
    """The account of a doctor with a practice (the columns in `practice`) of their own.

    Not approved, so nobody finds them yet. Raises accounts.services.EmailTaken.
    """
    user = new_account(
        role=User.Role.DOCTOR,
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
    )
    with opening(user):
        Doctor.objects.create(
            user=user,
            slug=new_slug(f"{first_name} {last_name} {practice['city']}"),
            specialty=specialty,
            practice=Practice.objects.create(**practice),
        )
    return user


def new_slug(text: str) -> str:
    """A doctor's address: readable, and with a random end when a namesake has it."""
    slug = slugify(text)[:110].strip("-") or "dr"
    if Doctor.objects.filter(slug=slug).exists():
        slug = f"{slug}-{get_random_string(5, '23456789abcdefghjkmnpqrstuvwxyz')}"
    return slug
