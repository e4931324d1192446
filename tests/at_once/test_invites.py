"""A link pressed several times at once, and taken back while it is pressed: one of the two holds, never both."""

import threading
from contextlib import contextmanager
from functools import partial

import pytest

from cases.case.actions import open_case
from cases.case.helping.inviting import actions, own_mailbox
from cases.case.helping.inviting.models import Invite
from cases.case.helping.models import Helper
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.at_once.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 4


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def asked() -> Invite:
    people.person("ama")
    who = {"name": "Ama Osei", "email": "ama@example.org"}
    return actions.invite(factories.open_case(), **who, chosen="most", by=act("rosa"))


def taken_back_while_it_is_taken(asked: Invite) -> list[bool]:
    """Whether taking and taking back each went through, with the moment between judging and taking held open."""
    judged, done, judge = threading.Event(), threading.Event(), actions.must_stand

    def judge_then_wait(*args, **kwargs):
        judge(*args, **kwargs)
        judged.set()
        done.wait(0.5)

    def take():
        actions.take(asked, people.person("ama"), by=act("ama"))

    def withdraw():
        judged.wait(5)
        actions.withdraw(asked, by=act("rosa"))
        done.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "must_stand", judge_then_wait)
        outcomes = at_once(take, withdraw)
    assert all(outcome.error is None or isinstance(outcome.error, Refused) for outcome in outcomes)
    return [outcome.error is None for outcome in outcomes]


@contextmanager
def without_locks():
    def plain(asked: Invite) -> Invite:
        return Invite.objects.select_related("case__patient", "patient", "asked_by").get(pk=asked.pk)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "fresh", plain)
        yield


@pytest.mark.full
def test_taken_back_while_it_is_taken_one_of_them_is_told(asked):
    assert taken_back_while_it_is_taken(asked) == [True, False]
    asked.refresh_from_db()
    assert (asked.ended_as, Helper.objects.granted().count()) == ("taken", 1)


@pytest.mark.full
def test_without_the_locks_both_would_believe_it(asked):
    with without_locks():
        assert taken_back_while_it_is_taken(asked) == [True, True]
    assert Helper.objects.granted().exists()


@pytest.mark.full
def test_one_link_pressed_at_once_makes_one_helper(asked):
    press = partial(actions.take, asked, people.person("ama"), by=act("ama"))
    outcomes = at_once(*[press] * RIVALS)
    assert [outcome.error for outcome in outcomes] == [None] * RIVALS
    assert Helper.objects.count() == Event.objects.filter(verb="helping.taken").count() == 1


@pytest.mark.full
def test_whoever_joins_by_it_at_once_has_one_account():
    asked = actions.invite(
        factories.open_case(), name="Ben Adu", email="ben@example.org", chosen="dates", by=act("rosa")
    )
    press = partial(actions.join_and_take, asked, name="Ben Adu", by=Actor("anonymous"))
    outcomes = at_once(*[press] * RIVALS)
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(isinstance(outcome.error, Refused) for outcome in outcomes if outcome.error)
    assert User.objects.filter(email="ben@example.org").count() == Helper.objects.count() == 1


@pytest.mark.full
def test_a_page_is_taken_over_once():
    case = open_case(patient_name="Ida Holm", starter=people.person("ama"), by=act("ama"))
    asked = own_mailbox.name_mailbox(case, email="ida@example.org", by=act("ama"))
    outcomes = at_once(*[partial(own_mailbox.become, asked, by=Actor("anonymous"))] * RIVALS)
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert User.objects.get(email="ida@example.org").pk == case.patient_id


def test_the_same_person_asked_at_once_is_asked_once():
    case = factories.open_case()
    who = {"name": "Ben Adu", "email": "ben@example.org"}
    outcomes = at_once(*[partial(actions.invite, case, **who, chosen="dates", by=act("rosa"))] * RIVALS)
    assert [outcome.error for outcome in outcomes] == [None] * RIVALS
    assert Invite.objects.count() == 1
