"""Specialties, practices and memberships in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from doctors.admin.shared import LockingAdmin, local_time
from doctors.models import (
    Doctor,
    Membership,
    Practice,
    Specialty,
)
from doctors.places import countries, zones
from doctors.services import refresh_search_columns
from web.admin import AutocompleteFilter, TbibAdmin
from web.text import words


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
        """Search the names in every language, without accents; there are some dozens of rows."""
        if not search_term:
            return queryset, False
        typed = " ".join(words(search_term))
        found = [
            specialty.pk
            for specialty in Specialty.objects.all()
            if any(typed in name for name in specialty.every_name)
        ]
        return queryset.filter(pk__in=found), False

    def save_model(self, request: HttpRequest, obj: Specialty, form: Any, change: bool) -> None:
        """Save the specialty, whose names are on the pages of its doctors and find them."""
        doctors = Doctor.objects.filter(specialty=obj)
        locked = Doctor.objects.locked(*doctors.values_list("pk", flat=True)) if change else []
        super().save_model(request, obj, form, change)
        refresh_search_columns(doctors)
        for doctor in locked:
            doctor.touch_calendar()


class PracticeAdminForm(forms.ModelForm):
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


class BasePracticeAdmin(LockingAdmin):
    """scheduling.admin registers a subclass, which proposes the practice's public holidays."""

    form = PracticeAdminForm
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
        return list(Doctor.objects.working_at([obj.pk]).values_list("pk", flat=True))

    def save_model(self, request: HttpRequest, obj: Practice, form: Any, change: bool) -> None:
        """Save the practice, and its clock and city for its doctors too."""
        super().save_model(request, obj, form, change)
        refresh_search_columns(Doctor.objects.filter(practice=obj))
        for doctor in Doctor.objects.working_at([obj.pk]):
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
        """Refuse changes, so that the history of who worked where stays true.

        A membership ends, and another one starts at another practice.
        """
        return obj is None and super().has_change_permission(request)

    @admin.action(description=gettext_lazy("End membership"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        running = list(queryset.filter(ended_at=None))
        queryset.filter(ended_at=None).update(ended_at=timezone.now())
        for membership in running:
            self.log_change(request, membership, _("Ended."))
        text = ngettext("%d membership ended.", "%d memberships ended.", len(running))
        self.message_user(request, text % len(running), messages.SUCCESS)
