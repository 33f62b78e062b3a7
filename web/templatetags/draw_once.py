"""`{% draw_once %}`: what is the same for everybody is drawn once in each process.

The frame of a page, its icons and its words take as long as what a reader came for.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.utils.translation import get_language

register = template.Library()

MOST = 64
"""Texts that one tag keeps."""


class DrawOnceNode(template.Node):
    def __init__(self, names: list[str], nodelist: NodeList) -> None:
        self.names, self.nodelist = names, nodelist
        self.drawn: dict[Any, str] = {}

    def render(self, context: template.Context) -> str:
        values = {name: context.get(name) for name in self.names}
        if settings.DEBUG:
            return self.draw(context, values)
        key = (get_language(), *values.values())
        text = self.drawn.get(key)
        if text is None:
            text = self.draw(context, values)
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            self.drawn[key] = text
        return text

    def draw(self, context: template.Context, values: dict[str, Any]) -> str:
        # A context of its own: nothing of the request or the reader gets in.
        return self.nodelist.render(context.new(values))


@register.tag
def draw_once(parser: Parser, token: Token) -> DrawOnceNode:
    """`{% draw_once days %} … {% enddraw_once %}` keeps its output.

    It keeps one for each language and for each value of the variables that it names, which can be
    hashed. It sees no other variables.
    """
    _tag, *names = token.split_contents()
    nodelist = parser.parse(("enddraw_once",))
    parser.delete_first_token()
    return DrawOnceNode(names, nodelist)
