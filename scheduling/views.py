"""The sign-up of a doctor, which proposes the new practice's public holidays."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from doctors import forms, views
from scheduling.services import propose_holidays


class SignUpWithHolidaysForm(forms.DoctorSignUpForm):
    def save(self, request: HttpRequest) -> User:
        """Save the account, then the holidays in their own transaction.

        An error there loses nothing: a command proposes holidays every day.
        """
        user = super().save(request)
        propose_holidays(user.doctor.practice)
        return user


class SignUpWithHolidaysView(views.DoctorSignUpView):
    form_class = SignUpWithHolidaysForm
