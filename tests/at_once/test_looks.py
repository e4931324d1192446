"""A browser that asks for many pages of a file at once: one look, one line of history."""

import threading
from contextlib import contextmanager, nullcontext, suppress
from functools import partial

import pytest

from cases.documents.reading import looks
from portal.actors import Actor
from portal.history.models import Event
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.documents.files import folder
from tests.reviews.world import plan

__all__ = ["folder"]
pytestmark = pytest.mark.django_db(transaction=True)

RIVALS = 3


@pytest.fixture
def version(folder):
    return plan(factories.open_case())


@contextmanager
def window_held_open(seconds):
    """Before a line is written, wait for the others as long as the guard lets them come so far."""
    asked, written = threading.Barrier(RIVALS), threading.Barrier(RIVALS)
    was_noted, note, first = looks._was_noted, looks._note, threading.local()

    def ask_then_wait(*args):
        answer = was_noted(*args)
        if not getattr(first, "asked", False):
            first.asked = True
            asked.wait(30)
        return answer

    def wait_then_note(*args):
        with suppress(threading.BrokenBarrierError):
            written.wait(seconds)
        note(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looks, "_was_noted", ask_then_wait)
        patch.setattr(looks, "_note", wait_then_note)
        yield


def lines(version, seconds):
    by = Actor.person(people.person("rosa"))
    with window_held_open(seconds):
        at_once(*[partial(looks.note_opening, version, by=by) for _rival in range(RIVALS)])
    return Event.objects.filter(verb="document.opened", about_id=str(version.pk)).count()


@pytest.mark.full
def test_pages_asked_for_at_once_are_one_look(version):
    assert lines(version, 0.5) == 1


def test_without_the_lock_each_of_them_is_a_line(version, monkeypatch):
    monkeypatch.setattr(looks, "_alone_with", lambda about: nullcontext())
    assert lines(version, 30) == RIVALS
