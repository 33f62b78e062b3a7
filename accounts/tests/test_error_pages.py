"""Error pages that Django renders without request, account or database."""

import pytest
from django.template.loader import get_template
from django.utils import translation


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_renders_with_an_empty_context(name, language):
    # No `db` fixture: a query would fail this test.
    with translation.override(language):
        html = get_template(name).render()
    assert f'<html lang="{language}" dir="ltr">' in html
    assert 'class="error-page"' in html
    assert 'href="/"' in html
    assert "style=" not in html
