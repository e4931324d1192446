"""Asking, answering and ending a second reading at once."""

import contextlib
from functools import partial
from threading import Barrier, BrokenBarrierError, Event

import pytest

from cases.case.models import Case, SecondReader
from cases.case.second import actions
from portal.actors import Actor
from tests import people
from tests.at_once.rivals import at_once
from tests.documents.files import folder  # noqa: F401
from tests.reviews import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]
RIVALS = 2


def actor(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def review():
    for key in ("vera", "amir", "theo"):
        people.person(key)
    return world.written()


def ask(review, key):
    words = {"question": "Is this usual?", "why": "A second pair of eyes on your plan."}
    until_on = actions.last_days()[2]
    return actions.ask(review.case, people.person(key), **words, until_on=until_on, by=actor("joanne"))


def outcomes(*presses) -> list[str]:
    """ "done", or the name of what each raised."""
    return sorted(type(each.error).__name__ if each.error else "done" for each in at_once(*presses))


def hold_open(monkeypatch, name: str) -> None:
    """Both rivals stand behind the look that says yes, as far as the guard lets the other come."""
    meet, judge = Barrier(RIVALS), getattr(actions, name)

    def judge_then_wait(*args, **more):
        found = judge(*args, **more)
        with contextlib.suppress(BrokenBarrierError):
            meet.wait(1)
        return found

    monkeypatch.setattr(actions, name, judge_then_wait)


def unlocked(monkeypatch) -> None:
    """The twin: nothing is locked, so both look at the same row."""
    cases = Case.objects.select_related("patient", "key")
    monkeypatch.setattr(actions, "_locked", lambda case: cases.get(pk=case.pk))

    def read(second):
        found = SecondReader.objects.select_related("reader", "asked_by", "case__patient", "case__key")
        return found.get(pk=second.pk)

    monkeypatch.setattr(actions, "_fresh", read)


@pytest.mark.full
def test_two_colleagues_asked_at_once_are_one(review, monkeypatch):
    hold_open(monkeypatch, "is_in_case")
    assert outcomes(partial(ask, review, "vera"), partial(ask, review, "amir")) == ["Refused", "done"]
    assert SecondReader.objects.open().count() == 1


@pytest.mark.full
def test_the_database_refuses_a_second_one_where_nothing_is_locked(review, monkeypatch):
    unlocked(monkeypatch)
    hold_open(monkeypatch, "is_in_case")
    assert outcomes(partial(ask, review, "vera"), partial(ask, review, "amir")) == ["Refused", "done"]
    assert SecondReader.objects.open().count() == 1


def yes_after_the_end(review, monkeypatch):
    """A yes that was judged before the colleague's "end" was there, and is written after it."""
    second, is_ended, judge, end = ask(review, "vera"), Event(), actions._part, actions._end

    def judge_then_wait(*args):
        part = judge(*args)
        if part == "second_reader":
            is_ended.wait(2)
        return part

    def end_and_say(*args):
        found = end(*args)
        is_ended.set()
        return found

    monkeypatch.setattr(actions, "_part", judge_then_wait)
    monkeypatch.setattr(actions, "_end", end_and_say)
    return partial(actions.agree, second, by=actor("vera")), partial(actions.end, second, by=actor("joanne"))


@pytest.mark.full
def test_a_yes_and_an_end_at_once_never_leave_it_open(review, monkeypatch):
    done = outcomes(*yes_after_the_end(review, monkeypatch))
    assert done in (["done", "done"], ["Refused", "done"])
    assert SecondReader.objects.get().state == "ended"


@pytest.mark.full
def test_the_database_refuses_a_yes_after_an_end_where_nothing_is_locked(review, monkeypatch):
    unlocked(monkeypatch)
    assert outcomes(*yes_after_the_end(review, monkeypatch)) == ["IntegrityError", "done"]
    assert SecondReader.objects.get().state == "ended"


@pytest.mark.full
def test_said_yes_twice_at_once_is_once(review, monkeypatch):
    second = ask(review, "vera")
    press = partial(actions.agree, second, by=actor("vera"))
    hold_open(monkeypatch, "_part")
    assert outcomes(press, press) == ["done", "done"]
