"""What a patient wants to be told, and how."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, User


class MessageChoices(models.Model):
    """The choices of one account, or of one person without an account.

    A person without a row gets everything by every way that the practice offers. Messages about
    changes by the practice have no choice: they are always sent.
    """

    account = models.OneToOneField(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="message_choices",
        verbose_name=_("account"),
    )
    patient = models.OneToOneField(
        Patient,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="message_choices",
        verbose_name=_("patient"),
        help_text=_("Of a person without an account."),
    )
    reminders_by_email = models.BooleanField(_("reminders by e-mail"), default=True)
    reminders_by_sms = models.BooleanField(_("reminders by SMS"), default=True)
    offers = models.BooleanField(_("offers of freed times"), default=True)
    turn_soon = models.BooleanField(_("my turn is near"), default=True)

    class Meta:
        verbose_name = _("message choices")
        verbose_name_plural = _("message choices")
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, patient=None)
                | Q(account=None, patient__isnull=False),
                name="message_choices_are_of_an_account_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account or self.patient}"

    @classmethod
    def of(cls, patient: Patient) -> MessageChoices:
        """The choices that hold for the person's messages, or the defaults, unsaved."""
        return cls.of_owner(patient.account or patient)

    @classmethod
    def of_owner(cls, owner: User | Patient) -> MessageChoices:
        """The choices of an account, or of a person without one; else the defaults, unsaved."""
        try:
            return owner.message_choices
        except cls.DoesNotExist:
            named = {"account": owner} if isinstance(owner, User) else {"patient": owner}
            return cls(**named)
