"""What a page tells whoever finds it or passes it on: its address, its title, its data."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from web import search_engines

register = template.Library()


@register.simple_tag(takes_context=True)
def kept_address(context: dict[str, Any]) -> str:
    """The address search engines keep this page under; "" when they do not."""
    request = context.get("request")
    return search_engines.kept_address(request) if request else ""


@register.filter
def absolute(path: str) -> str:
    return search_engines.absolute(path)


class KeepNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> SafeString:
        context[self.name] = mark_safe(" ".join(self.nodelist.render(context).split()))
        return SafeString("")


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """`{% keep page_title %}{% block title %}{% endblock %}{% endkeep %}`: a block may stand in
    a template once, and a title is wanted three times."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, nodelist)


# As in Django's json_script: nothing in it can end the element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def json_ld(data: dict[str, Any]) -> SafeString:
    """`data` in schema.org's words, as a block that no browser runs: the CSP lets it be."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    return mark_safe(f'<script type="application/ld+json">{text.translate(ESCAPES)}</script>')
