"""The admin is for admins."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.authorisation.table import PEOPLE
from tests.authorisation.test_routes import all_routes
from tests.authorisation.world import client_of, written

pytestmark = pytest.mark.django_db


def admin_paths() -> list[str]:
    """Every admin route with its arguments filled by something that does not exist."""
    paths = []
    for route in sorted(all_routes()):
        if route.startswith("admin/"):
            path = route.replace("<path:object_id>", "1").replace("<int:content_type_id>", "1")
            paths.append("/" + path.replace("<id>", "1"))
    return paths


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "admin"])
def test_the_admin_is_for_admins(world, person):
    client = client_of(world, person)
    for path in admin_paths():
        if path.startswith(("/admin/login/", "/admin/(?P")):
            continue
        with CaptureQueriesContext(connection) as queries:
            statuses = {client.get(path).status_code, client.post(path, {}).status_code}
        assert statuses <= {302, 404}, path
        assert written(queries) == []
