"""Where holes are told of, and what browsers report: bounded, and nothing of it reaches the log but what is ours."""

import datetime as dt
import json

import pytest
import structlog
from django.test import Client

from portal import clock

pytestmark = pytest.mark.django_db
REPORT = "/policy-report/"
SECRET = "Zitronenfalter"


def old_style(**more):
    words = {
        "document-uri": f"http://testserver/account/draft/{SECRET}/?q={SECRET}",
        "effective-directive": "script-src-elem",
        "blocked-uri": f"https://elsewhere.example/{SECRET}.js",
        "script-sample": SECRET,
        "referrer": f"http://testserver/{SECRET}",
    }
    return json.dumps({"csp-report": words | more}), "application/csp-report"


def new_style():
    body = {
        "documentURL": f"http://testserver/account/?{SECRET}",
        "effectiveDirective": "style-src-attr",
        "blockedURL": "inline",
        "sample": SECRET,
    }
    report = {"type": "csp-violation", "url": f"http://testserver/{SECRET}", "user_agent": SECRET, "body": body}
    return json.dumps([report] * 9), "application/reports+json"


def send(content, content_type, client=None):
    return (client or Client(enforce_csrf_checks=True)).post(REPORT, content, content_type=content_type).status_code


@pytest.fixture
def lines():
    with structlog.testing.capture_logs() as written:
        yield lambda: [line for line in written if line["event"] == "policy_violated"]


def test_a_report_is_told_by_rule_kind_and_pattern_of_the_page(lines):
    assert send(*old_style()) == 204
    (line,) = lines()
    assert (line["rule"], line["kind"], line["page"]) == ("script-src-elem", "elsewhere", "account/draft/<slug:form>/")
    assert SECRET not in str(line)


def test_the_newer_kind_is_read_too_and_not_without_end(lines):
    assert send(*new_style()) == 204
    assert len(lines()) == 5
    assert (lines()[0]["kind"], lines()[0]["page"]) == ("inline", "account/")
    assert SECRET not in str(lines())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"effective-directive": SECRET}, ("…", "elsewhere")),
        ({"effective-directive": f"img-src {SECRET}"}, ("img-src", "elsewhere")),
        ({"blocked-uri": "http://testserver/static/a.js"}, ("script-src-elem", "ours")),
        ({"blocked-uri": 7, "document-uri": []}, ("script-src-elem", "elsewhere")),
        ({"document-uri": f"https://elsewhere.example/{SECRET}"}, ("script-src-elem", "elsewhere")),
    ],
)
def test_whatever_it_says_only_our_own_words_are_written(lines, words, told):
    assert send(*old_style(**words)) == 204
    (line,) = lines()
    assert (line["rule"], line["kind"]) == told
    assert SECRET not in str(line)


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[[]]", b"{}", b'{"csp-report": 1}', b"[" * 15_000, b"\xff\xfe", b'[{"body": "x"}]', b"9" * 9000],
)
def test_what_is_no_report_is_nothing(lines, content):
    assert send(content, "application/csp-report") == 204
    assert lines() == []


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain"])
def test_a_form_is_no_report(lines, kind):
    assert send(b'--b\r\nContent-Disposition: form-data; name="csp-report"\r\n\r\n{}\r\n--b--\r\n', kind) == 204
    assert lines() == []


def test_a_long_one_is_not_read_and_a_very_long_one_not_taken(lines):
    assert send(*old_style(sample="x" * 20_000)) == 204
    assert lines() == []
    assert send("x" * 2_000_000, "application/csp-report") == 413


def test_one_browser_fills_no_log(lines):
    for _n in range(25):
        send(*old_style())
    assert len(lines()) == 20
    send(*old_style(), Client(REMOTE_ADDR="198.51.100.7"))
    assert len(lines()) == 21


def test_it_is_answered_by_post_only():
    assert Client().get(REPORT).status_code == 405


def test_security_txt_says_whom_to_tell_and_until_when(settings):
    settings.DEFAULT_FROM_EMAIL = "RS office <office@remission.example>"
    page = Client().get("/.well-known/security.txt")
    said = dict(line.split(": ", 1) for line in page.content.decode().splitlines())
    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:office@remission.example"
    assert said["Canonical"] == f"{settings.PORTAL_ORIGIN}/.well-known/security.txt"
    until = dt.datetime.strptime(said["Expires"], "%Y-%m-%dT%H:%M:%S%z")
    assert dt.timedelta(days=170) < until - clock.real_now() < dt.timedelta(days=366)
    settings.SECURITY_CONTACT = "https://remission.example/security"
    assert "Contact: https://remission.example/security" in Client().get("/.well-known/security.txt").content.decode()
