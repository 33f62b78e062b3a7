"""A place with an address, a phone and a clock, and its secretaries."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from accounts.names import SearchTextField
from doctors.access import AccessLine, access_lines, map_address
from doctors.places import CityCentre, countries, zone_name
from web.text import has_word, words

if TYPE_CHECKING:
    from doctors.models.doctor import Doctor


def validate_time_zone(name: str) -> None:
    """Refuse a zone that PyPI's tzdata does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is not a known time zone."), params={"zone": name})


def one_zone_words(practice: Practice) -> str:
    """The refusal of a second place with another clock than `practice`."""
    words = _("A doctor works in one time zone only: here that of %(zone)s, as at %(practice)s.")
    return words % {"zone": practice.zone_name, "practice": practice.name}


class PracticeQuerySet(models.QuerySet["Practice"]):
    def near(self, place: CityCentre, km: float) -> PracticeQuerySet:
        """Practices at most `km` away, in the corners of the box a little more.

        A practice without a point on the map counts when it is in the city of that name.
        """
        south, north, west, east = place.box(km)
        within = Q(latitude__range=(south, north), longitude__range=(west, east))
        same_city = Q(latitude=None, country=place.country)
        for word in words(place.name):
            same_city &= has_word("search_text", word)
        return self.filter(within | same_city)

    def visible_to(self, user: Any) -> PracticeQuerySet:
        """The practices where `user` works now, a doctor also by the hours; all for an admin."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        sees_patients = Q(doctors__user=user) | Q(opening_hours__doctor__user=user)
        return self.filter(
            sees_patients | Q(memberships__in=Membership.objects.of(user))
        ).distinct()

    def of_doctor(self, doctor: Doctor) -> PracticeQuerySet:
        """The doctor's own practice, and the others where the doctor has hours."""
        return self.filter(Q(pk=doctor.practice_id) | Q(opening_hours__doctor=doctor)).distinct()


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
    search_text = SearchTextField(of="name_and_city", db_index=False)
    search_name = SearchTextField(of="name_in_words", db_index=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering = ["name"]
        indexes = [
            # PostgreSQL finds parts of words with it; on SQLite it is a plain index.
            GinIndex(
                fields=["search_text", "search_name"],
                name="practice_trigrams",
                opclasses=["gin_trgm_ops"] * 2,
            ),
            models.Index(fields=["latitude", "longitude"], name="practice_by_point"),
            models.Index(fields=["city", "country"], name="practice_by_city"),
            models.Index(fields=["search_name"], name="practice_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"

    def clean(self) -> None:
        self.check_time_zone()

    def check_time_zone(self) -> None:
        """Refuse a clock that differs from another practice's of one of the doctors here."""
        shared = Q(opening_hours__doctor__practice=self.pk) | Q(
            doctors__opening_hours__practice=self.pk
        )
        others = Practice.objects.filter(shared).exclude(pk=self.pk)
        other = others.exclude(time_zone=self.time_zone).first() if self.pk else None
        if other:
            raise ValidationError({"time_zone": one_zone_words(other)})

    @property
    def name_in_words(self) -> str:
        return " ".join(words(self.name))

    @property
    def name_and_city(self) -> str:
        """Name and city as words, the form in which `has_word` compares."""
        return " ".join(words(f"{self.name} {self.city}"))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def cancellation_deadline(self) -> dt.timedelta:
        return dt.timedelta(hours=self.cancellation_deadline_hours)

    def changes_close_at(self, starts_at: dt.datetime) -> dt.datetime:
        """The deadline for online changes of a visit at `starts_at`: elapsed hours before it."""
        return starts_at.astimezone(dt.UTC) - self.cancellation_deadline

    @property
    def zone_name(self) -> str:
        """The zone's city in the reader's language: "Alger" or "Algiers" for Africa/Algiers."""
        return zone_name(self.time_zone)

    def local(self, instant: dt.datetime) -> dt.datetime:
        """The practice's wall clock at `instant`; naive, so that nothing converts it again."""
        return instant.astimezone(self.zone).replace(tzinfo=None)

    @property
    def address(self) -> str:
        """One line: street, postal code and city."""
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town) if part)

    @property
    def access_lines(self) -> list[AccessLine]:
        return access_lines(self.access)

    @property
    def directions_address(self) -> str:
        """The link to directions on another site's map."""
        country = dict(countries()).get(self.country, self.country)
        return map_address(f"{self.address}, {country}", self.latitude, self.longitude)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: Any) -> MembershipQuerySet:
        """The memberships of `user` that run now; access ends when `ended_at` is set."""
        return self.filter(user=user, ended_at=None)


class Membership(models.Model):
    """A secretary's work at a practice, which covers each of its doctors."""

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
