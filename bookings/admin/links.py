"""The admin of links: invitations, the screens of waiting rooms, and calendar feeds.

It shows the owner and the expiry of a link, but never the link.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from bookings.admin.read_only import ReadOnly, utc_time
from bookings.models import CalendarFeed, Invitation, WaitingScreen
from doctors.admin.shared import local_time
from web.admin import AutocompleteFilter, TbibAdmin


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, TbibAdmin):
    list_display = ("patient", "practice", "created_by", "until", "claimed_by")
    list_filter = (("claimed_at", admin.EmptyFieldListFilter), ("practice", AutocompleteFilter))
    list_select_related = ("patient", "practice", "created_by", "claimed_by")
    search_fields = ("patient__search_text", "practice__search_text")
    fields = ("patient", "practice", "created_by", "until", "wrong_answers", "claimed_by")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("expires"), ordering="expires_at")
    def until(self, invitation: Invitation) -> str:
        return local_time(invitation.expires_at, invitation.practice)


@admin.register(WaitingScreen)
class WaitingScreenAdmin(ReadOnly, TbibAdmin):
    list_display = ("doctor", "created")
    list_select_related = ("doctor__user", "doctor__practice")
    search_fields = ("doctor__search_text",)
    fields = ("doctor", "created")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, screen: WaitingScreen) -> str:
        return local_time(screen.created_at, screen.doctor.practice)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly, TbibAdmin):
    """To delete a feed ends its address, also when its owner cannot."""

    list_display = ("account", "doctor", "practice", "shows_names", "made")
    list_filter = (("practice", AutocompleteFilter), "shows_names")
    list_select_related = ("account", "doctor__user", "practice")
    search_fields = ("account__username", "account__email")
    fields = ("account", "doctor", "practice", "shows_names", "made")
    readonly_fields = fields

    def has_delete_permission(self, *args: Any) -> bool:
        return True

    @admin.display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, feed: CalendarFeed) -> str:
        return utc_time(feed.created_at)
