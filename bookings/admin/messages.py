"""The admin of the decisions about messages: a practice's settings, a patient's choices."""

from __future__ import annotations

from django.contrib import admin

from bookings.admin.read_only import ReadOnly
from bookings.models import MessageChoices, MessageSettings
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
