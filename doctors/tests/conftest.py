import pytest


@pytest.fixture
def media(settings, tmp_path):
    """A folder of the test's own for what it uploads."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path
