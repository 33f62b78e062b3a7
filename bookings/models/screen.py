"""Screens of waiting rooms."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doctors.models import Doctor


def new_token() -> str:
    return secrets.token_urlsafe(18)


class WaitingScreen(models.Model):
    """A secret address that shows a doctor's waiting room by codes only.

    The token is stored readable, because the staff open the page often. A new token makes the
    old address useless.
    """

    doctor = models.OneToOneField(
        Doctor, on_delete=models.CASCADE, related_name="screen", verbose_name=_("doctor")
    )
    token = models.CharField(max_length=40, unique=True, editable=False, default=new_token)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("waiting-room screen")
        verbose_name_plural = _("waiting-room screens")

    def __str__(self) -> str:
        return str(self.doctor)
