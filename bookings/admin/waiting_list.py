"""The read-only admin of the waiting list and of freed times."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from bookings.admin.read_only import ReadOnly
from bookings.models import Offer, WaitingListEntry
from doctors.admin.shared import local_time
from scheduling.models import FreedTime
from web.admin import AutocompleteFilter, TbibAdmin


@admin.register(WaitingListEntry)
class WaitingListAdmin(ReadOnly, TbibAdmin):
    list_display = (
        *("patient", "doctor", "consultation_type", "wants_before"),
        *("joined", "told", "ended", "end"),
    )
    list_filter = (
        ("ended_at", admin.EmptyFieldListFilter),
        "end",
        ("doctor", AutocompleteFilter),
    )
    search_fields = ("patient__search_text", "doctor__search_text")
    ordering = ("-pk",)
    fields = (
        *("patient", "doctor", "consultation_type", "appointment", "wants_before", "not_before"),
        *("weekdays", "mornings", "afternoons", "notice_hours", "is_urgent"),
        *("joined", "told", "ended", "end"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingListEntry]:
        return (
            super()
            .get_queryset(request)
            .select_related(
                "patient", "doctor__user", "doctor__practice", "consultation_type", "appointment"
            )
        )

    @admin.display(description=gettext_lazy("wants a time before"), ordering="before")
    def wants_before(self, entry: WaitingListEntry) -> str:
        return local_time(entry.before, entry.doctor.practice)

    @admin.display(description=gettext_lazy("joined"), ordering="created_at")
    def joined(self, entry: WaitingListEntry) -> str:
        return local_time(entry.created_at, entry.doctor.practice)

    @admin.display(description=gettext_lazy("last told"), ordering="told_at")
    def told(self, entry: WaitingListEntry) -> str:
        return local_time(entry.told_at, entry.doctor.practice)

    @admin.display(description=gettext_lazy("ended"), ordering="ended_at")
    def ended(self, entry: WaitingListEntry) -> str:
        return local_time(entry.ended_at, entry.doctor.practice)


@admin.register(Offer)
class OfferAdmin(ReadOnly, TbibAdmin):
    list_display = ("patient", "doctor", "starts", "status", "number", "created", "held")
    list_filter = ("status", ("doctor", AutocompleteFilter))
    search_fields = ("patient__search_text", "doctor__search_text")
    ordering = ("-pk",)
    fields = (
        *("patient", "doctor", "practice", "entry", "starts", "status", "number", "created"),
        *("held", "ended", "is_passed_on", "appointment", "made_by"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        related = ("patient", "doctor__user", "practice", "entry__doctor__practice", "appointment")
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=gettext_lazy("start"), ordering="starts_at")
    def starts(self, offer: Offer) -> str:
        return local_time(offer.starts_at, offer.practice)

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, offer: Offer) -> str:
        return local_time(offer.created_at, offer.practice)

    @admin.display(description=gettext_lazy("held until"), ordering="held_until")
    def held(self, offer: Offer) -> str:
        return local_time(offer.held_until, offer.practice)

    @admin.display(description=gettext_lazy("ended"), ordering="ended_at")
    def ended(self, offer: Offer) -> str:
        return local_time(offer.ended_at, offer.practice)


@admin.register(FreedTime)
class FreedTimeAdmin(ReadOnly, TbibAdmin):
    """The freed times that `offer_freed_times` has not processed yet."""

    list_display = ("doctor", "starts", "ends", "created")
    list_filter = (("doctor", AutocompleteFilter),)
    search_fields = ("doctor__search_text",)
    ordering = ("pk",)
    fields = ("doctor", "starts", "ends", "created")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[FreedTime]:
        return super().get_queryset(request).select_related("doctor__user", "doctor__practice")

    @admin.display(description=gettext_lazy("from"), ordering="starts_at")
    def starts(self, freed: FreedTime) -> str:
        return local_time(freed.starts_at, freed.doctor.practice)

    @admin.display(description=gettext_lazy("until"), ordering="ends_at")
    def ends(self, freed: FreedTime) -> str:
        return local_time(freed.ends_at, freed.doctor.practice)

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, freed: FreedTime) -> str:
        return local_time(freed.created_at, freed.doctor.practice)
