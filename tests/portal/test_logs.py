"""Lines of the log: what happened where in the code, and nothing of what people wrote, typed or opened."""

import io
import json
import logging

import pytest
import structlog
from django.test import Client
from structlog.stdlib import ProcessorFormatter

from portal.celery import app

WORD = "Zitronenfalter"


@pytest.fixture
def lines():
    """The lines that were written since, each as it would be read by a program."""
    console = next(each for each in logging.getLogger().handlers if isinstance(each.formatter, ProcessorFormatter))
    written = io.StringIO()
    before = console.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    console.setStream(before)


@pytest.mark.django_db
def test_pages_are_named_by_their_pattern(lines):
    client = Client(enforce_csrf_checks=True)
    assert client.get(f"/nowhere/{WORD}/?q={WORD}").status_code == 404
    assert client.get(f"/a/{WORD}/").status_code in {404, 410}
    assert client.post(f"/accounts/login/?next={WORD}", {"login": WORD}).status_code == 403
    assert client.get("/", headers={"Host": f"{WORD}.example"}).status_code == 400
    found = lines()
    assert WORD.lower() not in str(found).lower()
    assert {line["event"] for line in found} >= {"request_finished", "Not Found", "Forbidden"}
    assert "POST accounts/login/" in {line.get("request") for line in found}


def broken(word):
    raise ValueError(f"no {word}")


@pytest.mark.parametrize("name", ["django.request", "portal.anything"])
def test_error_is_told_by_its_kind_and_place(lines, name):
    try:
        broken(WORD)
    except ValueError:
        if name.startswith("portal"):
            structlog.get_logger(name).exception("it_failed")
        else:
            logging.getLogger(name).error("Internal Server Error: %s", f"/cases/{WORD}/", exc_info=True)
    (line,) = lines()
    assert (line["error"], WORD in str(line)) == ("ValueError", False)
    assert line["at"][-1].endswith(" broken")
    assert line["event"] in {"it_failed", "Internal Server Error"}


def test_task_that_fails_is_told_without_its_words(lines):
    task = app.task(name="tests.broken")(broken)
    try:
        task.apply(args=[WORD])
    finally:
        app.tasks.pop("tests.broken")
    (line,) = lines()
    assert (line["error"], WORD in str(line)) == ("ValueError", False)
    assert line["event"].startswith("Task tests.broken[")
