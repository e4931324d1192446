"""One order of locks for booking, closing, a farewell and erasing: who waits holds nothing that the other one needs."""

import datetime as dt
import threading
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connections, transaction

from bookings import actions as bookings
from cases.case.erasure.rules import WAITS
from cases.case.models import Case
from cases.documents import asked_erasing
from cases.documents.joining.actions import hold_papers
from portal import clock
from portal.pages import closing_actions as closing
from portal.pages import erasing_actions, farewell_actions
from tests import factories, people
from tests.at_once.rivals import WAIT, at_once
from tests.database import somebody_waits
from tests.documents.files import folder
from tests.programs import wait_until
from tests.records.builders import actor

__all__ = ["folder"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(folder):
    people.person("theo")
    return factories.book(factories.open_case())


def ask(case):
    return erasing_actions.ask(case, by=actor("rosa"))


def say_died(case):
    return farewell_actions.say_died(case.patient, right="ends", why="Her sister rang.", by=actor("theo"))


@contextmanager
def somebody_holding(take):
    """Another connection holds what `take` locks, until the end."""
    is_held, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            take()
            is_held.set()
            assert over.wait(WAIT)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(WAIT)
    try:
        yield
    finally:
        over.set()
        holder.join(WAIT)


def waiting_for_it(press, case):
    """A press that must wait, and what it will come to; while it waits the case is nobody's."""
    outcome = []

    def run():
        try:
            press()
            outcome.append(None)
        except Exception as error:
            outcome.append(error)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=run)
    waiting.start()
    wait_until(somebody_waits, 30, "a press that waits")
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",), nowait=True).get(pk=case.pk)
    return waiting, outcome


@pytest.mark.parametrize("press", [ask, say_died])
def test_who_waits_for_a_consultant_holds_no_case(call, press):
    case = Case.objects.get(pk=call.case_id)
    with somebody_holding(partial(bookings.lock_practice, call.consultant)):
        waiting, outcome = waiting_for_it(partial(press, case), case)
    waiting.join(WAIT)
    assert outcome == [None]
    assert Case.objects.get(pk=case.pk).state == Case.State.CLOSED


def test_who_waits_for_a_patient_to_close_or_open_holds_no_case(call):
    case = Case.objects.get(pk=call.case_id)
    bookings.cancel(call, by=actor("rosa"))
    for press in (
        partial(closing.close_case, case, "asked", by=actor("theo")),
        partial(closing.reopen_case, case, by=actor("rosa")),
        partial(closing.close_own, case, by=actor("rosa")),
    ):
        with somebody_holding(partial(bookings.lock_patient, case)):
            waiting, outcome = waiting_for_it(press, case)
        waiting.join(WAIT)
        assert outcome == [None]


def test_who_waits_for_papers_to_erase_them_holds_no_case(call):
    case, later = Case.objects.get(pk=call.case_id), clock.now() + WAITS + dt.timedelta(minutes=1)
    ask(case)
    with somebody_holding(partial(hold_papers, case.pk)):
        waiting, outcome = waiting_for_it(partial(asked_erasing.erase_due, later), case)
    waiting.join(WAIT)
    assert outcome == [None]
    assert Case.objects.select_related("key").get(pk=case.pk).key.destroyed_at


def test_canceled_and_erased_at_once_both_are_done(call):
    outcomes = at_once(partial(ask, call.case), partial(bookings.cancel, call, by=actor("rosa")))
    assert outcomes[0].error is None
    call.refresh_from_db()
    assert call.state == "cancelled"
