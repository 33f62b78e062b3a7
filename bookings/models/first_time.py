"""The first free times of each doctor, kept so that the database can order a search by them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from doctors.models import Doctor, Specialty

NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""The `start` of a doctor without any free time: after all others."""
BY_PHONE = dt.datetime(9999, 2, 1, tzinfo=dt.UTC)
"""The `start` of a doctor who takes no bookings online: last of all."""


class FirstTimeQuerySet(models.QuerySet["FirstTime"]):
    def at(self, now: dt.datetime) -> FirstTimeQuerySet:
        """One row for each doctor; right when the doctor's `first_times_until` is later."""
        return self.filter(since__lte=now, until__gt=now)

    def within(self, days: int, now: dt.datetime) -> FirstTimeQuerySet:
        """Starts of the next `days` days, today the first, by the calendar of the practice."""
        # The second condition follows from the first, but an index has the starts in order.
        before = now + dt.timedelta(days=days, hours=3)
        return self.filter(**{f"within_{days}_since__lte": now}, start__lt=before)


class FirstTime(models.Model):
    """From `since` until `until`, the first free time of `doctor` is `start`.

    It is a time of the consultation type that the doctor's card shows. The rows of a doctor
    follow one another without a gap, so that time can pass without a write: when the first start
    is past, or when a hold ends, the next row counts. They are right until
    `Doctor.first_times_until`. Only bookings.services.first_times writes them.
    """

    WITHIN = (1, 3, 7)

    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="first_times")
    # A copy of the doctor's: an index cannot reach into another table.
    specialty = models.ForeignKey(
        Specialty, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    start = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    # The midnights from which `start` is today, within three days, within a week: SQL knows no
    # time zones (docs/contracts.md, rule 13).
    within_1_since = models.DateTimeField(default=NEVER)
    within_3_since = models.DateTimeField(default=NEVER)
    within_7_since = models.DateTimeField(default=NEVER)

    objects = FirstTimeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["start", "doctor"], name="first_time_by_start"),
            models.Index(
                fields=["specialty", "start", "doctor"], name="first_time_by_specialty_start"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(since__lt=F("until")), name="first_time_counts_for_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id}: {self.start}"
