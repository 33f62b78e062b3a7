"""The outbox: messages that are written in the transaction of a change and sent later."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.appointment import Appointment
from bookings.models.offer import Offer
from doctors.models import Doctor, Practice


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: dt.datetime) -> NotificationQuerySet:
        """Messages to send now: waiting, and without a later next attempt; oldest first."""
        return self.waiting().filter(next_attempt_at__lte=now).order_by("pk")

    def waiting(self) -> NotificationQuerySet:
        """Messages that are neither sent, nor dropped, nor given up."""
        return self.filter(sent_at=None, dropped_at=None, failed_at=None)

    def for_composing(self) -> NotificationQuerySet:
        """Join what the text of a message needs (bookings.messages.composing)."""
        return self.select_related(
            "appointment__patient__account",
            "appointment__practice__message_settings",
            "appointment__doctor__user",
            "appointment__consultation_type",
            "offer__entry__appointment__practice",
            "offer__entry__consultation_type",
            "offer__practice__message_settings",
            "offer__doctor__user",
            "offer__patient__account",
            "doctor__practice",
            "doctor__user",
        )


class Notification(models.Model):
    """One message, by e-mail or SMS: about a visit, an offer, or a doctor's registration.

    A visit has one row at most for each kind, sequence and channel, even when a request is
    repeated. The text is composed when the message leaves; no row keeps it.
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("requested")
        BOOKED = "booked", _("booked")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        MOVE_ASKED = "move_asked", _("asked to move")
        REMINDER_WEEK = "reminder_week", _("reminder, a week before")
        REMINDER = "reminder", _("reminder, two days before")
        REMINDER_HOURS = "reminder_hours", _("reminder, two hours before")
        TURN_SOON = "turn_soon", _("the turn is near")
        OFFER = "offer", _("offer of a freed time")
        OFFER_WITHDRAWN = "offer_withdrawn", _("offer withdrawn")
        NEW_REQUEST = "new_request", _("new request, to the practice")
        LATE_CHANGE = "late_change", _("late change, to the practice")
        SIGNED_UP = "signed_up", _("doctor signed up, to the admins")
        APPROVED = "approved", _("doctor approved")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")

    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("appointment"),
        null=True,
        blank=True,
    )
    offer = models.ForeignKey(
        Offer,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("offer"),
        null=True,
        blank=True,
    )
    doctor = models.ForeignKey(
        Doctor,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("doctor"),
        null=True,
        blank=True,
        help_text=_("Of a message about a doctor’s registration."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, default=Channel.EMAIL)
    sequence = models.PositiveIntegerField(
        default=0, help_text="The appointment's `sequence` it tells of."
    )
    recipient = models.CharField(
        _("recipient"),
        max_length=254,
        help_text=_("An e-mail address, or a number like +33612345678."),
    )
    language = models.CharField(_("language"), max_length=7)
    message = models.TextField(
        _("word from the practice"), blank=True, help_text=_("Added by whoever cancelled.")
    )
    previous_start = models.DateTimeField(_("moved from"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    dropped_at = models.DateTimeField(
        _("dropped"), null=True, blank=True, help_text=_("It became useless or untrue.")
    )
    failed_at = models.DateTimeField(
        _("given up"), null=True, blank=True, help_text=_("No further attempt will be made.")
    )
    failure = models.CharField(
        _("last failure"), max_length=120, blank=True, help_text=_("Of the last attempt; no name.")
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(sent_at=None, dropped_at=None, failed_at=None),
                name="notification_to_send",
            ),
            models.Index(
                fields=["sent_at"],
                condition=Q(sent_at__isnull=False),
                name="notification_by_sending",
            ),
            models.Index(
                fields=["failed_at"],
                condition=Q(failed_at__isnull=False),
                name="notification_given_up",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "kind", "sequence", "channel"],
                name="notification_tells_a_change_once",
            ),
            models.UniqueConstraint(
                fields=["offer", "kind", "channel"], name="notification_tells_of_an_offer_once"
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, offer=None, doctor=None)
                | Q(appointment=None, offer__isnull=False, doctor=None)
                | Q(appointment=None, offer=None, doctor__isnull=False),
                name="notification_tells_of_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def practice(self) -> Practice:
        """The practice whose wall clock the message uses."""
        if self.appointment:
            return self.appointment.practice
        if self.doctor:
            return self.doctor.practice
        assert self.offer is not None
        return self.offer.practice
