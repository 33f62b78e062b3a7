"""What `manage.py check` says of the settings of messages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bookings.messages.sms import is_readable


@register()
def check_sms_url(**_options: Any) -> list[CheckMessage]:
    """Refuse an SMS_URL that names no provider, before the first message is due."""
    if not settings.SMS_URL or is_readable(settings.SMS_URL):
        return []
    # The address itself is not said: it has the provider's password.
    hint = "Write it as Apprise does, for instance twilio://SID:TOKEN@+33123456789."
    return [Error("SMS_URL names no provider of SMS.", hint=hint, id="bookings.E001")]
