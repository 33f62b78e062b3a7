"""The admin of appointments: read-only, with actions that call the services."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings import services
from bookings.admin.read_only import ReadOnly, ReadOnlyInline
from bookings.models import Appointment, Notification, StatusChange
from bookings.rules import Refusal
from bookings.status import Status, Verb
from doctors.admin.shared import local_time
from doctors.models import Practice
from scheduling.engine import day_span
from web.admin import AutocompleteFilter, TbibAdmin

NAMED_IN_A_REFUSAL = 5


class StatusChangeInline(ReadOnlyInline):
    model = StatusChange
    fk_name = "appointment"
    fields = ("when", "verb", "from_status", "to_status", "by", "by_link", "moved_from")
    readonly_fields = fields
    verbose_name_plural = gettext_lazy("history")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatusChange]:
        return super().get_queryset(request).select_related("by")

    @admin.display(description=gettext_lazy("at"))
    def when(self, change: StatusChange) -> str:
        return local_time(change.at, change.appointment.practice)

    @admin.display(description=gettext_lazy("moved from"))
    def moved_from(self, change: StatusChange) -> str:
        return local_time(change.previous_start, change.appointment.practice)


class NotificationInline(ReadOnlyInline):
    model = Notification
    fields = ("kind", "recipient", "language", "created", "attempts", "sent", "dropped")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("created"))
    def created(self, notification: Notification) -> str:
        return local_time(notification.created_at, notification.practice)

    @admin.display(description=gettext_lazy("sent"))
    def sent(self, notification: Notification) -> str:
        return local_time(notification.sent_at, notification.practice)

    @admin.display(description=gettext_lazy("dropped"))
    def dropped(self, notification: Notification) -> str:
        return local_time(notification.dropped_at, notification.practice)


class WhenFilter(admin.SimpleListFilter):
    """Filters by local days of each practice, in Python (docs/contracts.md, rule 13)."""

    title = gettext_lazy("day")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", gettext_lazy("today")),
            ("tomorrow", gettext_lazy("tomorrow")),
            ("week", gettext_lazy("next 7 days")),
            ("upcoming", gettext_lazy("to come")),
            ("past", gettext_lazy("past")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Appointment]
    ) -> QuerySet[Appointment]:
        now = timezone.now()
        if self.value() == "upcoming":
            return queryset.filter(starts_at__gt=now)
        days = {"today": (0, 0), "tomorrow": (1, 1), "week": (0, 6)}.get(self.value() or "")
        if not days and self.value() != "past":
            return queryset
        zones = Practice.objects.order_by().values_list("time_zone", flat=True).distinct()
        wanted = Q(pk=None)
        for name in zones:
            practice = Practice(time_zone=name)
            today = practice.local(now).date()
            if days:
                first, last = (today + dt.timedelta(days=offset) for offset in days)
                start, end = day_span(first, practice.zone)[0], day_span(last, practice.zone)[1]
                there = Q(starts_at__gte=start, starts_at__lt=end) | Q(
                    queue_date__range=(first, last)
                )
            else:
                there = Q(starts_at__lt=now) | Q(queue_date__lt=today)
            wanted |= Q(practice__time_zone=name) & there
        return queryset.filter(wanted)


def verb_action(verb: Verb, description: Any) -> Callable[..., None]:
    """An admin action that applies `verb` to each selected appointment."""

    @admin.action(description=description, permissions=["desk"])
    def act(modeladmin: AppointmentAdmin, request: HttpRequest, queryset: QuerySet) -> None:
        modeladmin.apply(
            request,
            queryset,
            lambda appointment: services.change_status(appointment, verb, by=request.user),  # type: ignore[arg-type]
        )

    act.__name__ = verb.value
    return act


@admin.register(Appointment)
class AppointmentAdmin(ReadOnly, TbibAdmin):
    list_display = (*("when", "patient_name", "doctor_name", "practice", "type_name", "status"),)
    list_select_related = ("practice",)
    list_filter = (
        WhenFilter,
        "status",
        "is_overbooked",
        ("doctor", AutocompleteFilter),
        ("practice", AutocompleteFilter),
        ("patient", AutocompleteFilter),
    )
    # The copied names of the booking, and the present names of patients and doctors.
    search_fields = (
        *("patient_name", "doctor_name", "patient__search_text", "doctor__search_text"),
    )
    search_help_text = gettext_lazy("Patient, doctor, city or the appointment's number")
    ordering = (
        F("starts_at").desc(nulls_last=True),
        F("queue_date").desc(nulls_last=True),
        "-queue_number",
    )
    inlines = (StatusChangeInline, NotificationInline)
    actions = (
        verb_action(Verb.CONFIRM, gettext_lazy("Confirm the request")),
        verb_action(Verb.ARRIVE, gettext_lazy("Arrived")),
        verb_action(Verb.START, gettext_lazy("In progress")),
        verb_action(Verb.FINISH, gettext_lazy("Done")),
        verb_action(Verb.MARK_ABSENT, gettext_lazy("Absent")),
        "cancel",
        "undo",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("id", "status", "when", "ends", "is_overbooked"),
                    *("doctor", "practice", "patient", "reason"),
                )
            },
        ),
        (
            gettext_lazy("As it was booked"),
            {
                "fields": (
                    *("patient_name", "doctor_name", "type_name", "duration", "buffer_minutes"),
                    *("price", "currency", "is_video", "booked_by", "created"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        return super().get_queryset(request).select_related("practice")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Appointment], search_term: str
    ) -> tuple[QuerySet[Appointment], bool]:
        try:
            return queryset.filter(pk=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("start"), ordering="starts_at")
    def when(self, appointment: Appointment) -> str:
        if appointment.queue_date:
            day = date_format(appointment.queue_date, "D j N Y")
            values = {"number": appointment.queue_number, "day": day}
            return _("%(day)s, No. %(number)s") % values
        return local_time(appointment.starts_at, appointment.practice)

    @admin.display(description=gettext_lazy("end"))
    def ends(self, appointment: Appointment) -> str:
        return local_time(appointment.ends_at, appointment.practice)

    @admin.display(description=gettext_lazy("created"))
    def created(self, appointment: Appointment) -> str:
        return local_time(appointment.created_at, appointment.practice)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Redirect to the appointment's page, which shows its status history."""
        page = reverse("admin:bookings_appointment_change", args=[object_id])
        return HttpResponseRedirect(f"{page}#changes-group")

    def has_desk_permission(self, request: HttpRequest) -> bool:
        """Whether the user can run the actions: the services treat an admin as staff."""
        return bool(request.user.is_superuser)

    def apply(
        self,
        request: HttpRequest,
        appointments: Iterable[Appointment],
        act: Callable[[Appointment], object],
    ) -> None:
        """Run `act` on each appointment and report the number of changes and the refusals.

        Each appointment has its own transaction.
        """
        done = 0
        refused = defaultdict(list)
        for appointment in appointments:
            try:
                act(appointment)
            except Refusal as refusal:
                refused[str(refusal)].append(str(appointment))
            else:
                done += 1
        if done:
            text = ngettext("%d appointment changed.", "%d appointments changed.", done)
            self.message_user(request, text % done, messages.SUCCESS)
        for refusal_text, names in refused.items():
            named = ", ".join(names[:NAMED_IN_A_REFUSAL])
            if len(names) > NAMED_IN_A_REFUSAL:
                named = _("%(names)s and %(count)d more") % {
                    "names": named,
                    "count": len(names) - NAMED_IN_A_REFUSAL,
                }
            self.message_user(request, f"{refusal_text} ({named})", messages.WARNING)

    @admin.action(description=gettext_lazy("Cancel…"), permissions=["desk"])
    def cancel(
        self, request: HttpRequest, queryset: QuerySet[Appointment]
    ) -> TemplateResponse | None:
        """Cancel after a confirmation page, because each patient is notified.

        The page takes a message to the patients.
        """
        if "confirmed" in request.POST:
            message = request.POST.get("message", "")
            self.apply(
                request,
                queryset.exclude(status=Status.CANCELLED),
                lambda appointment: services.cancel(
                    appointment,
                    by=request.user,  # type: ignore[arg-type]
                    message=message,
                ),
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel appointments"),
            "opts": self.opts,
            "media": self.media,
            "appointments": [
                (appointment, self.when(appointment))
                for appointment in queryset.exclude(status=Status.CANCELLED)
            ],
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/bookings/appointment/cancel_selected.html", context)

    @admin.action(description=gettext_lazy("Undo the last change of today"), permissions=["desk"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        self.apply(
            request,
            queryset,
            lambda appointment: services.undo(appointment, by=request.user),  # type: ignore[arg-type]
        )
