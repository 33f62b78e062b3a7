"""The waiting list: patients who want an earlier time than their own or the next free one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from bookings.models.appointment import Appointment
from doctors.models import ConsultationType, Doctor


class End(models.TextChoices):
    """Why an entry of the waiting list ended."""

    LEFT = "left", _("left the list")
    BOOKED = "booked", _("has an earlier time")
    CANCELLED = "cancelled", _("cancelled the appointment")
    OVER = "over", _("nothing opened in time")


class WaitingListQuerySet(models.QuerySet["WaitingListEntry"]):
    def visible_to(self, user: Any) -> WaitingListQuerySet:
        """Entries of the account's persons. Staff see none."""
        return self.filter(patient__account=user) if user.is_authenticated else self.none()

    def not_ended(self) -> WaitingListQuerySet:
        return self.filter(ended_at=None)

    def live(self, now: dt.datetime) -> WaitingListQuerySet:
        """Entries that can still get an offer. See also `WaitingListEntry.is_live`."""
        return self.not_ended().filter(before__gt=now)

    def alike(self, appointment: Appointment) -> WaitingListQuerySet:
        """Entries for the same patient, doctor and consultation type as `appointment`."""
        return self.filter(
            patient=appointment.patient,
            doctor=appointment.doctor,
            consultation_type=appointment.consultation_type,
        )

    def end(self, why: End, *, now: dt.datetime) -> int:
        """End the entries that are not ended yet; return how many."""
        return self.not_ended().update(ended_at=now, end=why)

    def for_pages(self) -> WaitingListQuerySet:
        """Join everything that a line shows about an entry."""
        return self.select_related(
            "doctor__user",
            "doctor__practice",
            "patient__account",
            "consultation_type",
            "appointment__practice",
        )


class WaitingListEntry(models.Model):
    """A patient's wish for a time `before` another one, for one doctor and consultation type.

    `before` is the start of `appointment`, or the next free time when the patient had no visit.
    The entry ends by itself, see `End`. It promises a message only: the first patient who books
    gets the time.
    """

    End = End

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="waits", verbose_name=_("patient")
    )
    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, related_name="waits", verbose_name=_("doctor")
    )
    consultation_type = models.ForeignKey(
        ConsultationType,
        on_delete=models.CASCADE,
        related_name="waits",
        verbose_name=_("consultation type"),
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="waits",
        verbose_name=_("appointment"),
        help_text=_("The one the person has, and keeps until they take an earlier time."),
    )
    before = models.DateTimeField(_("wants a time before"))
    not_before = models.DateField(
        _("not before"), null=True, blank=True, help_text=_("A day on the practice’s clock.")
    )
    created_at = models.DateTimeField(_("joined"), default=timezone.now)
    told_at = models.DateTimeField(_("last told"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end = models.CharField(_("why it ended"), max_length=10, choices=End, blank=True)

    objects = WaitingListQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["doctor", "before"],
                condition=Q(ended_at=None),
                name="waiting_by_doctor",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "doctor", "consultation_type"],
                condition=Q(ended_at=None),
                name="patient_waits_once_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False, end__in=End.values),
                name="waiting_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.doctor} < {self.local_before:%Y-%m-%d %H:%M}"

    def is_live(self, now: dt.datetime) -> bool:
        """Whether the entry can still get an offer. See also `WaitingListQuerySet.live`."""
        return self.ended_at is None and self.before > now

    @property
    def local_before(self) -> dt.datetime:
        """`before` on the practice's wall clock, naive."""
        return self.doctor.practice.local(self.before)

    def wants(self, start: dt.datetime) -> bool:
        """Whether a visit at `start` (aware) suits this entry."""
        day = start.astimezone(self.doctor.practice.zone).date()
        return start < self.before and (self.not_before is None or self.not_before <= day)
