"""The admin of messages: a practice's settings and own lines, a patient's choices."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from bookings.admin.read_only import ReadOnly, utc_time
from bookings.models import MessageChoices, MessageLine, MessageSettings, RefusedAddress
from web.admin import TbibAdmin


@admin.register(MessageSettings)
class MessageSettingsAdmin(TbibAdmin):
    list_display = ("practice", "neutral_name", "sms_sender", "reminds", "offers_freed_times")
    search_fields = ("practice__search_text",)
    autocomplete_fields = ("practice",)
    list_select_related = ("practice",)


@admin.register(MessageChoices)
class MessageChoicesAdmin(ReadOnly, TbibAdmin):
    """Read only: each person makes these choices alone."""

    list_display = ("__str__", "reminders_by_email", "reminders_by_sms", "offers", "turn_soon")
    search_fields = ("account__email", "patient__search_text")
    list_select_related = ("account", "patient")


@admin.register(RefusedAddress)
class RefusedAddressAdmin(ReadOnly, TbibAdmin):
    """Deleting a row lets messages go to the address again."""

    list_display = ("address", "refused", "code")
    search_fields = ("address",)
    ordering = ("-refused_at",)
    fields = list_display
    readonly_fields = fields

    @admin.display(description=gettext_lazy("refused"), ordering="refused_at")
    def refused(self, row: RefusedAddress) -> str:
        return utc_time(row.refused_at)

    def has_delete_permission(self, *args: Any) -> bool:
        return True


@admin.register(MessageLine)
class MessageLineAdmin(TbibAdmin):
    list_display = ("practice", "consultation_type", "language", "text")
    search_fields = ("practice__search_text",)
    autocomplete_fields = ("practice",)
    raw_id_fields = ("consultation_type",)
    list_select_related = ("practice", "consultation_type")
