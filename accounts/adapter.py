"""Tbib's answers to allauth: mails, sign-in limits, addresses."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from web.logs import log_security_event
from web.mails import html_of

log = logging.getLogger("tbib.accounts")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": _("This e-mail address already has an account."),
        "email_password_mismatch": _("This e-mail address and password do not go together."),
        "username_password_mismatch": _("This user name and password do not go together."),
        "too_many_login_attempts": _(
            "Too many tries with a wrong password. Wait five minutes, or choose a new password."
        ),
        "rate_limited": _("That was a lot of tries at once. Wait a minute and try again."),
        "enter_current_password": _("This is not your current password."),
    }

    # -- mails ----------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> bool:
        """Send in the account's language; False when the mail server cannot be reached.

        A sign-up or a reset goes on then. The log names the mail, but no person.
        """
        language = getattr(context.get("user"), "language", "") or translation.get_language()
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, context)
        except OSError as error:  # SMTPException is an OSError
            log.error("mail not sent: %s: %s", template_prefix, type(error).__name__)
            return False
        return True

    def render_mail(
        self,
        template_prefix: str,
        email: Any,
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """The mail in text, as allauth makes it, and in the HTML of all our mails."""
        message = super().render_mail(template_prefix, email, context, headers)
        page = {"subject": message.subject, "sender": ""} | context
        message.attach_alternative(html_of(f"{template_prefix}.html", page), "text/html")
        return message

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """Send the mail, and tell the reader whether it is on its way; allauth does not check."""
        address = emailconfirmation.email_address
        sent = self.send_mail(
            "account/email/email_confirmation_signup"
            if signup
            else "account/email/email_confirmation",
            address.email,
            {
                "user": address.user,
                "activate_url": self.get_email_confirmation_url(request, emailconfirmation),
            },
        )
        if sent:
            text = gettext("We sent a link to %(email)s: open it to confirm the address.")
            messages.info(request, text % {"email": address.email})
        else:
            text = gettext("We could not send an e-mail to %(email)s now. Try again later.")
            messages.warning(request, text % {"email": address.email})

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address, or change nothing when another account took it in the meantime."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError as error:
            if "account_email_is_unique" not in str(error):
                raise
        failed = "account/messages/email_confirmation_failed.txt"
        self.add_message(request, messages.ERROR, failed, {"email": email_address.email})
        return False

    # -- limits ---------------------------------------------------------------------------

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return a key that counts wrong passwords for one name from one address.

        With the name alone, as in allauth, a stranger could lock a doctor out. With the address
        alone, one secretary's mistakes would lock the whole clinic out.
        """
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            log_security_event("sign_in_locked", typed=hashed_name(credentials))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        log_security_event("sign_in_failed", typed=hashed_name(credentials))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address as the nearest trusted proxy saw it.

        It is the peer's address when the proxies' header is shorter than TRUSTED_PROXY_COUNT or
        has no address: the request did not come through all proxies.
        """
        try:
            address: str = super().get_client_ip(request)
        except (ImproperlyConfigured, PermissionDenied):
            address = request.META.get("REMOTE_ADDR", "")
        return address

    # -- ways -----------------------------------------------------------------------------

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def is_ajax(self, request: HttpRequest) -> bool:
        """Return False: allauth would answer a script in JSON, but htmx needs the page's HTML."""
        return False


def client_address(request: HttpRequest) -> str:
    """Return the visitor's address as the nearest trusted proxy saw it (TRUSTED_PROXY_COUNT)."""
    address: str = AccountAdapter(request).get_client_ip(request)
    return address


def hashed_name(credentials: dict[str, Any]) -> str:
    """Return the same ten characters for the same typed name: a log must not contain the name."""
    typed = credentials.get("email") or credentials.get("username") or ""
    return salted_hmac("tbib.sign-in", str(typed).lower()).hexdigest()[:10]
