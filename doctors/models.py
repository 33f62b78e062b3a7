"""Who sees patients, and where."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from accounts.names import SearchTextField, normalise
from doctors.places import zone_name

LANGUAGES_SPOKEN = {
    "fr": _("French"),
    "ar": _("Arabic"),
    "en": _("English"),
    "es": _("Spanish"),
    "de": _("German"),
    "nl": _("Dutch"),
    "it": _("Italian"),
    "pt": _("Portuguese"),
    "kab": _("Kabyle"),
    "zgh": _("Tamazight"),
}


def validate_time_zone(name: str) -> None:
    """Refuse a zone that PyPI's tzdata does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is not a known time zone."), params={"zone": name})


class Specialty(models.Model):
    """A field of medicine, named in each language for the field and for who works in it."""

    slug = models.SlugField(_("slug"), unique=True)
    name_en = models.CharField(_("name in English"), max_length=80, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=80)
    name_ar = models.CharField(_("name in Arabic"), max_length=80, blank=True)
    practitioner_en = models.CharField(_("practitioner in English"), max_length=80)
    practitioner_fr = models.CharField(_("practitioner in French"), max_length=80)
    practitioner_ar = models.CharField(_("practitioner in Arabic"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")
        ordering = ["name_fr"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """ "Cardiologie", in the reader's language."""
        return self._in_reader_language("name")

    @property
    def practitioner(self) -> str:
        """ "Cardiologue", in the reader's language."""
        return self._in_reader_language("practitioner")

    @property
    def every_name(self) -> set[str]:
        """Slug, field and practitioner in each language, as people type them."""
        fields = (self.name_en, self.name_fr, self.name_ar)
        practitioners = (self.practitioner_en, self.practitioner_fr, self.practitioner_ar)
        return {normalise(name) for name in (self.slug, *fields, *practitioners) if name}

    def _in_reader_language(self, attribute: str) -> str:
        language = (get_language() or "fr")[:2]
        text: str = getattr(self, f"{attribute}_{language}", "")
        return text or getattr(self, f"{attribute}_fr")


class PracticeQuerySet(models.QuerySet["Practice"]):
    def visible_to(self, user: Any) -> PracticeQuerySet:
        """The practices where `user` works now."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(
            Q(doctors__user=user) | Q(memberships__in=Membership.objects.of(user))
        ).distinct()


class Practice(models.Model):
    """A place with an address, a phone and a clock."""

    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("street"), max_length=160)
    address_details = models.CharField(_("floor, door, entrance"), max_length=160, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="FR", help_text="ISO 3166")
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    access = models.TextField(
        _("access"), blank=True, help_text=_("Public transport, lift, parking; one a line.")
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Paris", validators=[validate_time_zone]
    )
    cancellation_deadline_hours = models.PositiveSmallIntegerField(
        _("online changes until (hours before)"),
        default=24,
        help_text=_("Later than this, patients call to move or cancel."),
    )
    search_text = SearchTextField(of="name_and_city")

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    @property
    def name_and_city(self) -> str:
        return f"{self.name} {self.city}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def cancellation_deadline(self) -> dt.timedelta:
        return dt.timedelta(hours=self.cancellation_deadline_hours)

    @property
    def zone_name(self) -> str:
        """The zone as the reader says it: "Alger" or "Algiers" for Africa/Algiers."""
        return zone_name(self.time_zone)

    def local(self, instant: dt.datetime) -> dt.datetime:
        """The practice's wall clock at `instant`, naive, so that nothing converts it again."""
        return instant.astimezone(self.zone).replace(tzinfo=None)

    @property
    def address(self) -> str:
        """One line: street, postal code and city."""
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town) if part)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: Any) -> MembershipQuerySet:
        """The places where `user` works now; access ends the moment `ended_at` is set."""
        return self.filter(user=user, ended_at=None)


