"""Signing in through nginx as it ships, by https, with Redis down: what a visitor claims changes no count."""

import re
import urllib.parse
from email.message import Message

import pytest

from tests import people
from tests.front import Front
from tests.people import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]


class Visitor:
    """A browser's cookies and forms, coming from an address of this machine."""

    def __init__(self, front: Front, address: str = "127.0.0.1"):
        self.front, self.address, self.cookies = front, address, {}

    def ask(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str, Message]:
        body = urllib.parse.urlencode(fields) if fields is not None else None
        if body is not None:
            headers |= {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"{self.front.origin}{path}"}
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.front.ask(
            path, "GET" if body is None else "POST", body, came_from=self.address, Cookie=cookie, **headers
        )
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _is, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode(), answer.headers

    def sign_in(self, password: str, **headers: str) -> str:
        _status, page, _headers = self.ask("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        words = {"login": "rosa@example.org", "password": password, "csrfmiddlewaretoken": token}
        status, page, _headers = self.ask("/accounts/login/", words, **headers)
        return "signed in" if status == 302 else "too many" if "too many tries" in page else f"{status} wrong"


def test_claims_change_no_count_and_another_client_gets_in(secure_front):
    people.person("rosa")
    guesser = [Visitor(secure_front).sign_in("wrong", X_Forwarded_For=f"203.0.113.{n}, 10.0.0.{n}") for n in range(7)]
    assert guesser == ["200 wrong"] * 5 + ["too many"] * 2
    assert Visitor(secure_front).sign_in(PASSWORD, X_Forwarded_For="198.51.100.1") == "too many"

    rosa = Visitor(secure_front, "127.0.0.2")
    assert rosa.sign_in(PASSWORD) == "signed in"
    assert rosa.ask("/account/")[0] == 200


def test_all_clients_together_have_ten(secure_front):
    people.person("rosa")
    said = [Visitor(secure_front, f"127.0.1.{n}").sign_in("wrong") for n in range(1, 12)]
    assert said == ["200 wrong"] * 10 + ["too many"]


def test_cookies_belong_to_this_host_and_to_https(secure_front):
    people.person("rosa")
    rosa = Visitor(secure_front)
    assert rosa.sign_in(PASSWORD) == "signed in"
    assert {"__Host-session", "__Host-csrf"} == set(rosa.cookies)
    _status, _page, headers = Visitor(secure_front).ask("/accounts/login/")
    for line in headers.get_all("Set-Cookie"):
        words = {word.strip().lower() for word in line.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= words
        assert not any(word.startswith("domain") for word in words)
