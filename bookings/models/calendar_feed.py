"""Addresses that a calendar reads by itself (`CalendarFeed`)."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from doctors.models import Doctor, Practice


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def behind(self, secret: str) -> CalendarFeed | None:
        """The feed of that secret, with whose visits it shows; None when there is none."""
        feeds = self.filter(digest=digest_of(secret), account__is_active=True)
        return feeds.select_related("account", "doctor__user", "practice").first()


class CalendarFeed(models.Model):
    """A secret address of one account: for its own visits, for a doctor's, or for a practice's.

    The database keeps a digest of the secret only, so that the address cannot be read from it:
    the page shows it once, when it is made.
    """

    account = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="calendar_feeds", verbose_name=_("account")
    )
    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("doctor")
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("practice")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shows_names = models.BooleanField(
        _("patients’ names instead of initials"), default=False, help_text=_("For staff only.")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(doctor=None, practice=None),
                name="account_has_one_feed_of_its_own",
            ),
            models.UniqueConstraint(
                fields=["account", "doctor"],
                condition=Q(doctor__isnull=False),
                name="account_has_one_feed_of_a_doctor",
            ),
            models.UniqueConstraint(
                fields=["account", "practice"],
                condition=Q(practice__isnull=False),
                name="account_has_one_feed_of_a_practice",
            ),
            models.CheckConstraint(
                condition=Q(doctor=None) | Q(practice=None),
                name="feed_is_of_one_doctor_or_one_practice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.doctor or self.practice or _('own appointments')}"


def digest_of(secret: str) -> str:
    # The secret has 192 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(secret.encode()).hexdigest()
