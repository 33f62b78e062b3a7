import pytest


@pytest.fixture
def media(settings, tmp_path):
    """Keep the test's uploads in a folder of their own."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path
