"""Django's tags for words, as `{% load i18n %}` gives them here: a sentence is looked up once for each language.

There are some sixty on a page. Only sentences that stand in a template outright are kept, never what is put into them.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from portal.shortened import shown

register = template.Library()
register.tags |= i18n.register.tags
register.filters |= i18n.register.filters


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> i18n.TranslateNode:
    node = i18n.do_translate(parser, token)
    expression = node.filter_expression
    if not node.message_context and not expression.filters and expression.var.literal is not None:
        node.__class__ = Sentence
    return node


class Sentence(i18n.TranslateNode):
    """`{% translate "…" %}`."""

    is_plain = True

    @property
    def is_fixed(self) -> bool:
        """Whether it shows the same to every reader of a language."""
        return self.asvar is None

    def render(self, context: Any) -> str:
        key = (get_language(), context.autoescape)
        kept: dict[Any, str] = self.__dict__.setdefault("kept", {})
        if key not in kept:
            asked = i18n.TranslateNode(self.filter_expression, self.noop)
            kept[key] = asked.render(context)
        if self.asvar:
            context[self.asvar] = kept[key]
            return ""
        return kept[key]


@register.tag("blocktranslate")
@register.tag("blocktrans")
def blocktranslate(parser: Parser, token: Token) -> Any:
    node: Any = i18n.do_block_translate(parser, token)
    sentence, names = node.render_token_list(node.singular)
    if not node.plural and not node.message_context and set(names) <= set(node.extra_context):
        node.__class__, node.sentence = FilledIn, sentence
        node.parts = {name: node.extra_context[name] for name in names}
    return node


class FilledIn(i18n.BlockTranslateNode):
    """`{% blocktranslate with … %}` of one sentence, into which all that it names is put."""

    is_plain = True
    sentence: str
    parts: dict[str, Any]

    def render(self, context: Any, nested: bool = False) -> str:
        language = get_language()
        kept: dict[Any, str] = self.__dict__.setdefault("kept", {})
        if language not in kept:
            kept[language] = gettext(self.sentence)
        said = {name: shown(part.resolve(context), context) for name, part in self.parts.items()}
        try:
            filled = kept[language] % said
        except (KeyError, ValueError):  # a translation that is not well formed
            return super().render(context, nested)
        if self.asvar:
            context[self.asvar] = SafeString(filled)
            return ""
        return filled
