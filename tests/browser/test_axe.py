"""axe on every page, as the person it is for sees it; no console error, no request to a stranger."""

import pytest
import time_machine
from django.conf import settings

from portal.accounts.models import User
from tests.pages_table import PAGES
from tests.test_access import address_of
from tests.world import MORNING, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = {
    "accounts": ("account_", "accounts:", "mfa_", "usersessions", "reminders:"),
    "case": ("case:", "documents:", "records:"),
    "calls": ("bookings:", "reviews:"),
    "talk": ("threads:", "opinions:"),
    "desk": ("desk:",),
    "pages": ("pages:",),
}
WITHOUT_A_PAGE = {"healthz", "readyz", "security_txt", "policy_report"}
# These answer with something else than a page: words for supervisors, a file, a part of a page, JSON.
NOT_PAGES = {"mfa_login_webauthn", "mfa_download_recovery_codes", "case:office_names", "threads:news"}
# Without a second factor of one's own these do not exist; staff have one.
AS_STAFF = {"mfa_deactivate_totp", "mfa_view_recovery_codes"}
WIDTHS, HEIGHT = (1280, 390), 900
THEMES = ("soft", "dark")  # a page comes in the light one; the others are other colors and nothing else


@pytest.fixture
def travelled():
    with time_machine.travel(MORNING):
        yield


def test_every_page_is_looked_at_in_some_room():
    prefixes = tuple(prefix for room in ROOMS.values() for prefix in room)
    assert {name for name in PAGES if not name.startswith(prefixes)} == WITHOUT_A_PAGE


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("room", ROOMS)
def test_every_page_is_accessible_and_quiet(room, travelled, live_server, browser, axe):
    world, found = make_world(), {}
    User.objects.update(theme="light")
    by_owner: dict[str, list[str]] = {}
    for name, page in PAGES.items():
        if name.startswith(ROOMS[room]) and page.posts != "only" and not page.is_file and name not in NOT_PAGES:
            owner = "coordinator" if name in AS_STAFF else page.owner or "anonymous"
            by_owner.setdefault(owner, []).append(name)
    for owner, names in by_owner.items():
        tab = open_as(owner, world, browser, live_server.url)
        for name in names:
            if findings := look(tab, live_server.url + address_of(name, world), axe):
                found[name] = findings
        tab.context.close()
    assert found == {}


def open_as(owner, world, browser, url):
    """A tab of this person's, which keeps what its console says and whom it asks."""
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}, reduced_motion="reduce")
    cookies = world.client(owner).cookies
    if settings.SESSION_COOKIE_NAME in cookies:
        value = cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])
    tab = context.new_page()
    tab.said = []
    tab.on("console", lambda said: tab.said.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("request", lambda ask: tab.said.append(ask.url) if not ask.url.startswith((url, "data:")) else None)
    return tab


def look(tab, address, axe) -> list[str]:
    """What axe finds at each width and in each theme, what the console said, and whether the page scrolls sideways."""
    tab.said.clear()
    tab.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    answer = tab.goto(address)
    findings = [] if answer.status == 200 else [f"answered {answer.status}"]
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": HEIGHT})
        findings += [f"at {width}: {finding}" for finding in axe(tab)]
        if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            findings.append(f"at {width}: scrolls sideways")
        for theme in THEMES:
            tab.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            findings += [f"at {width}, {theme}: {finding}" for finding in axe(tab, "color-contrast")]
        tab.evaluate("document.documentElement.dataset.theme = 'light'")
    return findings + tab.said
