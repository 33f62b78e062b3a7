"""Invitations: links by which a person claims the `Patient` that a practice added."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, User
from doctors.models import Practice


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: dt.datetime) -> InvitationQuerySet:
        """Invitations that can still be claimed. See also `Invitation.is_open`."""
        return self.filter(
            claimed_at=None, expires_at__gt=now, wrong_answers__lt=Invitation.MOST_WRONG_ANSWERS
        )


class Invitation(models.Model):
    """A link from the practice that ties a person without account to an account.

    The account must know the person's birth date. Names are never compared. The database keeps
    only a digest of the link's token, so that the link cannot be read from it.
    """

    LASTS = dt.timedelta(days=14)
    MOST_WRONG_ANSWERS = 5

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("patient")
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("practice")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    wrong_answers = models.PositiveSmallIntegerField(_("wrong birth dates"), default=0)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    claimed_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("claimed by"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "practice"],
                condition=Q(claimed_at=None),
                name="patient_has_one_invitation_per_practice",
            ),
            models.CheckConstraint(
                condition=Q(created_at__lt=F("expires_at")),
                name="invitation_is_made_before_it_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.practice}"

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be claimed. See also `InvitationQuerySet.open`."""
        return (
            self.claimed_at is None
            and now < self.expires_at
            and self.wrong_answers < self.MOST_WRONG_ANSWERS
        )
