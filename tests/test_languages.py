"""Every page in the made-up language: whatever is still plain English was not marked for translation."""

import functools
import re
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.utils.translation import get_language_info

from cases.case.regions import REGIONS
from portal import when
from portal.accounts.models import User
from portal.vault.fields import SealedText
from tests.pages_table import PAGES
from tests.plain_english import made_up_language
from tests.test_access import ask, in_lines, walk

SPOKEN = {"aria-label", "alt", "title", "placeholder"}
SILENT = {"script", "style", "svg", "time"}
VOID = {"br", "img", "input", "meta", "link", "hr", "use", "path", "circle", "rect", "source", "col", "wbr"}
NAMES = {"Remission", "Support", "Google", "Outlook"}
ZONES = ("America/New_York", "America/Toronto", "America/Vancouver")
MARKED = re.compile(r"⟦[^⟦⟧]*(?:⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧")
WORD = re.compile(r"[A-Za-z’']{3,}")


class Plain(HTMLParser):
    """Collects what a reader reads, but for parts marked as another language or as not to be translated."""

    def __init__(self):
        super().__init__()
        self.open: list[bool] = []
        self.said: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        hides = tag in SILENT or given.get("translate") == "no"
        hides = hides or (tag != "html" and given.get("lang") == "en")
        if not hides and not any(self.open):
            self.said += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in VOID:
            self.open.append(hides)

    def handle_endtag(self, tag):
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data):
        if not any(self.open):
            self.said.append(data)


def typed_in() -> set[str]:
    """The words that people or fixtures put into the database: they stay as they are."""
    words = set()
    for model in apps.get_models():
        if model._meta.app_label in {"sessions", "contenttypes", "usersessions"}:
            continue
        kept = (CharField, TextField, SealedText)
        fields = [each.name for each in model._meta.concrete_fields if isinstance(each, kept)]
        for row in model._default_manager.all():
            for name in fields:
                words |= set(WORD.findall(str(getattr(row, name) or "")))
    return words


def places() -> list[str]:
    """Names of regions, which stay; of zones and of the language itself, which a real language has names for."""
    zones = [when.zone_name(ZoneInfo(zone)) for zone in ZONES]
    return [name for name, _zone in REGIONS.values()] + zones + [get_language_info("qps")["name"]]


def plain_english(html: str, known: set[str]) -> list[str]:
    parser = Plain()
    parser.feed(html)
    left = [MARKED.sub(" ", text) for text in parser.said]
    left = [re.sub(r"\S+@\S+|https?://\S+", " ", text) for text in left]
    return [text.strip() for text in left if any(word not in known for word in WORD.findall(text))]


@pytest.fixture(scope="module", autouse=True)
def made_up():
    made_up_language()


@walk
@pytest.mark.full
def test_no_page_speaks_plain_english(world):
    known = typed_in() | NAMES | {word for name in places() for word in WORD.findall(name)}
    User.objects.update(language="qps")
    client_of, found = functools.cache(world.client), []
    for name, page in PAGES.items():
        response = ask(client_of(page.owner or "anonymous"), "get", name, world, headers={"accept-language": "qps"})
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            found += [(name, text) for text in plain_english(response.content.decode(), known)]
    assert not found, in_lines(found)


def test_pages_turn_for_languages_from_right_to_left(world):
    User.objects.update(language="qpr")
    for name in ("pages:case_home", "pages:privacy"):
        html = ask(world.client("patient"), "get", name, world).content.decode()
        assert 'dir="rtl"' in html
        assert 'lang="qpr"' in html


def test_the_finder_finds():
    said = '<p>⟦Śôɱê⟧ and <b translate="no">Rosa</b> <i lang="en">the plan</i><img alt="a picture"></p>'
    assert plain_english(said, {"Rosa"}) == ["a picture", "and"] or plain_english(said, {"Rosa"}) == [
        "and",
        "a picture",
    ]
