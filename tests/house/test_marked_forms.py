"""What is typed waits nowhere in clear: not in the broker, the cache, a session, a log, or the mail about an error."""

import base64
import json
import os
import pickle

import pytest
import redis
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import failures
from portal.access import public
from portal.celery import nudge
from portal.pages.demo import marking
from tests.hostile_shapes import FORM, Fields, body
from tests.house.test_at_rest import dump
from tests.house.test_marked import found_in, lines, marked, marks
from tests.test_access import address_of, in_lines
from tests.test_fuzz import POSTS, site

__all__ = ["lines", "marked", "marks", "site"]

handler500, handler404 = failures.server_error, failures.not_found
FIRST_MARK = 0x200000
FIRST_TYPED = 0xF00000  # marks below are those of `marking`


def mark_of(number: int) -> str:
    return f"mark{FIRST_TYPED + number:06x}zq"


def filled_in(fields: Fields, number: int) -> Fields:
    """Whatever takes words gets a mark; a choice, a number and an id stay as the page has them."""
    return {name: values if any(values) else [mark_of(number)] for name, values in fields.items()}


def waiting() -> dict[str, str]:
    """Each task that waits in the broker, by its name: headers and, read as a worker reads it, its arguments."""
    found: dict[str, str] = {}
    with redis.from_url(os.environ["REDIS_URL"]) as line:
        for key in line.scan_iter():
            assert not marking.MARK.search(key.decode(errors="replace"))
            kind = line.type(key)
            if kind == b"list":
                for message in map(json.loads, line.lrange(key, 0, -1)):
                    said = base64.b64decode(message["body"]).decode()
                    name = message["headers"]["task"]
                    found[name] = found.get(name, "") + said + json.dumps(message["headers"])
            elif kind == b"hash":
                found["unacked"] = found.get("unacked", "") + str(line.hgetall(key))
            elif kind == b"set":  # bindings of queues
                found["bindings"] = found.get("bindings", "") + str(line.smembers(key))
    return found


def cached() -> str:
    """Every key and every value of the cache, as the portal reads them: in the table they are packed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        return "\n".join(f"{key} {pickle.loads(base64.b64decode(value))}" for key, value in cursor.fetchall())  # noqa: S301 -- our own rows


def in_sessions() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        return "\n".join(str(SessionStore().decode(data)) for (data,) in cursor.fetchall())


def may_stand(place: str, where: str) -> bool:
    """The notice above the next page says a name; the row of its person has it in clear as well."""
    return place == "session" and where.startswith("accounts.user.")


def nudges(since: int = 0) -> list:
    """What would be queued at the commit: of the marked world, and of what was done to it since."""
    made = f"{nudge.__name__}."
    calls = [call for _ids, call, _robust in connection.run_on_commit[since:]]
    return [call for call in calls if getattr(call, "__qualname__", "").startswith(made)]


@pytest.fixture
def emptied():
    with redis.from_url(os.environ["REDIS_URL"]) as line:
        line.flushdb()
        yield
        line.flushdb()


@pytest.mark.full
@pytest.mark.timeout(900)
def test_what_is_typed_waits_nowhere_in_clear(site, marked, lines, emptied):
    """Each form of each page, sent by whom it is for, its empty fields filled with a mark of its own."""
    wrong, of_the_world = [], len(connection.run_on_commit)
    queued = nudges()
    for number, name in enumerate(POSTS):
        client = site.client(name)
        cookies = client.cookies.copy()
        with transaction.atomic():
            client.generic("POST", address_of(name, site.world), body(filled_in(site.fields(name), number)), FORM)
            queued += nudges(of_the_world)
            for place, text in (("cache", cached()), ("session", in_sessions())):
                wrong += [(name, place, each) for each in found_in(text, marked) if not may_stand(place, each)]
            transaction.set_rollback(True)
        client.cookies = cookies
    for call in queued:  # each as the broker would get it, were it committed
        call()
    assert not marking.MARK.search(dump().decode("latin-1"))
    there = waiting()
    wrong += [(name, "task", each) for name, text in there.items() for each in found_in(text, marked)]
    wrong += [("log", each) for each in found_in(lines(), marked)]
    assert not wrong, in_lines(wrong)
    assert len(queued) > 20
    assert {"portal.reminders.tasks.send_due", "cases.documents.tasks.check_version"} <= set(there)


@public
def breaks(request: HttpRequest) -> HttpResponse:
    typed = request.POST["words"]
    raise ValueError(f"no {typed}")


urlpatterns = [path("breaks/", breaks)]


@pytest.mark.django_db
def test_an_error_is_mailed_to_nobody_and_says_no_word(client, settings, lines):
    """Django mails whole requests, local variables and all, to whoever stands in ADMINS."""
    settings.ROOT_URLCONF, settings.ADMINS = __name__, [("Mara", "mara@example.org")]
    client.raise_request_exception = False
    answer = client.post("/breaks/", {"words": mark_of(0)})
    assert answer.status_code == 500
    assert mail.outbox == []
    for text in (answer.content.decode(), lines()):
        assert not marking.MARK.search(text)
    assert '"error": "ValueError"' in lines()
