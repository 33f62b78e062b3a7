"""The views for sign-in, sign-up, profile and relatives.

allauth's views do the work; a subclass here contains only the differences. The confirm page also
contains sign-in and sign-up: when the htmx target of a post is the form, the answer is that form.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.internal.flows.signup import complete_signup
from allauth.account.models import EmailAddress
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import EmailForm, PatientSignUpForm, ProfileForm, RelativeForm, SignInForm
from accounts.models import Patient, User
from accounts.services import (
    EmailTaken,
    PersonHasAppointments,
    remove_relative,
    save_profile,
    unconfirmed_address,
    user_is_verified,
)
from web.fragments import wanted_fragment

INVALID, TOO_MANY = 422, 429

form_page = require_http_methods(["GET", "HEAD", "POST"])


# -- sign-in, sign-up, passwords ----------------------------------------------------------


class EntranceMixin:
    """A form for sign-in or sign-up: its own page, or a fragment in another page.

    `fragment` is the name of the file in the app's partials/, of its root element's id, of the htmx
    target, and of the form in the context.
    """

    app = "accounts"
    fragment = ""
    refused = False
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if response.status_code == TOO_MANY and not self.refused:
            return self.too_many()
        return response

    def too_many(self) -> HttpResponse:
        """Show the form again with its text when allauth's limit refuses the request.

        The form stays unbound: a bound form would check the password after all.
        """
        options = self.get_form_kwargs()  # type: ignore[attr-defined]
        typed = options.pop("data", QueryDict())  # HEAD and OPTIONS send no data
        options.pop("files", None)
        form = self.get_form_class()(**{**options, "initial": typed.dict()})  # type: ignore[attr-defined]
        text = _("That was a lot of tries at once. Wait a minute and try again.")
        return self.refuse(form, TOO_MANY, refusal=text)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refuse(form, INVALID)

    def refuse(self, form: Any, status: int, **extra: str) -> HttpResponse:
        self.refused = True
        template = self.template_name  # type: ignore[attr-defined]
        if fragment := wanted_fragment(self.request, (self.fragment,)):
            template = f"{self.app}/partials/{fragment}.html"
        context = self.get_context_data(form=form, **extra)
        return render(self.request, template, context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        # As it was sent: the view that redirects to it checks it.
        context["next"] = context["redirect_field_value"] or ""
        context[self.fragment] = context["form"]
        return context


# Overriding `dispatch` removes allauth's mark of a public view.
@method_decorator(login_not_required, name="dispatch")
class SignInView(EntranceMixin, allauth_views.LoginView):
    fragment = "sign_in_form"
    template_name = "account/login.html"

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        response = self.refuse(form, TOO_MANY if form.is_locked else INVALID)
        if form.is_locked:
            response["Retry-After"] = "300"  # settings.SIGN_IN_LIMITS: five tries in five minutes
        return response


@method_decorator(login_not_required, name="dispatch")
class SignUpView(EntranceMixin, allauth_views.SignupView):
    """Opens an account and signs in."""

    fragment = "sign_up_form"
    template_name = "account/signup.html"
    form_class: Any = PatientSignUpForm

    def get_form_class(self) -> Any:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        sign_in_url = self.passthrough_next_url(reverse("account_login"))
        return {**super().get_form_kwargs(), "sign_in_url": sign_in_url}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            user = form.save(self.request)
        except EmailTaken:
            form.add_error("email", form.email_taken())
            return self.form_invalid(form)
        response: HttpResponse = complete_signup(
            self.request, user=user, redirect_url=self.get_success_url()
        )
        return response


class FormPageMixin:
    """Answers a refused form with 422, as all forms of the site do."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = INVALID
        return response


class PasswordResetView(FormPageMixin, allauth_views.PasswordResetView):
    pass


