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
from django.db import connections, transaction
from django.test import TransactionTestCase

from tests import template_names

django.setup()

# A name that a template of ours asks for and does not have fails the test.
template_names.watch()

# Argon2 is slow on purpose, a third of a second for every account that a test makes.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# On a busy machine an example may take long; that alone is no failure. The examples are the same
# in every run, so that a failure is due to the change at hand. `pytest --hypothesis-profile=search`
# looks for new ones.
hypothesis.settings.register_profile("tbib", deadline=None, max_examples=300, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=20_000, print_blob=True)
hypothesis.settings.load_profile("tbib")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test without a database says the same on each: the stage on SQLite runs it."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        return
    config.hook.pytest_deselected(items=[item for item in items if not needs_database(item)])
    items[:] = filter(needs_database, items)


def needs_database(item: pytest.Item) -> bool:
    """Whether pytest-django lets the test use the database."""
    fixtures = {"db", "transactional_db", "django_db_setup", "live_server"}
    has_mark = item.get_closest_marker("django_db") is not None
    return has_mark or not fixtures.isdisjoint(getattr(item, "fixturenames", ()))


# What Django makes after migrating, from the models alone: the same for every test.
KEPT_TABLES = {"django_content_type", "auth_permission"}


def delete_rows(test_case: TransactionTestCase) -> None:
    """Empty the tables after a test that could not be rolled back.

    Django's own way takes several times as long: it makes the rows of KEPT_TABLES again, and
    PostgreSQL gets new files for every table.
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
    """Keys of rows come again in every test; what is remembered of them must not."""
    from django.core.cache import cache

    cache.clear()
