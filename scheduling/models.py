"""When a doctor sees patients: weekly hours, absences, the practice's holidays."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import NullIf
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doctors.models import ConsultationType, Doctor, Practice
from doctors.models.practice import one_zone_words
from scheduling.engine import Span, WeeklyRange
from web.compiled import compiled_once


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@compiled_once
def _rows_of_hours(doctor_ids: tuple[int, ...]) -> models.QuerySet[OpeningHours, tuple[Any, ...]]:
    columns = ("weekday", "start_minute", "end_minute", "valid_from", "valid_until")
    hours = OpeningHours.objects.filter(doctor__in=doctor_ids)
    ordered = hours.order_by("weekday", "start_minute", "pk")
    elsewhere = NullIf(F("practice_id"), F("doctor__practice_id"))
    return ordered.values_list("doctor_id", "types", *columns, elsewhere)


class OpeningHoursManager(models.Manager["OpeningHours"]):
    def ranges_of(
        self, doctor_ids: Collection[int], type_ids: Collection[int] | None = ()
    ) -> dict[int, dict[int | None, list[WeeklyRange]]]:
        """Return each doctor's weekly ranges for the engine, in one query.

        {doctor: {None: ranges for every type, type: ranges kept for that type only}}, with the
        types of `type_ids` only; None is all types. The place of a range is the key of its
        practice, None for the doctor's own. A doctor without any row has the fallback hours of the
        settings; a doctor whose rows have all expired has no hours.
        """
        found = self.saved_ranges_of(doctor_ids, type_ids)
        return {pk: found.get(pk, {None: fallback_ranges()}) for pk in doctor_ids}

    def saved_ranges_of(
        self, doctor_ids: Collection[int], type_ids: Collection[int] | None = ()
    ) -> dict[int, dict[int | None, list[WeeklyRange]]]:
        """Like `ranges_of`, without the doctors who never saved hours."""
        found: dict[int, dict[int | None, list[WeeklyRange]]] = {}
        for doctor_id, type_id, *values in _rows_of_hours(tuple(doctor_ids)):
            # A doctor with ranges for other types only has rows, and no fallback.
            ranges = found.setdefault(doctor_id, defaultdict(list))
            if type_id is None or type_ids is None or type_id in type_ids:
                ranges[type_id].append(WeeklyRange(*values))
        return found


def fallback_ranges() -> list[WeeklyRange]:
    """Return the hours of a doctor who never saved hours (settings.FALLBACK_HOURS)."""
    start, end = settings.FALLBACK_HOURS
    return [
        WeeklyRange(day, start.hour * 60 + start.minute, end.hour * 60 + end.minute)
        for day in settings.FALLBACK_WEEKDAYS
    ]


class OpeningHours(models.Model):
    """One range of one weekday; several rows make a day with a lunch break.

    Rows that overlap count once. A range with types is kept for these types: practices reserve
    ranges for emergencies or new patients in this way.
    """

    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, related_name="opening_hours", verbose_name=_("doctor")
    )
    practice = models.ForeignKey(
        Practice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opening_hours",
        verbose_name=_("practice"),
        help_text=_("Empty: the doctor's own."),
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    start_minute = models.PositiveSmallIntegerField(
        _("opens (minutes since midnight)"), validators=[MaxValueValidator(1439)]
    )
    end_minute = models.PositiveSmallIntegerField(
        _("closes (minutes since midnight)"),
        validators=[MinValueValidator(1), MaxValueValidator(2879)],
        help_text=_("More than 1440 is past midnight: 02:00 the next day is 1560."),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    types = models.ManyToManyField(
        ConsultationType,
        blank=True,
        related_name="opening_hours",
        verbose_name=_("kept for"),
        help_text=_("Empty: every type."),
    )

    objects = OpeningHoursManager()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["doctor", "weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=0, weekday__lte=6), name="opening_hours_are_on_a_weekday"
            ),
            models.CheckConstraint(
                condition=Q(
                    start_minute__gte=0,
                    start_minute__lt=1440,
                    end_minute__gt=F("start_minute"),
                    end_minute__lte=F("start_minute") + 1440,
                ),
                name="opening_hours_start_before_they_end",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lte=F("valid_until")),
                name="opening_hours_become_valid_before_they_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {clock(self.start_minute)}–{clock(self.end_minute)}"

    def clean(self) -> None:
        """Refuse a practice whose clock is not that of the doctor's own."""
        if self.practice and self.practice.time_zone != self.doctor.practice.time_zone:
            raise ValidationError({"practice": one_zone_words(self.doctor.practice)})

    @property
    def weekly(self) -> WeeklyRange:
        """The range as a value for the engine."""
        place = self.practice_id if self.practice_id != self.doctor.practice_id else None
        validity = (self.valid_from, self.valid_until)
        return WeeklyRange(self.weekday, self.start_minute, self.end_minute, *validity, place)

    @property
    def opens(self) -> str:
        return clock(self.start_minute)

    @property
    def closes(self) -> str:
        return clock(self.end_minute)