class PasswordResetFromKeyView(FormPageMixin, allauth_views.PasswordResetFromKeyView):
    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """Answer 404 for a link that was used or is too old; the page leads to a new one."""
        response: HttpResponse = super().render_to_response(context, **options)
        response.status_code = 404 if context.get("token_fail") else response.status_code
        return response


class ConfirmEmailView(allauth_views.ConfirmEmailView):
    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **options)
        response.status_code = 200 if context["can_confirm"] else 404
        return response


class PasswordChangeView(FormPageMixin, allauth_views.PasswordChangeView):
    pass


def home_of_account(request: HttpRequest) -> HttpResponse:
    """Redirect a signed-in reader: to the dashboard, the admin, or their appointments."""
    user: Any = request.user
    if user.has_dashboard:
        return redirect("dashboard")
    return redirect("admin:index" if user.is_staff else "my_appointments")


# -- profile ------------------------------------------------------------------------------


@form_page
def profile(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = ProfileForm(request.POST or None, instance=user)
    if form.is_valid():
        save_profile(user=form.save(commit=False), person=form.changed_person())
        with translation.override(user.language):
            messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    relatives = Patient.objects.of_account(user).exclude(relation=Patient.Relation.SELF)
    context = {
        "form": form,
        "is_verified": user_is_verified(user),
        "relatives": list(relatives),
    }
    return render(request, "accounts/profile.html", context, status=INVALID if form.errors else 200)


@form_page
@rate_limit(action="manage_email")
def email(request: HttpRequest) -> HttpResponse:
    """Change the address, or send the confirmation link again."""
    user: Any = request.user
    if "resend" in request.POST:
        send_link(request, unconfirmed_address(user))
        return redirect("account_email")
    form = EmailForm(request.POST or None, user=user)
    if form.is_valid() and (address := form.save()):
        send_link(request, address)
        return redirect("account_email")
    context = {
        "form": form,
        "is_verified": user_is_verified(user),
        "new_address": EmailAddress.objects.filter(user=user, verified=False)
        .exclude(email=user.email)
        .first(),
    }
    return render(request, "account/email.html", context, status=INVALID if form.errors else 200)


def send_link(request: HttpRequest, address: EmailAddress | None) -> None:
    """Send the confirmation link; tell the reader when allauth refuses because it is too soon.

    The adapter tells the reader all other results.
    """
    if address and not send_verification_email_to_address(request, address):
        text = _("We sent a link a moment ago. Check your spam folder, or wait three minutes.")
        messages.info(request, text)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Set the language in Django's cookie and in the account."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest("unknown language")
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    response: HttpResponse = i18n.set_language(request)
    return response


# -- relatives ----------------------------------------------------------------------------


@form_page
def add_relative(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return _relative_form(request, Patient(account=user), _("Add a relative"))


@form_page
def relative(request: HttpRequest, pk: int) -> HttpResponse:
    person = _own_relative(request, pk)
    return _relative_form(request, person, person.name)


def _own_relative(request: HttpRequest, pk: int) -> Patient:
    relatives = Patient.objects.of_account(request.user).exclude(relation=Patient.Relation.SELF)
    return get_object_or_404(relatives, pk=pk)


def _relative_form(request: HttpRequest, person: Patient, title: str) -> HttpResponse:
    form = RelativeForm(request.POST or None, instance=person)
    if form.is_valid():
        form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": person.name})
        return redirect("profile")
    context = {"form": form, "person": person, "title": title}
    status = INVALID if form.errors else 200
    return render(request, "accounts/relative.html", context, status=status)


@require_POST
def remove_relative_view(request: HttpRequest, pk: int) -> HttpResponse:
    person = _own_relative(request, pk)
    name = {"name": person.name}
    try:
        remove_relative(person)
    except PersonHasAppointments:
        text = _("%(name)s has appointments, past or to come, and stays on your list.")
        messages.warning(request, text % name)
    else:
        messages.success(request, _("%(name)s is no longer on your list.") % name)
    return redirect("profile")
