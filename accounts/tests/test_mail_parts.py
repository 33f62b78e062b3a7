"""The account's mails have the HTML of all our mails beside their text."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core import mail

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "https://tbib.example/accounts/somewhere/"
MAILS = {
    "email_confirmation": {"activate_url": ADDRESS},
    "email_confirmation_signup": {"activate_url": ADDRESS},
    "password_reset_key": {"password_reset_url": ADDRESS, "username": "nadia"},
    "unknown_account": {"signup_url": ADDRESS, "email": "nadia@example.org"},
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", MAILS)
def test_both_parts_lead_to_the_same_page(name, language, rf):
    user = UserFactory(first_name="Nadia <b>", language=language)
    with context.request_context(rf.get("/")):
        get_adapter().send_mail(f"account/email/{name}", user.email, {"user": user} | MAILS[name])
    (sent,) = mail.outbox
    ((html, kind),) = sent.alternatives
    assert kind == "text/html"
    assert ADDRESS in sent.body
    assert f'<html lang="{language}" dir="ltr">' in html
    assert re.findall(r'class="button" href="([^"]+)"', html) == [ADDRESS]
    assert "Nadia <b>" not in html
    assert "\n" not in sent.subject
