"""What is drawn once sees nothing of a reader, and follows the language and its own variables."""

import pytest
from django.template import Context, RequestContext, Template
from django.utils.translation import override


def drawn(text, context=None):
    return Template("{% load draw_once i18n %}" + text).render(Context(context or {}))


def test_it_is_drawn_once_for_each_value_and_language():
    seen = []

    class Said:
        def __str__(self):
            seen.append(1)
            return "said"

    template = Template(
        "{% load draw_once i18n %}{% draw_once what %}{{ what }} {% translate 'Sign in' %}"
        "{% enddraw_once %}"
    )
    what = Said()
    texts = []
    for language in ("fr", "en", "fr", "en"):
        with override(language):
            texts.append(template.render(Context({"what": what})))
    assert texts == ["said Se connecter", "said Sign in"] * 2
    assert len(seen) == 2
    assert template.render(Context({"what": "other"})) == "other Se connecter"


def test_it_sees_no_other_variable(rf, settings):
    settings.DEBUG = False
    template = Template(
        "{% load draw_once %}{% draw_once %}[{{ user }}{{ csrf_token }}]{% enddraw_once %}"
    )
    context = RequestContext(rf.get("/"), {"user": "Nadia"})
    assert template.render(context) == "[]"


def test_while_templates_are_written_it_is_drawn_each_time(settings):
    settings.DEBUG = True
    template = Template("{% load draw_once %}{% draw_once what %}{{ what }}{% enddraw_once %}")
    what = ["a"]
    assert template.render(Context({"what": what})) == "[&#x27;a&#x27;]"


def test_what_cannot_be_compared_is_refused(settings):
    settings.DEBUG = False
    with pytest.raises(TypeError, match="unhashable"):
        drawn("{% draw_once what %}{{ what }}{% enddraw_once %}", {"what": []})
