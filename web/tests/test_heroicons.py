"""Icons are drawn once; they look like the package's own."""

import pytest
from django.template import Context, Template
from django.template.base import TextNode
from heroicons.templatetags import heroicons as package

CLOCK = package.heroicon_outline("clock", **{"class": "icon"})


@pytest.mark.parametrize(
    "tag",
    [
        '{% heroicon_outline "clock" class="icon" %}',
        '{% heroicon_outline name class="icon" %}',
        "{% heroicon_outline name class=look %}",
        '{% heroicon_outline "clock" class=look as icon %}{{ icon }}',
    ],
)
def test_an_icon_is_the_packages(tag):
    page = Template("{% load heroicons %}" + tag)
    context = Context({"name": "clock", "look": "icon"})
    assert [page.render(context) for _twice in range(2)] == [CLOCK, CLOCK]


def test_an_icon_without_variables_is_part_of_the_template():
    page = Template('{% load heroicons %}{% heroicon_outline "clock" class="icon" %}')
    assert [node.s for node in page.nodelist if isinstance(node, TextNode)] == [CLOCK]


def test_a_class_is_escaped():
    page = Template("{% load heroicons %}{% heroicon_mini 'clock' class=look %}")
    drawn = page.render(Context({"look": '"><script>'}))
    assert drawn == package.heroicon_mini("clock", **{"class": '"><script>'})
    assert "<script>" not in drawn


def test_an_unknown_icon_fails():
    with pytest.raises(Exception, match="does not exist"):
        Template('{% load heroicons %}{% heroicon_outline "no-such-icon" %}').render(Context())
