"""Nodes of templates that draw what Django's own draw, a shorter way. Every page is made of some four hundred of them.

`shorten(template)` is for `portal/loading.py`, once for each template of a process. What stays the same for all readers
of a language (text, sentences, icons, addresses without a key) is put together once. A name that a page does not hold
is nothing, without an error being made and caught. Where something is out of the ordinary, Django's own way is taken.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from django.template import Context, base, defaulttags, loader_tags
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable, render_value_in_context
from django.template.library import SimpleNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

Drawing = Callable[[Any], Any]
MISSING = object()


def shorten(template: Any) -> None:
    """Every node of this template, in its place."""
    _row(template.nodelist)
    for node in [*_all(template.nodelist)]:
        node.__class__ = SHORT.get(type(node), type(node))
        for value in list(vars(node).values()):
            _expressions(value)
        for condition, _nodes in getattr(node, "conditions_nodelists", ()):
            _literals(condition)


def _all(nodes: NodeList) -> Iterator[Node]:
    """All nodes, and their lists made rows."""
    for node in nodes:
        yield node
        lists = [getattr(node, name, None) for name in node.child_nodelists]
        if isinstance(node, defaulttags.IfNode):
            lists = [each for _condition, each in node.conditions_nodelists]
        for each in lists:
            if isinstance(each, NodeList):
                _row(each)
                yield from _all(each)


def _row(nodes: NodeList) -> None:
    if type(nodes) is NodeList:
        nodes.__class__ = Row


def _expressions(value: Any) -> None:
    """Those that a node holds, by themselves or in a list."""
    if type(value) is FilterExpression:
        value.__class__ = Expression
        if type(value.var) is Variable:
            value.var.__class__ = Name
        for _func, arguments in value.filters:
            for _is_variable, argument in arguments:
                if type(argument) is Variable:
                    argument.__class__ = Name
    elif type(value) in (list, tuple):
        for each in value:
            _expressions(each)
    elif type(value) is dict:
        for each in value.values():
            _expressions(each)


def _literals(condition: Any) -> None:
    """Those of a condition and of its parts."""
    if isinstance(condition, defaulttags.TemplateLiteral):
        _expressions(condition.value)
    elif condition is not None:
        _literals(condition.first)
        _literals(condition.second)


# What a page holds


def find(name: Any, context: Any) -> Any:
    """What Django finds by this name, or MISSING where it finds nothing."""
    parts = name.lookups
    first = parts[0]
    for values in reversed(context.dicts):
        if first in values:
            current = values[first]
            break
    else:
        return MISSING
    try:
        if callable(current):
            current = _called(current, context)
        for part in parts[1:]:
            kind = type(current)
            if kind is dict:
                if part in current:
                    current = current[part]
                elif hasattr(dict, part):
                    current = getattr(current, part)
                else:
                    return _as_django(name, context) if part.isdigit() else MISSING
            elif hasattr(kind, "__getitem__"):
                try:
                    current = current[part]
                except (TypeError, AttributeError, KeyError, ValueError, IndexError):
                    current = getattr(current, part)
            else:
                current = getattr(current, part)
            if callable(current):
                current = _called(current, context)
    except Exception as error:
        if getattr(error, "silent_variable_failure", False):
            return context.template.engine.string_if_invalid
        if isinstance(error, AttributeError | TypeError):
            return _as_django(name, context)
        raise
    return current


def _called(current: Any, context: Any) -> Any:
    if getattr(current, "do_not_call_in_templates", False):
        return current
    if getattr(current, "alters_data", False):
        return context.template.engine.string_if_invalid
    return current()


def _as_django(name: Variable, context: Any) -> Any:
    try:
        return Variable.resolve(name, context)
    except base.VariableDoesNotExist:
        return MISSING


class Name(Variable):
    """A name, maybe of a part of something; or a word that a filter is given."""

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        if self.lookups is None or self.translate or not isinstance(context, Context):
            return super().resolve(context)
        found = find(self, context)
        return super().resolve(context) if found is MISSING else found


class Expression(FilterExpression):
    """A name or a word, with its filters."""

    __slots__ = ()

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        if self.filters:
            return super().resolve(context, ignore_failures)
        if not self.is_var:
            return self.var
        name = self.var
        if name.lookups is None or name.translate:
            return super().resolve(context, ignore_failures)
        found = find(name, context)
        if found is not MISSING:
            return found
        if ignore_failures:
            return None
        return context.template.engine.string_if_invalid and super().resolve(context)


def is_literal(expression: Any) -> bool:
    """Whether it is a word that stands in the template outright."""
    return isinstance(expression, FilterExpression) and not expression.is_var and not expression.filters


def shown(value: Any, context: Any) -> Any:
    """As it stands in the page, escaped. Most values are plain words."""
    kind = type(value)
    if kind is SafeString:
        return value
    if kind is str:
        return SafeString(escape(value)) if context.autoescape else value
    return render_value_in_context(value, context)


# The nodes


SILENT = (defaulttags.CommentNode, defaulttags.LoadNode)


class Row(NodeList):
    """Nodes one after the other. Those that show the same to every reader of a language are one piece."""

    def render(self, context: Any) -> SafeString:
        drawings: list[Drawing] | None = self.__dict__.get("drawings")
        if drawings is None:
            drawings = self.drawings = _drawings(self)
        return SafeString("".join([draw(context) for draw in drawings]))


def _drawings(nodes: NodeList) -> list[Drawing]:
    found: list[Drawing] = []
    run: list[Node] = []
    for node in nodes:
        if _is_fixed(node):
            run.append(node)
            continue
        if run:
            found.append(_drawing(run))
            run = []
        found.append(node.render)
    return [*found, _drawing(run)] if run else found


def _is_fixed(node: Any) -> bool:
    if isinstance(node, StaticNode):
        return node.varname is None and is_literal(node.path)
    return isinstance(node, (TextNode, *SILENT)) or getattr(node, "is_fixed", False) is True


def _drawing(run: list[Node]) -> Drawing:
    if all(isinstance(node, (TextNode, *SILENT)) for node in run):
        text = "".join(node.s for node in run if isinstance(node, TextNode))
        return lambda _context: text
    is_placed = any(isinstance(node, defaulttags.URLNode) for node in run)
    kept: dict[Any, str] = {}

    def drawn(context: Any) -> str:
        key: tuple[Any, ...] = (get_language(), context.autoescape)
        if is_placed:
            key += (get_script_prefix(), get_urlconf())
        found = kept.get(key)
        if found is None:
            found = kept[key] = "".join([node.render(context) for node in run])
        return found

    return drawn


class Shown(base.VariableNode):
    """`{{ … }}`."""

    def render(self, context: Any) -> Any:
        return shown(self.filter_expression.resolve(context), context)


class Either(defaulttags.IfNode):
    """`{% if … %}`."""

    def render(self, context: Any) -> Any:
        ways: list[Any] | None = self.__dict__.get("ways")
        if ways is None:
            known: list[tuple[Any, Any]] = self.conditions_nodelists
            ways = self.ways = [(each and _judging(each), nodes) for each, nodes in known]
        for judge, nodes in ways:
            if judge is None:
                return nodes.render(context)
            try:
                is_so = judge(context)
            except base.VariableDoesNotExist:
                is_so = None
            if is_so:
                return nodes.render(context)
        return ""


def _judging(condition: Any) -> Drawing:
    """The condition as one function. In a part that fails Django sees no."""
    if condition.id == "literal":
        resolve = condition.value.resolve
        return lambda context: resolve(context, True)
    if condition.id not in ("and", "or", "not"):
        return condition.eval
    first = _judging(condition.first)
    second = _judging(condition.second) if condition.second is not None else first
    if condition.id == "not":
        return _sees(lambda context: not first(context))
    if condition.id == "and":
        return _sees(lambda context: first(context) and second(context))
    return _sees(lambda context: first(context) or second(context))


def _sees(judge: Drawing) -> Drawing:
    def judged(context: Any) -> Any:
        try:
            return judge(context)
        except Exception:
            return False

    return judged


class Each(defaulttags.ForNode):
    """`{% for … %}`."""

    sequence: Any
    nodelist_loop: Any
    nodelist_empty: Any

    def render(self, context: Any) -> Any:
        values = self.sequence.resolve(context, ignore_failures=True)
        values = [] if values is None else values
        if not hasattr(values, "__len__"):
            values = list(values)
        outer = context.get("forloop", {})
        with context.push() as own:
            if len(values) < 1:
                return self.nodelist_empty.render(context)
            place = own["forloop"] = {"parentloop": outer}
            return SafeString("".join([self._one(context, value) for value in self._placed(values, place)]))

    def _placed(self, values: Any, place: dict[str, Any]) -> Iterator[Any]:
        """Each value, while it is known which it is."""
        count = len(values)
        for number, value in enumerate(reversed(values) if self.is_reversed else values):
            place["counter0"], place["counter"] = number, number + 1
            place["revcounter0"], place["revcounter"] = count - number - 1, count - number
            place["first"], place["last"] = number == 0, number == count - 1
            yield value

    def _one(self, context: Any, value: Any) -> Any:
        names = self.loopvars
        if len(names) == 1:
            context[names[0]] = value
            return self.nodelist_loop.render(context)
        parts = len(value) if hasattr(value, "__len__") else 1
        if parts != len(names):
            raise ValueError(f"Need {len(names)} values to unpack in for loop; got {parts}. ")
        with context.push(dict(zip(names, value, strict=True))):
            return self.nodelist_loop.render(context)


class Extends(loader_tags.ExtendsNode):
    """`{% extends … %}`: the shell of a page and its blocks are found once in a process."""

    def render(self, context: Any) -> Any:
        if not is_literal(self.parent_name):
            return super().render(context)
        known = self.__dict__.get("known")
        if known is None:
            parent: Any = self.get_parent(context)
            known = self.known = parent, _blocks_of(parent.nodelist)
        parent, blocks = known
        page = context.render_context
        if loader_tags.BLOCK_CONTEXT_KEY not in page:
            page[loader_tags.BLOCK_CONTEXT_KEY] = loader_tags.BlockContext()
        page[loader_tags.BLOCK_CONTEXT_KEY].add_blocks(self.blocks)
        page[loader_tags.BLOCK_CONTEXT_KEY].add_blocks(blocks)
        with page.push_state(parent, isolated_context=False):
            return parent._render(context)


def _blocks_of(nodes: NodeList) -> dict[str, Any]:
    """The blocks of a template that stands on no other; of others none, they bring theirs along."""
    first = next((node for node in nodes if not isinstance(node, TextNode)), None)
    if first is None or isinstance(first, loader_tags.ExtendsNode):
        return {}
    blocks: list[Any] = nodes.get_nodes_by_type(loader_tags.BlockNode)
    return {node.name: node for node in blocks}


SHORT: dict[type[Node], type[Node]] = {
    base.VariableNode: Shown,
    defaulttags.IfNode: Either,
    defaulttags.ForNode: Each,
    loader_tags.ExtendsNode: Extends,
}
PLAIN = {
    *SHORT.values(),
    *SILENT,
    TextNode,
    StaticNode,
    SimpleNode,
    defaulttags.CsrfTokenNode,
    defaulttags.WithNode,
} - {Extends}


def is_plain(template: Any) -> bool:
    """Whether nothing in a template remembers where in it one is: then it needs no scope of its own for that."""
    return all(type(node) in PLAIN or getattr(node, "is_plain", False) for node in _all(template.nodelist))
