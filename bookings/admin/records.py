"""The admin of rows that the services write: status changes, messages, holds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from bookings import services
from bookings.admin.read_only import ReadOnly
from bookings.messages.outbox import send_again, send_given_up_again
from bookings.models import Hold, Notification, StatusChange
from doctors.admin.shared import local_time
from web.admin import AutocompleteFilter, TbibAdmin


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnly, TbibAdmin):
    list_display = ("when", "verb", "from_status", "to_status", "visit", "by", "by_link")
    list_filter = ("verb", ("by", AutocompleteFilter))
    search_fields = (
        *("appointment__patient_name", "appointment__doctor_name"),
        "appointment__patient__search_text",
    )
    ordering = ("-pk",)
    fields = (
        "when",
        "verb",
        "from_status",
        "to_status",
        "by",
        "by_link",
        "moved_from",
        "visit",
        "undoes",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatusChange]:
        return super().get_queryset(request).select_related("appointment__practice", "by")

    @admin.display(description=gettext_lazy("at"), ordering="at")
    def when(self, change: StatusChange) -> str:
        return local_time(change.at, change.appointment.practice)

    @admin.display(description=gettext_lazy("moved from"))
    def moved_from(self, change: StatusChange) -> str:
        return local_time(change.previous_start, change.appointment.practice)

    @admin.display(description=gettext_lazy("appointment"))
    def visit(self, change: StatusChange) -> str:
        return f"{change.appointment} · {change.appointment.patient_name}"


@admin.register(Notification)
class NotificationAdmin(ReadOnly, TbibAdmin):
    list_display = (
        *("created", "kind", "channel", "recipient", "visit"),
        *("attempts", "sent", "dropped", "given_up", "failure"),
    )
    list_filter = (
        *("kind", "channel"),
        ("sent_at", admin.EmptyFieldListFilter),
        ("dropped_at", admin.EmptyFieldListFilter),
        ("failed_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("recipient", "appointment__patient_name", "appointment__doctor_name")
    ordering = ("-pk",)
    fields = (
        *("kind", "channel", "recipient", "language", "visit", "message", "created"),
        *("attempts", "next_attempt", "sent", "dropped", "given_up", "failure"),
    )
    readonly_fields = fields
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return (
            super()
            .get_queryset(request)
            .select_related(
                "appointment__practice",
                "doctor__practice",
                "doctor__user",
                "offer__practice",
                "offer__doctor__user",
                "offer__patient",
            )
        )

    @admin.display(description=gettext_lazy("about"))
    def visit(self, notification: Notification) -> str:
        if notification.appointment:
            return f"{notification.appointment} · {notification.appointment.patient_name}"
        return str(notification.doctor or notification.offer)

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, notification: Notification) -> str:
        return local_time(notification.created_at, notification.practice)

    @admin.display(description=gettext_lazy("next attempt"))
    def next_attempt(self, notification: Notification) -> str:
        return local_time(notification.next_attempt_at, notification.practice)

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, notification: Notification) -> str:
        return local_time(notification.sent_at, notification.practice)

    @admin.display(description=gettext_lazy("dropped"), ordering="dropped_at")
    def dropped(self, notification: Notification) -> str:
        return local_time(notification.dropped_at, notification.practice)

    @admin.display(description=gettext_lazy("given up"), ordering="failed_at")
    def given_up(self, notification: Notification) -> str:
        return local_time(notification.failed_at, notification.practice)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The first page links to the messages of one failure."""
        return lookup == "failure" or super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.send_given_up_again))
        return [path("send-again/", view, name="send_again"), *super().get_urls()]

    def send_given_up_again(self, request: HttpRequest) -> HttpResponse:
        """Answer the button of the first page: one failure, all its messages."""
        code, way = request.POST.get("code", ""), request.POST.get("channel", "")
        self._say(request, send_given_up_again(code, way, now=timezone.now()))
        return redirect("admin:index")

    def _say(self, request: HttpRequest, count: int) -> None:
        text = ngettext("%d message is due again.", "%d messages are due again.", count)
        self.message_user(request, text % count, messages.SUCCESS if count else messages.INFO)

    @admin.action(description=gettext_lazy("Send again what was not sent"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        self._say(request, send_again(list(queryset), now=timezone.now()))


@admin.register(Hold)
class HoldAdmin(ReadOnly, TbibAdmin):
    """The admin of holds. It never shows the token, a secret of the visitor's session."""

    list_display = ("doctor", "when", "consultation_type", "expires", "counts", "extensions")
    list_filter = (("doctor", AutocompleteFilter),)
    search_fields = ("doctor__search_text",)
    ordering = ("-expires_at",)
    fields = ("doctor", "when", "consultation_type", "expires", "counts", "extensions")
    readonly_fields = fields
    actions = ("release",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        related = ("doctor__user", "doctor__practice", "consultation_type")
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=gettext_lazy("start"), ordering="starts_at")
    def when(self, hold: Hold) -> str:
        return local_time(hold.starts_at, hold.doctor.practice)

    @admin.display(description=gettext_lazy("expires"), ordering="expires_at")
    def expires(self, hold: Hold) -> str:
        return local_time(hold.expires_at, hold.doctor.practice)

    @admin.display(description=gettext_lazy("counts"), boolean=True)
    def counts(self, hold: Hold) -> bool:
        return not hold.is_over(timezone.now())

    def has_delete_permission(self, *args: Any) -> bool:
        """True, because deleting a doctor or a type deletes their holds."""
        return True

    def delete_model(self, request: HttpRequest, obj: Hold) -> None:
        services.release_hold(obj.token)

    def get_actions(self, request: HttpRequest) -> Any:
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    @admin.action(description=gettext_lazy("Release"), permissions=["delete"])
    def release(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        holds = list(queryset)
        self.log_deletions(request, queryset)
        for hold in holds:
            services.release_hold(hold.token)
        text = ngettext("%d time is free again.", "%d times are free again.", len(holds))
        self.message_user(request, text % len(holds), messages.SUCCESS)
