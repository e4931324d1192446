"""Two windows in which a consultant says how a call went, saved at the same moment; the same question pressed twice."""

import threading
import uuid
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from django.db import IntegrityError

from cases.reviews import clear
from cases.reviews.after import actions
from cases.reviews.after.actions import Said
from cases.reviews.models import Outcome, PartAnswer, Summary
from cases.threads.models import Message
from portal.errors import Refused
from tests.at_once.rivals import at_once
from tests.documents.files import folder
from tests.reviews import world
from tests.reviews.world import by

__all__ = ["folder"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(folder):
    """A call that has begun, and of which something was said already."""
    booked = world.shared(days=-0.01).review.consultation
    actions.save(booked, Said(went="took_place"), by=by("joanne"))
    return booked


@contextmanager
def window_held_open(seconds: float):
    """Between reading what was saved last and saving, wait for the other as long as the guard lets them come."""
    meet, newest = threading.Barrier(2), actions.newest

    def read_then_wait(call):
        last = newest(call)
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return last

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "newest", read_then_wait)
        yield


def save_at_once(call, seconds: float):
    joanne = by("joanne")
    with window_held_open(seconds):
        presses = [
            partial(actions.save, call, Said(went="took_place", notes=notes), seen=1, by=joanne) for notes in "AB"
        ]
        return [type(outcome.error) for outcome in at_once(*presses)]


@pytest.mark.full
def test_one_of_two_windows_is_saved_and_the_other_told(call):
    assert set(save_at_once(call, 0.5)) == {type(None), Refused}
    assert Outcome.objects.filter(call=call).count() == 2


@pytest.mark.full
def test_without_the_lock_the_second_runs_into_the_database(call, monkeypatch):
    monkeypatch.setattr(actions, "lock_case", lambda case: None)
    assert set(save_at_once(call, 30)) == {type(None), IntegrityError}


@pytest.mark.full
def test_a_question_pressed_twice_at_once_is_asked_once(call):
    summary, rosa = Summary.objects.select_related("review").get(), by("rosa")
    press = partial(clear.ask, summary, "steps", "Which tablet?", send_id=uuid.uuid4(), by=rosa)
    assert [outcome.error for outcome in at_once(press, press, press)] == [None] * 3
    assert Message.objects.count() == PartAnswer.objects.count() == 1
