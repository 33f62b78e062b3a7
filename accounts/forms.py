"""The forms for sign-in, sign-up, passwords, profile and relatives.

The confirm page shows sign-in and sign-up together: each form has its own prefix for the ids of
its controls (`auto_id`), while the posted names have no prefix.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from allauth.account.internal.flows.manage_email import email_already_exists
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject, Row
from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import Patient, User
from accounts.services import EmailTaken, change_email, sign_up_patient
from web.dates import typed_date

# A phone must not correct or capitalise user names and e-mail addresses.
AS_TYPED = {"autocapitalize": "none", "spellcheck": "false"}


def helper() -> FormHelper:
    """Return a crispy helper that draws the fields only.

    The template has the <form>, its token and its button.
    """
    drawn = FormHelper()
    drawn.form_tag = False
    drawn.disable_csrf = True
    return drawn


def row(*fields: str | LayoutObject) -> Row:
    """Short fields side by side."""
    return Row(*fields, css_class="form-row")


def in_rows(form: forms.BaseForm, *pairs: tuple[str, str]) -> Layout:
    """Return the form's fields in their order, with each pair of short fields side by side."""
    partner, second = dict(pairs), {second for _first, second in pairs}
    return Layout(
        *(
            row(name, partner[name]) if name in partner else name
            for name in form.fields
            if name not in second
        )
    )


# -- fields -------------------------------------------------------------------------------


def name_field(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
    )


def email_field(
    label: Any = None, *, autocomplete: str = "email", required: bool = True
) -> forms.EmailField:
    return forms.EmailField(
        label=label or _("E-mail address"),
        required=required,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete, **AS_TYPED}),
        error_messages={"invalid": _("Please check this e-mail address.")},
    )


