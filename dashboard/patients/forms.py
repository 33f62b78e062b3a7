"""What the desk changes about a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import helper
from bookings.models import PatientFile


class BlockForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, for your colleagues"),
        max_length=PatientFile._meta.get_field("block_reason").max_length,
        help_text=_("The patient does not read it, only to call the practice."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper()
