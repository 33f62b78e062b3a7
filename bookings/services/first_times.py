"""The services that keep the table of first times right (docs/decisions/order-of-doctors.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from bookings.models import FirstTime
from bookings.slots.agendas import Agendas
from bookings.slots.first_times import FirstTimes, read_first_times
from doctors.models import Doctor, calendar_touched

AT_ONCE = 100
EARLY = dt.timedelta(minutes=30)
"""Rows that are right for less than this are written again, so that a search rarely has to."""


@receiver(calendar_touched)
def write_after_a_change(doctor_id: int, **_signal: Any) -> None:
    """Write the first times of one doctor after the transaction that changed the agenda."""
    now = timezone.now()
    # One transaction can count several changes.
    if Doctor.objects.filter(pk=doctor_id, first_times_until__lte=now).exists():
        write_first_times([doctor_id], now=now)


def refresh_first_times(*, now: dt.datetime | None = None) -> int:
    """Write the first times of every doctor for whom they are or soon will be outdated.

    Return the number of these doctors.
    """
    now = now or timezone.now()
    outdated = Doctor.objects.filter(first_times_until__lte=now + EARLY).order_by("pk")
    pks = list(outdated.values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        write_first_times(pks[start : start + AT_ONCE], now=now)
    return len(pks)


def write_first_times(doctor_ids: Collection[int], *, now: dt.datetime) -> None:
    """Read these agendas, then write their rows under the doctors' locks.

    An agenda that changed in between is left out: the writer of that change writes its rows.
    """
    agendas = Agendas(now, Doctor.objects.all())
    queries = agendas.of(doctor_ids)
    versions = {query.doctor.pk: query.doctor.calendar_version for query in queries}
    found = read_first_times(queries, agendas)
    with transaction.atomic():
        locked = Doctor.objects.locked(*versions)
        same = [each.pk for each in locked if each.calendar_version == versions[each.pk]]
        _write({pk: found[pk] for pk in same})


def _write(found: dict[int, FirstTimes]) -> None:
    FirstTime.objects.filter(doctor__in=found).delete()
    FirstTime.objects.bulk_create(row for each in found.values() for row in each.rows)
    # Most doctors of one run have the same instant.
    for until in {each.until for each in found.values()}:
        pks = [pk for pk, each in found.items() if each.until == until]
        Doctor.objects.filter(pk__in=pks).update(first_times_until=until)
