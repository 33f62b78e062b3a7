"""Two sides that know nothing of each other, made once for all tests of this package."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.authorisation.world import make_world


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """Made in a transaction around all tests: each takes back its own changes of the rows.

    Tests read keys and names from it; a test that changes an object fetches its own.
    """
    folder = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
