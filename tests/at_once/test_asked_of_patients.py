"""Answering and taking back what a reader asked for, at once."""

from functools import partial
from threading import Event as Signal

import pytest

from cases.reviews.asking import actions
from cases.reviews.models import Asking, Review
from portal.actors import Actor
from tests import people
from tests.at_once.rivals import at_once
from tests.documents.files import folder  # noqa: F401
from tests.reviews import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]


def actor(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def asking():
    return actions.ask(world.taken(), kind="answer", words="Does it hurt at night?", by=actor("joanne"))


def outcomes(*presses) -> list[str]:
    return sorted(type(each.error).__name__ if each.error else "done" for each in at_once(*presses))


def taken_back_while_answered(asking, monkeypatch):
    """The answer is judged before the other's end is there, and written after it."""
    is_ended, judge, end = Signal(), actions._check, actions._end

    def judge_then_wait(*args):
        judge(*args)
        is_ended.wait(2)

    def end_and_say(found, state, by):
        done = end(found, state, by)
        if state == "withdrawn":
            is_ended.set()
        return done

    monkeypatch.setattr(actions, "_check", judge_then_wait)
    monkeypatch.setattr(actions, "_end", end_and_say)
    return (
        partial(actions.answer, asking, words="At night.", by=actor("rosa")),
        partial(actions.withdraw, asking, by=actor("joanne")),
    )


def unlocked(monkeypatch) -> None:
    """The twin: nothing is locked, so both look at the same row."""
    related = ("case__patient", "case__key", "consultation")
    rows = Review.objects.select_related(*related)
    monkeypatch.setattr(actions, "_locked", lambda review: rows.get(pk=review.pk))

    def read(asking):
        found = Asking.objects.get(pk=asking.pk)
        found.review = rows.get(pk=asking.review_id)
        return found

    monkeypatch.setattr(actions, "_fresh", read)


@pytest.mark.full
def test_an_answer_and_taking_back_at_once_are_one_of_the_two(asking, monkeypatch):
    assert outcomes(*taken_back_while_answered(asking, monkeypatch)) == ["Refused", "done"]


@pytest.mark.full
def test_without_the_lock_both_are_told_that_it_counts(asking, monkeypatch):
    unlocked(monkeypatch)
    assert outcomes(*taken_back_while_answered(asking, monkeypatch)) == ["done", "done"]


@pytest.mark.full
def test_asked_twice_at_once_is_once(asking):
    review = Review.objects.get()
    actions.withdraw(asking, by=actor("joanne"))
    press = partial(actions.ask, review, kind="copy", page=1, words="", by=actor("joanne"))
    assert outcomes(press, press) == ["done", "done"]
    assert Asking.objects.open().count() == 1
