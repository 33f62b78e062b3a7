"""The forms of the tab "Messages": what a practice sends, and its own lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import helper, phone_field, row
from bookings.messages.lines import Texts
from bookings.models import MessageLine, MessageSettings
from doctors.models import ConsultationType

GENERIC_SENDERS = ("sms", "info", "infos", "message", "rdv", "docteur", "medecin", "cabinet")
"""A reader cannot tell who such a sender is, and providers refuse them."""
CLOCK = {"placeholder": "20:00", "size": "6", "maxlength": "5", "autocomplete": "off"}
"""As for opening hours: a box of the browser's own would show AM and PM to some readers."""


class MessageSettingsForm(forms.ModelForm):
    class Meta:
        model = MessageSettings
        fields = (
            *("neutral_name", "sms_sender", "reminds_week", "reminds", "reminds_hours"),
            *("sends_sms", "turn_soon", "offers_freed_times", "quiet_from", "quiet_until"),
            *("staff_email", "staff_phone", "tells_requests", "tells_late_changes"),
            "late_change_hours",
        )
        labels = {
            "neutral_name": gettext_lazy("Name in messages"),
            "sms_sender": gettext_lazy("Sender of SMS"),
            "reminds_week": gettext_lazy("Reminder a week before, by e-mail"),
            "reminds": gettext_lazy("Reminder two days before"),
            "reminds_hours": gettext_lazy("Reminder two hours before, by e-mail"),
            "sends_sms": gettext_lazy("By SMS too"),
            "turn_soon": gettext_lazy("Your turn is near, two people before"),
            "offers_freed_times": gettext_lazy("A time that became free, to the waiting list"),
            "quiet_from": gettext_lazy("No message from"),
            "quiet_until": gettext_lazy("until"),
            "staff_email": gettext_lazy("E-mail of the practice"),
            "tells_requests": gettext_lazy("A new request to answer, at once"),
            "tells_late_changes": gettext_lazy("A late change by a patient"),
            "late_change_hours": gettext_lazy("A change is late"),
        }
        help_texts = {
            "neutral_name": gettext_lazy(
                "Without a field of medicine: another person may read it. Empty: the name."
            ),
            "sms_sender": gettext_lazy("3 to 11 letters or digits, where the provider allows it."),
        }
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs=CLOCK)
            for name in ("quiet_from", "quiet_until")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        phone = phone_field(required=False)
        phone.label, phone.region = _("Mobile of the practice"), self.instance.practice.country
        self.fields["staff_phone"] = phone
        late: Any = self.fields["late_change_hours"]
        late.widget.attrs |= {"min": 1, "max": MessageSettings.MOST_LATE_HOURS}
        # A practice without a row reads what holds for its country.
        self.initial["quiet_until"] = self.instance.quiet_hours[1]
        self.helper = helper()
        self.helper.form_error_title = _("Not saved yet: please correct this.")
        self.helper.layout = Layout(
            Fieldset(_("Who writes"), row("neutral_name", "sms_sender")),
            Fieldset(
                _("To patients"),
                *("reminds_week", "reminds", "reminds_hours"),
                *("offers_freed_times", "turn_soon", "sends_sms"),
            ),
            Fieldset(_("Quiet hours"), row("quiet_from", "quiet_until")),
            Fieldset(
                _("To the practice"),
                row("staff_email", "staff_phone"),
                "tells_requests",
                "tells_late_changes",
                AppendedText("late_change_hours", _("hours before")),
            ),
        )

    def clean_sms_sender(self) -> str:
        sender: str = self.cleaned_data["sms_sender"]
        if sender.strip().lower() in GENERIC_SENDERS:
            raise forms.ValidationError(_("Patients must recognise it: not a general word."))
        return sender


class LinesForm(forms.Form):
    """The practice's lines in each language: one closes every e-mail, one is about each type."""

    def __init__(
        self, *args: Any, types: Sequence[ConsultationType], texts: Texts, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.types = types
        for key in self._keys():
            attributes = {"rows": 3, "maxlength": MessageLine.LONGEST, "lang": key[1]}
            self.fields[_field_name(*key)] = forms.CharField(
                label=dict(settings.LANGUAGES)[key[1]],
                required=False,
                max_length=MessageLine.LONGEST,
                initial=texts.get(key, ""),
                widget=forms.Textarea(attrs=attributes),
            )

    def _keys(self) -> Iterator[tuple[int | None, str]]:
        for type_id in (None, *(each.pk for each in self.types)):
            for language, _name in settings.LANGUAGES:
                yield type_id, language

    def texts(self) -> Texts:
        """What was typed, without the spaces around it. Ask after `is_valid`."""
        return {key: self.cleaned_data[_field_name(*key)].strip() for key in self._keys()}

    def closing(self) -> list[BoundField]:
        return self._fields_of(None)

    def of_types(self) -> list[tuple[ConsultationType, list[BoundField], bool]]:
        """[(type, its fields, whether one of them has a text or an error), …]."""
        parts = ((each, self._fields_of(each.pk)) for each in self.types)
        return [
            (each, fields, any(field.value() or field.errors for field in fields))
            for each, fields in parts
        ]

    def _fields_of(self, type_id: int | None) -> list[BoundField]:
        return [self[_field_name(type_id, language)] for language, _name in settings.LANGUAGES]


def _field_name(type_id: int | None, language: str) -> str:
    return f"{type_id or 'closing'}-{language}"
