"""What a patient sends about a file to claim and an earlier time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms import BirthDateField, helper
from accounts.models import Patient, User
from bookings.models import Invitation
from doctors.models import ConsultationType, Doctor


class ClaimForm(forms.Form):
    """Who an invitation is about, and the date of birth that the practice has of them."""

    relation = forms.ChoiceField(
        label=_("This person is"),
        choices=[(value, capfirst(label)) for value, label in Patient.Relation.choices],
    )
    birth_date = BirthDateField(autocomplete="off")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.patient.birth_date is None:
            del self.fields["birth_date"]
        self.helper = helper()

    def clean(self) -> dict[str, Any]:
        return {"birth_date": None} | (super().clean() or {})


class WishForm(forms.Form):
    """A doctor and a consultation type, and for whom an earlier time is wanted."""

    doctor = forms.ModelChoiceField(Doctor.objects.none())
    consultation_type = forms.ModelChoiceField(ConsultationType.objects.offered())
    seen_from = forms.DateField(required=False)
    patient = forms.ModelChoiceField(
        Patient.objects.none(),
        error_messages={
            "required": _("Please say for whom it is."),
            "invalid_choice": _("Please choose one of the persons listed."),
        },
    )
    not_before = forms.DateField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = Doctor.objects.visible_to(user).for_pages()
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]
        self.persons = Patient.objects.of_account(user)
        self.fields["patient"].queryset = self.persons  # type: ignore[attr-defined]

    @property
    def names_a_type(self) -> bool:
        """Whether there is anything to wait for; the person may still be missing."""
        if self.errors.keys() & {"doctor", "consultation_type", "seen_from"}:
            return False
        doctor = self.cleaned_data["doctor"]
        return bool(self.cleaned_data["consultation_type"].doctor_id == doctor.pk)
