"""Accounts, e-mail addresses and persons in the admin."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Patient, User
from web.admin import AutocompleteFilter, TbibAdmin

admin.site.site_header = "Tbib"
admin.site.site_title = "Tbib"
admin.site.index_title = gettext_lazy("Administration")
# The site's own sign-in page, which has limits; the admin's page has none.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class AccountForm(forms.ModelForm):
    """The checks that are the same for a new and for a changed account."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        languages = [("", _("The reader's last choice")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label, choices=languages, required=False
        )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        others = User.objects.exclude(pk=self.instance.pk)
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("This e-mail address already has an account."))
        return email


class ChangeAccountForm(AccountForm, UserChangeForm):
    pass


class AddAccountForm(AccountForm, AdminUserCreationForm):
    pass


@admin.register(User)
class AccountAdmin(TbibAdmin, UserAdmin):
    form = ChangeAccountForm
    add_form = AddAccountForm
    list_display = (
        "username",
        "full_name",
        "email",
        "role",
        "is_blocked",
        "is_active",
        "last_login",
    )
    list_filter = ("role", "is_blocked", "is_staff", "is_active")
    # The account's own columns, and the persons for whom it books.
    search_fields = (
        *("username", "email", "first_name", "last_name"),
        *("patients__search_text", "doctor__search_text"),
    )
    actions = ("block", "unblock")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    instead_of_deleting = gettext_lazy(
        "Make the account inactive instead: nobody can sign in with it then."
    )
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        (gettext_lazy("Person"), {"fields": ("first_name", "last_name", "role", "language")}),
        (gettext_lazy("Online booking"), {"fields": ("is_blocked",)}),
        # No groups: rights follow from the role, and an admin may do everything.
        (gettext_lazy("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (gettext_lazy("Dates (UTC)"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    *("username", "email", "first_name", "last_name", "role", "language"),
                    *("usable_password", "password1", "password2"),
                ),
            },
        ),
    )

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        # Doctors are found and shown by the account's name, and hidden while it is inactive.
        # `Doctor` is in an app above this one.
        doctor = getattr(obj, "doctor", None)
        if doctor:
            type(doctor).objects.locked(doctor.pk)
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            set_only_address(obj)
        if doctor:
            doctor.save(update_fields=["search_text", "search_name"])
            doctor.touch_calendar()

    @admin.action(description=gettext_lazy("Block online booking"), permissions=["change"])
    def block(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        changed = self._set_blocked(request, queryset, True)
        text = ngettext(
            "%d account can no longer book online.",
            "%d accounts can no longer book online.",
            changed,
        )
        self.message_user(request, text % changed, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Allow online booking again"), permissions=["change"])
    def unblock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        changed = self._set_blocked(request, queryset, False)
        text = ngettext(
            "%d account can book online again.", "%d accounts can book online again.", changed
        )
        self.message_user(request, text % changed, messages.SUCCESS)

    def _set_blocked(self, request: HttpRequest, users: QuerySet[User], blocked: bool) -> int:
        """Block or unblock these accounts; return the number of accounts that changed.

        The admin's log gets a line for each.
        """
        changed = list(users.filter(is_blocked=not blocked))
        User.objects.filter(pk__in=[user.pk for user in changed]).update(is_blocked=blocked)
        words = _("Blocked online booking.") if blocked else _("Allowed online booking again.")
        for user in changed:
            self.log_change(request, user, words)
        return len(changed)


def set_only_address(user: User) -> None:
    """Make the account's e-mail its only address in allauth.

    An address that stays the same stays confirmed. A new address is not confirmed, and the old one
    cannot open the account any more.
    """
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    if user.email:
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"primary": True}
        )


admin.site.unregister([EmailAddress, Group])


@admin.register(EmailAddress)
class EmailAddressAdmin(TbibAdmin, AllauthEmailAddressAdmin):
    """Shows who confirmed which address; an address changes on the page of its account."""

    list_select_related = ("user",)
    raw_id_fields = ()
    search_fields = ("email", "user__username", "user__first_name", "user__last_name")
    ordering = ("email",)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.search_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: EmailAddress | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """Allow allauth's "mark as verified" to superusers only: it names no permission itself."""
        return super().get_actions(request) if request.user.is_superuser else {}


class PatientForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        account = data.get("account")
        if account and data.get("relation") == Patient.Relation.SELF:
            owners = account.patients.filter(relation=Patient.Relation.SELF)
            if owners.exclude(pk=self.instance.pk).exists():
                self.add_error(
                    "relation", _("The account already has its owner; choose another relation.")
                )
        return data


class BlockedFilter(admin.SimpleListFilter):
    """Persons who cannot book online: at any practice, or at some practice."""

    title = gettext_lazy("online booking")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("any", gettext_lazy("blocked anywhere")),
            ("account", gettext_lazy("account blocked")),
            ("practice", gettext_lazy("blocked by a practice")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Patient]) -> QuerySet[Patient]:
        account = Q(account__is_blocked=True)
        # A subquery, because several practices can block the same person.
        by_practice = Patient.objects.filter(files__blocked_at__isnull=False)
        practice = Q(pk__in=by_practice.values("pk"))
        conditions = {"any": account | practice, "account": account, "practice": practice}
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Patient)
class PatientAdmin(TbibAdmin):
    form = PatientForm
    list_display = ("name", "birth_date", "phone", "account", "relation")
    list_select_related = ("account",)
    list_filter = (BlockedFilter, "relation", ("account", AutocompleteFilter))
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Name or phone number")
    ordering = ("last_name", "first_name", "pk")
    autocomplete_fields = ("account",)
    fields = (
        ("first_name", "last_name"),
        "birth_date",
        ("phone", "email"),
        ("account", "relation"),
        "appointments",
    )
    readonly_fields = ("appointments",)
    instead_of_deleting = gettext_lazy("A person with appointments stays on record.")

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def name(self, patient: Patient) -> str:
        return patient.name

    @admin.display(description=gettext_lazy("appointments"))
    def appointments(self, patient: Patient) -> str:
        if not patient.pk:
            return "-"
        address = reverse("admin:bookings_appointment_changelist")
        return format_html(
            '<a href="{}?patient__id__exact={}">{}</a>', address, patient.pk, _("Show")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Patient], search_term: str
    ) -> tuple[QuerySet[Patient], bool]:
        """Search by name without case and accents, or by the digits that people dial."""
        digits = "".join(char for char in search_term if char.isdigit())
        if len(digits) >= 4 and not any(char.isalpha() for char in search_term):
            return queryset.filter(phone__contains=digits.lstrip("0")), False
        return super().get_search_results(request, queryset, search_term)