def clock(minute: int) -> str:
    """Return minutes since midnight as a wall clock: 570 "09:30", 1440 "24:00", 1560 "02:00"."""
    hours, minutes = divmod(minute, 60)
    return f"{hours if minute <= 1440 else hours - 24:02d}:{minutes:02d}"


class DoctorAbsence(models.Model):
    """A doctor's time away. The public never sees its reason."""

    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, related_name="absences", verbose_name=_("doctor")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["doctor", "ends_at"], name="absence_by_doctor_and_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="absence_starts_before_it_ends"
            ),
        ]

    def __str__(self) -> str:
        start, end = (
            self.doctor.practice.local(self.starts_at),
            self.doctor.practice.local(self.ends_at),
        )
        return f"{self.doctor}: {start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"


@compiled_once
def _rows_of_closing(
    practice_ids: tuple[int, ...], first: dt.date, last: dt.date
) -> models.QuerySet[Holiday, tuple[int, dt.date, str]]:
    closed = Holiday.objects.filter(decision=Holiday.Decision.CLOSED, date__range=(first, last))
    rows = closed.filter(practice__in=practice_ids).order_by()
    return rows.values_list("practice_id", "date", "name")


@compiled_once
def _rows_of_proposed(
    practice_ids: tuple[int, ...], first: dt.date, last: dt.date
) -> models.QuerySet[Holiday, tuple[dt.date, str, int, str]]:
    undecided = Holiday.objects.filter(
        practice__in=practice_ids, decision=Holiday.Decision.PROPOSED
    )
    rows = undecided.filter(date__range=(first, last)).order_by("date", "practice")
    return rows.values_list("date", "name", "practice", "practice__name")


class HolidayManager(models.Manager["Holiday"]):
    def closing(
        self, practice_ids: Collection[int], days: Collection[dt.date]
    ) -> dict[int, dict[dt.date, str]]:
        """Return {practice: {closed day: the holiday's name}}, in one query.

        It covers all days from the first to the last of `days`.
        """
        rows = _rows_of_closing(tuple(practice_ids), min(days), max(days))
        closed: dict[int, dict[dt.date, str]] = {pk: {} for pk in practice_ids}
        for practice_id, date, name in rows:
            closed[practice_id][date] = name
        return closed

    def proposed(
        self, practice_ids: Collection[int], days: Collection[dt.date]
    ) -> list[tuple[dt.date, str, int, str]]:
        """Return (day, name, practice, its name) of the holidays to decide, by day.

        It covers all days from the first to the last of `days`.
        """
        return _rows_of_proposed(tuple(practice_ids), min(days), max(days))


class Holiday(models.Model):
    """A public holiday at a practice.

    A proposed holiday changes nothing. "Closed" ends online booking for that day; "open" keeps it
    on purpose.
    """

    class Decision(models.TextChoices):
        PROPOSED = "proposed", _("to decide")
        CLOSED = "closed", _("closed")
        OPEN = "open", _("open as usual")

    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="holidays", verbose_name=_("practice")
    )
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    is_estimated = models.BooleanField(
        _("estimated date"), default=False, help_text=_("The moon decides: it may move by a day.")
    )
    decision = models.CharField(
        _("decision"), max_length=8, choices=Decision, default=Decision.PROPOSED
    )

    objects = HolidayManager()

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "date"], name="holiday_is_listed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.date}"


time_freed = Signal()
"""Sent with `doctor_id`, `rows` (FreedTime) and `now` in the transaction that opened the time."""


class FreedTimeManager(models.Manager["FreedTime"]):
    def note(self, doctor_id: int, spans: Iterable[Span], *, now: dt.datetime) -> None:
        """Write that these spans of the doctor's time opened, without the time that is past.

        The receivers of `time_freed` run in the same transaction.
        """
        coming = [(max(start, now), end) for start, end in spans if end > now]
        rows = self.bulk_create(
            self.model(doctor_id=doctor_id, starts_at=start, ends_at=end, created_at=now)
            for start, end in coming
        )
        time_freed.send(self.model, doctor_id=doctor_id, rows=rows, now=now)


class FreedTime(models.Model):
    """Time of a doctor that opened and was not yet offered to the waiting list.

    The transaction that opens the time writes it: a visit is cancelled or moved, an absence is
    removed, hours get longer, a holiday is worked. The time may be taken by now: the calendar knows
    what is free.
    """

    doctor = models.ForeignKey(
        Doctor, on_delete=models.CASCADE, related_name="freed_times", verbose_name=_("doctor")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = FreedTimeManager()

    class Meta:
        verbose_name = _("freed time")
        verbose_name_plural = _("freed times")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="freed_time_starts_before_it_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor}: {self.starts_at:%Y-%m-%d %H:%M}"
