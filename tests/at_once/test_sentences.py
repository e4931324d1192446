"""A consultant's sentence changed in two windows at the same moment: one is saved, the other is told."""

import threading
import uuid
from contextlib import contextmanager, suppress
from functools import partial

import pytest

from cases.reviews.models import Sentence
from cases.reviews.sentences import actions
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.at_once.rivals import at_once
from tests.reviews.world import by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
LONG = 10


@contextmanager
def judged_together(seconds: float):
    """Whoever has read the sentence waits for the other, as long as the guard lets them come."""
    meet, judge = threading.Barrier(2), actions._check

    def judge_then_wait(*args):
        judge(*args)
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_check", judge_then_wait)
        yield


@pytest.fixture
def sentence(transactional_db):
    return actions.add(part="plain", title="Time", text="Take your time.", pk=uuid.uuid4(), by=by("joanne"))


def change(sentence, text):
    return partial(actions.change, sentence, part="plain", title="Time", text=text, seen=1, by=by("joanne"))


@pytest.mark.full
def test_two_windows_save_one_and_tell_the_other(sentence):
    with judged_together(0.5):
        outcomes = at_once(change(sentence, "One."), change(sentence, "Two."))

    (lost,) = [outcome for outcome in outcomes if outcome.error]
    assert isinstance(lost.error, Refused)
    assert lost.error.code == "seen"
    (kept,) = [outcome.result.text for outcome in outcomes if not outcome.error]
    assert (Sentence.objects.get().text, Sentence.objects.get().version) == (kept, 2)
    assert Event.objects.filter(verb="sentence.changed").count() == 1


def test_without_the_guard_one_is_overwritten_unseen(sentence):
    """Else the test above would prove nothing."""
    with judged_together(LONG), pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_locked", lambda by: User.objects.get(pk=by.id))
        outcomes = at_once(change(sentence, "One."), change(sentence, "Two."))

    assert [outcome.error for outcome in outcomes] == [None, None]


def test_the_same_press_twice_at_once_is_one_sentence():
    joanne, pk = by("joanne"), uuid.uuid4()
    press = partial(actions.add, part="plain", title="Time", text="Take your time.", pk=pk, by=joanne)

    outcomes = at_once(press, press)

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Sentence.objects.get().pk == pk


def test_many_added_at_once_stand_in_places_of_their_own():
    joanne = by("joanne")
    press = [
        partial(actions.add, part="plain", title=f"{number}", text="Words.", pk=uuid.uuid4(), by=joanne)
        for number in range(4)
    ]

    outcomes = at_once(*press)

    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert sorted(Sentence.objects.values_list("place", flat=True)) == [1, 2, 3, 4]
    assert people.person("joanne").is_our_consultant
