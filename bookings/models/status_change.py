"""The history of a visit's status (`StatusChange`)."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from bookings.models.appointment import Appointment
from bookings.status import Status, Verb


def undone(change: str) -> Exists:
    """Match changes that an undo took back; `change` is the path to the change's key.

    Not the join of `undone_by=None`: SQLite makes an index of the whole history for each such join,
    once it knows how few changes are undone.
    """
    return Exists(StatusChange.objects.filter(undoes=OuterRef(change)))


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    def in_force(self) -> StatusChangeQuerySet:
        """Changes of status that are neither undone nor an undo: the ones that still hold."""
        kept = (Verb.UNDO, Verb.MOVE, Verb.ASK_TO_MOVE)
        return self.exclude(verb__in=kept).filter(~undone("pk"))

    def last_in_force(self) -> StatusChange | None:
        return self.in_force().order_by("pk").last()


class StatusChange(models.Model):
    """One row of a visit's history: the verb, the person and the time."""

    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="changes",
        verbose_name=_("appointment"),
    )
    verb = models.CharField(_("change"), max_length=12, choices=Verb)
    from_status = models.CharField(
        pgettext_lazy("status", "from"), max_length=12, choices=Status, blank=True
    )
    to_status = models.CharField(_("to"), max_length=12, choices=Status)
    by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the system, or a link."),
    )
    by_link = models.BooleanField(
        _("by a link"), default=False, help_text=_("The patient, from a message, not signed in.")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    previous_start = models.DateTimeField(_("moved from"), null=True, blank=True)
    undoes = models.OneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by_link=False) | Q(by=None), name="change_by_a_link_names_no_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def author(self) -> str:
        """Who made the change, in words. Join `by` before."""
        if self.by_link:
            return str(_("the patient, by a link"))
        return str(self.by or _("the system"))
