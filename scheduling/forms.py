"""The form fields for a day and for a time of day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

YEARS = range(2000, 2101)


class DayField(forms.DateField):
    """A day of an agenda, in the years 2000 to 2100."""

    def __init__(self, **options: Any) -> None:
        attributes = {"type": "date", "min": "2000-01-01", "max": "2100-12-31"}
        widget = forms.DateInput(format="%Y-%m-%d", attrs=attributes)
        super().__init__(widget=widget, **options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value.year not in YEARS:
            raise forms.ValidationError(_("Please write a date between 2000 and 2100."))


class ClockField(forms.CharField):
    """A wall clock as "09:30", "9h30", "9h" or "0930"; cleans to minutes since midnight.

    "24:00" is the end of the day.
    """

    def __init__(self, *, last_minute: int, **options: Any) -> None:
        self.last_minute = last_minute
        attributes = {"placeholder": "09:00", "size": "6", "maxlength": "5", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **options)

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").lower()
        if not text:
            return None
        if text.endswith("h"):
            text += "00"
        elif len(text) in (3, 4) and text.isdecimal():
            text = f"{text[:-2]}:{text[-2:]}"
        hours, _colon, minutes = text.replace("h", ":").partition(":")
        is_clock = hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2
        minute = int(hours) * 60 + int(minutes) if is_clock and int(minutes) < 60 else -1
        if not 0 <= minute <= self.last_minute:
            raise forms.ValidationError(_("Write a time like 09:30."))
        return minute
