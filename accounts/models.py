"""People: the account that signs in, and the persons for whom it books."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.names import LowerCaseCharField, LowerCaseEmailField, SearchTextField
from web import photos


class User(AbstractUser):
    """An account that signs in by user name or e-mail.

    `role` decides which pages the account sees. Which rows it may read and change is always a
    query (`visible_to`), never the role alone. Admins have `is_staff` and `is_superuser`.
    """

    class Role(models.TextChoices):
        PATIENT = "patient", _("patient")
        DOCTOR = "doctor", _("doctor")
        SECRETARY = "secretary", _("secretary")

    username = LowerCaseCharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[AbstractUser.username_validator],
        error_messages={"unique": _("Another account has this user name.")},
    )
    email = LowerCaseEmailField(_("e-mail address"), blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PATIENT)
    language = models.CharField(
        _("language"),
        max_length=7,
        blank=True,
        help_text=_("Empty: the reader's last choice, else French."),
    )
    is_blocked = models.BooleanField(
        _("blocked"), default=False, help_text=_("May not book online anywhere.")
    )

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="account_email_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_doctor(self) -> bool:
        return self.role == self.Role.DOCTOR

    @property
    def is_secretary(self) -> bool:
        return self.role == self.Role.SECRETARY

    @property
    def has_dashboard(self) -> bool:
        """Whether `/dashboard/` is this account's home."""
        return self.role in (self.Role.DOCTOR, self.Role.SECRETARY)


PHOTOS = "patients"
"""The folder of patients' photos, which only their own people and practices see."""


class PatientQuerySet(models.QuerySet["Patient"]):
    def of_account(self, user: Any) -> PatientQuerySet:
        """The persons for whom this account books: its owner first, then relatives."""
        own_first = Case(When(relation=Patient.Relation.SELF, then=0), default=1)
        return self.filter(account=user).order_by(own_first, "first_name", "pk")

    def locked(self, pks: list[int]) -> list[Patient]:
        """Lock these persons for the transaction, by pk, and return them; lock the doctors first.

        On SQLite the IMMEDIATE transaction is the lock, and this is a plain read.
        """
        return list(self.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


class Patient(models.Model):
    """A person who comes to visits: the account's owner or a relative.

    `account` is empty for a person whom the desk added. An invitation gives such a person an
    account; names are never matched.
    """

    class Relation(models.TextChoices):
        SELF = "self", _("myself")
        CHILD = "child", _("my child")
        PARTNER = "partner", _("my partner")
        PARENT = "parent", _("my parent")
        OTHER = "other", _("another relative")

    account = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patients",
        verbose_name=_("account"),
    )
    relation = models.CharField(
        _("relation"), max_length=10, choices=Relation, default=Relation.SELF
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = LowerCaseEmailField(
        _("e-mail address"),
        blank=True,
        help_text=_("Of a person without an account; an account has its own."),
    )
    # The name of the photo's largest file. Only `accounts.services.save_photo` writes it.
    photo = models.FileField(_("photo"), upload_to=PHOTOS, blank=True, editable=False)
    search_text = SearchTextField(of="name")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(relation="self"),
                name="account_has_one_self",
            ),
        ]
        indexes = [
            models.Index(fields=["photo"], name="patient_by_photo", condition=~Q(photo="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_self(self) -> bool:
        return self.relation == self.Relation.SELF

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def photo_sizes(self) -> list[tuple[str, int]]:
        """[(address, pixels), …] for `{% avatar %}`; empty without a photo."""
        return photos.addresses(self.photo.name, "patient_photo")

    @property
    def mail_address(self) -> str:
        """Where messages about this person's visits go: the account's address, else their own."""
        return self.account.email if self.account else self.email

    def age_on(self, day: dt.date) -> int | None:
        """Return the age in whole years on `day`; None when the birth date is unknown."""
        return age_on(self.birth_date, day)


def age_on(birth_date: dt.date | None, day: dt.date) -> int | None:
    if birth_date is None:
        return None
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)
