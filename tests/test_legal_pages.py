"""Who runs the site, what it keeps, who can use it: linked from every page's foot."""

import pytest

pytestmark = pytest.mark.django_db

PAGES = {
    "/imprint/": ("Mentions légales", "Legal notice"),
    "/privacy/": ("Données personnelles", "Personal data"),
    "/accessibility/": ("Accessibilité", "Accessibility"),
}


def test_every_page_links_them(client):
    foot = client.get("/").text.split('class="site-footer"')[1]
    linked = {path: f'<a href="{path}">{french}</a>' in foot for path, (french, _) in PAGES.items()}
    assert linked == dict.fromkeys(PAGES, True)


@pytest.mark.parametrize(("path", "titles"), PAGES.items())
def test_each_is_in_french_and_in_english(client, settings, path, titles):
    found = []
    for language in ("en", "fr"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        found.append(client.get(path).text.split("<h1>")[1].split("</h1>")[0])
    assert tuple(reversed(found)) == titles


def test_the_operator_is_named_by_the_settings(client, settings):
    settings.OPERATOR = {
        "name": "Centre de santé du Canal",
        "address": "3 quai de Valmy, 75010 Paris",
        "contact": "donnees@canal.example",
        "host": "Hébergeur de santé, Lille",
    }
    page = client.get("/imprint/").text
    assert [value for value in settings.OPERATOR.values() if value not in page] == []
    assert 'href="mailto:donnees@canal.example"' in client.get("/privacy/").text


def test_without_settings_nothing_is_made_up(client):
    page = client.get("/imprint/").text
    assert ("pas encore" in page, "mailto:" in page) == (True, False)
