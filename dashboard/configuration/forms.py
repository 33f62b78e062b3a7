"""The forms of the tabs: a reason for a visit, an absence, the practice's details."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from babel.numbers import get_territory_currencies
from babel.units import format_unit
from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms import helper, phone_field, row
from dashboard.cockpit import Cockpit
from doctors.models import ConsultationType, Practice
from scheduling.engine import to_utc
from scheduling.forms import ClockField, DayField
from scheduling.models import DoctorAbsence
from web.templatetags.tbib import reader_locale

INCLUDES = "dashboard/configuration/includes"

COLORS = (
    ("#129d82", pgettext_lazy("color", "green")),
    ("#2f7fd0", pgettext_lazy("color", "blue")),
    ("#8465d2", pgettext_lazy("color", "violet")),
    ("#c95684", pgettext_lazy("color", "rose")),
    ("#d2623f", pgettext_lazy("color", "coral")),
    ("#b07d15", pgettext_lazy("color", "amber")),
    ("#748a35", pgettext_lazy("color", "olive")),
    ("#5d808d", pgettext_lazy("color", "slate")),
)
"""The suggestions of the tokens (--color-type-*), each readable as a bar on white."""
OTHER = "other"

# Beside the currency of the practice's country: those of its neighbours and of its patients.
CURRENCIES = ("EUR", "MAD", "DZD", "TND", "CHF", "CAD", "XOF", "KWD", "GBP", "USD")

DAY = 1440
NOTICES = (0, 60, 120, 240, 720, DAY, 2 * DAY, 3 * DAY, 7 * DAY)
"""Usual ones, in minutes."""
HORIZONS = (7, 14, 30, 60, 90, 180, 365)
"""Usual ones, in days."""


def currency_of(practice: Practice) -> str:
    """What people pay with in the practice's country."""
    return next(iter(get_territory_currencies(practice.country)), "EUR")


