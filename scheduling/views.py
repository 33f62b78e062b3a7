"""A doctor comes in, and the new practice is asked about its public holidays."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from doctors import forms, views
from scheduling.services import propose_holidays


class DoctorSignUpForm(forms.DoctorSignUpForm):
    def save(self, request: HttpRequest) -> User:
        """The holidays in a transaction of their own: a command proposes them daily anyway."""
        user = super().save(request)
        propose_holidays(user.doctor.practice)
        return user


class DoctorSignUpView(views.DoctorSignUpView):
    form_class = DoctorSignUpForm
