"""A doctor, who is one agenda, and the specialties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import SearchTextField
from doctors.models.practice import Membership, Practice, one_zone_words
from doctors.models.search_word import SearchWord
from doctors.name_words import name_words
from doctors.places import CityCentre
from doctors.plurals import plural
from web import photos
from web.text import words

LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

calendar_touched = Signal()
"""Sent after the transaction that changed the agenda of doctor `doctor_id`."""

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


class SpecialtyQuerySet(models.QuerySet["Specialty"]):
    def with_doctors(self) -> SpecialtyQuerySet:
        """Specialties with listed doctors, the largest first; `number` counts the doctors."""
        listed = Q(doctors__in=Doctor.objects.listed().order_by())
        counted = self.annotate(number=Count("doctors", filter=listed))
        return counted.filter(number__gt=0).order_by("-number", "name_fr")


class Specialty(models.Model):
    """A field of medicine, with its name and its practitioner's name in each language."""

    class Icon(models.TextChoices):
        """The picture beside the name (includes/specialty_icon.html)."""

        STETHOSCOPE = "stethoscope", _("stethoscope")
        BONE = "bone", _("bone")
        BRAIN = "brain", _("brain")
        CHILD = "child", _("child")
        DROP = "drop", _("drop")
        EAR = "ear", _("ear")
        EYE = "eye", _("eye")
        FLOWER = "flower", _("flower")
        HEART = "heart", _("heart")
        LUNGS = "lungs", _("lungs")
        TALK = "talk", _("speech bubble")
        TOOTH = "tooth", _("tooth")
        WOMAN = "woman", _("woman")

    slug = models.SlugField(_("slug"), unique=True)
    name_en = models.CharField(_("name in English"), max_length=80, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=80)
    name_ar = models.CharField(_("name in Arabic"), max_length=80, blank=True)
    practitioner_en = models.CharField(_("practitioner in English"), max_length=80)
    practitioner_fr = models.CharField(_("practitioner in French"), max_length=80)
    practitioner_ar = models.CharField(_("practitioner in Arabic"), max_length=80, blank=True)
    also_called = models.CharField(
        _("also called"),
        max_length=300,
        blank=True,
        help_text=_("What patients type, separated by commas: “family doctor, GP”."),
    )
    icon = models.CharField(
        _("icon"), max_length=12, choices=Icon.choices, default=Icon.STETHOSCOPE
    )

    objects = SpecialtyQuerySet.as_manager()

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
    def practitioners(self) -> str:
        """ "Cardiologues", in the reader's language."""
        return plural(self.practitioner, (get_language() or "fr")[:2])

    @property
    def every_spelling(self) -> list[str]:
        """Practitioner, field and slug in each language, and what patients say; the reader's
        language first."""
        fields = (self.name_en, self.name_fr, self.name_ar)
        practitioners = (self.practitioner_en, self.practitioner_fr, self.practitioner_ar)
        own = (self.practitioner, self.name)
        return [*own, *practitioners, *fields, self.slug, *self.also_called.split(",")]

    @property
    def every_name(self) -> set[str]:
        """Every spelling as words that people type."""
        return {" ".join(words(name)) for name in self.every_spelling} - {""}

    def _in_reader_language(self, attribute: str) -> str:
        language = (get_language() or "fr")[:2]
        text: str = getattr(self, f"{attribute}_{language}", "")
        return text or getattr(self, f"{attribute}_fr")


def around(place: CityCentre, km: float) -> Q:
    """Match doctors by the rule of `DoctorQuerySet.near`."""
    return Q(practice__in=Practice.objects.near(place, km))


