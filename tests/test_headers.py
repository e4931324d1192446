"""What every answer carries, whoever made it: pages, parts, files, refusals, errors, static files."""

import functools

import pytest
from django.conf import settings as shipped
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from tests import people
from tests.pages_table import PAGES
from tests.test_access import ADDRESSES, OURS, ask, in_lines, walk

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "report-uri": "/policy-report/",
    "report-to": "policy",
}
OF_FILES = {"sandbox": "", "default-src": "'none'", "frame-ancestors": "'none'"}
ALWAYS = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Reporting-Endpoints": {'policy="/policy-report/"'},
    "X-Robots-Tag": {"noindex"},
}
TELL_OF_US = {"Server", "X-Powered-By", "Via"}


def policy(answer) -> dict[str, str]:
    said = (rule.strip().partition(" ") for rule in answer.headers.get("Content-Security-Policy", "").split(";"))
    return {name: value for name, _space, value in said if name}


def is_kept_well(cookie) -> bool:
    """No script reads it, no other site sends it, no other host sees it; one that is thrown away holds nothing."""
    if not cookie.value and cookie["max-age"] == 0:
        return True
    return cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]


def faults_of(answer) -> list[str]:
    """What is wrong with the headers of an answer."""
    headers = answer.headers
    found = [f"{n}: {headers.get(n)}" for n, good in ALWAYS.items() if headers.get(n) not in good]
    if policy(answer) not in (POLICY, OF_FILES):
        found.append(f"policy: {policy(answer)}")
    if "no-store" not in headers.get("Cache-Control", ""):
        found.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    found += [name for name in TELL_OF_US if name in headers]
    found += [f"cookie {cookie.key}" for cookie in answer.cookies.values() if not is_kept_well(cookie)]
    return found


def broken(*args, **more):
    raise ZeroDivisionError


def away(*args, **more):
    raise OperationalError


def refusals(monkeypatch, settings):
    """(status, answer) of everything that goes wrong before or in a view."""
    stranger, rosa = Client(), people.browser(people.person("rosa"))
    rosa.raise_request_exception = False
    yield 404, stranger.get("/nowhere/")
    yield 404, stranger.get(reverse("reminders:answer", args=["x" * 46]))
    yield 400, stranger.get("/", headers={"host": "elsewhere.example"})
    yield 405, stranger.post(reverse("pages:landing"))
    yield 405, stranger.generic("TRACE", "/")
    yield 302, stranger.get("/account/")
    yield 301, stranger.get("/account")
    yield 403, Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a"})
    yield 400, rosa.generic("POST", "/account/you/", b"--", "multipart/form-data; boundary=")
    yield 413, rosa.post("/account/you/", {"name": "x" * 2_000_000}, content_type="application/x-www-form-urlencoded")
    yield 410, stranger.get(reverse("accounts:invitation", args=["made-up"]))
    for error, status in ((broken, 500), (away, 503)):
        with monkeypatch.context() as patch:
            patch.setattr("portal.accounts.views.sessions.stay_of", error)
            yield status, rosa.get("/account/")
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "1/m/ip"}
    cache.clear()
    stranger.post("/accounts/login/", {"login": "a@example.org", "password": "b"})
    yield 429, stranger.post("/accounts/login/", {"login": "a@example.org", "password": "b"})


@pytest.mark.django_db
def test_refusals_and_errors_carry_them_too(monkeypatch, settings):
    wrong, seen = [], set()
    for status, answer in refusals(monkeypatch, settings):
        seen.add(status)
        if answer.status_code != status or faults_of(answer):
            wrong.append((status, answer.status_code, answer.wsgi_request.path, *faults_of(answer)))
    assert not wrong, in_lines(wrong)
    assert seen >= {302, 400, 403, 404, 405, 410, 413, 429, 500, 503}


@walk
@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("method", ["get", "head", "post", "htmx", "options"])
def test_every_address_carries_them(world, method):
    more = {"headers": {"HX-Request": "true"}} if method == "htmx" else {}
    client_of, wrong = functools.cache(world.client), []
    for name, page in PAGES.items():
        for person in {page.owner or "anonymous", "other_patient", "anonymous"}:
            answer = ask(client_of(person), "get" if method == "htmx" else method, name, world, **more)
            if found := faults_of(answer):
                wrong.append((method, name, person, answer.status_code, *found))
    assert not wrong, in_lines(wrong)


def test_no_address_is_outside_the_middleware():
    """Each is a view of Django's: nothing is served by the web server past these headers."""
    assert set(OURS) <= set(ADDRESSES)
    first = ["portal.headers.HeadersMiddleware", "csp.middleware.CSPMiddleware"]
    last = [entry for entry in shipped.MIDDLEWARE if entry.startswith(("portal.", "cases."))]
    assert all(shipped.MIDDLEWARE.index(outer) < shipped.MIDDLEWARE.index(last[-1]) for outer in first)
