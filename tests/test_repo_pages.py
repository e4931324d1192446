"""Rules of the house that a machine can see: templates, style sheets, scripts."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.template.loader import get_template

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(path for ending in ("*.html", "*.txt") for path in (ROOT / "templates").rglob(ending))
STATIC = ROOT / "portal" / "static" / "portal"
SHEETS = sorted(STATIC.glob("*.css"))
SCRIPTS = sorted(STATIC.rglob("*.js"))

# The words of docs and talk are the product's; these are other people's.
BANNED = ("proxy", "trusted person", "share link", "disclaimer")
SAID = {"gettext", "translate", "trans", "blocktranslate", "blocktrans"}
SPOKEN = ("alt", "title", "placeholder", "aria-label", "aria-description", "label", "summary")
# Text that reads the same in every language.
UNSPOKEN = re.compile(r"^[\W\d_]*$|^(HTTP|PDF|UTC|RS|DOCTYPE html|Google|Outlook)$|^(rs-[\w-]+ ?)+$")  # class names too
INLINE = {
    "a style element": r"<style\b",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "an inline script": r"<script\b(?![^>]*(\bsrc=|type=\"application/json\"))",
    "an inline handler": r"<[^>]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "a handler of htmx, which needs eval": r"\bhx-(on|vals=.?js:)",
}
# What a page in Arabic or Hebrew would have on the wrong side; margin-inline-start and its like turn by themselves.
SIDED = re.compile(
    r"(?<![\w-])((margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b[\w-]*"
    r"|left|right|border-(top|bottom)-(left|right)-radius)\s*:"
    r"|(?<![\w-])(text-align|float|clear)\s*:\s*(left|right)\b"
)


def text(path: Path) -> str:
    return path.read_text()


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_comments(source: str) -> str:
    return re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", "", source, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_dates_are_written_by_the_one_formatter(path):
    found = re.findall(r"\|\s*(?:date|time|timesince|timeuntil|naturaltime|naturalday)\b|{%\s*now\b", text(path))

    assert found == [], "portal.when writes dates: {% load when %}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_parts_need_no_load(path):
    assert not re.search(r"{%\s*load\s[^%]*\bpartials\b", text(path)), "Django 6 has them built in"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_words_are_the_products(path):
    words = without_comments(text(path)).lower()

    assert [banned for banned in BANNED if banned in words] == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "emails" not in path.parts], ids=name)
def test_nothing_inline(path):
    source = without_comments(text(path))

    assert [what for what, pattern in INLINE.items() if re.search(pattern, source, re.IGNORECASE)] == []


def unsaid(source: str) -> list[str]:
    """Words of a template that stand outside of `translate` and `blocktranslate`, attributes that are read included."""
    kept, inside = [], False
    for token in Lexer(without_comments(source)).tokenize():
        if token.token_type == TokenType.BLOCK:
            tag = token.contents.split()[0]
            inside = tag in {"blocktranslate", "blocktrans"} or (inside and not tag.startswith("endblocktrans"))
            kept.append("\x00")
        elif token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
        elif token.token_type == TokenType.VAR:
            kept.append("\x00")
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", "".join(kept), flags=re.DOTALL | re.IGNORECASE)
    read = [
        value
        for attribute, value in re.findall(r"""\s([\w-]+)=["']([^"']*)["']""", page)
        if attribute in SPOKEN and not value.startswith("#")
    ]
    outside = re.sub(r"<[^>]*>", "\n", page, flags=re.DOTALL)
    lines = [line.strip() for line in re.split(r"[\n\x00]", outside) + read]
    lines = [re.sub(r"&#?\w+;", "", line).strip() for line in lines]
    return [line for line in lines if not UNSPOKEN.match(line)]


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "backstage" not in path.name], ids=name)
def test_every_word_is_marked_for_translation(path):
    assert unsaid(text(path)) == []


def test_the_test_of_words_sees_them():
    assert unsaid('<p>Hello</p><img alt="A dog">{% translate "x" %}<i>{{ a }}</i> · 12') == ["Hello", "A dog"]
    assert unsaid("{% blocktranslate %}Hello <b>you</b>{% endblocktranslate %}&nbsp;→") == []


def sheet_without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text(path), flags=re.DOTALL)


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_style_sheets_know_no_left_and_right(path):
    lines = sheet_without_comments(path).splitlines()

    assert [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if SIDED.search(line)] == []


@pytest.mark.parametrize("path", SHEETS + SCRIPTS, ids=name)
def test_nothing_is_fetched_from_elsewhere(path):
    source = re.sub(r"http://www\.w3\.org/\S+", "", text(path))

    assert not re.search(r"https?://|url\(\s*['\"]?//|@import", source)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_browsers_do_no_arithmetic_with_dates(path):
    assert not re.search(
        r"\bnew Date\(|\bIntl\.DateTimeFormat\((?!\)\.resolvedOptions)|\btoLocale(Date|Time)String", text(path)
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_evaluate_nothing_and_keep_nothing_in_the_browser(path):
    emptied = text(path).replace("sessionStorage.clear()", "")  # at sign-out; see docs/decisions/0030
    assert not re.search(r"\beval\(|new Function|innerHTML|localStorage|sessionStorage|indexedDB", emptied)


def test_templates_come_from_one_folder():
    assert settings.TEMPLATES[0]["DIRS"] == [ROOT / "templates"]
    assert [path for room in ("portal", "cases", "bookings") for path in (ROOT / room).rglob("templates")] == []
