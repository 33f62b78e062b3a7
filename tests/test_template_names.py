"""That a name which a template does not have fails the test (tests/template_names.py)."""

import pytest
from django.template import Context, Origin, Template

from tests.template_names import CRISPY, TEMPLATES, UndefinedName


class Visit:
    code = "A12"


def drawn(text, folder=TEMPLATES, **names):
    origin = Origin(str(folder / "some.html"), template_name="some.html")
    return Template(text, origin=origin).render(Context(names))


@pytest.mark.parametrize(
    "text",
    [
        "{{ missing }}",
        "{{ visit.missing }}",
        "{{ visit.missing|default:'' }}",
        "{{ visit.code|default:missing }}",
        "{% if missing %}{% endif %}",
        "{% if visit and visit.missing %}{% endif %}",
        "{% for each in missing %}{% endfor %}",
        "{% with name=visit.missing %}{% endwith %}",
        "{% firstof missing visit.code %}",
        "{% load i18n %}{% blocktranslate %}{{ missing }}{% endblocktranslate %}",
    ],
)
def test_a_missing_name_is_an_error(text):
    with pytest.raises(UndefinedName):
        drawn(text, visit=Visit())


@pytest.mark.parametrize(
    "text",
    [
        "{{ missing|default:'' }}",
        "{% if missing|default:'' %}{% endif %}",
        "{{ nobody.name }}",
        "{{ rows.0.name }}",
        "{{ errors.start }}",
        "{% load i18n %}{% blocktranslate with code=visit.code %}{% endblocktranslate %}",
    ],
)
def test_what_may_be_missing_is_nothing(text):
    assert drawn(text, visit=Visit(), nobody=None, rows=[], errors={}) == ""


def test_the_rules_of_crispy_hold_in_its_templates():
    assert drawn("{% if missing %}{% endif %}", folder=CRISPY) == ""
