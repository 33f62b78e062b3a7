"""Whoever is added without an appointment, from what one field says."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import to_python

from accounts.models import Patient

NUMBER = re.compile(r"\+?\d[\d\s.()-]{6,}\d")


def read_newcomer(text: str, country: str) -> Patient:
    """The new, unsaved patient in "Karim Tazi" or "Karim Ben Tazi 06 61 20 48 15".

    ValidationError, in words for the field, when a name is missing or the number is none.
    """
    number = NUMBER.search(text)
    words = NUMBER.sub(" ", text).replace(",", " ").split()
    if len(words) < 2 or any(character.isdigit() for word in words for character in word):
        raise ValidationError(_("Please write first and last name: “Karim Tazi”."))
    phone: Any = to_python(number.group(), region=country) if number else ""
    if phone and not phone.is_valid():
        raise ValidationError(_("This phone number does not exist: please check it."))
    person = Patient(first_name=words[0], last_name=" ".join(words[1:]), phone=phone)
    person.full_clean(exclude=["account"])
    return person
