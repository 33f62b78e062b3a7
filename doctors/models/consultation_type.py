"""What a visit is for, with its duration, price and rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doctors.models.doctor import Doctor
from doctors.prices import PriceField, decimals_of, has_too_many_decimals


class ConsultationTypeQuerySet(models.QuerySet["ConsultationType"]):
    def offered(self) -> ConsultationTypeQuerySet:
        """Types that can be booked now. See also `ConsultationType.is_retired`."""
        return self.filter(retired_at=None)

    def ordinary(self) -> ConsultationType | None:
        """Return the default type when none is given; None when there are no types.

        It is the first type open to everyone, preferably one without confirmation; else the first.
        """
        types = list(self)
        open_to_all = [
            each for each in types if not (each.is_emergency_only or each.require_existing_patient)
        ]
        at_once = [each for each in open_to_all if not each.needs_confirmation]
        return next(iter(at_once or open_to_all or types), None)


class ConsultationType(models.Model):
    """What a visit to one doctor is for ("motif de consultation"): its rules and its price.

    A type with appointments is retired and never deleted. Its appointments keep copies of its
    name, duration and price.
    """

    MIN_DURATION, MAX_DURATION, MAX_BUFFER, MAX_HORIZON_DAYS = 5, 480, 240, 730

    doctor = models.ForeignKey(
        Doctor,
        on_delete=models.CASCADE,
        related_name="consultation_types",
        verbose_name=_("doctor"),
    )
    name = models.CharField(_("name"), max_length=80)
    duration = models.PositiveSmallIntegerField(
        _("duration (minutes)"),
        default=30,
        validators=[MinValueValidator(MIN_DURATION), MaxValueValidator(MAX_DURATION)],
    )
    buffer_after = models.PositiveSmallIntegerField(
        _("pause after (minutes)"),
        default=0,
        validators=[MaxValueValidator(MAX_BUFFER)],
        help_text=_("Kept free after each visit of this type."),
    )
    price = PriceField(
        _("price"),
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR", help_text="ISO 4217")
    price_note = models.CharField(
        _("word on the price"),
        max_length=120,
        blank=True,
        help_text=_("For instance “reimbursed at 70 %”."),
    )
    color = models.CharField(
        _("color"),
        max_length=7,
        default="#129d82",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Six hexadecimal digits, like #129d82."))],
    )
    is_emergency_only = models.BooleanField(
        _("emergencies only"), default=False, help_text=_("Bookable within 24 hours only.")
    )
    require_existing_patient = models.BooleanField(
        _("existing patients only"),
        default=False,
        help_text=_("Only for those who already came to a visit with this doctor."),
    )
    needs_confirmation = models.BooleanField(
        _("needs confirmation"),
        default=False,
        help_text=_("A booking is a request until the practice confirms it."),
    )
    is_video = models.BooleanField(
        _("video visit"),
        default=False,
        help_text=_("Nobody comes: the practice sends the link."),
    )
    notice_minutes = models.PositiveIntegerField(
        _("notice (minutes)"), default=0, help_text=_("Shortest time between booking and visit.")
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("horizon (days)"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_HORIZON_DAYS)],
        help_text=_("How far ahead it can be booked."),
    )
    instructions = models.TextField(
        _("before the visit"), blank=True, help_text=_("What to bring or to do; one a line.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = ConsultationTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation type")
        verbose_name_plural = _("consultation types")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration__gte=5, duration__lte=480),
                name="consultation_type_lasts_5_to_480_minutes",
            ),
            models.CheckConstraint(
                condition=Q(buffer_after__lte=240),
                name="consultation_type_pauses_4_hours_at_most",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="consultation_type_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__gte=1, horizon_days__lte=730),
                name="consultation_type_horizon_is_1_to_730_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a price with more decimals than its currency has: "1,250" is no 1.25 €."""
        if self.price is not None and has_too_many_decimals(self.price, self.currency):
            words = {"currency": self.currency, "count": decimals_of(self.currency)}
            refusal = _("A price in %(currency)s has %(count)s decimals at most.")
            raise ValidationError({"price": ValidationError(refusal, params=words)})

    @property
    def is_retired(self) -> bool:
        """Whether new visits cannot be booked. See also `ConsultationTypeQuerySet.offered`."""
        return self.retired_at is not None

    @property
    def length(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.duration)
