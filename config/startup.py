"""The checks before anything is served, for every command that starts the site."""

import datetime as dt
import zoneinfo

from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe_start(*, debug: bool, secret_key: str, allowed_hosts: list[str]) -> None:
    """Raise ImproperlyConfigured when the settings would serve patients unsafely."""
    refuse_stale_zone_data()
    if debug:
        return
    if len(secret_key) < 50 or len(set(secret_key)) < 5:
        raise ImproperlyConfigured(
            "SECRET_KEY is weak: give at least 50 random characters "
            "(python -c 'import secrets; print(secrets.token_urlsafe(50))')."
        )
    if "*" in allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS=* trusts any Host header: name your hosts.")


def refuse_stale_zone_data() -> None:
    """Raise ImproperlyConfigured for zone data that does not know Morocco's move to UTC+0.

    Since 20 September 2026 Morocco stays on UTC+0; older zone data is an hour wrong there.
    """
    casablanca = zoneinfo.ZoneInfo("Africa/Casablanca")
    if dt.datetime(2026, 10, 12, 12, tzinfo=casablanca).utcoffset() != dt.timedelta(0):
        raise ImproperlyConfigured(
            "The time-zone data is older than September 2026 (Africa/Casablanca is wrong): "
            "upgrade the tzdata package."
        )


def moment(text: str) -> dt.datetime | None:
    """Return "2026-12-24T06:00+01:00" as an instant, None for ""; an offset is required."""
    if not text:
        return None
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ImproperlyConfigured(f"{text!r} is no moment: write it like 2026-12-24T06:00+01:00.")
    return instant
