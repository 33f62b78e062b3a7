"""Tells the admins that a doctor signed up, and the doctor that an admin approved the page."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from bookings.models import Notification
from bookings.services.notifications import language_of
from doctors.models import Doctor

Kind = Notification.Kind

LATELY = dt.timedelta(days=7)
"""Nobody is told of an older sign-up or approval, for instance after an import."""


def tell_of_registrations(*, now: dt.datetime | None = None) -> int:
    """Write the messages about doctors who signed up or were approved; return how many."""
    now = now or timezone.now()
    since = now - LATELY
    signed_up = Doctor.objects.filter(approved_at=None, user__date_joined__gt=since)
    approved = Doctor.objects.approved().filter(approved_at__gt=since)
    told = 0
    for kind, doctors in ((Kind.SIGNED_UP, signed_up), (Kind.APPROVED, approved)):
        untold = doctors.exclude(Exists(_told(kind, OuterRef("pk"))))
        for pk in untold.order_by("pk").values_list("pk", flat=True):
            told += _tell(pk, kind, now)
    return told


def _told(kind: Notification.Kind, doctor: int | OuterRef) -> QuerySet[Notification]:
    return Notification.objects.filter(doctor=doctor, kind=kind)


def _tell(pk: int, kind: Notification.Kind, now: dt.datetime) -> int:
    """The rows about one doctor, under the doctor's lock: two runs at once write them once."""
    with transaction.atomic():
        (doctor,) = Doctor.objects.locked(pk)
        if _told(kind, pk).exists():
            return 0
        readers = [doctor.user] if kind == Kind.APPROVED else _admins()
        rows = [
            Notification(
                doctor=doctor,
                kind=kind,
                recipient=reader.email,
                language=language_of(reader),
                created_at=now,
                next_attempt_at=now,
            )
            for reader in readers
            if reader.email
        ]
        return len(Notification.objects.bulk_create(rows))


def _admins() -> list[User]:
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))
