"""The forms that stand on pages: which fields each address takes, as a browser would send them."""

import inspect
import re
import sys
from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.hostile_shapes import Fields

NAMES = re.compile(r"""(?:POST|FILES|data)(?:\.get(?:list)?\(|\[)["']([\w-]+)["']|["']([\w-]+)["'] in request\.POST""")
ASKED = re.compile(r"""GET(?:\.get(?:list)?\(|\[)["']([\w-]+)["']""")
NOT_FIELDS = {"csrfmiddlewaretoken"}


class Forms(HTMLParser):
    """Every form of a page: (method, where to, fields with what stands in them)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, Fields]] = []
        self._by_id: dict[str, Fields] = {}
        self._fields: Fields | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
            self.found.append((has.get("method", "get").lower(), has.get("action", ""), self._fields))
            self._by_id[has.get("id", "")] = self._fields
        elif tag == "option" and self._select and self._fields is not None:
            if "selected" in has or not self._fields.get(self._select, [""])[0]:
                self._fields[self._select] = [has.get("value", "")]
        elif tag in {"input", "textarea", "select", "button"} and has.get("name"):
            fields = self._by_id.get(has["form"]) if has.get("form") else self._fields
            if fields is None or has["name"] in NOT_FIELDS:
                return
            if has.get("type") in {"checkbox", "radio"} and "checked" not in has and has["name"] in fields:
                return
            fields[has["name"]] = [has.get("value", "on" if has.get("type") == "checkbox" else "")]
            self._select = has["name"] if tag == "select" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "select":
            self._select = ""


def on(page: str, address: str) -> dict[str, Fields]:
    """The fields of the forms of a page that post somewhere, by the name of that address."""
    parser, found = Forms(), {}
    parser.feed(page)
    for method, action, fields in parser.found:
        path = urlsplit(action).path or address
        try:
            match = resolve(path)
        except Resolver404:
            continue
        if method == "post":
            found.setdefault(match.view_name, {}).update(fields)
    return found


def read_by(view, pattern: re.Pattern[str] = NAMES) -> set[str]:
    """The names of fields that the module of a view asks for."""
    module = sys.modules[inspect.unwrap(view).__module__]
    return {name for found in pattern.findall(inspect.getsource(module)) for name in _flat(found) if name}


def _flat(found: str | tuple[str, ...]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else found


def gathered(pages: list[tuple[str, str]]) -> dict[str, Fields]:
    """The forms of these pages (address, content), together."""
    together: dict[str, Fields] = defaultdict(dict)
    for address, content in pages:
        for name, fields in on(content, address).items():
            together[name] |= fields
    return together
