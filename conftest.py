"""The environment of every test run; it does not depend on the machine's `.env`.

It must exist before Django reads its settings. So the settings module is named here and not in
pyproject.toml: pytest-django would load it from there before any conftest.
"""

import gc
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["DEBUG"] = "on"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["CACHE_URL"] = "locmemcache://"
os.environ.setdefault("SECRET_KEY", "for tests only: nothing that is signed with it leaves the run")
# A test about a limit turns the limits on.
os.environ.setdefault("RATE_LIMITS", "off")

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import TransactionTestCase
from django.utils import translation

from tests import template_names

django.setup()

# A name that our template reads and does not have fails the test.
template_names.watch()

# Argon2 is slow on purpose: a third of a second for every account that a test makes.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Factories write past the services, so nothing is kept without the fixture `kept_answers`.
KEPT = settings.CACHES["kept"]
settings.CACHES["kept"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}

# On a busy machine an example may take long; that alone is no failure. The examples are the same
# in every run, so that a failure comes from the change under test. New examples come from
# `pytest --hypothesis-profile=search`.
hypothesis.settings.register_profile("tbib", deadline=None, max_examples=300, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=20_000, print_blob=True)
hypothesis.settings.load_profile("tbib")

ON_POSTGRES = settings.DATABASES["default"]["ENGINE"] == "web.database.postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, deselect what no database decides: the stage on SQLite runs it."""
    if not ON_POSTGRES:
        return
    config.hook.pytest_deselected(items=[item for item in items if not needs_postgres(item)])
    items[:] = filter(needs_postgres, items)


def pytest_collection_finish() -> None:
    """Stop looking for garbage in what is loaded now: it stays, and the search costs time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def needs_postgres(item: pytest.Item) -> bool:
    """Whether the test must pass on PostgreSQL too, being one that may fail there alone."""
    return needs_database(item) and item.get_closest_marker("one_database") is None


def needs_database(item: pytest.Item) -> bool:
    """Whether pytest-django lets the test use the database."""
    fixtures = {"db", "transactional_db", "django_db_setup", "live_server"}
    has_mark = item.get_closest_marker("django_db") is not None
    return has_mark or not fixtures.isdisjoint(getattr(item, "fixturenames", ()))


# Django fills these after migrating, from the models only: they are the same for every test.
KEPT_TABLES = {"django_content_type", "auth_permission"}


def delete_rows(test_case: TransactionTestCase) -> None:
    """Empty the tables after a test that could not be rolled back.

    Django's own way takes several times as long: it fills KEPT_TABLES again, and PostgreSQL makes
    new files for every table.
    """
    for name in test_case._databases_names(include_mirrors=False):
        connection = connections[name]
        tables = connection.introspection.django_table_names(only_existing=True)
        with transaction.atomic(using=name), connection.cursor() as cursor:
            for table in sorted({*tables} - KEPT_TABLES):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


TransactionTestCase._fixture_teardown = delete_rows


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Clear the cache: rows of the next test have the same keys."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def usual_language() -> None:
    """Forget the language of the last test's last request, which Django leaves active."""
    translation.deactivate()


@pytest.fixture
def kept_answers(settings) -> None:
    """Keep answers, as a server does (web.kept)."""
    from django.core.cache import caches

    settings.CACHES = settings.CACHES | {"kept": KEPT}
    caches["kept"].clear()
