"""Offers: a freed time that is held for one patient of the waiting list."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from bookings.models.appointment import LONGEST, Appointment
from bookings.models.hold import Hold
from bookings.models.waiting_list import WaitingListEntry
from doctors.models import ConsultationType, Doctor, Practice
from scheduling.constraints import MinutesAfter, NoOverlap


class OfferStatus(models.TextChoices):
    """What became of an offer. An open offer whose `held_until` has passed counts as expired."""

    OPEN = "open", _("open")
    TAKEN = "taken", _("taken")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired without an answer")
    WITHDRAWN = "withdrawn", _("withdrawn by the practice")
    DROPPED = "dropped", _("the wish ended")


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: Any) -> OfferQuerySet:
        """Offers to the account's persons."""
        return self.filter(patient__account=user) if user.is_authenticated else self.none()

    def open(self) -> OfferQuerySet:
        return self.filter(status=OfferStatus.OPEN)

    def held(self, now: dt.datetime) -> OfferQuerySet:
        """Offers that can be taken. See also `Offer.is_held`."""
        return self.open().filter(held_until__gt=now)

    def overdue(self, now: dt.datetime) -> OfferQuerySet:
        """Open offers that nobody answered in time."""
        return self.open().filter(held_until__lte=now)

    def to_pass_on(self, now: dt.datetime) -> OfferQuerySet:
        """Ended offers whose time nobody else was offered; a "no" of this moment can change."""
        ended = self.filter(is_passed_on=False).exclude(status=OfferStatus.OPEN)
        settled = Q(ended_at__lte=now - Offer.SECOND_THOUGHTS)
        return ended.filter(~Q(status=OfferStatus.DECLINED) | settled)

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> OfferQuerySet:
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def for_pages(self) -> OfferQuerySet:
        """Join everything that a page or a message shows about an offer."""
        return self.select_related(
            "patient__account__message_choices",
            "doctor__user",
            "doctor__practice",
            "practice__message_settings",
            "entry__consultation_type",
            "entry__appointment__practice",
            "appointment__practice",
        )


class Offer(models.Model):
    """A time that is held for `patient`, who wants one, until `held_until`.

    A `Hold` keeps the time from the public, a minute longer than the offer when somebody else
    waits for it: in that minute the next offer is made. Everything ends by the clock.
    """

    Status = OfferStatus

    KEPT = dt.timedelta(seconds=60)
    """How long a freed time is kept from the public until its (next) offer is made."""
    SECOND_THOUGHTS = dt.timedelta(seconds=30)
    """How long a "no" can become a "yes" before the time is offered to the next person."""

    entry = models.ForeignKey(
        WaitingListEntry,
        on_delete=models.CASCADE,
        related_name="offers",
        verbose_name=_("waiting list entry"),
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="offers", verbose_name=_("patient")
    )
    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, related_name="offers", verbose_name=_("doctor")
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="offers", verbose_name=_("practice")
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    status = models.CharField(
        _("status"), max_length=10, choices=OfferStatus, default=OfferStatus.OPEN
    )
    chain = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="The same for all offers of one freed time."
    )
    number = models.PositiveSmallIntegerField(
        _("offer number"), default=1, help_text=_("Of this freed time: first, second, third.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    told_from = models.DateTimeField(
        _("told from"), help_text=_("When its messages may leave: not in quiet hours.")
    )
    held_until = models.DateTimeField(_("held until"))
    kept_until = models.DateTimeField(
        _("kept from the public until"), help_text=_("Later when somebody else waits for it.")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    checked_version = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="The agenda's version at which it still suited."
    )
    is_passed_on = models.BooleanField(
        _("passed on"), default=False, help_text=_("The next person or the public has the time.")
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("appointment"),
        help_text=_("Of a taken offer."),
    )
    replaced_start = models.DateTimeField(_("instead of"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        help_text=_("Empty: by rank."),
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["status", "held_until"],
                condition=Q(is_passed_on=False),
                name="offer_to_look_at",
            ),
            models.Index(fields=["doctor", "starts_at"], name="offer_by_doctor"),
            models.Index(fields=["chain"], name="offer_by_chain"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status="open"),
                name="patient_has_one_open_offer",
            ),
            models.UniqueConstraint(
                fields=["chain", "number"], name="offers_of_a_freed_time_are_numbered"
            ),
            NoOverlap(
                name="open_offers_do_not_overlap",
                group="doctor",
                start="starts_at",
                end="ends_at",
                condition=Q(status="open"),
                longest=LONGEST,
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"))
                & Q(ends_at__lte=MinutesAfter(F("starts_at"), ConsultationType.MAX_DURATION)),
                name="offer_lasts_480_minutes_at_most",
            ),
            models.CheckConstraint(
                condition=Q(held_until__lte=F("kept_until")),
                name="offer_is_kept_as_long_as_it_is_held",
            ),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None)
                | (Q(ended_at__isnull=False) & ~Q(status="open")),
                name="offer_ends_with_a_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.doctor} {self.local_start:%Y-%m-%d %H:%M}"

    @property
    def hold_token(self) -> str:
        """The token of the hold that keeps the time; no visitor's session has one like it."""
        return f"offer.{self.pk}"

    def is_held(self, now: dt.datetime) -> bool:
        """Whether the offer can be taken. See also `OfferQuerySet.held`."""
        return self.status == OfferStatus.OPEN and now < self.held_until

    def can_still_change(self, now: dt.datetime) -> bool:
        """Whether a "no" can become a "yes": nobody else has the time yet."""
        if self.status != OfferStatus.DECLINED or self.is_passed_on or now >= self.held_until:
            return False
        return Hold.objects.unexpired(now).filter(token=self.hold_token).exists()

    @property
    def local_start(self) -> dt.datetime:
        """The start on the practice's wall clock, naive."""
        return self.practice.local(self.starts_at)

    @property
    def local_end_of_hold(self) -> dt.datetime:
        """`held_until` on the practice's wall clock, naive."""
        return self.practice.local(self.held_until)

    @property
    def local_replaced_start(self) -> dt.datetime | None:
        return self.practice.local(self.replaced_start) if self.replaced_start else None
