"""The environment of every test run, whatever `.env` says on this machine.

It must stand before Django reads its settings, which is why the settings module is named here
and not in pyproject.toml: pytest-django would load it from there before any conftest.
"""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["DEBUG"] = "on"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["CACHE_URL"] = "locmemcache://"
os.environ.setdefault("SECRET_KEY", "for tests only: nothing that is signed with it leaves the run")
# A test that is about a limit turns it on.
os.environ.setdefault("RATE_LIMITS", "off")

import django
import hypothesis
import pytest
from django.conf import settings

django.setup()

# Argon2 is slow on purpose, a third of a second for every account that a test makes.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# On a busy machine an example may take long; that alone is no failure. The examples are the same
# in every run, so that a failure is due to the change at hand. `pytest --hypothesis-profile=search`
# looks for new ones.
hypothesis.settings.register_profile("tbib", deadline=None, max_examples=300, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=20_000, print_blob=True)
hypothesis.settings.load_profile("tbib")


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Keys of rows come again in every test; what is remembered of them must not."""
    from django.core.cache import cache

    cache.clear()
