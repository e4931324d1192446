"""Strings for translation, and the made-up language that shows which were forgotten."""

import io
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django.core.management import call_command
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal import wording

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    "kept",
    [
        "%(name)s",
        "%(count)d",
        "%s",
        "{name}",
        "<strong class='a'>",
        "</strong>",
        "&nbsp;",
        "https://example.org/a",
        "\n",
    ],
)
def test_made_up_keeps_what_must_not_change(kept):
    assert kept in wording.made_up(f"Write to {kept} today")


def test_made_up_is_accented_and_longer():
    text = wording.made_up("Book a consultation")

    assert text.startswith("⟦Böö")
    assert "öñšûĺţåţîöñ" in text
    assert len(text) >= 1.4 * len("Book a consultation") - 2


def test_made_up_keeps_white_space_around():
    assert wording.made_up("  \n") == "  \n"
    assert wording.made_up("\n  Hello\n").startswith("\n  ⟦")
    assert wording.made_up("\n  Hello\n").endswith("⟧\n")


@pytest.mark.full
@given(st.text())
def test_made_up_never_loses_text(text):
    assert len(wording.made_up(text)) >= len(text)


def test_tables_of_accents_match():
    assert len(wording.PLAIN) == len(wording.ACCENTED)


def test_templates_are_read_with_plural_context_and_trimmed_blocks(tmp_path):
    room = tmp_path / "templates"
    room.mkdir()
    (room / "page.html").write_text(
        '<h1>{% translate "One thing" %}</h1>{% translate "May" context "month" %}'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} file\n{% plural %}\n  {{ n }} files\n{% endblocktranslate %}"
        '{% include "x.html" with label=_("Send it") only %}'
    )
    catalog = wording.ours(tmp_path)

    assert catalog.get("One thing")
    assert catalog.get("May", context="month")
    assert catalog.get("%(n)s file").id == ("%(n)s file", "%(n)s files")
    assert catalog.get("Send it")


def test_code_is_read(tmp_path):
    room = tmp_path / "bookings"
    room.mkdir()
    (room / "rules.py").write_text('_("Too late")\nngettext("%(n)s day", "%(n)s days", n)\npgettext("a", "b")\n')
    catalog = wording.ours(tmp_path)

    assert catalog.get("Too late")
    assert catalog.get("%(n)s day").id == ("%(n)s day", "%(n)s days")
    assert catalog.get("b", context="a")


def test_translations_survive_an_update(tmp_path):
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "a.py").write_text('_("Yes")\n')
    assert wording.update(tmp_path, "fr") == 1
    path = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Yes"\nmsgstr ""', 'msgid "Yes"\nmsgstr "Oui"'))
    (tmp_path / "portal" / "a.py").write_text('_("Yes")\n_("No")\n')

    assert wording.update(tmp_path, "fr") == 1
    assert wording.compile_languages(tmp_path) == []
    with path.with_suffix(".mo").open("rb") as file:
        assert read_mo(file).get("Yes").string == "Oui"


def test_a_translation_that_lost_its_placeholder_is_found(tmp_path):
    path = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
                    '#, python-format\nmsgid "%(n)s left"\nmsgstr "il en reste"\n')  # fmt: skip

    assert wording.compile_languages(tmp_path)


def test_our_templates_all_compile_for_translation():
    for path in wording.sources(ROOT):
        if path.suffix != ".py":
            list(wording.from_template(io.BytesIO(path.read_bytes()), wording.KEYWORDS, (), {}))


def test_pages_speak_the_made_up_language():
    call_command("messages", compile=True)
    translation.trans_real._translations.pop("qps", None)

    with translation.override("qps"):
        assert translation.gettext("This field is required.").startswith("⟦")
        text = Template('{% load i18n %}{% translate "This field is required." %}').render(Context())
    with translation.override("qpr"):
        assert translation.get_language_bidi()

    assert text.startswith("⟦")
