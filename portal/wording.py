"""Strings for translation: read out of code and templates, and turned into a made-up language that finds the gaps.

GNU gettext is not needed: Babel reads Python, and Django's own `templatize` turns templates into something like it.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

CONTEXT_FIRST = ((1, "c"), 2)
CONTEXT_PLURAL = ((1, "c"), 2, 3)
KEYWORDS = {
    "_": None,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT_FIRST),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), CONTEXT_PLURAL),
}
# What must come through a translation unchanged: placeholders, tags, entities, addresses, line ends.
KEPT = re.compile(r"(%\(\w+\)[sdif]|%[sdif%]|\{[^{}]*\}|<[^<>]+>|&#?\w+;|https?://\S+|\n)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|\{\w+\}")
PLAIN = "abcdefghijklmnopqrstuvwyzACDEGHIJKLNORSTUWYZ"
ACCENTED = "åƀçđéƒğħîĵķĺɱñöþɋŕšţûṽŵýžÅÇĐÉĞĤÎĴĶĹÑÖŔŠŢÛŴÝŽ"
ACCENTS = str.maketrans(PLAIN, ACCENTED)
LONGER = 0.4  # German and French run this much longer than English
FILLER = "îţ šþéåķš ɱöŕé ŵöŕđš ñöŵ "


def made_up(text: str) -> str:
    """`text` with accents and 40 % longer, in brackets that show where a sentence was cut or glued together."""
    body = text.strip()
    if not body:
        return text
    before, after = text[: text.index(body[0])], text[len(text.rstrip()) :]
    parts = KEPT.split(body)
    words = "".join(part if place % 2 else part.translate(ACCENTS) for place, part in enumerate(parts))
    wanted = max(1, round(LONGER * sum(len(part) for part in parts[::2])))
    filler = (FILLER * (wanted // len(FILLER) + 1))[:wanted].rstrip()
    return f"{before}⟦{words} {filler}⟧{after}"


def from_template(file, keywords, comment_tags, options) -> Iterator:
    """Babel's extractor for Django templates."""
    # What stands between the strings is blanked out; only its indentation could still upset a reader of Python.
    lines = templatize(file.read().decode(), origin="").splitlines()
    source = "\n".join(line.strip() for line in lines)
    yield from extract_python(io.BytesIO(source.encode()), keywords, comment_tags, {"encoding": "utf-8"})


def sources(root: Path) -> list[Path]:
    """The files whose strings people may see."""
    code = [path for room in ("portal", "cases", "bookings") for path in (root / room).rglob("*.py")]
    templates = [path for ending in ("*.html", "*.txt") for path in (root / "templates").rglob(ending)]
    return sorted(code) + sorted(templates)


def ours(root: Path) -> Catalog:
    """Every marked string of the portal."""
    catalog = Catalog(fuzzy=False, charset="utf-8")
    for path in sources(root):
        method = "python" if path.suffix == ".py" else from_template
        with path.open("rb") as file:
            found = extract(method, file, keywords=KEYWORDS, comment_tags=("Translators",), strip_comment_tags=True)
            for line, message, comments, context in found:
                place = [(str(path.relative_to(root)), line)]
                catalog.add(message, locations=place, auto_comments=comments, context=context)
    return catalog


def catalogs_of(packages: Iterable[Path]) -> list[Path]:
    """The catalogs that packages ship: English where there is one, else any, since only the originals are read."""
    found = []
    for package in packages:
        english = package / "locale" / "en" / "LC_MESSAGES" / "django.po"
        others = sorted(package.glob("locale/*/LC_MESSAGES/django.po"))
        found += [english] if english.exists() else others[:1]
    return found


def write_made_up(root: Path, language: str, packages: Iterable[Path]) -> int:
    """Compile the made-up language: the portal's strings and those of the packages whose words our pages show.

    Returns how many strings it holds, 0 when nothing had changed.
    """
    compiled = root / "locale" / language / "LC_MESSAGES" / "django.mo"
    shipped = catalogs_of(packages)
    if compiled.exists() and compiled.stat().st_mtime > max(newest(sources(root)), newest(shipped)):
        return 0
    catalog = Catalog(locale=None, fuzzy=False, charset="utf-8")
    for path in shipped:
        with path.open("rb") as file:
            add_made_up(catalog, read_po(file, ignore_obsolete=True))
    add_made_up(catalog, ours(root))
    compiled.parent.mkdir(parents=True, exist_ok=True)
    whole = compiled.with_suffix(f".{os.getpid()}")  # two may compile at once
    with whole.open("wb") as file:
        write_mo(file, catalog)
    whole.replace(compiled)
    return len(catalog)


def newest(paths: Iterable[Path]) -> float:
    return max((path.stat().st_mtime for path in paths), default=0)


def add_made_up(catalog: Catalog, other: Catalog) -> None:
    for message in other:
        if isinstance(message.id, tuple):
            catalog.add(message.id, tuple(map(made_up, message.id)), context=message.context)
        elif message.id and isinstance(message.id, str):
            catalog.add(message.id, made_up(message.id), context=message.context)


def update(root: Path, language: str) -> int:
    """Write the strings to translate into locale/`language`, keeping what is translated; return how many are not."""
    path = root / "locale" / language / "LC_MESSAGES" / "django.po"
    catalog = Catalog(locale=language, fuzzy=False, charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(ours(root), no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return sum(1 for message in catalog if message.id and not any(message.string or ()))


def lost(message: Message) -> set[str]:
    """The placeholders that stand in the original and not in its translation, or the other way round."""
    if not isinstance(message.id, str) or not isinstance(message.string, str) or not message.string:
        return set()
    return set(PLACEHOLDER.findall(message.id)) ^ set(PLACEHOLDER.findall(message.string))


def compile_languages(root: Path) -> list[str]:
    """Compile every committed translation; return what is wrong with them, a line each."""
    wrong = []
    for path in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            catalog = read_po(file)
        wrong += [
            f"{path.parts[-3]}: {message.id!r}: {error}" for message, errors in catalog.check() for error in errors
        ]
        wrong += [f"{path.parts[-3]}: {message.id!r}: placeholders differ" for message in catalog if lost(message)]
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return wrong
