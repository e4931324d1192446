"""`{% include %}` as everybody knows it, built in for all templates, only quicker: a page is made of fifty pieces.

A piece that is named outright is looked up once in a process, not once a page. An icon is the same for every reader, in
every language and at every hour: each is drawn once in a process. `{% url %}` of a page that is named outright comes
from `portal/addresses.py`.
"""

from typing import Any
from uuid import UUID

from django import template
from django.template import Context
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import URLNode, url
from django.template.loader_tags import IncludeNode, do_include

from portal import addresses
from portal.shortened import is_literal

register = template.Library()

NAMED = {"True": True, "False": False, "None": None}
DRAWN_ONCE = {"ui/icon.html", "ui/mark.html"}
AT_MOST = 500  # there are some forty icons: what else would be asked for by their names is drawn each time


@register.tag("include")
def include(parser: Parser, token: Token) -> IncludeNode:
    node = do_include(parser, token)
    name = _literal(node.template)
    if name and not name.startswith("."):
        piece = DrawnOnce if name in DRAWN_ONCE and node.isolated_context else Piece
        return piece(node.template, extra_context=node.extra_context, isolated_context=node.isolated_context)
    return node


def _literal(named: FilterExpression) -> str:
    """The name that stands in quotes; "" for one that is only known while the page is made."""
    return named.var if is_literal(named) and isinstance(named.var, str) else ""


class Piece(IncludeNode):
    """An include of one template, whoever reads the page."""

    found: Any = None
    is_plain = True

    def render(self, context: Any) -> str:
        if self.found is None:
            self.found = context.template.engine.get_template(self.template.var)
        values = {name: each.resolve(context) for name, each in self.extra_context.items()}
        return self.draw(context, values)

    def draw(self, context: Any, values: dict[str, Any]) -> str:
        # Nothing in a plain template remembers where in it one is: it needs no scope for that.
        draw = self.found._render if getattr(self.found, "is_plain", False) else self.found.render
        if self.isolated_context:
            return draw(_context_of(values, context))
        with context.push(**values):
            return draw(context)


def _context_of(values: dict[str, Any], page: Any) -> Context:
    """As `page.new(values)`, without a copy of all that the page holds first."""
    own = Context.__new__(Context)
    own.dicts = [NAMED, values]
    own.autoescape, own.use_l10n, own.use_tz = page.autoescape, page.use_l10n, page.use_tz
    own.template, own.template_name, own.render_context = page.template, page.template_name, page.render_context
    if hasattr(page, "request"):
        own.request = page.request  # type: ignore[attr-defined]
    return own


_drawn: dict[tuple[Any, ...], str] = {}


class DrawnOnce(Piece):
    """One that differs by what it is given alone: plain words and figures, never a thing of somebody's."""

    @property
    def is_fixed(self) -> bool:
        return all(is_literal(each) for each in self.extra_context.values())

    def draw(self, context: Any, values: dict[str, Any]) -> str:
        if not all(isinstance(each, str | int) and str(each).isalnum() for each in values.values()):
            return super().draw(context, values)
        key = (self.template.var, *values.items())
        found = _drawn.get(key)
        if found is None:
            found = super().draw(context, values)
            if len(_drawn) < AT_MOST:
                _drawn[key] = found
        return found


@register.tag("url")
def address(parser: Parser, token: Token) -> URLNode:
    node = url(parser, token)
    if _literal(node.view_name) and not node.kwargs:
        node.__class__ = Address
    return node


class Address(URLNode):
    """The address of a page that is named outright."""

    is_plain = True

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same for every reader."""
        return self.asvar is None and all(is_literal(each) for each in self.args)

    def render(self, context: Any) -> str:
        keys = [each.resolve(context) for each in self.args]
        found = addresses.find(self.view_name.var, *keys) if all(isinstance(each, UUID) for each in keys) else ""
        if not found:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = found
            return ""
        return found
