"""A form that is signed twice at the same moment: the case's lock makes it one signature.

Without the lock the twin must end in an error, or with two signatures.
"""

import threading
from contextlib import contextmanager, suppress
from functools import partial

import pytest

from cases.records.models import Release
from cases.records.release import actions as release_actions
from portal import moves
from portal.history.models import Event
from tests.at_once.rivals import at_once
from tests.records.builders import actor, on_november_5
from tests.records.release_builders import TYPED, UNTIL, form, visit_to_sign_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@contextmanager
def window_held_open(seconds=2.0, *, locked=True):
    """Between judging and writing, wait for the other as long as the lock lets them come."""
    meet, judge = threading.Barrier(2), moves.check

    def judge_then_wait(*args, **kwargs):
        target = judge(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return target

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moves, "check", judge_then_wait)
        if not locked:
            patch.setattr(release_actions, "lock_case", lambda case: None)
        yield


def press_twice(*, locked):
    """The window opens when the form is there: making it judges as well, and would break the barrier."""
    with on_november_5():
        now = form(visit_to_sign_for())
        press = partial(
            release_actions.sign,
            now.visit,
            now.holder,
            TYPED,
            details=now.details,
            until_on=UNTIL,
            seen=now.code,
            by=actor("rosa"),
        )
        with window_held_open(locked=locked):
            return at_once(press, press)


def is_one_signature(outcomes):
    is_clean = not any(outcome.error for outcome in outcomes)
    return is_clean and Release.objects.count() == 1 and Event.objects.filter(verb="release.signed").count() == 1


@pytest.mark.full
def test_two_presses_are_one_signature():
    outcomes = press_twice(locked=True)
    assert is_one_signature(outcomes)


@pytest.mark.full
def test_without_the_lock_they_are_not():
    outcomes = press_twice(locked=False)
    assert not is_one_signature(outcomes)
