"""The outbox: messages that are written in the transaction of a change and sent later."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.appointment import Appointment
from bookings.models.waiting_list import WaitingListEntry
from doctors.models import Practice


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: dt.datetime) -> NotificationQuerySet:
        """Messages to send now: unsent, and without a later next attempt; oldest first."""
        return self.filter(sent_at=None, dropped_at=None, next_attempt_at__lte=now).order_by("pk")


class Notification(models.Model):
    """One message: about one change of one visit, or about a freed time to a patient on the
    waiting list. A change has one row at most, even when its request is repeated.
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("requested")
        BOOKED = "booked", _("booked")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        MOVE_ASKED = "move_asked", _("asked to move")
        TIME_FREED = "time_freed", _("time freed")

    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("appointment"),
        null=True,
        blank=True,
    )
    waiting_list_entry = models.ForeignKey(
        WaitingListEntry,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("waiting list entry"),
        null=True,
        blank=True,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sequence = models.PositiveIntegerField(
        default=0, help_text="The appointment's `sequence` it tells of."
    )
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=7)
    message = models.TextField(
        _("word from the practice"), blank=True, help_text=_("Added by whoever cancelled.")
    )
    previous_start = models.DateTimeField(_("moved from"), null=True, blank=True)
    freed_start = models.DateTimeField(_("freed time"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    dropped_at = models.DateTimeField(
        _("dropped"), null=True, blank=True, help_text=_("A later message told more.")
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(sent_at=None, dropped_at=None),
                name="notification_to_send",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "sequence"], name="notification_tells_a_change_once"
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, waiting_list_entry=None, freed_start=None)
                | Q(appointment=None, waiting_list_entry__isnull=False, freed_start__isnull=False),
                name="notification_tells_of_a_visit_or_a_freed_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def practice(self) -> Practice:
        """The practice whose wall clock the message uses."""
        if self.appointment:
            return self.appointment.practice
        assert self.waiting_list_entry is not None
        return self.waiting_list_entry.doctor.practice
