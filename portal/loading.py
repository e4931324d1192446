"""Templates, loaded once in a process. What stands between double braces is shown the short way that says the same.

Most of it is a word that needs escaping and nothing else; Django asks first whether it is a moment, a number or lazy.
"""

from html import escape
from typing import Any

from django.template.base import VariableNode, render_value_in_context
from django.template.loaders import cached
from django.utils.safestring import SafeString


class Loader(cached.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Any:
        template: Any = super().get_template(template_name, skip)
        if not hasattr(template, "is_shortened"):
            for node in template.nodelist.get_nodes_by_type(VariableNode):
                node.__class__ = Shown
            template.is_shortened = True
        return template


class Shown(VariableNode):
    """`{{ … }}`."""

    def render(self, context: Any) -> Any:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str:
            return SafeString(escape(value)) if context.autoescape else value
        return render_value_in_context(value, context)
