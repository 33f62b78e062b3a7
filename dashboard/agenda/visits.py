"""The visits of a doctor within a span, as a reader at the desk may see them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from bookings.models import Appointment, PatientFile
from bookings.models.appointment import LONGEST, AppointmentQuerySet
from bookings.status import LIVE, Status
from doctors.models import Doctor
from web.compiled import compiled_once


def taken_between(
    user: User,
    doctors: Iterable[Doctor | int],
    start: dt.datetime,
    end: dt.datetime,
    near: dt.datetime | None = None,
) -> AppointmentQuerySet:
    """Visits with a time that share some of `[start, end)`, those elsewhere as taken time.

    Each has `is_ours`: the reader may see for whom. What is cancelled is left out. `near` is as in
    `overlapping`.
    """
    ours = Appointment.objects.for_staff(user).filter(pk=OuterRef("pk")).order_by()
    everywhere = Appointment.objects.filter(doctor__in=doctors).overlapping(start, end, near)
    return (
        everywhere.for_lists()
        .exclude(status=Status.CANCELLED)
        .annotate(is_ours=Exists(ours))
        # Of a visit elsewhere only that it takes time: one that does not is nothing here.
        .filter(Q(is_ours=True) | Q(status__in=LIVE))
        .order_by("starts_at")
    )


def visits_of_day(
    user: User, doctor_ids: Iterable[int], start: dt.datetime, end: dt.datetime
) -> list[Any]:
    """The rows of `taken_between`, for the pages that stand open all day."""
    ids, near = tuple(doctor_ids), start - LONGEST
    return _rows_of_day(user.pk, user.is_superuser, ids, start, end, near)


@compiled_once
def _rows_of_day(
    user_id: int,
    is_superuser: bool,
    doctor_ids: tuple[int, ...],
    start: dt.datetime,
    end: dt.datetime,
    near: dt.datetime,
) -> QuerySet[Any]:
    reader = User(pk=user_id, is_superuser=is_superuser)
    return taken_between(reader, doctor_ids, start, end, near)


def no_shows_of(visits: Iterable[Any], now: dt.datetime) -> dict[tuple[int, int], int]:
    """{(patient, practice): absences that count}, in one query.

    The same count as `bookings.models.files.no_shows`, for many patients at once.
    """
    visits = list(visits)
    reset = PatientFile.objects.filter(patient=OuterRef("patient"), practice=OuterRef("practice"))
    absences = (
        Appointment.objects.filter(
            patient__in={visit.patient_id for visit in visits},
            practice__in={visit.practice_id for visit in visits},
            status=Status.NO_SHOW,
            starts_at__gte=now - settings.NO_SHOWS_FORGOTTEN_AFTER,
        )
        .annotate(reset_at=Subquery(reset.values("no_shows_reset_at")[:1]))
        .filter(Q(reset_at=None) | Q(starts_at__gte=F("reset_at")))
        .order_by()
        .values_list("patient", "practice")
        .annotate(count=Count("pk"))
    )
    return {(patient, practice): count for patient, practice, count in absences}


def visit_numbers(doctor: Doctor, visits: Iterable[Any]) -> dict[UUID, int]:
    """{visit: the patient's n-th at this doctor, from 1}, in one query.

    Not a subquery for each visit: SQLite answers it by the doctor's whole agenda.
    """
    came = (
        Appointment.objects.took_place()
        .filter(doctor=doctor, patient__in={visit.patient_id for visit in visits})
        .order_by("starts_at")
    )
    starts: dict[int, list[Any]] = defaultdict(list)
    for patient_id, start in came.exclude(starts_at=None).values_list("patient", "starts_at"):
        starts[patient_id].append(start)
    return {
        visit.pk: bisect_left(starts[visit.patient_id], visit.starts_at) + 1 for visit in visits
    }
