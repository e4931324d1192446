"""What strangers and their programs ask any site for: how to tell us of a hole, and where browsers report one."""

import datetime as dt
import json
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal import clock, tries
from portal.access import public
from portal.actors import client_address
from portal.back import own_path

log = structlog.get_logger(__name__)

GOOD_FOR = dt.timedelta(days=180)  # RFC 9116 asks for less than a year
REPORTS = {"application/csp-report", "application/reports+json", "application/json"}
LONGEST_REPORT = 16 * 1024  # bytes
MOST_IN_ONE = 5
OF_CLIENT, OF_ALL, SECONDS = 20, 200, 600
# Where a report may point without naming anything: the words of browsers themselves.
KINDS = {"inline", "eval", "wasm-eval", "data", "blob", "self", "trusted-types-policy", "trusted-types-sink"}


@public
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole, as RFC 9116 says."""
    contact = settings.SECURITY_CONTACT or f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    until = (clock.real_now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.PORTAL_ORIGIN}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


# Browsers send these by themselves, without the form's secret and without anybody's session.
@csrf_exempt
@public
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """A browser was told to load what our policy forbids. Which rule and which kind of page: nothing of the report's
    own words, which hold addresses and pieces of pages.
    """
    client = tries.client_of(client_address(request))
    limits = [(f"reports:{client}", OF_CLIENT, SECONDS), ("reports", OF_ALL, SECONDS)]
    is_report = request.content_type in REPORTS and len(request.body) <= LONGEST_REPORT
    if is_report and tries.may_under_all(limits):
        for rule, kind, page in _read(request)[:MOST_IN_ONE]:
            log.warning("policy_violated", rule=rule, kind=kind, page=page)
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Rule, kind and pattern of the page of each; none where it cannot be read."""
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return []
    if isinstance(found, dict):
        bodies = [found.get("csp-report")]
    else:
        bodies = [each.get("body") for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [_told(request, body) for body in bodies if isinstance(body, dict)]


def _told(request: HttpRequest, body: dict[str, Any]) -> tuple[str, str, str]:
    rule = _words(body, "effectiveDirective", "effective-directive", "violated-directive").split(" ")[0]
    blocked = _words(body, "blockedURL", "blocked-uri")
    kind = blocked if blocked in KINDS else "ours" if own_path(request, blocked) else "elsewhere"
    try:
        page = resolve(own_path(request, _words(body, "documentURL", "document-uri")).partition("?")[0]).route
    except Resolver404:
        page = "…"
    known = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return rule if rule.removesuffix("-elem").removesuffix("-attr") in known else "…", kind, page


def _words(body: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := body.get(name), str)), "")
