"""Each mail's HTML in a browser: readable by everyone, in light and dark, at two widths."""

import pytest

from bookings.messages.composing import compose
from bookings.models import Notification
from bookings.tests.mail_samples import NOW, build_samples

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mails():
    """[(kind and language, the mail's HTML), …]."""
    found = []
    for language in ("fr", "en"):
        for row in build_samples(language):
            ((html, _kind), *_others) = compose(row, now=NOW).alternatives
            found.append((f"{row.kind}.{language}", html))
    assert len(found) == 2 * len(Notification.Kind)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 700])
def test_each_mail_is_readable(page, axe, mails, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 800})
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    for name, html in mails:
        page.set_content(html)
        axe(page)
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        assert scrolled <= width, name
    assert fetched == []
