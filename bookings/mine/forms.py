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
from scheduling.models import Weekday


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


NOTICES = [
    (0, _("none")),
    (2, _("2 hours")),
    (4, _("4 hours")),
    (12, _("12 hours")),
    (24, _("1 day")),
    (48, _("2 days")),
    (72, _("3 days")),
    (168, _("1 week")),
]


class WishTimesForm(forms.Form):
    """Which times suit somebody on the waiting list."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose one day at least.")},
    )
    mornings = forms.BooleanField(label=_("In the morning"), required=False)
    afternoons = forms.BooleanField(label=_("In the afternoon"), required=False)
    notice_hours = forms.TypedChoiceField(label=_("Shortest notice"), choices=NOTICES, coerce=int)
    not_before = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if not (wish.get("mornings") or wish.get("afternoons")):
            self.add_error("mornings", _("Please choose the morning, the afternoon or both."))
        return wish


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
