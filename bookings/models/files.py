"""A practice's files about its patients, and doctors' private notes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, User
from bookings.models.appointment import Appointment
from bookings.status import Status
from doctors.models import Doctor, Practice


class PatientFile(models.Model):
    """One practice's view of one patient: the reset of no-shows, and the block."""

    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="files", verbose_name=_("practice")
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="files", verbose_name=_("patient")
    )
    no_shows_reset_at = models.DateTimeField(_("no-shows reset"), null=True, blank=True)
    no_shows_reset_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("no-shows reset by"),
    )
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)
    blocked_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("blocked by"),
    )
    block_reason = models.CharField(_("reason of the block"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("patient file")
        verbose_name_plural = _("patient files")
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "patient"], name="patient_has_one_file_per_practice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.practice}"


def patients_visible_to(user: Any) -> models.QuerySet[Patient]:
    """The account's own persons, and everyone with a visit or a file at a practice of `user`."""
    here = known_at(Practice.objects.visible_to(user).values("pk"))
    return Patient.objects.filter(account=user.pk) | here


def known_at(practices: Any) -> models.QuerySet[Patient]:
    """Patients who have a file or a visit at one of these practices, and no others."""
    of_patient = models.OuterRef("pk")
    visits = Appointment.objects.filter(patient=of_patient, practice__in=practices)
    files = PatientFile.objects.filter(patient=of_patient, practice__in=practices)
    return Patient.objects.filter(models.Exists(visits) | models.Exists(files))


def no_shows(*, patient: Patient, practice: Practice, now: dt.datetime) -> int:
    """The number of `patient`'s no-shows at `practice` since the practice's last reset.

    Visits older than settings.NO_SHOWS_FORGOTTEN_AFTER do not count.
    """
    since = now - settings.NO_SHOWS_FORGOTTEN_AFTER
    file = PatientFile.objects.filter(patient=patient, practice=practice).first()
    if file and file.no_shows_reset_at:
        since = max(since, file.no_shows_reset_at)
    return Appointment.objects.filter(
        patient=patient, practice=practice, status=Status.NO_SHOW, starts_at__gte=since
    ).count()


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, user: Any) -> PrivateNoteQuerySet:
        """The notes that `user` wrote as a doctor. Admins see no notes of others either."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(doctor__user=user))


class PrivateNote(models.Model):
    """A doctor's text about a visit: never in admin, history, search, export or mail."""

    doctor = models.ForeignKey(
        Doctor, on_delete=models.PROTECT, related_name="private_notes", verbose_name=_("doctor")
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.PROTECT,
        related_name="private_notes",
        verbose_name=_("appointment"),
    )
    text = models.TextField(_("note"), blank=True)
    updated_at = models.DateTimeField(_("saved"), auto_now=True)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("private note")
        verbose_name_plural = _("private notes")
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "appointment"], name="doctor_has_one_note_per_appointment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def version(self) -> str:
        """A name for this state of the note, by which `save_note` notices another window."""
        return self.updated_at.isoformat()
