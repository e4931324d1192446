"""Every form against shapes that no browser of ours sends: the answer is a page, never a crash."""

import zlib

import pytest
from django.core.signals import got_request_exception
from django.db import transaction

from tests import forms_of_pages
from tests.hostile_shapes import FORM, VALUES, Fields, bodies, body, encoded
from tests.pages_table import PAGES
from tests.test_access import ADDRESSES, address_of, in_lines, walk
from tests.world import World

POSTS = sorted(name for name, page in PAGES.items() if page.posts)
CHUNKS = 24  # of the long form, so that it is shared among processes
# The second is for a database or a store that is away: nothing typed may look like that.
FAULTS = {500, 503}


_forms: dict[int, dict[str, Fields]] = {}


class Site:
    """The world's pages, their forms once gathered, and requests that leave nothing behind."""

    def __init__(self, world: World):
        self.world, self.clients, self.crashes = world, {}, []
        got_request_exception.connect(self._crashed)
        if id(world) not in _forms:
            _forms[id(world)] = forms_of_pages.gathered(list(self._pages()))
        self.forms = _forms[id(world)]

    def close(self) -> None:
        got_request_exception.disconnect(self._crashed)

    def client(self, name: str):
        owner = PAGES[name].owner
        if owner not in self.clients:
            self.clients[owner] = self.world.client(owner)
            self.clients[owner].raise_request_exception = False
        return self.clients[owner]

    def fields(self, name: str) -> dict[str, list[str]]:
        """What the forms of the pages send there, what the table says, and what the view's module asks for."""
        asked = {key: [""] for key in forms_of_pages.read_by(ADDRESSES[name])} if PAGES[name].is_ours else {}
        return asked | self.forms.get(name, {}) | {key: [value] for key, value in PAGES[name].body.items()}

    def post(self, name: str, address: str, content: bytes, content_type: str) -> int:
        return self._undone(name, "POST", address, content, content_type)

    def get(self, name: str, address: str) -> int:
        return self._undone(name, "GET", address)

    def _undone(self, name: str, method: str, address: str, content: bytes = b"", content_type: str = FORM) -> int:
        client = self.client(name)
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = client.generic(method, address, content, content_type)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        client.cookies = cookies
        return answer.status_code

    def _pages(self):
        for name, page in PAGES.items():
            if page.posts != "only" and page.owner and not page.is_file:
                address = address_of(name, self.world)
                answer = self.client(name).get(address)
                if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    yield address, answer.content.decode()

    def _crashed(self, sender, request, **more) -> None:
        import sys
        import traceback

        kind, error, trace = sys.exc_info()
        place = [frame for frame in traceback.extract_tb(trace) if "/.venv/" not in frame.filename][-1:]
        self.crashes.append((kind.__name__, str(error)[:80], *[f"{f.filename}:{f.lineno}" for f in place]))


@pytest.fixture
def site(world):
    site = Site(world)
    yield site
    site.close()


def faults_of(site: Site, name: str, shapes) -> list[tuple]:
    address, wrong = address_of(name, site.world), []
    for what, content, content_type in shapes:
        site.crashes.clear()
        if site.post(name, address, content, content_type) in FAULTS:
            wrong.append((name, what, *site.crashes[:1]))
    return wrong


@walk
@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_each_form_bears_every_shape(site, chunk):
    wrong = []
    for name in POSTS[chunk::CHUNKS]:
        wrong += faults_of(site, name, bodies(site.fields(name), zlib.crc32(name.encode())))
    assert not wrong, in_lines(wrong)


@walk
@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("half", range(4))
def test_each_page_bears_every_question(site, half):
    """What stands behind the question mark, by the names that the page's module asks for."""
    wrong = []
    for name in sorted(PAGES)[half::4]:
        page = PAGES[name]
        asked = forms_of_pages.read_by(ADDRESSES[name], forms_of_pages.ASKED) if page.is_ours else {"next"}
        if page.posts == "only" or not page.owner or not asked:
            continue
        for what, value in VALUES.items():
            if what in {"a megabyte", "long"}:  # no server takes such an address
                continue
            site.crashes.clear()
            query = body({key: [value] for key in asked}).decode()
            if site.get(name, f"{address_of(name, site.world)}?{query}") in FAULTS:
                wrong.append((name, what, *site.crashes[:1]))
    assert not wrong, in_lines(wrong)


IN_PATHS = (
    "nul",
    "lone surrogate",
    "bidi",
    "more than 64 bits",
    "more digits than are read",
    "half an id",
    "path",
    "long",
)


@walk
@pytest.mark.full
@pytest.mark.timeout(900)
def test_each_address_bears_hostile_parts(site):
    wrong = []
    for name, page in PAGES.items():
        path = address_of(name, site.world)
        for place in range(len(page.args)):
            part = str(site.world[page.args[place]])
            for what in IN_PATHS:
                hostile = encoded(VALUES[what]).decode()[:3000].replace("+", "%20")
                site.crashes.clear()
                method = site.get if page.posts != "only" else lambda n, a: site.post(n, a, b"", FORM)
                if method(name, path.replace(part, hostile)) in FAULTS:
                    wrong.append((name, what, *site.crashes[:1]))
    assert not wrong, in_lines(wrong)
