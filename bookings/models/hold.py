"""Holds: slots that are kept for a visitor for five minutes."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doctors.models import ConsultationType, Doctor


class HoldQuerySet(models.QuerySet["Hold"]):
    def unexpired(self, now: dt.datetime) -> HoldQuerySet:
        """Holds that still keep their slot. See also `Hold.is_over`."""
        return self.filter(expires_at__gt=now)

    def of_others(self, token: str | None) -> HoldQuerySet:
        """Holds of other visitors than the one who owns `token`; all holds without a token."""
        return self.exclude(token=token) if token else self

    def of_visitors(self) -> HoldQuerySet:
        """Holds that bind staff too: not those that keep a freed time for the waiting list."""
        return self.filter(is_for_waiting_list=False)


class Hold(models.Model):
    """A slot that is kept while its visitor signs in and confirms.

    A random token in the session's data owns the hold, because the session key changes at
    sign-in. A token owns one hold. Every writer compares holds with appointments under the
    doctor's lock. Rows past `expires_at` do not count, and the next writer deletes them.

    The waiting list keeps freed times with rows of this table too: before an offer is made, and
    while it is open. Such a row has a token that is in no session.
    """

    LASTS = dt.timedelta(minutes=5)
    EXTENSIONS = 2
    PER_ADDRESS = 10

    token = models.CharField(max_length=64, unique=True, editable=False)
    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, related_name="holds", verbose_name=_("doctor")
    )
    consultation_type = models.ForeignKey(
        ConsultationType,
        on_delete=models.CASCADE,
        related_name="holds",
        verbose_name=_("consultation type"),
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    buffer_minutes = models.PositiveSmallIntegerField(_("pause after (minutes)"), default=0)
    expires_at = models.DateTimeField(_("expires"))
    extensions = models.PositiveSmallIntegerField(_("times extended"), default=0)
    extended_at_sign_up = models.BooleanField(default=False)
    address_digest = models.CharField(
        max_length=64, editable=False, help_text="HMAC of the address: counts, identifies nobody."
    )
    is_for_waiting_list = models.BooleanField(
        _("for the waiting list"),
        default=False,
        help_text=_("Keeps a freed time for an offer; the practice can book beside it."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [
            models.Index(fields=["doctor", "starts_at"], name="hold_by_doctor"),
            models.Index(fields=["address_digest", "expires_at"], name="hold_by_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="hold_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(extensions__lte=2), name="hold_is_extended_twice_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor} {self.starts_at:%Y-%m-%d %H:%M}"

    def is_over(self, now: dt.datetime) -> bool:
        """Whether the hold has expired. See also `HoldQuerySet.unexpired`."""
        return self.expires_at <= now

    @property
    def can_be_extended(self) -> bool:
        return self.extensions < self.EXTENSIONS

    @property
    def local_start(self) -> dt.datetime:
        return self.doctor.practice.local(self.starts_at)

    @property
    def local_expiry(self) -> dt.datetime:
        return self.doctor.practice.local(self.expires_at)

    @property
    def local_end(self) -> dt.datetime:
        return self.doctor.practice.local(self.ends_at)
