"""Makes a name that a template of ours uses and does not have an error.

Django answers an unknown name with nothing, in `{% if %}`, `{% for %}` and arguments of tags even
with `string_if_invalid`: an attribute that is renamed in Python would just vanish from its page.
A name that a template may have or not is written `name|default:…`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.base import (
    FilterExpression,
    Origin,
    Parser,
    TokenType,
    Variable,
    VariableDoesNotExist,
)
from django.template.context import BaseContext
from django.template.defaultfilters import default
from django.templatetags.i18n import BlockTranslateNode

TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
CRISPY = TEMPLATES / "tailwind"
"""These take the place of crispy's own, and its rules of names hold in them."""


class UndefinedName(BaseException):
    """A template asks for what it was not given.

    No Exception: `{% if a and b %}` takes each of those for False.
    """


class WatchedVariable(Variable):
    """A variable of a template of ours, at `place`."""

    __slots__ = ("is_optional", "place")

    def __init__(self, name: str, place: str, *, is_optional: bool = False) -> None:
        super().__init__(name)
        self.place = place
        self.is_optional = is_optional

    def resolve(self, context: Any) -> Any:
        try:
            return super().resolve(context)
        except VariableDoesNotExist as missing:
            bit, owner = missing.params
            if not self.may_lack(bit, owner):
                text = f"{self.place}: {self.var}: no {bit} in {type(owner).__name__}"
                raise UndefinedName(text) from missing
            raise

    def may_lack(self, bit: str, owner: Any) -> bool:
        """Whether `owner` is of a kind that may be without `bit`."""
        if isinstance(owner, BaseContext):
            return self.is_optional
        if isinstance(owner, Sequence):
            return bit.isdecimal()
        return owner is None or isinstance(owner, Mapping)


def watch() -> None:
    """From now on, in every template that is compiled."""
    FilterExpression.__init__ = watched_filter_expression  # type: ignore[method-assign]
    BlockTranslateNode.render = watched_block_translate  # type: ignore[method-assign]


def is_ours(origin: Origin | None) -> bool:
    place = Path(origin.name) if origin else Path()
    return TEMPLATES in place.parents and CRISPY not in place.parents


plain_filter_expression = FilterExpression.__init__
plain_block_translate = BlockTranslateNode.render


def watched_filter_expression(self: FilterExpression, token: str, parser: Parser) -> None:
    plain_filter_expression(self, token, parser)
    if not is_ours(parser.origin):
        return
    place = parser.origin.template_name
    if isinstance(self.var, Variable):
        is_optional = bool(self.filters) and self.filters[0][0] is default
        self.var = WatchedVariable(self.var.var, place, is_optional=is_optional)
    self.filters = [
        (
            function,
            [
                (is_name, WatchedVariable(value.var, place) if is_name else value)
                for is_name, value in arguments
            ],
        )
        for function, arguments in self.filters
    ]


def watched_block_translate(self: BlockTranslateNode, context: Any, nested: bool = False) -> str:
    """Its names are looked up by itself, not by a variable."""
    if is_ours(self.origin):
        given = {*self.extra_context, self.countervar}
        for token in (*self.singular, *self.plural):
            name = token.contents
            if token.token_type == TokenType.VAR and name not in given and name not in context:
                place = self.origin.template_name
                raise UndefinedName(f"{place}: no {name} in blocktranslate")
    return plain_block_translate(self, context, nested)
