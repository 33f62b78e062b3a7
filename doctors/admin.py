"""Doctors, practices, specialties and memberships in the admin.

Consultation types have a page of their own in scheduling.admin; practices are registered there.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from doctors.forms import PhotoField
from doctors.models import (
    LANGUAGES_SPOKEN,
    ConsultationType,
    Doctor,
    Membership,
    Practice,
    Specialty,
)
from doctors.places import countries, zones
from doctors.services import find_doctors_anew, forget_photo, new_slug, save_page
from web.admin import AutocompleteFilter, TbibAdmin
from web.text import words


def local_time(instant: dt.datetime | None, practice: Practice) -> str:
    """ "Mon 1 March 2027, 10:00 (Paris)": the practice's clock, with its zone; "-" for never."""
    if instant is None:
        return "-"
    return f"{date_format(practice.local(instant), 'D j N Y, H:i')} ({practice.zone_name})"


class LockingAdmin(TbibAdmin):
    """Locks the agendas that a row belongs to before it reads what a form is to change.

    The lock lasts as long as the admin's own transaction: until related rows are saved too.
    """

    def doctor_ids(self, obj: Any) -> list[int]:
        raise NotImplementedError

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        Doctor.objects.locked(*self.doctor_ids(found))
        return super().get_object(request, object_id, from_field)


