"""The e-mail addresses that the mail servers say do not exist."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefusedAddressQuerySet(models.QuerySet["RefusedAddress"]):
    def of(self, address: str) -> RefusedAddressQuerySet:
        """The row of this address, whose case does not matter; none when it was not refused."""
        return self.filter(address=address.lower())

    def note(self, address: str, code: str, *, now: dt.datetime) -> None:
        """Write that the address was refused; what was noted first stays."""
        self.get_or_create(
            address=address.lower(), defaults={"refused_at": now, "code": code[:120]}
        )


class RefusedAddress(models.Model):
    """An address to which nothing is sent any more, until it is corrected or tried again.

    A person with another address is not concerned: the row belongs to the address.
    """

    address = models.CharField(
        _("address"), max_length=254, unique=True, help_text=_("In lower case.")
    )
    refused_at = models.DateTimeField(_("refused"))
    code = models.CharField(
        _("code"), max_length=120, help_text=_("The server's answer, like “550 5.1.1”.")
    )

    objects = RefusedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("refused address")
        verbose_name_plural = _("refused addresses")
        ordering = ["-refused_at"]

    def __str__(self) -> str:
        return self.address
