"""Doctors and their consultation types in the admin."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from doctors.admin.shared import LockingAdmin, local_time
from doctors.models import (
    LANGUAGES_SPOKEN,
    ConsultationType,
    Doctor,
)
from doctors.services import new_slug, save_page
from web import photos
from web.admin import AutocompleteFilter
from web.photo_field import PhotoField


class ConsultationTypeInline(admin.TabularInline):
    """Edits the main columns; the type's own page has the others and retires the type."""

    model = ConsultationType
    extra = 0
    show_change_link = True
    can_delete = False
    fields = (
        *("name", "duration", "price", "currency", "color"),
        *("is_emergency_only", "require_existing_patient", "needs_confirmation", "is_retired"),
    )
    readonly_fields = ("is_retired",)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **options: Any) -> Any:
        attributes = {"color": {"type": "color"}, "currency": {"size": "4"}, "name": {"size": "24"}}
        if db_field.name in attributes:
            options["widget"] = forms.TextInput(attrs=attributes[db_field.name])
        return super().formfield_for_dbfield(db_field, request, **options)

    @admin.display(description=gettext_lazy("retired"), boolean=True)
    def is_retired(self, consultation_type: ConsultationType) -> bool:
        return consultation_type.is_retired


class DoctorForm(forms.ModelForm):
    new_photo = PhotoField()
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages spoken"),
        choices=list(LANGUAGES_SPOKEN.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["new_photo"] = bool(self.instance.photo)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Part of the page's address. Empty: made of the name."
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        user, practice = data.get("user"), data.get("practice")
        if user and user.role != User.Role.DOCTOR:
            self.add_error("user", _("The role of this account is not doctor."))
        if not data.get("slug") and practice:
            name = (user or self.instance.user).get_full_name() if user or self.instance.pk else ""
            data["slug"] = new_slug(f"{name} {practice.city}")
        return data


class ApprovedFilter(admin.SimpleListFilter):
    title = gettext_lazy("approval")
    parameter_name = "approved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("no", gettext_lazy("to approve")),
            ("yes", gettext_lazy("approved")),
            ("listed", gettext_lazy("listed")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        found = {"no": queryset.filter(approved_at=None), "yes": queryset.approved()}
        found["listed"] = queryset.listed()
        return found.get(self.value() or "", queryset)


@admin.register(Doctor)
class DoctorAdmin(LockingAdmin):
    form = DoctorForm
    inlines = (ConsultationTypeInline,)
    list_display = ("name", "specialty", "practice", "city", "approved", "listed", "books_online")
    list_select_related = ("user", "specialty", "practice")
    list_filter = (
        ApprovedFilter,
        "books_online",
        "specialty",
        "practice__country",
        "practice__city",
        ("practice", AutocompleteFilter),
    )
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Name, specialty, practice or city")
    autocomplete_fields = ("user", "specialty", "practice")
    actions = ("approve", "withdraw_approval")
    instead_of_deleting = gettext_lazy(
        "Withdraw the approval instead: nobody finds the doctor then."
    )
    fieldsets = (
        (None, {"fields": ("user", "specialty", "practice", "slug")}),
        (
            gettext_lazy("On the page"),
            {
                "fields": (
                    "photo_now",
                    "new_photo",
                    "presentation",
                    "languages",
                    "offers_video",
                    "accepts_new_patients",
                )
            },
        ),
        (
            gettext_lazy("Booking"),
            {"fields": ("books_online", "approved_on", "hours_saved_on", "listed")},
        ),
    )
    readonly_fields = ("photo_now", "approved_on", "hours_saved_on", "listed")

    @admin.display(description=gettext_lazy("name"), ordering="user__last_name")
    def name(self, doctor: Doctor) -> str:
        return doctor.name

    @admin.display(description=gettext_lazy("present photo"))
    def photo_now(self, doctor: Doctor) -> str:
        if not doctor.photo:
            return "-"
        address, side = doctor.photo_sizes[1]
        return format_html('<img src="{0}" width="{1}" height="{1}" alt="">', address, side)

    @admin.display(description=gettext_lazy("city"), ordering="practice__city")
    def city(self, doctor: Doctor) -> str:
        return doctor.practice.city

    @admin.display(description=gettext_lazy("approved"), boolean=True, ordering="approved_at")
    def approved(self, doctor: Doctor) -> bool:
        return doctor.approved_at is not None

    @admin.display(description=gettext_lazy("listed"), boolean=True)
    def listed(self, doctor: Doctor) -> bool:
        return bool(doctor.pk) and doctor.is_listed

    @admin.display(description=gettext_lazy("approved"))
    def approved_on(self, doctor: Doctor) -> str:
        return local_time(doctor.approved_at, doctor.practice) if doctor.pk else "-"

    @admin.display(description=gettext_lazy("hours saved"))
    def hours_saved_on(self, doctor: Doctor) -> str:
        return local_time(doctor.hours_saved_at, doctor.practice) if doctor.pk else "-"

    def view_on_site(self, doctor: Doctor) -> str:
        return doctor.get_absolute_url()

    def get_readonly_fields(self, request: HttpRequest, obj: Doctor | None = None) -> Any:
        # An agenda never changes its doctor.
        return (*self.readonly_fields, "user") if obj else self.readonly_fields

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.search(search_term), False

    def doctor_ids(self, obj: Doctor) -> list[int]:
        return [obj.pk]

    def save_model(self, request: HttpRequest, obj: Doctor, form: Any, change: bool) -> None:
        """Save the doctor and count one change; it includes the consultation types saved next."""
        super().save_model(request, obj, form, change)
        obj.touch_calendar()
        photo = form.cleaned_data.get("new_photo")
        if photo is not None:
            # Files cannot be rolled back: they are written after the rest of the form is saved.
            transaction.on_commit(partial(save_page, obj, photo=photo, columns=()))

    def delete_model(self, request: HttpRequest, obj: Doctor) -> None:
        super().delete_model(request, obj)
        photos.forget(obj.photo.name)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Doctor]) -> None:
        for doctor in queryset:
            self.delete_model(request, doctor)

    @admin.action(description=gettext_lazy("Approve"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Doctor]) -> None:
        changed = self._set_approved(
            request, queryset.filter(approved_at=None), timezone.now(), _("Approved.")
        )
        text = ngettext("%d doctor approved.", "%d doctors approved.", len(changed))
        self.message_user(request, text % len(changed), messages.SUCCESS)
        unlisted = [doctor.name for doctor in changed if doctor.hours_saved_at is None]
        if unlisted:
            hint = _("Listed once their opening hours are saved: %(doctors)s.")
            self.message_user(request, hint % {"doctors": ", ".join(unlisted)}, messages.WARNING)

    @admin.action(description=gettext_lazy("Withdraw approval"), permissions=["change"])
    def withdraw_approval(self, request: HttpRequest, queryset: QuerySet[Doctor]) -> None:
        changed = self._set_approved(
            request, queryset.exclude(approved_at=None), None, _("Approval withdrawn.")
        )
        text = ngettext(
            "Approval of %d doctor withdrawn. Appointments stay.",
            "Approval of %d doctors withdrawn. Appointments stay.",
            len(changed),
        )
        self.message_user(request, text % len(changed), messages.SUCCESS)

    def _set_approved(
        self, request: HttpRequest, doctors: QuerySet[Doctor], at: dt.datetime | None, words: str
    ) -> list[Doctor]:
        with transaction.atomic():
            pks = list(doctors.values_list("pk", flat=True))
            Doctor.objects.locked(*pks)
            changed = list(Doctor.objects.for_pages().filter(pk__in=pks))
            for doctor in changed:
                doctor.approved_at = at
                doctor.save(update_fields=["approved_at"])
                doctor.touch_calendar()
                self.log_change(request, doctor, words)
        return changed


def swatch(color: str) -> SafeString:
    """Return a square of the color before its code; the CSP allows an attribute of SVG."""
    return format_html(
        '<svg width="16" height="16" aria-hidden="true">'
        '<rect width="16" height="16" rx="4" fill="{}"/></svg> {}',
        color,
        color,
    )
