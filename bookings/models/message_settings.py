"""A practice's decisions about the messages to its patients and to itself."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from doctors.models import Practice

QUIET_UNTIL = {"MA": dt.time(9)}
"""The end of the quiet hours by the practice's country; 8 o'clock elsewhere."""


class MessageSettings(models.Model):
    """What a practice sends, and when. A practice without a row has the defaults.

    Cancellations and moves by the practice are always sent, so they have no switch here.
    """

    MOST_LATE_HOURS = 72

    practice = models.OneToOneField(
        Practice,
        on_delete=models.CASCADE,
        related_name="message_settings",
        verbose_name=_("practice"),
    )
    neutral_name = models.CharField(
        _("name in messages"),
        max_length=40,
        blank=True,
        help_text=_("Without a field of medicine: another person may read it. Empty: the name."),
    )
    sms_sender = models.CharField(
        _("sender of SMS"),
        max_length=11,
        blank=True,
        validators=[
            RegexValidator(
                r"^(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}$", _("3 to 11 letters or digits, no accents.")
            )
        ],
    )
    reminds_week = models.BooleanField(_("reminder by e-mail a week before"), default=True)
    reminds = models.BooleanField(_("reminder two days before"), default=True)
    reminds_hours = models.BooleanField(_("reminder by e-mail two hours before"), default=True)
    sends_sms = models.BooleanField(_("also by SMS"), default=True)
    turn_soon = models.BooleanField(_("tells that the turn is near"), default=True)
    offers_freed_times = models.BooleanField(
        _("offers freed times to the waiting list"), default=True
    )
    quiet_from = models.TimeField(_("quiet hours from"), default=dt.time(20))
    quiet_until = models.TimeField(
        _("quiet hours until"), null=True, blank=True, help_text=_("Empty: as in the country.")
    )
    staff_email = models.EmailField(
        _("e-mail of the practice"), blank=True, help_text=_("For requests and late changes.")
    )
    staff_phone = PhoneNumberField(_("mobile of the practice"), blank=True)
    tells_requests = models.BooleanField(_("tells the practice of new requests"), default=True)
    tells_late_changes = models.BooleanField(_("tells the practice of late changes"), default=True)
    late_change_hours = models.PositiveSmallIntegerField(
        _("a change is late (hours before)"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_LATE_HOURS)],
    )

    class Meta:
        verbose_name = _("message settings")
        verbose_name_plural = _("message settings")

    def __str__(self) -> str:
        return f"{self.practice}"

    @property
    def name(self) -> str:
        """The practice's name in subjects and SMS."""
        return self.neutral_name or self.practice.name

    @property
    def quiet_hours(self) -> tuple[dt.time, dt.time]:
        """(first, last) of the hours without messages, on the practice's wall clock."""
        until = self.quiet_until or QUIET_UNTIL.get(self.practice.country, dt.time(8))
        return self.quiet_from, until

    @classmethod
    def of(cls, practice: Practice) -> MessageSettings:
        """The practice's settings, or the defaults, unsaved. Join `message_settings` before."""
        try:
            return practice.message_settings
        except cls.DoesNotExist:
            return cls(practice=practice)
