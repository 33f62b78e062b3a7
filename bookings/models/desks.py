"""Whose visits and patients a desk sees: everything follows the practice of the visit or file."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from bookings.models.appointment import Appointment
from bookings.status import UNCLOSED
from doctors.models import Doctor, Membership, Practice
from doctors.models.doctor import DoctorQuerySet


def desk_doctors(user: Any) -> DoctorQuerySet:
    """The doctors at whose desk `user` works.

    Beside those of `staffed_by`: doctors who left her practice until the visits there are closed.
    """
    if not user.is_authenticated:
        return Doctor.objects.none()
    hers = Membership.objects.of(user).values("practice")
    left = Appointment.objects.filter(status__in=UNCLOSED, practice__in=hers)
    staffed = Doctor.objects.staffed_by(user).values("pk")
    return Doctor.objects.filter(Q(pk__in=staffed) | Q(pk__in=left.values("doctor")))


def desk_practices(user: Any, doctor: Doctor) -> list[Practice]:
    """The practices whose patients the desk finds, the doctor's own first; in one query.

    The doctor has those of the hours and of unclosed visits; a secretary has of these her own.
    """
    unclosed = Appointment.objects.filter(status__in=UNCLOSED, doctor=doctor).values("practice")
    worked = Practice.objects.of_doctor(doctor).values("pk")
    found = Practice.objects.filter(Q(pk__in=worked) | Q(pk__in=unclosed))
    if not user.is_superuser and user.pk != doctor.user_id:
        found = found.filter(memberships__in=Membership.objects.of(user))
    return sorted(found.order_by("name", "pk"), key=lambda each: each.pk != doctor.practice_id)
