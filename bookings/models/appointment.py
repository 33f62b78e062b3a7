"""Visits (`Appointment`)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, User
from bookings.status import LIVE, OPEN, TOOK_PLACE, UNCLOSED, UPCOMING, Status, Verb
from doctors.models import ConsultationType, Doctor, Membership, Practice
from doctors.prices import PriceField
from scheduling.constraints import MinutesAfter, NoOverlap
from web.text import normalise

LONGEST = dt.timedelta(minutes=ConsultationType.MAX_DURATION)
EARLY = dt.timedelta(hours=3)
"""A patient can arrive, and be called, this long before the start, also on the day before."""
OVERLAP = "appointment_does_not_overlap_another"
QUEUE_NUMBER = "queue_number_is_given_once_a_day"


def _for_staff(user: Any) -> Q:
    """Visits that `user` manages as staff: a doctor's own; a secretary's the visits at her
    practices, and those that she booked for a doctor of hers.

    At another practice she sees that a doctor's time is taken, not the patient. A visit follows
    its own practice, also after its doctor left.
    """
    at_her_practices = Q(practice__in=Membership.objects.of(user).values("practice"))
    of_hers = Q(doctor__in=Doctor.objects.staffed_by(user).values("pk"))
    return Q(doctor__user=user) | at_her_practices | of_hers & Q(booked_by=user)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: Any) -> AppointmentQuerySet:
        """Visits of the account's persons, and visits that `user` manages as staff."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(Q(patient__account=user) | _for_staff(user))

    def for_staff(self, user: Any) -> AppointmentQuerySet:
        """Visits that `user` may change as staff. Being the patient is not enough."""
        if user.is_superuser:
            return self.all()
        return self.filter(_for_staff(user))

    def live(self) -> AppointmentQuerySet:
        """Visits that occupy time. See also `Appointment.is_live`."""
        return self.filter(status__in=LIVE)

    def of(self, doctor: Doctor) -> AppointmentQuerySet:
        return self.filter(doctor=doctor)

    def next_number(self) -> int:
        """The number after those of these walk-ins, all those of a doctor's day at any practice.

        Cancelled ones count too: a number is never given twice.
        """
        return (self.aggregate(last=Max("queue_number"))["last"] or 0) + 1

    def of_namesakes(self, patient: Patient) -> AppointmentQuerySet:
        """Visits of other persons with this name and date of birth: perhaps one child that two
        accounts have. None without a date of birth."""
        if patient.birth_date is None:
            return self.none()
        named = {"patient__search_text": normalise(patient.name)}
        return self.filter(patient__birth_date=patient.birth_date, **named).exclude(
            patient=patient.pk
        )

    def overlapping(
        self, start: dt.datetime, end: dt.datetime, near: dt.datetime | None = None
    ) -> AppointmentQuerySet:
        """Visits that share time with `[start, end)`; buffers do not count.

        `starts_at` is bounded on both sides, so that the (doctor, start) index can be used. A
        compiled query gives `near`, which is `start - LONGEST`.
        """
        near = near or start - LONGEST
        return self.filter(starts_at__gt=near, starts_at__lt=end, ends_at__gt=start)

    def upcoming(self, now: dt.datetime) -> AppointmentQuerySet:
        """Visits that are still to come. See also `Appointment.is_upcoming`."""
        return self.filter(status__in=UPCOMING, starts_at__gt=now)

    def took_place(self) -> AppointmentQuerySet:
        return self.filter(status__in=TOOK_PLACE)

    def latest_first(self) -> AppointmentQuerySet:
        """The newest visit first; a walk-in stands at the moment at which it was added."""
        return self.order_by(Coalesce("starts_at", "created_at").desc(), "pk")

    def for_lists(self) -> AppointmentQuerySet:
        """Join what a line of the staff's lists shows about a visit."""
        return self.select_related("doctor", "practice", "consultation_type")

    def for_pages(self) -> AppointmentQuerySet:
        """Join everything that a line or a page shows about a visit."""
        return self.select_related(
            "doctor__user",
            "doctor__specialty",
            "doctor__practice",
            "practice",
            "patient__account",
            "consultation_type",
        )


