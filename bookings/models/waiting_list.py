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
from doctors.models import ConsultationType, Doctor, Membership

ALL_WEEKDAYS = "0123456"
NOON = 12
"""The hour at which a morning ends."""
MOST_NOTICE_HOURS = 24 * 14


class End(models.TextChoices):
    """Why an entry of the waiting list ended."""

    LEFT = "left", _("left the list")
    BOOKED = "booked", _("has an earlier time")
    CANCELLED = "cancelled", _("cancelled the appointment")
    OVER = "over", _("nothing opened in time")


class WaitingListQuerySet(models.QuerySet["WaitingListEntry"]):
    def visible_to(self, user: Any) -> WaitingListQuerySet:
        """Entries of the account's persons. For staff, see `for_staff`."""
        return self.filter(patient__account=user) if user.is_authenticated else self.none()

    def for_staff(self, user: Any, doctor: Doctor) -> WaitingListQuerySet:
        """Entries of the doctor's list that `user` sees at the desk.

        An entry belongs to the practice of its visit, else to the doctor's own practice.
        """
        mine = self.filter(doctor=doctor)
        if user.pk == doctor.user_id:
            return mine
        hers = Membership.objects.of(user).values("practice")
        without_visit = Q(appointment=None, doctor__practice__in=hers)
        return mine.filter(Q(appointment__practice__in=hers) | without_visit)

    def of(self, appointment: Appointment) -> WaitingListQuerySet:
        """Entries that want a time before that visit."""
        return self.filter(appointment=appointment)

    def not_ended(self) -> WaitingListQuerySet:
        return self.filter(ended_at=None)

    def live(self, now: dt.datetime) -> WaitingListQuerySet:
        """Entries that can still get an offer. See also `WaitingListEntry.is_live`."""
        return self.not_ended().filter(before__gt=now)

    def where_offered(self) -> WaitingListQuerySet:
        """Entries at doctors whose practice offers freed times."""
        return self.exclude(doctor__practice__message_settings__offers_freed_times=False)

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
            "patient__account__message_choices",
            "consultation_type",
            "appointment__practice",
        )


class WaitingListEntry(models.Model):
    """A patient's wish for a time `before` another one, for one doctor and consultation type.

    `before` is the start of `appointment`, or the next free time when the patient had no visit.
    The entry ends by itself, see `End`. A freed time that suits is offered to one patient after
    the other, see `Offer`.
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
    weekdays = models.CharField(
        _("days that suit"),
        max_length=7,
        default=ALL_WEEKDAYS,
        help_text=_("Digits of weekdays: Monday is 0, Sunday is 6."),
    )
    mornings = models.BooleanField(_("in the morning"), default=True)
    afternoons = models.BooleanField(_("in the afternoon"), default=True)
    notice_hours = models.PositiveSmallIntegerField(
        _("shortest notice (hours)"), default=0, help_text=_("Between the message and the visit.")
    )
    is_urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("Set by the practice: the first in rank.")
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
                condition=~Q(weekdays="") & (Q(mornings=True) | Q(afternoons=True)),
                name="waiting_wants_some_time_of_the_week",
            ),
            models.CheckConstraint(
                condition=Q(notice_hours__lte=MOST_NOTICE_HOURS),
                name="waiting_notice_is_two_weeks_at_most",
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

    def wants(self, start: dt.datetime, *, now: dt.datetime) -> bool:
        """Whether a visit at `start` (aware) suits this entry when it is told at `now`."""
        local = start.astimezone(self.doctor.practice.zone)
        return (
            start < self.before
            and (self.not_before is None or self.not_before <= local.date())
            and str(local.weekday()) in self.weekdays
            and (self.mornings if local.hour < NOON else self.afternoons)
            and start - now >= dt.timedelta(hours=self.notice_hours)
        )
