"""The admin of patient files: blocks and no-shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings import services
from bookings.models import Appointment, PatientFile
from bookings.status import Status
from doctors.admin.shared import local_time
from web.admin import AutocompleteFilter, TbibAdmin


def with_no_shows(files: QuerySet[PatientFile], now: dt.datetime) -> QuerySet[PatientFile]:
    """`files` with `absences`, the number of no-shows, like `bookings.models.files.no_shows`."""
    since = now - settings.NO_SHOWS_FORGOTTEN_AFTER
    missed = Appointment.objects.filter(
        patient=OuterRef("patient"), practice=OuterRef("practice"), status=Status.NO_SHOW
    )
    missed = missed.filter(starts_at__gte=since).filter(
        starts_at__gte=Coalesce(OuterRef("no_shows_reset_at"), since)
    )
    counted = missed.order_by().values("patient").annotate(count=Count("pk")).values("count")
    return files.annotate(absences=Coalesce(Subquery(counted), 0))


class BlockFilter(admin.SimpleListFilter):
    """Filters files by the cause of the block (docs/contracts.md, rule 6)."""

    title = gettext_lazy("online booking")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("practice", gettext_lazy("blocked by the practice")),
            ("absences", gettext_lazy("closed after missed appointments")),
            ("account", gettext_lazy("account blocked")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[PatientFile]
    ) -> QuerySet[PatientFile]:
        wanted: dict[str, dict[str, Any]] = {
            "practice": {"blocked_at__isnull": False},
            "absences": {"absences__gte": settings.NO_SHOWS_THAT_BLOCK},
            "account": {"patient__account__is_blocked": True},
        }
        return queryset.filter(**wanted.get(self.value() or "", {}))


class PatientFileForm(forms.ModelForm):
    is_blocked = forms.BooleanField(
        label=gettext_lazy("Online booking blocked"),
        required=False,
        help_text=gettext_lazy("At this practice; the desk can still book."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["is_blocked"] = self.instance.blocked_at is not None


@admin.register(PatientFile)
class PatientFileAdmin(TbibAdmin):
    form = PatientFileForm
    list_display = ("patient", "practice", "absences", "blocked", "blocked_by", "block_reason")
    list_select_related = ("patient", "practice", "blocked_by")
    list_filter = (BlockFilter, ("practice", AutocompleteFilter))
    search_fields = ("patient__search_text", "practice__search_text")
    ordering = ("patient__last_name", "patient__first_name", "pk")
    autocomplete_fields = ("practice", "patient")
    fields = (
        *("practice", "patient", "is_blocked", "block_reason"),
        *("blocked", "blocked_by", "absences", "reset", "no_shows_reset_by"),
    )
    readonly_fields = ("blocked", "blocked_by", "absences", "reset", "no_shows_reset_by")
    actions = ("block", "unblock", "reset_no_shows")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PatientFile]:
        files = super().get_queryset(request).select_related("practice", "patient")
        return with_no_shows(files, timezone.now())

    def get_readonly_fields(self, request: HttpRequest, obj: PatientFile | None = None) -> Any:
        whose = ("practice", "patient") if obj else ()
        return (*self.readonly_fields, *whose)

    @admin.display(description=gettext_lazy("missed appointments"), ordering="absences")
    def absences(self, file: Any) -> Any:
        return getattr(file, "absences", "-")

    @admin.display(description=gettext_lazy("blocked"), ordering="blocked_at")
    def blocked(self, file: PatientFile) -> str:
        return local_time(file.blocked_at, file.practice) if file.pk else "-"

    @admin.display(description=gettext_lazy("no-shows reset"))
    def reset(self, file: PatientFile) -> str:
        return local_time(file.no_shows_reset_at, file.practice) if file.pk else "-"

    def save_model(self, request: HttpRequest, obj: PatientFile, form: Any, change: bool) -> None:
        """Save with the services, which lock the person and log the user."""
        whose: dict[str, Any] = {
            "by": request.user,
            "patient": obj.patient,
            "practice": obj.practice,
        }
        if form.cleaned_data["is_blocked"]:
            saved = services.block_patient(**whose, reason=form.cleaned_data["block_reason"])
        else:
            saved = services.unblock_patient(**whose)
        obj.pk = saved.pk

    @admin.action(description=gettext_lazy("Block online booking"), permissions=["change"])
    def block(self, request: HttpRequest, queryset: QuerySet[PatientFile]) -> None:
        files = list(queryset.filter(blocked_at=None))
        for file in files:
            services.block_patient(
                by=request.user,  # type: ignore[arg-type]
                patient=file.patient,
                practice=file.practice,
                reason=file.block_reason,
            )
            self.log_change(request, file, _("Blocked online booking."))
        text = ngettext(
            "%d patient can no longer book online there.",
            "%d patients can no longer book online there.",
            len(files),
        )
        self.message_user(request, text % len(files), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Allow online booking again"), permissions=["change"])
    def unblock(self, request: HttpRequest, queryset: QuerySet[PatientFile]) -> None:
        files = list(queryset.exclude(blocked_at=None))
        for file in files:
            services.unblock_patient(
                by=request.user,  # type: ignore[arg-type]
                patient=file.patient,
                practice=file.practice,
            )
            self.log_change(request, file, _("Allowed online booking again."))
        text = ngettext(
            "The block of %d patient is over.", "The blocks of %d patients are over.", len(files)
        )
        self.message_user(request, text % len(files), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Reset missed appointments"), permissions=["change"])
    def reset_no_shows(self, request: HttpRequest, queryset: QuerySet[PatientFile]) -> None:
        files = list(queryset)
        for file in files:
            services.reset_no_shows(
                by=request.user,  # type: ignore[arg-type]
                patient=file.patient,
                practice=file.practice,
            )
            self.log_change(request, file, _("Reset missed appointments."))
        text = ngettext(
            "Missed appointments of %d patient count from now on.",
            "Missed appointments of %d patients count from now on.",
            len(files),
        )
        self.message_user(request, text % len(files), messages.SUCCESS)
