"""Finds what was not marked for translation: plain English on a page shown in the made-up language."""

import functools
import gettext
import re
from html.parser import HTMLParser

from django.core.management import call_command
from django.utils.translation import trans_real

# Three words of plain letters in a row; the made-up language puts accents into every word of its own.
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?:[’'][a-z]+)?(?:[ ,]+[A-Za-z]{2,}(?:[’'][a-z]+)?){2,}\b")
UNREAD = {"script", "style", "svg", "template", "title"}
VOID = {"meta", "link", "input", "br", "hr", "img", "use", "path", "circle", "source", "wbr", "rect"}


@functools.cache
def made_up_language() -> None:
    """Compile the made-up language as the pages speak now; forget what was read of an older one."""
    call_command("messages", compile=True)
    gettext._translations.clear()
    trans_real._translations.clear()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.quiet, self.words = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            # Names, addresses and wordings that say which language they are in are meant to stay as they are.
            is_kept = given.get("translate") == "no" or ("lang" in given and tag != "html") or tag in UNREAD
            self.quiet.append(is_kept)
        self.words += [given[name] for name in ("alt", "title", "aria-label", "placeholder") if given.get(name)]

    def handle_endtag(self, tag):
        if tag not in VOID and self.quiet:
            self.quiet.pop()

    def handle_data(self, text):
        if not any(self.quiet):
            self.words.append(text)


def sentences(html: str) -> list[str]:
    """The plain English runs of three words and more on a page."""
    reader = _Reader()
    reader.feed(html)
    return [found for text in reader.words for found in SENTENCE.findall(" ".join(text.split()))]
