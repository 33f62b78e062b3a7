"""The admin of opening hours, absences and holidays.

They are registered here and not in scheduling, because a save names the affected appointments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.models import Appointment
from bookings.services.affected import affected_by_absence, affected_by_holiday, outside_hours
from doctors.admin.shared import local_time
from doctors.models import Doctor
from scheduling.admin import AbsenceAdminForm, AgendaAdmin, OpeningHoursForm
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.services import decide_holiday, mark_hours_saved
from web.admin import AutocompleteFilter

LINKS = 10


def warn_of(request: HttpRequest, visits: Sequence[Appointment]) -> None:
    """Show a warning with links to the affected `visits`, if there are any."""
    if not visits:
        return
    text = ngettext(
        "%d appointment is affected and stays booked. Move or cancel it:",
        "%d appointments are affected and stay booked. Move or cancel them:",
        len(visits),
    )
    links = format_html_join(
        ", ",
        '<a href="{}">{} · {}</a>',
        (
            (
                reverse("admin:bookings_appointment_change", args=[visit.pk]),
                local_time(visit.starts_at, visit.practice),
                visit.patient_name,
            )
            for visit in visits[:LINKS]
        ),
    )
    more = ", …" if len(visits) > LINKS else ""
    messages.warning(request, format_html("{} {}{}", text % len(visits), links, more))


def visits_outside(doctors: Iterable[Doctor]) -> list[Appointment]:
    now = timezone.now()
    return [visit for doctor in doctors for visit in outside_hours(doctor, now=now)]


def warn_of_newly_outside(
    request: HttpRequest, doctors: Iterable[Doctor], before: list[Appointment]
) -> None:
    """Warn of visits outside the hours that are not in `before`."""
    warn_of(request, [visit for visit in visits_outside(doctors) if visit not in before])


@admin.register(OpeningHours)
class OpeningHoursAdmin(AgendaAdmin):
    form = OpeningHoursForm
    list_display = (
        *("doctor", "weekday", "hours", "practice", "valid_from", "valid_until", "kept_for"),
    )
    list_filter = ("weekday", ("doctor", AutocompleteFilter), ("practice", AutocompleteFilter))
    search_fields = ("doctor__search_text",)
    ordering = ("doctor__user__last_name", "doctor", "weekday", "start_minute")
    autocomplete_fields = ("doctor", "practice", "types")
    fields = (
        "doctor",
        "weekday",
        ("opens", "closes"),
        "practice",
        ("valid_from", "valid_until"),
        "types",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpeningHours]:
        found = super().get_queryset(request).select_related("doctor__user", "doctor__practice")
        return found.select_related("practice").prefetch_related("types")

    def get_readonly_fields(self, request: HttpRequest, obj: OpeningHours | None = None) -> Any:
        return ("doctor",) if obj else ()

    @admin.display(description=gettext_lazy("hours"), ordering="start_minute")
    def hours(self, row: OpeningHours) -> str:
        return f"{row.opens}–{row.closes}"

    @admin.display(description=gettext_lazy("kept for"))
    def kept_for(self, row: OpeningHours) -> str:
        return ", ".join(each.name for each in row.types.all()) or _("every type")

    def save_model(self, request: HttpRequest, obj: OpeningHours, form: Any, change: bool) -> None:
        form.outside_before = visits_outside([obj.doctor])
        super().save_model(request, obj, form, change)
        mark_hours_saved(obj.doctor)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Warn after the save of the types, because hours can be kept for some types.
        warn_of_newly_outside(request, [form.instance.doctor], form.outside_before)

    def delete_model(self, request: HttpRequest, obj: OpeningHours) -> None:
        before = visits_outside([obj.doctor])
        super().delete_model(request, obj)
        warn_of_newly_outside(request, [obj.doctor], before)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OpeningHours]) -> None:
        doctors = {row.doctor_id: row.doctor for row in queryset}.values()
        before = visits_outside(doctors)
        super().delete_queryset(request, queryset)
        warn_of_newly_outside(request, doctors, before)


@admin.register(DoctorAbsence)
class AbsenceAdmin(AgendaAdmin):
    form = AbsenceAdminForm
    list_display = ("doctor", "from_", "until", "reason")
    list_filter = (("doctor", AutocompleteFilter),)
    search_fields = ("doctor__search_text", "reason")
    ordering = ("-starts_at", "pk")
    autocomplete_fields = ("doctor",)
    fields = ("doctor", "starts_at", "ends_at", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DoctorAbsence]:
        return super().get_queryset(request).select_related("doctor__user", "doctor__practice")

    def get_readonly_fields(self, request: HttpRequest, obj: DoctorAbsence | None = None) -> Any:
        return ("doctor",) if obj else ()

    @admin.display(description=gettext_lazy("from"), ordering="starts_at")
    def from_(self, absence: DoctorAbsence) -> str:
        return local_time(absence.starts_at, absence.doctor.practice)

    @admin.display(description=gettext_lazy("until"), ordering="ends_at")
    def until(self, absence: DoctorAbsence) -> str:
        return local_time(absence.ends_at, absence.doctor.practice)

    def save_model(self, request: HttpRequest, obj: DoctorAbsence, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        now = timezone.now()
        warn_of(request, list(affected_by_absence(obj.doctor, obj.starts_at, obj.ends_at, now=now)))


@admin.register(Holiday)
class HolidayAdmin(AgendaAdmin):
    list_display = ("date", "name", "is_estimated", "practice", "decision")
    list_select_related = ("practice",)
    list_filter = ("decision", "is_estimated", "date", ("practice", AutocompleteFilter))
    search_fields = ("name", "practice__search_text")
    ordering = ("date", "practice__name", "pk")
    autocomplete_fields = ("practice",)
    fields = ("practice", "date", "name", "decision")
    actions = ("close", "open")

    def doctor_ids(self, obj: Holiday) -> list[int]:
        return list(Doctor.objects.working_at([obj.practice_id]).values_list("pk", flat=True))

    def get_readonly_fields(self, request: HttpRequest, obj: Holiday | None = None) -> Any:
        return ("practice",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Holiday, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.decision == Holiday.Decision.CLOSED:
            warn_of(request, _affected_by([obj]))

    @admin.action(description=gettext_lazy("Close on that day"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Holiday]) -> None:
        self._decide(request, queryset, Holiday.Decision.CLOSED)
        warn_of(request, _affected_by(queryset))

    @admin.action(description=gettext_lazy("Open as usual on that day"), permissions=["change"])
    def open(self, request: HttpRequest, queryset: QuerySet[Holiday]) -> None:
        self._decide(request, queryset, Holiday.Decision.OPEN)

    def _decide(
        self, request: HttpRequest, holidays: QuerySet[Holiday], decision: Holiday.Decision
    ) -> None:
        count = 0
        for holiday in holidays:
            decide_holiday(holiday, decision)
            self.log_change(request, holiday, f"{_('decision')}: {decision.label}")
            count += 1
        text = ngettext("%d holiday decided.", "%d holidays decided.", count)
        self.message_user(request, text % count, messages.SUCCESS)


def _affected_by(holidays: Iterable[Holiday]) -> list[Appointment]:
    now = timezone.now()
    return [
        visit
        for holiday in holidays
        for visit in affected_by_holiday(holiday.practice, holiday.date, now=now)
    ]
