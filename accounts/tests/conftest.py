import pytest
from django.conf import settings as django_settings

from accounts.tests.factories import PASSWORD


@pytest.fixture
def client(client):
    """A browser of a reader who chose English, so that tests can quote the pages."""
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def sign_in(client):
    """`sign_in(user)` posts the sign-in form and returns the response."""

    def post(user, **data):
        return client.post(
            "/accounts/login/", {"login": user.username, "password": PASSWORD, **data}
        )

    return post


@pytest.fixture
def limits(settings):
    """Turn on the limits of production, and start counting at zero."""
    from django.core.cache import cache

    settings.ACCOUNT_RATE_LIMITS = settings.SIGN_IN_LIMITS
    cache.clear()
    yield
    cache.clear()