class Appointment(models.Model):
    """One visit. The row stays when the visit is moved or cancelled; it is never deleted.

    Names, duration and price are copies, so that later edits do not change past visits. A
    walk-in has no `starts_at` and no `ends_at`, but a `queue_number` of its day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("patient")
    )
    doctor = models.ForeignKey(
        Doctor, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("doctor")
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("practice")
    )
    consultation_type = models.ForeignKey(
        ConsultationType,
        on_delete=models.PROTECT,
        related_name="appointments",
        verbose_name=_("consultation type"),
        null=True,
        blank=True,
    )
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    buffer_minutes = models.PositiveSmallIntegerField(_("pause after (minutes)"), default=0)
    status = models.CharField(_("status"), max_length=12, choices=Status)
    reason = models.TextField(_("reason for the visit"), max_length=1000, blank=True)
    queue_date = models.DateField(_("waiting-room day"), null=True, blank=True)
    queue_number = models.PositiveIntegerField(_("waiting-room number"), null=True, blank=True)
    waiting_place = models.PositiveIntegerField(
        _("place in the waiting room"),
        null=True,
        blank=True,
        help_text=_("Empty: by arrival, after those the desk put in order."),
    )
    call_code = models.CharField(
        _("code in the waiting room"),
        max_length=3,
        blank=True,
        default="",
        help_text=_("Given at the arrival to an appointment; a walk-in is called by its number."),
    )
    is_overbooked = models.BooleanField(_("overbooked on purpose"), default=False)

    patient_name = models.CharField(_("patient's name"), max_length=161)
    doctor_name = models.CharField(_("doctor's name"), max_length=310)
    type_name = models.CharField(_("type's name"), max_length=80, blank=True)
    duration = models.PositiveSmallIntegerField(_("duration (minutes)"), default=30)
    price = PriceField(_("price"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_video = models.BooleanField(_("video visit"), default=False)

    booked_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("booked by"),
    )
    sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counts changes; SEQUENCE of RFC 5545."
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    timed_at = models.DateTimeField(
        null=True, editable=False, help_text="When the present start was agreed. None: created_at."
    )
    coming_at = models.DateTimeField(_("says “I am coming”"), null=True, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        # Walk-ins after visits with a time: databases do not agree about NULL.
        ordering = [F("starts_at").asc(nulls_last=True), "queue_date", "queue_number"]
        indexes = [
            # The grid reads these columns from the index alone.
            models.Index(
                fields=["doctor", "starts_at", "ends_at", "buffer_minutes"],
                condition=Q(status__in=LIVE),
                name="live_appointment_by_doctor",
            ),
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
            models.Index(fields=["doctor", "starts_at"], name="appointment_by_doctor"),
            # Few visits of the past are open; nearly all visits ahead are.
            models.Index(
                fields=["doctor", "starts_at"],
                condition=Q(status__in=OPEN),
                name="open_appointment_by_doctor",
            ),
            # The run of reminders looks at all doctors' visits of some hours.
            models.Index(
                fields=["starts_at", "id"],
                condition=Q(status=Status.CONFIRMED),
                name="confirmed_by_start",
            ),
            models.Index(
                fields=["practice", "doctor"],
                condition=Q(status__in=UNCLOSED),
                name="unclosed_by_practice",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="appointment_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="appointment_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None)
                | Q(ends_at__lte=MinutesAfter(F("starts_at"), ConsultationType.MAX_DURATION)),
                name="appointment_lasts_480_minutes_at_most",
            ),
            models.CheckConstraint(
                condition=Q(duration__gte=5, duration__lte=480, buffer_minutes__lte=240),
                name="appointment_duration_is_5_to_480_minutes",
            ),
            models.CheckConstraint(
                condition=Q(
                    starts_at__isnull=False,
                    ends_at__isnull=False,
                    queue_date=None,
                    queue_number=None,
                )
                | Q(
                    starts_at=None,
                    ends_at=None,
                    queue_date__isnull=False,
                    queue_number__isnull=False,
                ),
                name="appointment_has_a_time_or_a_queue_number",
            ),
            models.UniqueConstraint(
                fields=["doctor", "queue_date", "queue_number"], name=QUEUE_NUMBER
            ),
            NoOverlap(
                name=OVERLAP,
                group="doctor",
                start="starts_at",
                end="ends_at",
                condition=Q(status__in=LIVE, is_overbooked=False, starts_at__isnull=False),
                longest=LONGEST,
                violation_error_code="overlap",
                violation_error_message=_("This doctor has another appointment at that time."),
            ),
        ]

    def __str__(self) -> str:
        when = f"{self.local_start:%Y-%m-%d %H:%M}" if self.starts_at else f"n° {self.queue_number}"
        return f"{when} · {self.doctor_name}"

    @property
    def is_live(self) -> bool:
        """Whether the visit occupies time. See also `AppointmentQuerySet.live`."""
        return self.status in LIVE

    @property
    def is_walk_in(self) -> bool:
        return self.starts_at is None

    @property
    def local_start(self) -> dt.datetime | None:
        """The start on the practice's wall clock, naive; None for a walk-in."""
        return self.practice.local(self.starts_at) if self.starts_at else None

    @property
    def local_end(self) -> dt.datetime | None:
        return self.practice.local(self.ends_at) if self.ends_at else None

    @property
    def local_day(self) -> dt.date | None:
        """The day on the practice's calendar; a walk-in has one too."""
        return self.local_start.date() if self.local_start else self.queue_date

    @property
    def changes_close_at(self) -> dt.datetime | None:
        """The deadline for the patient's online changes; None for a walk-in."""
        return self.practice.changes_close_at(self.starts_at) if self.starts_at else None

    @property
    def call_name(self) -> str:
        """What the waiting room calls the person: the queue number, or the code of the arrival."""
        return str(self.queue_number) if self.queue_number is not None else self.call_code

    def is_day_over(self, now: dt.datetime) -> bool:
        """Whether the visit's day, on the practice's calendar, is past."""
        assert self.local_day
        return self.practice.local(now).date() > self.local_day

    def is_its_time(self, now: dt.datetime) -> bool:
        """Whether it is the visit's local day, or an hour near the visit.

        The hours count where a visit begins or ends near midnight.
        """
        if self.practice.local(now).date() == self.local_day:
            return True
        start, end = self.starts_at or self.created_at, self.ends_at or self.created_at
        return start - EARLY <= now < end + EARLY

    @property
    def agreed_at(self) -> dt.datetime:
        """When the present start was agreed: at the booking, or at the last move."""
        return self.timed_at or self.created_at

    @property
    def mail_address(self) -> str:
        """The address that messages about this visit go to; "" when none is sent."""
        return "" if self.is_walk_in else self.patient.mail_address

    @property
    def says_coming(self) -> bool:
        """Whether the patient answered "I am coming" and is expected still."""
        return self.coming_at is not None and self.status == Status.CONFIRMED

    def is_upcoming(self, now: dt.datetime) -> bool:
        """Whether the visit is still to come. See also `AppointmentQuerySet.upcoming`."""
        return self.status in UPCOMING and self.starts_at is not None and self.starts_at > now

    def is_within(self, length: dt.timedelta, now: dt.datetime) -> bool:
        """Whether the visit begins earlier than `length` from now."""
        return self.starts_at is not None and self.starts_at - now < length

    def is_managed_by(self, user: Any) -> bool:
        """Whether `user` may change the visit as staff. See also `AppointmentQuerySet.for_staff`.

        It costs a query except for the doctor and admins: ask once a request.
        """
        if not user.is_authenticated:
            return False
        if user.is_superuser or user.pk == self.doctor.user_id:
            return True
        return Appointment.objects.for_staff(user).filter(pk=self.pk).exists()

    def is_asked_to_move(self) -> bool:
        """Whether the last change is the practice's request to choose another time."""
        last = self.changes.last()
        return last is not None and last.verb == Verb.ASK_TO_MOVE