class Membership(models.Model):
    """A secretary's work at a practice: the desk of each of its doctors."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("secretary")
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("practice")
    )
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "practice"],
                condition=Q(ended_at=None),
                name="membership_is_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.practice}"


class DoctorQuerySet(models.QuerySet["Doctor"]):
    def approved(self) -> DoctorQuerySet:
        """Doctors the public may book with. See also `Doctor.is_approved`."""
        return self.filter(approved_at__isnull=False, user__is_active=True)

    def listed(self) -> DoctorQuerySet:
        """Doctors the public finds: approved, hours saved once. See also `Doctor.is_listed`."""
        return self.approved().filter(hours_saved_at__isnull=False)

    def visible_to(self, user: Any) -> DoctorQuerySet:
        """Approved doctors for everyone; a doctor not yet approved for the own desk and admins."""
        if not user.is_authenticated:
            return self.approved()
        if user.is_superuser:
            return self.all()
        approved = Q(approved_at__isnull=False, user__is_active=True)
        return self.filter(approved | Q(pk__in=Doctor.objects.desk_of(user).values("pk")))

    def desk_of(self, user: Any) -> DoctorQuerySet:
        """The doctors whose desk `user` works at: the own one, or those of the practices
        where a membership runs now."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(user=user) | Q(practice__memberships__in=Membership.objects.of(user))
        ).distinct()

    def search(self, text: str) -> DoctorQuerySet:
        """Every word of `text` in name, specialty, practice or city, case and accents aside.

        Titles ("Dr", "Docteur") are everybody's and narrow nothing.
        """
        found = self
        for word in normalise(text.replace(".", " ")).split():
            if word not in {"dr", "docteur", "doctor", "pr"}:
                found = found.filter(search_text__contains=word)
        return found

    def of_specialty(self, text: str) -> DoctorQuerySet:
        """Whose specialty has `text` for slug or name in any language, case and accents aside."""
        wanted = normalise(text)
        fields = [field for field in Specialty.objects.all() if wanted in field.every_name]
        return self.filter(specialty__in=fields)

    def in_city(self, text: str) -> DoctorQuerySet:
        """Whose practice is in the city of that name, case and accents aside."""
        wanted = normalise(text)
        near = Practice.objects.filter(search_text__contains=wanted)
        cities = near.order_by().values_list("city", flat=True).distinct()
        same = [city for city in cities if normalise(city) == wanted]
        return self.filter(practice__city__in=same)

    def for_pages(self) -> DoctorQuerySet:
        """With what a card or a page shows, in one query."""
        return self.select_related("user", "practice", "specialty")

    def locked(self, *pks: int) -> list[Doctor]:
        """Lock these agendas for the transaction, by pk: the first step of every writer.

        FOR NO KEY UPDATE, so that inserts referring to the doctor are not held up. On SQLite
        the IMMEDIATE transaction is the lock and this is a plain read. The practice is read by a
        query of its own, after the wait: joined, it would be as it was before, and the doctor of
        another practice meanwhile would not be found at all.
        """
        rows = self.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
        return list(rows.prefetch_related("practice"))


class Doctor(models.Model):
    """One agenda. Opening hours and appointments carry a practice; overlap is per doctor."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="doctor", verbose_name=_("account")
    )
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, related_name="doctors", verbose_name=_("specialty")
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="doctors", verbose_name=_("practice")
    )
    presentation = models.TextField(_("presentation"), blank=True)
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    accepts_new_patients = models.BooleanField(_("accepts new patients"), default=True)
    offers_video = models.BooleanField(_("offers video visits"), default=False)
    books_online = models.BooleanField(
        _("online booking"), default=True, help_text=_("Off: the page shows the phone number.")
    )
    approved_at = models.DateTimeField(
        _("approved"), null=True, blank=True, help_text=_("Empty: not shown to the public.")
    )
    hours_saved_at = models.DateTimeField(_("hours saved"), null=True, blank=True)
    calendar_version = models.PositiveBigIntegerField(default=0, editable=False)
    search_text = SearchTextField(of="search_words")

    objects = DoctorQuerySet.as_manager()

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        ordering = ["user__last_name", "user__first_name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("doctor_page", args=[self.slug])

    @property
    def name(self) -> str:
        return f"Dr {self.user.get_full_name()}"

    @property
    def search_words(self) -> str:
        """What `DoctorQuerySet.search` looks in; admin saves it anew when a practice moves."""
        names = (self.user.first_name, self.user.last_name)
        field = self.specialty
        words = (field.name_en, field.name_fr, field.practitioner_en, field.practitioner_fr)
        return " ".join((*names, *words, self.practice.name, self.practice.city))

    @property
    def is_approved(self) -> bool:
        """See also `DoctorQuerySet.approved`."""
        return self.approved_at is not None and self.user.is_active

    @property
    def is_listed(self) -> bool:
        """See also `DoctorQuerySet.listed`."""
        return self.is_approved and self.hours_saved_at is not None

    @property
    def languages_spoken(self) -> list[str]:
        return [str(LANGUAGES_SPOKEN[code]) for code in self.languages if code in LANGUAGES_SPOKEN]

    def touch_calendar(self) -> None:
        """Count one change of this agenda; every writer calls it once, under the lock."""
        Doctor.objects.filter(pk=self.pk).update(calendar_version=F("calendar_version") + 1)


class ConsultationTypeQuerySet(models.QuerySet["ConsultationType"]):
    def offered(self) -> ConsultationTypeQuerySet:
        """Types that can be booked now. See also `ConsultationType.is_retired`."""
        return self.filter(retired_at=None)


class ConsultationType(models.Model):
    """A reason to come ("motif"), with what it takes and what it costs.

    Retired, never deleted, once appointments refer to it; those keep copies of its name,
    duration and price.
    """

    MIN_DURATION, MAX_DURATION, MAX_BUFFER = 5, 480, 240

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
    price = models.DecimalField(
        _("price"),
        max_digits=9,
        decimal_places=2,
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
    notice_minutes = models.PositiveIntegerField(
        _("notice (minutes)"), default=0, help_text=_("Shortest time between booking and visit.")
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("horizon (days)"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
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

    @property
    def is_retired(self) -> bool:
        """See also `ConsultationTypeQuerySet.offered`."""
        return self.retired_at is not None

    @property
    def length(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.duration)
