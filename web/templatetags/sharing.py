"""The tags for search engines and link previews: address, title and data of a page."""

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
    """Return the address under which search engines keep this page; "" when they do not."""
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
    """`{% keep page_title %}{% block title %}{% endblock %}{% endkeep %}` stores its output.

    A template may contain a block only once, and the title is needed three times.
    """
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, nodelist)


# As in Django's json_script: no character of the data can end the element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def json_ld(data: dict[str, Any]) -> SafeString:
    """Return `data`, in schema.org's words, as a block that no browser runs: the CSP allows it."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    return mark_safe(f'<script type="application/ld+json">{text.translate(ESCAPES)}</script>')
