"""Ways back, leaving, urgent looks and erasing, each with a rival at the same moment; and a twin that is unguarded."""

import threading
from functools import partial

import pytest
import time_machine
from django.db import transaction

from cases.case import actions as cases
from cases.case import leaving
from cases.case.models import Assignment, Case, ToDo, UrgentLook
from cases.case.urgent import actions as urgent
from cases.documents import actions as documents
from cases.documents import erasing
from cases.documents.models import Document, Version
from portal.accounts import actions as accounts
from portal.accounts.models import WayBack
from portal.accounts.way_back import actions as ways
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from tests import factories, people
from tests.at_once.rivals import WAIT, at_once
from tests.documents.files import folder, upload

__all__ = ["folder"]
pytestmark = pytest.mark.django_db(transaction=True)
HELD = 2  # seconds, as long as a guard lets the other in


def by(key: str) -> Actor:
    return Actor.person(people.person(key))


def kinds(outcomes) -> list[str]:
    return sorted(type(each.error).__name__ if each.error else "done" for each in outcomes)


def count(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


def hold_open(monkeypatch, module, name: str) -> None:
    """Both rivals stand behind the same look, as far as the guard lets the other come."""
    meet, judge = threading.Barrier(2), getattr(module, name)

    def judge_then_wait(*args, **more):
        found = judge(*args, **more)
        try:
            meet.wait(HELD)
        except threading.BrokenBarrierError:
            return found
        return found

    monkeypatch.setattr(module, name, judge_then_wait)


# --- a way back that is done, or done and stopped, at once ---


@pytest.fixture
def way() -> WayBack:
    for key in ("joanne", "mara", "theo"):
        people.person(key)
    way = ways.ask(people.person("joanne"), ["rang", "born"], by=by("mara"))
    return ways.agree(way, by=by("theo"))


def done_twice(way) -> list[str]:
    mara = by("mara")
    with time_machine.travel(way.ready_at, tick=False):
        return kinds(at_once(*[partial(ways.finish, way, by=mara)] * 2))


def read_unlocked(monkeypatch) -> None:
    known = WayBack.objects.select_related("person", "asked_by")
    monkeypatch.setattr(ways, "_fresh", lambda way: known.get(pk=way.pk))


def test_a_way_back_done_twice_at_once_is_done_once(way, monkeypatch):
    hold_open(monkeypatch, ways, "_must_be_open")
    assert done_twice(way) == ["done", "done"]
    assert count("account.second_factor_reset") == 1


def test_without_the_lock_it_is_done_twice(way, monkeypatch):
    read_unlocked(monkeypatch)
    hold_open(monkeypatch, ways, "_must_be_open")
    done_twice(way)
    assert count("account.second_factor_reset") == 2


def test_agreed_to_twice_at_once_is_once(monkeypatch):
    for key in ("joanne", "mara", "theo"):
        people.person(key)
    way, theo = ways.ask(people.person("joanne"), ["rang", "born"], by=by("mara")), by("theo")
    hold_open(monkeypatch, ways, "_must_be_open")
    assert kinds(at_once(*[partial(ways.agree, way, by=theo)] * 2)) == ["done", "done"]
    assert count("account.way_back_agreed") == 1


def test_done_and_stopped_at_once_is_one_of_both(way, monkeypatch):
    mara, joanne = by("mara"), by("joanne")
    hold_open(monkeypatch, ways, "_must_be_open")
    with time_machine.travel(way.ready_at, tick=False):
        rivals = partial(ways.finish, way, by=mara), partial(ways.stop, way, by=joanne)
        assert kinds(at_once(*rivals)) == ["Refused", "done"]
    way.refresh_from_db()
    assert (way.done_at is None) != (way.stopped_at is None)


# --- a place is given while its consultant leaves ---


@pytest.fixture
def case() -> Case:
    for key in ("joanne", "mara", "theo", "rosa", "liv"):
        people.person(key)
    return factories.open_case()


def given_while_leaving(case, *, is_given_first: bool) -> None:
    """One does all of it while the other has done it and not committed yet: neither sees the other."""
    joanne, mara = people.person("joanne"), by("mara")
    begun, over = threading.Event(), threading.Event()
    give = partial(cases.assign, case, joanne, why="handing_over", by=by("theo"))
    leave = partial(accounts.close_account, joanne, by=mara)
    early, late = (give, leave) if is_given_first else (leave, give)

    def hold_back():
        with transaction.atomic():
            early()
            begun.set()
            over.wait(WAIT)

    def come_between():
        begun.wait(WAIT)
        try:
            late()
        finally:
            over.set()

    assert kinds(at_once(hold_back, come_between)) == ["done", "done"]


@pytest.mark.parametrize("is_given_first", [True, False])
def test_no_place_stays_with_who_left_at_that_moment(case, is_given_first):
    given_while_leaving(case, is_given_first=is_given_first)
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    assert ToDo.objects.open().filter(case=case, kind=leaving.CONSULTANT_LEFT).count() == 1


@pytest.mark.parametrize("is_given_first", [True, False])
def test_without_the_second_look_it_stays(case, monkeypatch, is_given_first):
    monkeypatch.setattr(leaving, "hand_on_what_came_meanwhile", lambda pk: None)
    given_while_leaving(case, is_given_first=is_given_first)
    assert Assignment.objects.filter(case=case, ended_at=None).exists()


# --- an urgent look that is begun, and ended, twice ---


def test_an_urgent_look_begun_twice_at_once_is_one(case, monkeypatch):
    hold_open(monkeypatch, urgent, "role_in")
    begin = partial(urgent.begin, case, "She rang and cannot reach her consultant.", by=by("liv"))
    assert kinds(at_once(begin, begin)) == ["done", "done"]
    assert (UrgentLook.objects.count(), count("urgent.begun")) == (1, 1)


def ended_twice(case, monkeypatch) -> int:
    look = urgent.begin(case, "She rang and cannot reach her consultant.", by=by("liv"))
    liv, rosa = by("liv"), by("rosa")
    hold_open(monkeypatch, urgent, "_part")
    at_once(partial(urgent.end, look, by=liv), partial(urgent.end, look, by=rosa))
    return count("urgent.ended")


def test_ended_by_two_at_once_it_is_ended_once(case, monkeypatch):
    assert ended_twice(case, monkeypatch) == 1


def test_without_the_lock_it_is_ended_twice(case, monkeypatch):
    known = UrgentLook.objects.select_related("reader", "case__patient", "case__key")
    monkeypatch.setattr(urgent, "_fresh", lambda look: known.get(pk=look.pk))
    assert ended_twice(case, monkeypatch) == 2


# --- a file is added while the case is closed and erased ---


def added_while_erased(case, monkeypatch) -> list:
    """Whoever adds has been let in; then the case is closed and erased; then the file comes."""
    let_in, erased, must = threading.Event(), threading.Event(), documents.must
    rosa, theo = by("rosa"), by("theo")

    def let_in_then_wait(*args, **more):
        must(*args, **more)
        let_in.set()
        erased.wait(WAIT)

    def erase():
        let_in.wait(WAIT)
        closing.close_case(case, "asked", by=theo)
        erasing.erase_case(case, by=SYSTEM)
        erased.set()

    monkeypatch.setattr(documents, "must", let_in_then_wait)
    return [each.error for each in at_once(partial(documents.add_file, case, upload(), by=rosa), erase)]


def test_no_file_comes_into_a_case_that_was_erased_at_that_moment(case, folder, monkeypatch):
    refused, done = added_while_erased(case, monkeypatch)
    assert (type(refused), refused.code, done) == (Refused, "erased", None)
    assert not Document.objects.filter(case=case).exists()
    assert not Version.objects.filter(case=case).exists()


def test_without_the_look_behind_the_lock_whoever_adds_it_meets_an_error(case, folder, monkeypatch):
    monkeypatch.setattr(documents, "must_be_open", lambda case, by: None)
    error, done = added_while_erased(case, monkeypatch)
    assert (type(error).__name__, done) == ("KeyGone", None)
