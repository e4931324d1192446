"""Sentences of templates are looked up once; what is put into them is another's each time."""

import pytest
from django.template import engines
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.i18n import TranslateNode
from django.utils import translation

from portal.templatetags import said


def template(written):
    return engines["django"].from_string("{% load i18n %}" + written)


def test_each_language_has_its_own():
    sentence = template("{% translate 'Sign out' %}")
    (node,) = sentence.template.nodelist.get_nodes_by_type(TranslateNode)
    assert isinstance(node, said.Sentence)
    for _again in range(2):
        assert sentence.render() == "Sign out"
        with translation.override("qps"):
            assert sentence.render() == translation.gettext("Sign out")
    assert len(node.kept) == 2


def test_what_is_put_in_is_escaped_and_kept_for_nobody():
    sentence = template("{% blocktranslate with name=who %}Talk with {{ name }}{% endblocktranslate %}")
    assert sentence.render({"who": "Rosa"}) == "Talk with Rosa"
    assert sentence.render({"who": "<b>"}) == "Talk with &lt;b&gt;"
    assert sentence.render({}) == "Talk with "


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{% translate '100%' %}", "100%"),
        ("{% translate 'Yes' as word %}[{{ word }}]", "[Yes]"),
        ("{% translate word %}", "Other"),
        ("{% translate 'Yes'|lower %}", "yes"),
        ('{% translate "It’s <b>" %}', "It’s <b>"),
        ("{% blocktranslate with n=2 asvar word %}{{ n }} of 100%{% endblocktranslate %}[{{ word }}]", "[2 of 100%]"),
        ("{% blocktranslate %}Seen: {{ word }}{% endblocktranslate %}", "Seen: Other"),
        ("{% blocktranslate count n=2 %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}", "2 days"),
    ],
)
def test_the_tags_say_what_django_s_say(written, shown):
    assert template(written).render({"word": "Other"}) == shown


def test_a_translation_that_is_not_well_formed_is_not_shown(monkeypatch):
    sentence = template("{% blocktranslate with name=who %}Talk with {{ name }}{% endblocktranslate %}")
    monkeypatch.setattr(said, "gettext", lambda _sentence: "Talk with %(nobody)s")
    assert sentence.render({"who": "Rosa"}) == "Talk with Rosa"
    with pytest.raises(TemplateSyntaxError):
        template("{% translate %}")
