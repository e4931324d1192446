"""What stands between double braces is shown as Django shows it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, engines
from django.template.base import VariableNode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal import loading

GIVEN = [
    "plain", "<b>&\"'", mark_safe("<b>safe</b>"), "", 1000, 2.5, Decimal("1.50"), None, True, ["<i>"],
    dt.datetime(2026, 11, 17, 15, 30, tzinfo=dt.UTC), dt.date(2026, 11, 17), gettext_lazy("Sign out <b>"),
]  # fmt: skip


def shown(kind, value, *, autoescape):
    engine = engines["django"].engine
    template = engine.from_string("{{ value }}{{ missing }}{{ value|default:'<none>' }}")
    for node in template.nodelist.get_nodes_by_type(VariableNode):
        node.__class__ = kind
    return template.render(Context({"value": value}, autoescape=autoescape))


@pytest.mark.parametrize("value", GIVEN, ids=repr)
@pytest.mark.parametrize("autoescape", [True, False])
def test_it_is_the_same_as_django_s(value, autoescape):
    ours = shown(loading.Shown, value, autoescape=autoescape)
    assert ours == shown(VariableNode, value, autoescape=autoescape)


def test_every_template_that_is_loaded_is_shortened_once():
    template = engines["django"].get_template("base.html").template
    assert template is engines["django"].get_template("base.html").template
    nodes = template.nodelist.get_nodes_by_type(VariableNode)
    assert nodes
    assert {type(node) for node in nodes} == {loading.Shown}
