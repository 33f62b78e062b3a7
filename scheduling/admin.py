"""Practices and consultation types in the admin, and the base of admin pages for agendas.

bookings.admin registers opening hours, absences and holidays, because its pages show the
appointments that a change affects. This app does not know appointments.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doctors.admin import practices
from doctors.admin.doctors import swatch
from doctors.admin.shared import LockingAdmin, local_time
from doctors.models import ConsultationType, Practice
from scheduling.engine import to_utc
from scheduling.forms import ClockField
from scheduling.models import DoctorAbsence, OpeningHours, clock
from scheduling.services import (
    changing_agenda,
    offer_type_again,
    propose_holidays,
    retire_type,
)
from web.admin import AutocompleteFilter


class AgendaAdmin(LockingAdmin):
    """Writes under the doctors' locks, and counts the change in their calendars."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with changing_agenda(*self.doctor_ids(obj)):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with changing_agenda(*self.doctor_ids(obj)):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        pks = {pk for obj in queryset for pk in self.doctor_ids(obj)}
        with changing_agenda(*pks):
            super().delete_queryset(request, queryset)


@admin.register(Practice)
class PracticeAdmin(practices.BasePracticeAdmin):
    def save_model(self, request: HttpRequest, obj: Practice, form: Any, change: bool) -> None:
        """Save the practice, and propose the holidays of a new practice or a new country."""
        super().save_model(request, obj, form, change)
        propose_holidays(obj)


@admin.register(ConsultationType)
class ConsultationTypeAdmin(AgendaAdmin):
    list_display = (
        *("name", "doctor", "duration", "price", "currency", "color_swatch"),
        *("is_emergency_only", "require_existing_patient", "needs_confirmation", "is_retired"),
    )
    list_select_related = ("doctor__user",)
    list_filter = (
        ("retired_at", admin.EmptyFieldListFilter),
        *("is_video", "is_emergency_only", "require_existing_patient", "needs_confirmation"),
        ("doctor", AutocompleteFilter),
    )
    search_fields = ("name", "doctor__search_text")
    ordering = ("doctor__user__last_name", "doctor", "position", "pk")
    autocomplete_fields = ("doctor",)
    actions = ("retire", "offer_again")
    exclude = ("retired_at",)
    readonly_fields = ("retired",)
    instead_of_deleting = gettext_lazy("Retire the type instead: it is offered no more.")

    @admin.display(description=gettext_lazy("color"), ordering="color")
    def color_swatch(self, consultation_type: ConsultationType) -> str:
        return swatch(consultation_type.color)

    @admin.display(description=gettext_lazy("retired"))
    def retired(self, consultation_type: ConsultationType) -> str:
        if not consultation_type.retired_at:
            return "-"
        return local_time(consultation_type.retired_at, consultation_type.doctor.practice)

    @admin.display(description=gettext_lazy("retired"), boolean=True)
    def is_retired(self, consultation_type: ConsultationType) -> bool:
        return consultation_type.is_retired

    def formfield_for_dbfield(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name == "color":
            options["widget"] = forms.TextInput(attrs={"type": "color"})
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "doctor") if obj else self.readonly_fields

    @admin.action(description=gettext_lazy("Retire"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[ConsultationType]) -> None:
        offered = list(queryset.filter(retired_at=None))
        for consultation_type in offered:
            retire_type(consultation_type)
            self.log_change(request, consultation_type, _("Retired."))
        text = ngettext(
            "%d type is offered no more. Its appointments stay.",
            "%d types are offered no more. Their appointments stay.",
            len(offered),
        )
        self.message_user(request, text % len(offered), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Offer again"), permissions=["change"])
    def offer_again(self, request: HttpRequest, queryset: QuerySet[ConsultationType]) -> None:
        retired = list(queryset.exclude(retired_at=None))
        for consultation_type in retired:
            offer_type_again(consultation_type)
            self.log_change(request, consultation_type, _("Offered again."))
        text = ngettext("%d type is offered again.", "%d types are offered again.", len(retired))
        self.message_user(request, text % len(retired), messages.SUCCESS)


class OpeningHoursForm(forms.ModelForm):
    """Takes hours as people write them: "22:00" to "02:00" ends after midnight."""

    opens = ClockField(label=gettext_lazy("Opens"), last_minute=1439)
    closes = ClockField(
        label=gettext_lazy("Closes"),
        last_minute=1440,
        help_text=gettext_lazy("24:00 is midnight. A time before the opening is on the next day."),
    )

    class Meta:
        model = OpeningHours
        fields = ("doctor", "practice", "weekday", "valid_from", "valid_until", "types")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["opens"] = clock(self.instance.start_minute)
            self.initial["closes"] = clock(self.instance.end_minute)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if opens is not None and closes is not None:
            self.instance.start_minute = opens
            self.instance.end_minute = closes if closes > opens else closes + 1440
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day is before the first."))
        doctor = data.get("doctor") or getattr(self.instance, "doctor", None)
        if any(each.doctor_id != doctor.pk for each in data.get("types", ()) if doctor):
            self.add_error("types", _("These are another doctor's types."))
        return data


def wall_clock_field(label: Any) -> forms.SplitDateTimeField:
    """Return a field for date and time with the browser's own pickers.

    The admin's pickers compare the reader's clock with the server's; neither of them counts here.
    """
    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date"},
        time_attrs={"type": "time"},
        date_format="%Y-%m-%d",
        time_format="%H:%M",
    )
    return forms.SplitDateTimeField(label=label, widget=widget)


class AbsenceAdminForm(forms.ModelForm):
    """Takes start and end on the clock of the doctor's practice."""

    starts_at = wall_clock_field(gettext_lazy("From"))
    ends_at = wall_clock_field(gettext_lazy("Until"))

    class Meta:
        model = DoctorAbsence
        fields = ("doctor", "starts_at", "ends_at", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hint = _("On the clock of the doctor's practice.")
        if self.instance.pk:
            practice = self.instance.doctor.practice
            hint = _("On the clock of %(zone)s.") % {"zone": practice.zone_name}
            for name in ("starts_at", "ends_at"):
                self.initial[name] = practice.local(getattr(self.instance, name))
        for name in ("starts_at", "ends_at"):
            self.fields[name].help_text = hint

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        doctor = data.get("doctor") or getattr(self.instance, "doctor", None)
        for name in ("starts_at", "ends_at"):
            if data.get(name) and doctor:
                wall = timezone.make_naive(data[name])  # as it was typed
                minute = wall.hour * 60 + wall.minute
                data[name] = to_utc(wall.date(), minute, doctor.practice.zone)
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("An absence ends after it starts."))
        return data