@admin.register(Specialty)
class SpecialtyAdmin(TbibAdmin):
    list_display = ("name_en", "name_fr", "name_ar", "practitioner_fr", "slug")
    search_fields = ("slug",)
    ordering = ("name_en",)
    prepopulated_fields = {"slug": ("name_en",)}
    fields = (
        ("name_en", "practitioner_en"),
        ("name_fr", "practitioner_fr"),
        ("name_ar", "practitioner_ar"),
        "also_called",
        ("icon", "slug"),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Specialty], search_term: str
    ) -> tuple[QuerySet[Specialty], bool]:
        """In every language, accents aside; there are some dozens."""
        if not search_term:
            return queryset, False
        wanted = " ".join(words(search_term))
        found = [
            specialty.pk
            for specialty in Specialty.objects.all()
            if any(wanted in name for name in specialty.every_name)
        ]
        return queryset.filter(pk__in=found), False

    def save_model(self, request: HttpRequest, obj: Specialty, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            find_doctors_anew(Doctor.objects.filter(specialty=obj))


class PracticeForm(forms.ModelForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"] = forms.ChoiceField(
            label=self.fields["country"].label,
            choices=countries(),
            initial=self.fields["country"].initial,
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label,
            choices=zones(),
            initial=self.fields["time_zone"].initial,
            help_text=_("Hours and appointments follow this time zone."),
        )


class PracticeAdmin(LockingAdmin):
    """Registered in scheduling.admin, which asks a practice about its public holidays."""

    form = PracticeForm
    list_display = ("name", "city", "country", "time_zone", "phone", "doctor_count")
    list_filter = ("country", "city", "time_zone")
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Name or city")
    ordering = ("name", "city", "pk")
    instead_of_deleting = gettext_lazy("A practice that has or had doctors stays on record.")
    fieldsets = (
        (None, {"fields": ("name", "phone")}),
        (
            gettext_lazy("Address"),
            {
                "fields": (
                    "street",
                    "address_details",
                    ("postal_code", "city"),
                    "country",
                    ("latitude", "longitude"),
                    "access",
                )
            },
        ),
        (gettext_lazy("Booking"), {"fields": ("time_zone", "cancellation_deadline_hours")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Practice]:
        return super().get_queryset(request).annotate(doctor_count=Count("doctors"))

    @admin.display(description=gettext_lazy("doctors"), ordering="doctor_count")
    def doctor_count(self, practice: Any) -> int:
        count: int = practice.doctor_count
        return count

    def doctor_ids(self, obj: Practice) -> list[int]:
        return list(Doctor.objects.filter(practice=obj).values_list("pk", flat=True))

    def save_model(self, request: HttpRequest, obj: Practice, form: Any, change: bool) -> None:
        """The clock and the city are its doctors' too."""
        super().save_model(request, obj, form, change)
        doctors = Doctor.objects.filter(practice=obj)
        find_doctors_anew(doctors)
        for doctor in doctors:
            doctor.touch_calendar()


class MembershipForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        user, practice = data.get("user"), data.get("practice")
        if user and user.role != User.Role.SECRETARY:
            self.add_error("user", _("The role of this account is not secretary."))
        elif user and Membership.objects.of(user).filter(practice=practice).exists():
            self.add_error("user", _("Already works there."))
        return data


@admin.register(Membership)
class MembershipAdmin(TbibAdmin):
    form = MembershipForm
    list_display = ("user", "practice", "started", "ended", "works_there")
    list_select_related = ("user", "practice")
    list_filter = (
        ("ended_at", admin.EmptyFieldListFilter),
        ("practice", AutocompleteFilter),
    )
    search_fields = (
        *("user__username", "user__first_name", "user__last_name", "user__email"),
        "practice__search_text",
    )
    ordering = ("-started_at",)
    autocomplete_fields = ("user", "practice")
    fields = ("user", "practice", "started", "ended")
    readonly_fields = ("started", "ended")
    actions = ("end",)

    @admin.display(description=gettext_lazy("started"), ordering="started_at")
    def started(self, membership: Membership) -> str:
        return local_time(membership.started_at, membership.practice)

    @admin.display(description=gettext_lazy("ended"), ordering="ended_at")
    def ended(self, membership: Membership) -> str:
        return local_time(membership.ended_at, membership.practice)

    @admin.display(description=gettext_lazy("works there"), boolean=True)
    def works_there(self, membership: Membership) -> bool:
        return membership.ended_at is None

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """It is ended, and begun anew elsewhere: who worked where stays true."""
        return obj is None and super().has_change_permission(request)

    @admin.action(description=gettext_lazy("End membership"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        running = list(queryset.filter(ended_at=None))
        queryset.filter(ended_at=None).update(ended_at=timezone.now())
        for membership in running:
            self.log_change(request, membership, _("Ended."))
        text = ngettext("%d membership ended.", "%d memberships ended.", len(running))
        self.message_user(request, text % len(running), messages.SUCCESS)


class TypeInline(admin.TabularInline):
    """The columns that matter; the rest, and retiring, on the type's own page."""

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
    inlines = (TypeInline,)
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
        # One agenda stays one person's.
        return (*self.readonly_fields, "user") if obj else self.readonly_fields

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.search(search_term), False

    def doctor_ids(self, obj: Doctor) -> list[int]:
        return [obj.pk]

    def save_model(self, request: HttpRequest, obj: Doctor, form: Any, change: bool) -> None:
        """Counts for the consultation types too, which are saved next."""
        super().save_model(request, obj, form, change)
        obj.touch_calendar()
        photo = form.cleaned_data.get("new_photo")
        if photo is not None:
            # Files know no rollback: they are written once the rest of the form is saved.
            transaction.on_commit(partial(save_page, obj, photo=photo, columns=()))

    def delete_model(self, request: HttpRequest, obj: Doctor) -> None:
        super().delete_model(request, obj)
        forget_photo(obj.photo.name)

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
        waiting = [doctor.name for doctor in changed if doctor.hours_saved_at is None]
        if waiting:
            hint = _("Listed once their opening hours are saved: %(doctors)s.")
            self.message_user(request, hint % {"doctors": ", ".join(waiting)}, messages.WARNING)

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
    """The color beside its code; an attribute of SVG, which the CSP lets pass."""
    return format_html(
        '<svg width="16" height="16" aria-hidden="true">'
        '<rect width="16" height="16" rx="4" fill="{}"/></svg> {}',
        color,
        color,
    )
