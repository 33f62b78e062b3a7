"""What tests of the configuration share."""

from bookings.tests.steps import secretary_of

ROOT = "/dashboard/configuration/"
HTMX = {"HX-Request": "true"}


def panel(name):
    """The headers of an htmx request that swaps this tab's panel."""
    return HTMX | {"HX-Target": name}


def staffed_by(client, doctor):
    """Signs in the secretary of the doctor's practice."""
    client.force_login(secretary_of(doctor))
    return client