class DoctorQuerySet(models.QuerySet["Doctor"]):
    def approved(self) -> DoctorQuerySet:
        """Doctors who take bookings from the public. See also `Doctor.is_approved`."""
        return self.filter(approved_at__isnull=False, user__is_active=True)

    def listed(self) -> DoctorQuerySet:
        """Doctors the public finds: approved, hours saved once. See also `Doctor.is_listed`."""
        return self.approved().filter(hours_saved_at__isnull=False)

    def visible_to(self, user: Any) -> DoctorQuerySet:
        """Approved doctors for everyone; the others for their own staff and for admins."""
        if not user.is_authenticated:
            return self.approved()
        if user.is_superuser:
            return self.all()
        approved = Q(approved_at__isnull=False, user__is_active=True)
        return self.filter(approved | Q(pk__in=Doctor.objects.staffed_by(user).values("pk")))

    def staffed_by(self, user: Any) -> DoctorQuerySet:
        """The doctors for whom `user` works. See also `Doctor.is_staffed_by`.

        These are the user's own agenda, and the doctors of practices with a running membership:
        the practice is the doctor's own, or that of some of their opening hours.
        """
        if not user.is_authenticated:
            return self.none()
        practices = Membership.objects.of(user).values("practice")
        works_there = Q(practice__in=practices) | Q(opening_hours__practice__in=practices)
        return self.filter(Q(user=user) | works_there).distinct()

    def working_at(self, practice_ids: Collection[int]) -> DoctorQuerySet:
        """The doctors whose own practice, or that of some of their hours, is one of these."""
        there = Q(practice__in=practice_ids) | Q(opening_hours__practice__in=practice_ids)
        return self.filter(there).distinct()

    def search(self, text: str) -> DoctorQuerySet:
        """Doctors for whom every word of `text` starts a word of name, specialty, practice or city.

        Case and accents do not matter. Titles ("Dr", "Docteur") do not count, because every doctor
        has one. A text without letters finds no doctor. doctors.search.find reads whole texts.
        """
        if text.strip() and not words(text):
            return self.none()
        return self.with_words(name_words(text))

    def with_words(self, starts: Iterable[str], *, in_name: bool = False) -> DoctorQuerySet:
        """Doctors with a word that each of these words starts; in their name when `in_name`."""
        found, kept = self, SearchWord.objects.all()
        for start in starts:
            words_of_doctors = (kept.in_names() if in_name else kept).starting(start)
            found = found.filter(pk__in=words_of_doctors.values("doctor"))
        return found

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        """Write the words of the search too; saving one doctor does it by a signal."""
        doctors = super().bulk_create(*args, **options)
        SearchWord.objects.write(doctors)
        return doctors

    def of_specialty(self, text: str) -> DoctorQuerySet:
        """Doctors whose specialty has this slug or name in any language, without accents."""
        name = " ".join(words(text))
        fields = [field for field in Specialty.objects.all() if name in field.every_name]
        return self.filter(specialty__in=fields)

    def in_city(self, text: str) -> DoctorQuerySet:
        """Doctors with their practice in the city of this name, without case and accents."""
        name = " ".join(words(text))
        near = Practice.objects.filter(search_text__contains=name)
        cities = near.order_by().values_list("city", flat=True).distinct()
        same = [city for city in cities if " ".join(words(city)) == name]
        return self.filter(practice__city__in=same)

    def near(self, place: CityCentre, km: float) -> DoctorQuerySet:
        """Doctors with their practice at most `km` away; in the corners of the box a little more.

        A practice without a point on the map counts when it is in the city of that name.
        """
        return self.filter(around(place, km))

    def for_pages(self) -> DoctorQuerySet:
        """Join the rows that a card or a page shows: one query."""
        return self.select_related("user", "practice", "specialty")

    def locked(self, *pks: int) -> list[Doctor]:
        """Lock these agendas for the transaction, by pk: the first step of every writer.

        FOR NO KEY UPDATE lets other transactions insert rows that refer to the doctor. On SQLite
        the IMMEDIATE transaction is the lock, and this is a plain read. A second query reads the
        practice after the wait. A join would read the practice as it was before the wait, and it
        would not find a doctor who changed practice in the meantime.
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
    # The name of the photo's largest file. Only doctors.services writes it, never a form's save.
    photo = models.FileField(_("photo"), upload_to=photos.FOLDER, blank=True, editable=False)
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
    # The kept first free times (bookings.models.FirstTime) are right until this instant.
    first_times_until = models.DateTimeField(default=LONG_AGO, editable=False)
    search_text = SearchTextField(of="search_words", max_length=600, db_index=False)
    search_name = SearchTextField(of="name_in_words", db_index=False)

    objects = DoctorQuerySet.as_manager()

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        ordering = ["user__last_name", "user__first_name", "pk"]
        indexes = [
            # PostgreSQL finds parts of words with it; on SQLite it is a plain index.
            GinIndex(
                fields=["search_text", "search_name"],
                name="doctor_trigrams",
                opclasses=["gin_trgm_ops"] * 2,
            ),
            models.Index(fields=["photo"], name="doctor_by_photo", condition=~Q(photo="")),
            models.Index(fields=["specialty", "practice"], name="doctor_by_specialty_and_place"),
            models.Index(fields=["first_times_until"], name="doctor_with_outdated_times"),
            models.Index(
                fields=["specialty", "first_times_until"], name="doctor_outdated_by_specialty"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("doctor_page", args=[self.slug])

    def clean(self) -> None:
        """Refuse an own practice whose clock is not that of the other places with hours."""
        if not self.pk or not self.practice_id:
            return
        others = Practice.objects.filter(opening_hours__doctor=self.pk)
        other = others.exclude(time_zone=self.practice.time_zone).first()
        if other:
            raise ValidationError({"practice": one_zone_words(other)})

    @property
    def name(self) -> str:
        return f"Dr {self.user.get_full_name()}"

    @property
    def name_in_words(self) -> str:
        return " ".join(words(f"{self.user.first_name} {self.user.last_name}"))

    @property
    def search_words(self) -> str:
        """The text that `DoctorQuerySet.search` reads; saved again when a practice moves."""
        field = self.specialty
        fields = (field.name_en, field.name_fr, field.name_ar)
        practitioners = (field.practitioner_en, field.practitioner_fr, field.practitioner_ar)
        known = (self.name_in_words, self.practice.name, self.practice.city)
        return " ".join(words(" ".join((*known, *fields, *practitioners))))

    @property
    def is_approved(self) -> bool:
        """Whether the doctor takes bookings. See also `DoctorQuerySet.approved`."""
        return self.approved_at is not None and self.user.is_active

    @property
    def is_listed(self) -> bool:
        """Whether the public finds the doctor. See also `DoctorQuerySet.listed`."""
        return self.is_approved and self.hours_saved_at is not None

    @property
    def languages_spoken(self) -> list[str]:
        return [str(LANGUAGES_SPOKEN[code]) for code in self.languages if code in LANGUAGES_SPOKEN]

    @property
    def photo_sizes(self) -> list[tuple[str, int]]:
        """[(address, pixels), …] for `{% avatar %}`; empty without a photo."""
        return photos.addresses(self.photo.name)

    def is_staffed_by(self, user: Any) -> bool:
        """Whether `user` works for this doctor now or is an admin. See `DoctorQuerySet.staffed_by`.

        It costs a query except for the doctor and admins: ask once a request.
        """
        if not user.is_authenticated:
            return False
        if user.is_superuser or user.pk == self.user_id:
            return True
        return Doctor.objects.staffed_by(user).filter(pk=self.pk).exists()

    def touch_calendar(self) -> None:
        """Count one change of this agenda; every writer calls it once, under the lock.

        From then on the kept first free times are in doubt, until somebody reads them anew.
        """
        Doctor.objects.filter(pk=self.pk).update(
            calendar_version=F("calendar_version") + 1, first_times_until=LONG_AGO
        )

        # No partial: Django logs the name of a robust hook that fails, and a partial has none.
        def send() -> None:
            calendar_touched.send(Doctor, doctor_id=self.pk)

        transaction.on_commit(send, robust=True)
