"""The tags of the package heroicons, drawn once: `{% heroicon_outline "clock" class="icon" %}`.

The package copies and writes an XML tree for each icon, and a page of results has a hundred.
"""

from __future__ import annotations

import functools

from django import template
from django.template.base import Node, Parser, TextNode, Token
from heroicons.templatetags import heroicons as package

register = template.Library()
drawn_on_the_page = template.Library()


def compile_icon(parser: Parser, token: Token) -> Node:
    """Return the drawing itself; a tag that names a variable draws when the page is drawn."""
    tag = token.split_contents()[0]
    node = drawn_on_the_page.tags[tag](parser, token)
    values = [*node.args, *node.kwargs.values()]
    if node.target_var or any(value.is_var for value in values):
        return node
    return TextNode(node.render(template.Context()))


for tag in (
    package.heroicon_micro,
    package.heroicon_mini,
    package.heroicon_outline,
    package.heroicon_solid,
):
    drawn_on_the_page.simple_tag(functools.lru_cache(maxsize=256)(tag), name=tag.__name__)
    register.tag(tag.__name__, compile_icon)