def current_password_field(label: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label or _("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def new_password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters, not digits alone, and not easy to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class BirthDateField(forms.DateField):
    """A date of birth as text, in any usual form: not in the future, and not before 1900.

    A browser's own calendar starts at today, decades away from most dates of birth.
    """

    OLDEST = dt.date(1900, 1, 1)

    default_error_messages = {"invalid": _("Please write the date of birth like 12/03/1984.")}

    def __init__(self, *, autocomplete: str = "bday", **options: Any) -> None:
        options.setdefault("label", _("Date of birth"))
        options.setdefault("help_text", _("Day, month, year: 12/03/1984"))
        # Browsers fill in dates of birth as 1984-03-12, and keypads of digits have no slash.
        attrs = {"inputmode": "numeric", "autocomplete": autocomplete, "maxlength": 40}
        super().__init__(widget=forms.DateInput(format="%d/%m/%Y", attrs=attrs), **options)

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or isinstance(value, dt.date):
            return super().to_python(value)
        found = typed_date(str(value), latest=self.latest())
        if found is None and str(value).strip():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if value > self.latest():
            raise forms.ValidationError(_("A date of birth cannot be in the future."))
        if value < self.OLDEST:
            raise forms.ValidationError(_("Please check the year."))

    @staticmethod
    def latest() -> dt.date:
        """Return today in the easternmost time zones: a newborn there must be accepted."""
        return (timezone.now() + dt.timedelta(hours=14)).date()


def phone_field(*, autocomplete: str = "tel", required: bool = True) -> PhoneNumberField:
    field = PhoneNumberField(
        label=_("Phone"),
        required=required,
        help_text=_("From another country, with its code: +212 6…"),
    )
    field.widget.attrs["autocomplete"] = autocomplete
    return field


# -- sign-in ------------------------------------------------------------------------------


class SignInForm(LoginForm):
    """Takes a user name or an e-mail address, and a password."""

    password = current_password_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "sign_in_%s")
        super().__init__(*args, **options)
        self.fields["login"] = forms.CharField(
            label=_("E-mail address or user name"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", **AS_TYPED}),
        )
        self.order_fields(["login", "password"])
        self.helper = helper()
        self.helper.form_error_title = _("You are not signed in yet.")

    @property
    def is_locked(self) -> bool:
        """Whether the number of tries caused the refusal; then the password was not checked."""
        return self.has_error(NON_FIELD_ERRORS, "too_many_login_attempts")


# -- sign-up ------------------------------------------------------------------------------


class SignUpForm(SignupForm):
    """The fields of every new account.

    `save` opens the account in a service's transaction, not in allauth's. It raises EmailTaken when
    another account took the address in the meantime.
    """

    open_account: Callable[..., User]
    """The service for this kind of account; it takes `account_data`."""

    first_name = name_field(_("First name"), "given-name")
    last_name = name_field(_("Last name"), "family-name")

    def __init__(self, *args: Any, sign_in_url: str = "", **options: Any) -> None:
        options.setdefault("auto_id", "sign_up_%s")
        super().__init__(*args, **options)
        self.sign_in_url = sign_in_url
        self.fields["email"] = email_field()
        self.fields["password1"] = new_password_field()
        self.helper = helper()

    def validate_unique_email(self, value: str) -> str:
        try:
            email, _exists = email_already_exists(value)
        except forms.ValidationError as error:
            raise self.email_taken() from error
        return str(email)

    def email_taken(self) -> forms.ValidationError:
        text = gettext("This e-mail address already has an account.")
        if self.sign_in_url:
            link = gettext("Sign in with it")
            text = format_html('{} <a href="{}">{}</a>', text, self.sign_in_url, link)
        return forms.ValidationError(text, code="email_taken")

    def account_data(self) -> dict[str, Any]:
        """Return the arguments of `open_account` from the valid form."""
        data = self.cleaned_data
        names = ("email", "first_name", "last_name")
        return {**{name: data[name] for name in names}, "password": data["password1"]}

    def save(self, request: HttpRequest) -> User:
        return self.open_account(**self.account_data())


class PatientSignUpForm(SignUpForm):
    open_account = staticmethod(sign_up_patient)

    birth_date = BirthDateField()
    phone = phone_field()

    field_order = ("first_name", "last_name", "birth_date", "phone", "email", "password1")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.layout = in_rows(self, ("first_name", "last_name"), ("birth_date", "phone"))

    def account_data(self) -> dict[str, Any]:
        names = ("birth_date", "phone")
        return super().account_data() | {name: self.cleaned_data[name] for name in names}


# -- passwords and e-mail -----------------------------------------------------------------


class PasswordResetForm(ResetPasswordForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = email_field()
        self.helper = helper()


class _ChosenOnce:
    """Asks for a new password once: it can be reset, and password managers type it anyway."""

    fields: dict[str, forms.Field]

    def choose_once(self) -> None:
        password = self.fields["password1"]
        password.label = _("New password")
        password.widget.attrs.pop("placeholder", None)
        password.help_text = new_password_field().help_text
        del self.fields["password2"]
        self.helper = helper()


class NewPasswordForm(_ChosenOnce, ResetPasswordKeyForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choose_once()


class PasswordChangeForm(_ChosenOnce, ChangePasswordForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["oldpassword"] = current_password_field(_("Current password"))
        self.order_fields(["oldpassword", "password1"])
        self.choose_once()


class EmailForm(forms.Form):
    """Takes a new e-mail address, and the password, because mail opens the account."""

    email = email_field(_("New e-mail address"))
    password = current_password_field()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.helper = helper()

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.user.email.lower():
            raise forms.ValidationError(_("This is your address already."))
        email_already_exists(email, user=self.user, always_raise=True)
        return email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your current password."))
        return password

    def save(self) -> Any:
        """Return the new EmailAddress; None, with an error at the field, when it was just taken."""
        try:
            return change_email(user=self.user, email=self.cleaned_data["email"])
        except EmailTaken:
            self.add_error("email", _("This e-mail address already has an account."))
            return None


# -- profile and relatives ----------------------------------------------------------------


class ProfileForm(forms.ModelForm):
    """The account, and its owner as a person (birth date, phone) if there is one.

    Only an admin changes a doctor's name, because patients search for it.
    """

    first_name = name_field(_("First name"), "given-name")
    last_name = name_field(_("Last name"), "family-name")
    birth_date = BirthDateField()
    phone = phone_field()
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ],
        help_text=_("For the pages and the e-mails we send you."),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language")

    field_order = ("first_name", "last_name", "birth_date", "phone", "language")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user = self.instance
        self.person = Patient.objects.filter(account=user, relation=Patient.Relation.SELF).first()
        if self.person is None and user.role == User.Role.PATIENT:
            self.person = Patient(account=user)
        if self.person is None:
            del self.fields["birth_date"], self.fields["phone"]
        else:
            self.initial.update(birth_date=self.person.birth_date, phone=self.person.phone)
        if user.is_doctor:
            del self.fields["first_name"], self.fields["last_name"]
        self.helper = helper()
        self.helper.layout = in_rows(self, ("first_name", "last_name"), ("birth_date", "phone"))

    def changed_person(self) -> Patient | None:
        """Return the owner as a person with the values of the valid form; not saved yet."""
        if self.person is not None:
            for name in ("first_name", "last_name", "birth_date", "phone"):
                if name in self.cleaned_data:
                    setattr(self.person, name, self.cleaned_data[name])
        return self.person


class RelativeForm(forms.ModelForm):
    """A person for whom the account's owner books."""

    first_name = name_field(_("First name"), "off")
    last_name = name_field(_("Last name"), "off")
    birth_date = BirthDateField(autocomplete="off")
    phone = phone_field(autocomplete="off", required=False)
    relation = forms.ChoiceField(
        label=_("This person is"),
        choices=[
            (value, capfirst(label))
            for value, label in Patient.Relation.choices
            if value != Patient.Relation.SELF
        ],
    )

    class Meta:
        model = Patient
        fields: tuple[str, ...] = ("relation", "first_name", "last_name", "birth_date", "phone")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["phone"].help_text = _("If left empty, the practice calls your own number.")
        self.helper = helper()
        self.helper.layout = in_rows(self, ("first_name", "last_name"), ("birth_date", "phone"))
