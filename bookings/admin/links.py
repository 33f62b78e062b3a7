"""The read-only admin of links: invitations, and the screens of waiting rooms.

It shows the owner and the expiry of a link, but never the link.
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from bookings.admin.read_only import ReadOnly
from bookings.models import Invitation, WaitingScreen
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
