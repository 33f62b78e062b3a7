"""What the environment turns the settings into, each in a process of its own."""

import datetime as dt
import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import settings
from config.startup import moment


def setting(name, **environment):
    code = f"import json; from config import settings; print(json.dumps(settings.{name}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def test_passwords_are_hashed_with_argon2():
    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def test_a_redis_cache_may_be_away():
    caches = setting("CACHES", CACHE_URL="redis://redis.example:6379/1")
    assert caches["default"] == {
        "BACKEND": "web.cache.CountingRedisCache",
        "LOCATION": "redis://redis.example:6379/1",
    }
    assert caches["kept"]["BACKEND"] == "web.cache.ForgivingRedisCache"


def test_sign_in_is_limited_unless_it_is_turned_off():
    limits = setting("ACCOUNT_RATE_LIMITS", RATE_LIMITS="on")
    assert limits == settings.SIGN_IN_LIMITS
    assert limits["login_failed"] == "60/m/ip,5/5m/key"
    assert setting("ACCOUNT_RATE_LIMITS", RATE_LIMITS="off") is False


def test_links_follow_the_port_unless_the_site_has_an_address():
    assert setting("SITE_URL", PORT="8123") == "http://127.0.0.1:8123"
    assert (
        setting("SITE_URL", PORT="8123", SITE_URL="https://tbib.example/") == "https://tbib.example"
    )


def test_maintenance_has_an_end_only_with_an_offset():
    assert moment("") is None
    assert moment("2026-12-24T06:00+01:00") == dt.datetime(2026, 12, 24, 5, tzinfo=dt.UTC)
    for text in ("2026-12-24T06:00", "tomorrow"):
        with pytest.raises(ImproperlyConfigured):
            moment(text)
