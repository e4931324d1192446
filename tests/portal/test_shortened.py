"""Templates draw, the short way, what Django draws."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Engine, engines
from django.template.base import VariableNode
from django.urls import set_script_prefix
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal import shortened

GIVEN = [
    "plain", "<b>&\"'", mark_safe("<b>safe</b>"), "", 1000, 2.5, Decimal("1.50"), None, True, ["<i>"],
    dt.datetime(2026, 11, 17, 15, 30, tzinfo=dt.UTC), dt.date(2026, 11, 17), gettext_lazy("Sign out <b>"),
]  # fmt: skip

PIECES = {
    "shell.html": "[{% block head %}shell{% endblock %}|{% block body %}{% endblock %}|{% block foot %}{% endblock %}]",
    "room.html": "{% extends 'shell.html' %}{% block head %}room {{ block.super }}{% endblock %}",
    "page.html": "{% extends 'room.html' %}{% block body %}{{ name }}{% endblock %}{% block head %}<{{ block.super }}>"
    "{% endblock %}",
    "other.html": "{% extends 'shell.html' %}{% block body %}other{% endblock %}",
    "row.html": "{{ one }}{{ forloop.counter }};",
}
PAGES = [
    "{{ missing }}{{ missing.part }}{{ name.missing }}{{ known.missing }}{{ thing.missing }}",
    "{{ missing|default:'none' }}{{ missing|default:name }}{{ known.a|add:known.b }}{{ thing.word|upper }}",
    "{{ known.a }}{{ known.items }}{{ known.b.c }}{{ few.0 }}{{ few.9 }}{{ known.0 }}{{ pair.left }}{{ pair.1 }}",
    "{{ say }}{{ thing.say }}{{ thing.needs }}{{ thing.kind }}{{ thing.erase }}{{ thing.none_there }}",
    "{{ True }}{{ None }}{{ False }}{{ push }}{{ dicts }}{{ 3 }}{{ 'word' }}{{ _('Yes') }}{{ name.upper }}",
    "{% if name %}a{% endif %}{% if missing %}b{% elif known.a %}c{% else %}d{% endif %}{% if not few %}e{% endif %}",
    "{% if name and missing or known.a %}f{% endif %}{% if not name or few and not missing %}g{% endif %}",
    "{% if missing > 3 %}h{% else %}i{% endif %}{% if known.a == 1 %}j{% endif %}{% if 2 in few %}k{% endif %}",
    "{% if few|length > 2 and name|lower == 'rosa' %}l{% endif %}{% if name|default:missing %}m{% endif %}",
    "{% if thing.fails and name %}n{% else %}o{% endif %}{% if missing is None and name is not None %}p{% endif %}",
    "{% for one in few %}{{ one }}{{ forloop.counter }}{{ forloop.revcounter0 }}{{ forloop.last }} {% endfor %}",
    "{% for one in few reversed %}{{ one }}{{ forloop.counter0 }}{{ forloop.first }} {% endfor %}{{ one }}",
    "{% for a, b in pairs %}{{ a }}{{ b }}{% if a %}{% with c=b %}{{ c }}{% endwith %}{% endif %}{% endfor %}{{ a }}",
    "{% for one in missing %}x{% empty %}none {{ one }}{% endfor %}{% for one in name %}{{ one }}.{% endfor %}",
    "{% for a in few %}{% for b in few %}{{ forloop.parentloop.counter }}{{ forloop.counter }}{% endfor %}{% endfor %}",
    "{% for one in made %}{{ one }}{% endfor %}{% for one in known.items %}{{ one }}{% endfor %}",
    "{% for one in few %}{% cycle 'odd' 'even' %}{% ifchanged one %}{{ one }}{% endifchanged %}{% endfor %}",
    "{% for one in few %}{% include 'row.html' %}{% include 'row.html' with one='x' only %}{% endfor %}{{ one }}",
    "{% autoescape off %}{{ hostile }}{% endautoescape %}{{ hostile }}{{ hostile|safe }}{# none #}"
    "{% comment %}none{% endcomment %}",
    "{% with name=hostile %}{{ name }}{% include 'row.html' with one=name only %}{% endwith %}{{ name }}",
    "{% load i18n %}{% translate 'Sign out' %} {% translate 'Yes' as yes %}{{ yes }}"
    "{% blocktranslate with who=hostile %}Talk with {{ who }}{% endblocktranslate %}",
    "{% extends 'page.html' %}{% block foot %}{% for one in few %}{{ one }}{% endfor %}{% endblock %}",
    "{% extends shell %}{% block head %}by name{% endblock %}",
    "{% include 'page.html' %}{% include 'other.html' %}{% include 'page.html' with name='again' only %}",
]


class NoSuch(ObjectDoesNotExist, AttributeError):
    """As Django says of a row that a row does not have."""


class Thing:
    word = "word"

    def say(self):
        return "said"

    def needs(self, something):
        return something

    def erase(self):
        raise AssertionError("A page changes nothing.")

    erase.alters_data = True  # type: ignore[attr-defined]

    @property
    def none_there(self):
        raise NoSuch

    @property
    def fails(self):
        raise ZeroDivisionError

    @property
    def breaks(self):
        return self.nothing_of_this_name

    class kind:
        do_not_call_in_templates = True

        def __str__(self):
            return "kind"


def given():
    """What a page is given; `made` can be gone through once."""
    known = {"a": 1, "b": {"c": "<c>"}}
    pair = SimpleNamespace(left="left")
    return {
        "name": "Rosa", "known": known, "few": [1, 2, 3], "pairs": [("a", 1), ("", 2)], "thing": Thing(), "pair": pair,
        "say": lambda: "said", "hostile": "<script>", "shell": "shell.html", "made": (n for n in (4, 5)),
    }  # fmt: skip


def engine(loader):
    kept = ("django.template.loaders.locmem.Loader", dict(enumerated()))
    known = engines["django"].engine
    return Engine(loaders=[(loader, [kept])], builtins=known.builtins, libraries=known.libraries)


def enumerated():
    yield from PIECES.items()
    yield from ((f"{number}.html", written) for number, written in enumerate(PAGES))


@pytest.fixture(scope="module")
def both():
    return engine("django.template.loaders.cached.Loader"), engine("portal.loading.Loader")


@pytest.mark.parametrize("number", range(len(PAGES)))
@pytest.mark.parametrize("autoescape", [True, False])
def test_each_page_is_drawn_as_django_draws_it(both, number, autoescape):
    name = f"{number}.html"
    for language in ("en", "qps", "en"):  # and again, from what was kept
        with translation.override(language):
            django_s, ours = (each.get_template(name).render(Context(given(), autoescape=autoescape)) for each in both)
            assert ours == django_s
    assert type(both[1].get_template(name).nodelist) is shortened.Row


@pytest.mark.parametrize(
    "written",
    [
        "{{ thing.breaks }}",
        "{{ thing.fails }}",
        "{% if thing.breaks %}{% endif %}",
        "{% for a, b in few %}{% endfor %}",
        "{% url 'nowhere' %}",
        "{{ name|default:missing }}",
    ],
)
def test_what_fails_with_django_fails(written):
    django_s, ours = (engines["django"].engine.from_string(written) for _ in range(2))
    shortened.shorten(ours)
    with pytest.raises(Exception) as expected:  # noqa: PT011
        django_s.render(Context(given()))
    with pytest.raises(type(expected.value)):
        ours.render(Context(given()))


def test_a_row_that_is_not_there_is_looked_for_once():
    asked = []

    class Row:
        @property
        def other(self):
            asked.append(1)
            raise NoSuch

    template = engines["django"].engine.from_string("{{ row.other }}{{ row.other.part }}")
    shortened.shorten(template)
    assert template.render(Context({"row": Row()})) == ""
    assert len(asked) == 2


def test_an_address_that_is_kept_goes_with_where_the_house_stands():
    template = engines["django"].engine.from_string("<{% url 'pages:landing' %}>")
    shortened.shorten(template)
    assert template.render(Context({})) == "</>"
    set_script_prefix("/house/")
    try:
        assert template.render(Context({})) == "</house/>"
    finally:
        set_script_prefix("/")


def shown(kind, value, *, autoescape):
    engine = engines["django"].engine
    template = engine.from_string("{{ value }}{{ missing }}{{ value|default:'<none>' }}")
    for node in template.nodelist.get_nodes_by_type(VariableNode):
        node.__class__ = kind
    return template.render(Context({"value": value}, autoescape=autoescape))


@pytest.mark.parametrize("value", GIVEN, ids=repr)
@pytest.mark.parametrize("autoescape", [True, False])
def test_a_value_is_shown_as_django_shows_it(value, autoescape):
    ours = shown(shortened.Shown, value, autoescape=autoescape)
    assert ours == shown(VariableNode, value, autoescape=autoescape)


def test_every_template_that_is_loaded_is_shortened_once():
    template = engines["django"].get_template("base.html").template
    assert template is engines["django"].get_template("base.html").template
    nodes = template.nodelist.get_nodes_by_type(VariableNode)
    assert nodes
    assert {type(node) for node in nodes} == {shortened.Shown}
