"""A practice's own words in its messages."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.appointment import Appointment
from doctors.models import ConsultationType, Practice


class MessageLineQuerySet(models.QuerySet["MessageLine"]):
    def of_visit(self, visit: Appointment) -> MessageLineQuerySet:
        """The practice's closing lines and the lines for the visit's type, in each language."""
        about = Q(consultation_type=None)
        if visit.consultation_type_id:
            about |= Q(consultation_type=visit.consultation_type_id)
        return self.filter(about, practice=visit.practice_id)


class MessageLine(models.Model):
    """Words that a practice adds to its e-mails, in one language.

    With a consultation type they are about visits of that type; without one they close every
    e-mail about a visit. No SMS has them: anyone near the phone may read it.
    """

    LONGEST = 300

    practice = models.ForeignKey(
        Practice,
        on_delete=models.CASCADE,
        related_name="message_lines",
        verbose_name=_("practice"),
    )
    consultation_type = models.ForeignKey(
        ConsultationType,
        on_delete=models.CASCADE,
        related_name="message_lines",
        verbose_name=_("consultation type"),
        null=True,
        blank=True,
        help_text=_("Empty: the closing line of every message about a visit."),
    )
    language = models.CharField(_("language"), max_length=7)
    text = models.TextField(_("text"), max_length=LONGEST, validators=[MaxLengthValidator(LONGEST)])

    objects = MessageLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line in messages")
        verbose_name_plural = _("lines in messages")
        ordering = ["practice", "consultation_type", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "consultation_type", "language"],
                name="message_line_of_a_type_is_one_in_a_language",
            ),
            models.UniqueConstraint(
                fields=["practice", "language"],
                condition=Q(consultation_type=None),
                name="closing_line_is_one_in_a_language",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practice.name} · {self.language}"

    @property
    def is_closing(self) -> bool:
        """Whether it closes every message, whatever the visit's type."""
        return self.consultation_type_id is None