def days_in_words(days: int) -> str:
    """ "2 semaines", "6 mois", "45 jours"."""
    if days == 365:
        return str(format_unit(1, "duration-year", locale=reader_locale()))
    for length, unit in ((30, "month"), (7, "week")):
        if days % length == 0:
            return str(format_unit(days // length, f"duration-{unit}", locale=reader_locale()))
    return str(format_unit(days, "duration-day", locale=reader_locale()))


def notice_in_words(minutes: int) -> str:
    """ "Aucun", "2 heures", "3 jours", "90 minutes"."""
    if minutes == 0:
        return _("None: until the last minute")
    if minutes % DAY == 0:
        return str(format_unit(minutes // DAY, "duration-day", locale=reader_locale()))
    if minutes % 60 == 0:
        return str(format_unit(minutes // 60, "duration-hour", locale=reader_locale()))
    return str(format_unit(minutes, "duration-minute", locale=reader_locale()))


class TypeForm(forms.ModelForm):
    """A reason for a visit: what it takes and costs, who may book it and when."""

    color = forms.ChoiceField(
        label=gettext_lazy("Color in the agenda"),
        choices=[*COLORS, (OTHER, gettext_lazy("another color"))],
        widget=forms.RadioSelect,
    )
    other_color = forms.CharField(
        label=gettext_lazy("Another color"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    notice_minutes = forms.TypedChoiceField(label=gettext_lazy("Shortest notice"), coerce=int)
    horizon_days = forms.TypedChoiceField(label=gettext_lazy("Bookable ahead"), coerce=int)

    class Meta:
        model = ConsultationType
        fields = (
            *("name", "duration", "buffer_after", "price", "currency", "price_note", "color"),
            *("is_video", "is_emergency_only", "require_existing_patient", "needs_confirmation"),
            *("notice_minutes", "horizon_days", "instructions"),
        )
        labels = {
            "name": gettext_lazy("Name of the reason"),
            "duration": gettext_lazy("Duration"),
            "buffer_after": gettext_lazy("Pause after"),
            "price_note": gettext_lazy("A word on the price"),
            "instructions": gettext_lazy("What to bring or to do before"),
            "is_video": gettext_lazy("By video"),
            "is_emergency_only": gettext_lazy("Emergencies only"),
            "require_existing_patient": gettext_lazy("Only patients who already came"),
            "needs_confirmation": gettext_lazy("I confirm each request"),
        }
        help_texts = {
            "buffer_after": "",
            "is_video": gettext_lazy("the practice sends the link"),
            "is_emergency_only": gettext_lazy("24 hours ahead at most"),
            "require_existing_patient": gettext_lazy("to a visit with this doctor"),
            "needs_confirmation": gettext_lazy("the time is kept until the answer"),
            "instructions": gettext_lazy("One a line. Shown before and after booking."),
            "price_note": gettext_lazy("“Reimbursed at 70 %”, “On quotation”…"),
        }
        widgets = {
            "duration": forms.NumberInput(attrs={"inputmode": "numeric", "step": "5"}),
            "buffer_after": forms.NumberInput(attrs={"inputmode": "numeric", "step": "5"}),
            "instructions": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        instance = self.instance
        own = instance.color
        if own not in dict(COLORS):
            self.initial["color"] = OTHER
        self.initial["other_color"] = own
        here = currency_of(instance.doctor.practice)
        currency: Any = self.fields["currency"]
        codes = dict.fromkeys((here, instance.currency, *CURRENCIES))
        currency.choices = [(code, code) for code in codes]
        self._offer("notice_minutes", NOTICES, notice_in_words)
        self._offer("horizon_days", HORIZONS, days_in_words)
        self._limit("duration", 5, 480, _("From 5 to 480 minutes."))
        self._limit("buffer_after", 0, 240, _("From 0 to 240 minutes."))
        self.helper = helper()
        self.helper.form_error_title = _("Not saved yet: please correct this.")
        flag = f"{INCLUDES}/flag.html"
        self.helper.layout = Layout(
            "name",
            row(AppendedText("duration", "min"), AppendedText("buffer_after", "min")),
            row("price", "currency"),
            "price_note",
            Field("is_video", template=flag),
            Field("color", template=f"{INCLUDES}/colors.html"),
            Fieldset(
                _("Online booking"),
                Field("require_existing_patient", template=flag),
                Field("is_emergency_only", template=flag),
                Field("needs_confirmation", template=flag),
                row("notice_minutes", "horizon_days"),
            ),
            "instructions",
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """What `save_type` writes."""
        return self.Meta.fields

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("color") == OTHER:
            data["color"] = data.get("other_color", "").lower()
        return data

    def _offer(self, name: str, usual: tuple[int, ...], words: Callable[[int], str]) -> None:
        """The usual values, and the type's own if it is another one."""
        values = sorted({*usual, getattr(self.instance, name)})
        field: Any = self.fields[name]
        field.choices = [(value, words(value)) for value in values]

    def _limit(self, name: str, least: int, most: int, words: str) -> None:
        """One sentence for too little and too much."""
        field: Any = self.fields[name]
        field.widget.attrs |= {"min": least, "max": most}
        field.validators = [MinValueValidator(least, words), MaxValueValidator(most, words)]
        field.error_messages["invalid"] = words


class AbsenceForm(forms.Form):
    """Whole days, or from an hour to an hour, on the clock of the doctor's practice."""

    first_day = DayField(label=gettext_lazy("First day"))
    first_time = ClockField(label=gettext_lazy("From what time"), last_minute=1439, required=False)
    last_day = DayField(label=gettext_lazy("Last day"), required=False)
    last_time = ClockField(label=gettext_lazy("Until what time"), last_minute=1440, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For the practice alone: patients never see it."),
        widget=forms.TextInput(attrs={"list": "absence-reasons", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, cockpit: Cockpit, absence: DoctorAbsence | None = None, **options: Any
    ) -> None:
        if absence:
            options["initial"] = as_typed(absence, cockpit.doctor.practice)
        super().__init__(*args, **options)
        self.cockpit, self.absence = cockpit, absence
        if absence is None:
            for name in ("first_day", "last_day"):
                self.fields[name].widget.attrs["min"] = cockpit.today.isoformat()
        self.fields["last_time"].widget.attrs["placeholder"] = "18:00"
        hint = _("Without hours: whole days. Without a last day: the first one only.")
        self.helper = helper()
        self.helper.form_error_title = _("Not saved yet: please correct this.")
        self.helper.layout = Layout(
            Div("first_day", "first_time", css_class="day-and-hour"),
            Div("last_day", "last_time", css_class="day-and-hour"),
            HTML(format_html('<p class="hint">{}</p>', hint)),
            "reason",
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first = data.get("first_day")
        if not first or "last_day" not in data:
            return data
        zone = self.cockpit.doctor.practice.zone
        last = data["last_day"] or first
        data["starts_at"] = to_utc(first, data.get("first_time") or 0, zone)
        until = data.get("last_time")
        data["ends_at"] = to_utc(last, DAY if until is None else until, zone)
        if data["ends_at"] <= data["starts_at"]:
            name = "last_time" if last == first else "last_day"
            self.add_error(name, _("An absence ends after it starts."))
        elif data["ends_at"] <= self.cockpit.now:
            self.add_error("first_day", _("This is past already."))
        return data


def as_typed(absence: DoctorAbsence, practice: Practice) -> dict[str, Any]:
    """What the form says of `absence`: no hours where it takes whole days."""
    start, end = practice.local(absence.starts_at), practice.local(absence.ends_at)
    ends_at_midnight = end.time() == dt.time()
    return {
        "first_day": start.date(),
        "first_time": f"{start:%H:%M}" if start.time() != dt.time() else "",
        "last_day": end.date() - dt.timedelta(days=ends_at_midnight),
        "last_time": "" if ends_at_midnight else f"{end:%H:%M}",
        "reason": absence.reason,
    }


class PracticeForm(forms.ModelForm):
    """What patients read about the place, and until when they change a visit online."""

    class Meta:
        model = Practice
        fields = (
            *("name", "street", "address_details", "postal_code", "city", "access", "phone"),
            "cancellation_deadline_hours",
        )
        labels = {
            "name": gettext_lazy("Name of the practice"),
            "street": gettext_lazy("Street and number"),
            "address_details": gettext_lazy("Floor, door, entrance"),
            "access": gettext_lazy("How to come"),
            "cancellation_deadline_hours": gettext_lazy("Online changes until"),
        }
        help_texts = {
            "cancellation_deadline_hours": gettext_lazy(
                "Later than this, patients call to move or cancel."
            ),
            "access": gettext_lazy("Public transport, lift, parking: one a line."),
        }
        widgets = {"access": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        phone = phone_field(required=False)
        phone.region = self.instance.country
        phone.help_text = _("Shown to patients.")
        self.fields["phone"] = phone
        deadline: Any = self.fields["cancellation_deadline_hours"]
        words = _("From 0 to 720 hours.")
        deadline.validators = [MinValueValidator(0, words), MaxValueValidator(720, words)]
        deadline.error_messages["invalid"] = words
        deadline.widget.attrs |= {"min": 0, "max": 720, "inputmode": "numeric"}
        self.helper = helper()
        self.helper.form_error_title = _("Not saved yet: please correct this.")
        self.helper.layout = Layout(
            "name",
            Fieldset(
                _("Address"),
                "street",
                "address_details",
                row("postal_code", "city"),
                "access",
            ),
            Fieldset(
                _("Patients"),
                "phone",
                AppendedText("cancellation_deadline_hours", _("hours before")),
            ),
        )
