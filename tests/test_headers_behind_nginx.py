"""The headers as they leave the house: through nginx as it ships, by https, its own answers too."""

import http.client
import shutil

import pytest
from django.urls import reverse

from tests import factories
from tests.programs import ROOT
from tests.test_headers import ALWAYS, TELL_OF_US

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
HSTS = "max-age=63072000; includeSubDomains; preload"
OF_PAGES = ALWAYS | {"Strict-Transport-Security": {HSTS}}
OF_NGINX = {name: values for name, values in OF_PAGES.items() if name != "Reporting-Endpoints"}
OF_THE_SITE = {  # file → what it is, as its header says
    "portal.css": "text/css", "icons.svg": "image/svg+xml", "js/idle.js": "text/javascript",
    "fonts/figtree-latin-wght-normal.woff2": "font/woff2",
}  # fmt: skip


def wrong(answer: http.client.HTTPResponse, expected: dict[str, set[str]], policy: str) -> list[str]:
    """Each header once, with a value that was promised."""
    given = {name: set(answer.headers.get_all(name) or ["missing"]) for name in expected}
    found = [f"{name}: {given[name]}" for name, good in expected.items() if given[name] - good]
    if len(said := answer.headers.get_all("Content-Security-Policy") or []) != 1 or policy not in said[0]:
        found.append(f"policy: {said}")
    if any("no-store" not in kept or "private" not in kept for kept in answer.headers.get_all("Cache-Control") or [""]):
        found.append(f"Cache-Control: {answer.headers.get_all('Cache-Control')}")
    if answer.headers.get("Server") not in {None, "nginx"}:  # its name, and no version
        found.append(f"Server: {answer.headers.get('Server')}")
    return found + [name for name in TELL_OF_US - {"Server"} if answer.headers.get(name)]


def test_pages_and_refusals_of_the_portal(secure_front):
    case = factories.open_case()
    cookie = "__Host-session=" + secure_front.web.cookie(case.patient).partition("=")[2]
    asked = {
        "/": 200, "/account/": 200, reverse("pages:case_home", args=[case.pk]): 200, "/nowhere/": 404,
        "/staff/people/": 404, "/accounts/login/": 302, "/account": 301,
    }  # fmt: skip
    for path, status in asked.items():
        answer = secure_front.ask(path, Cookie=cookie)
        assert answer.status == status, path
        assert wrong(answer, OF_PAGES, "script-src 'self'") == [], path
        assert "camera=()" in answer.headers["Permissions-Policy"]


def test_another_name_of_the_host_is_refused(secure_front):
    for claimed in ("elsewhere.example", "localhost.elsewhere.example", "elsewhere.example:443"):
        answer = secure_front.ask("/accounts/login/", Host=claimed)
        assert answer.status == 400
        assert wrong(answer, OF_PAGES, "default-src 'none'") == []
    answer = secure_front.ask("/account/", X_Forwarded_Host="elsewhere.example", X_Forwarded_Proto="http")
    assert answer.headers["Location"] == "/accounts/login/?next=/account/"
    assert wrong(answer, OF_PAGES, "default-src 'none'") == []


def test_answers_of_nginx_itself(secure_front):
    of_pages = secure_front.ask("/").headers["Permissions-Policy"]
    assert "camera=()" in of_pages
    of_its_own = OF_NGINX | {"Permissions-Policy": {of_pages}}
    assert secure_front.ask("/readyz").status == 404
    assert wrong(secure_front.ask("/readyz"), of_its_own, "default-src 'none'") == []

    too_much = secure_front.ask("/", "POST", iter([bytes(1024)]), Content_Length=str(500 * 2**20))
    assert (too_much.status, wrong(too_much, of_its_own, "default-src 'none'")) == (413, [])
    assert "too large to send at once" in too_much.read().decode()

    secure_front.web.stop()
    away = secure_front.ask("/account/")
    assert (away.status, wrong(away, of_its_own, "default-src 'none'")) == (502, [])
    assert "We are back in a moment" in away.read().decode()


def test_no_address_and_no_name_stands_in_what_nginx_writes(secure_front):
    """Pages too large, of a portal that is away, and of one that breaks off: their addresses are secrets or names."""
    said = secure_front.folder / "err"
    secret, name = "/o/Markedtoken/", "/staff/cases/?find=Markedname"
    assert secure_front.ask(secret, "POST", iter([bytes(1024)]), Content_Length=str(500 * 2**20)).status == 413
    secure_front.web.stop()
    for path in (secret, "/a/Markedtoken/", name):
        assert secure_front.ask(path, Referer=f"https://localhost{name}").status == 502
    assert "Marked" not in said.read_text()

    secure_front.web.start()
    secure_front.stop()
    secure_front.start(level="error")  # the twin: at nginx's own level it would stand there
    secure_front.web.stop()
    assert secure_front.ask(secret).status == 502
    assert "Markedtoken" in said.read_text()


def test_plain_http_leads_to_https_only(secure_front):
    line = http.client.HTTPConnection("127.0.0.1", secure_front.plain_port, timeout=10)
    line.request("GET", "/account/?a=1", headers={"Host": "localhost"})
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/account/?a=1")
    assert answer.headers.get("Set-Cookie") is None
    line.close()


def test_files_of_the_site_itself_are_what_they_say(secure_front):
    """Style sheets and scripts hold nothing personal; they may be kept, and are never taken for something else."""
    web = secure_front.web
    shutil.copytree(ROOT / "portal" / "static" / "portal", web.var / "static" / "portal")
    web.stop()
    web.start()
    for name, kind in OF_THE_SITE.items():
        answer = secure_front.ask(f"/static/portal/{name}")
        assert (answer.status, answer.headers.get_content_type()) == (200, kind), name
        given = {
            header: answer.headers.get_all(header) for header in ("X-Content-Type-Options", "Set-Cookie", "Server")
        }
        assert given == {"X-Content-Type-Options": ["nosniff"], "Set-Cookie": None, "Server": ["nginx"]}, name
        assert answer.headers.get_all("Strict-Transport-Security") == [HSTS], name
        assert "max-age" in answer.headers["Cache-Control"], name
    assert secure_front.ask("/static/portal/").status == 404
    for climbing in ("/static/../keys.env", "/static/%2e%2e/keys.env", "/static/portal/..%2f..%2f..%2fweb.log"):
        assert secure_front.ask(climbing).status in {400, 404}, climbing
