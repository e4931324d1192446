"""A time that waits for a yes, answered twice at the same moment: booked once, or not at all."""

import threading
from contextlib import contextmanager, suppress
from functools import partial

import pytest
import time_machine

from bookings import asking
from bookings.models import AskedHold, Consultation
from tests import factories, people
from tests.at_once.rivals import at_once, double_bookings, without_locks
from tests.bookings.conftest import NOW
from tests.bookings.test_asking import accept, act, ask, helps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def asked(transactional_db):
    with time_machine.travel(NOW, tick=True):
        case = factories.open_case(people.person("rosa"))
        helps(case)
        yield ask(case, factories.open_hours())


@contextmanager
def window_held_open(seconds=0.5):
    """Between "is it still held" and booking it, wait for the other press as long as the guard lets it come."""
    meet, judge = threading.Barrier(2), asking.why_over

    def judge_then_wait(*args):
        said = judge(*args)
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "why_over", judge_then_wait)
        yield


@pytest.mark.full
def test_two_presses_of_yes_book_one_call_and_both_get_it(asked):
    with window_held_open():
        outcomes = at_once(partial(accept, asked), partial(accept, asked))

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert {outcome.result.pk for outcome in outcomes} == {Consultation.objects.get().pk}
    assert double_bookings() == 0


@pytest.mark.full
def test_without_the_guard_the_second_press_fails(asked):
    """Else the test above would prove nothing."""
    fresh = lambda row: AskedHold.objects.select_related("case__patient", "consultant", "service").get(pk=row.pk)  # noqa: E731
    with window_held_open(seconds=10), without_locks(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "fresh", fresh)
        outcomes = at_once(partial(accept, asked), partial(accept, asked))

    assert sum(outcome.error is not None for outcome in outcomes) == 1


@pytest.mark.full
def test_yes_and_no_at_once_end_in_one_of_both(asked):
    outcomes = at_once(partial(accept, asked), partial(asking.decline, asked, by=act("rosa")))

    state = AskedHold.objects.get().state
    assert (state, Consultation.objects.count()) in {("accepted", 1), ("declined", 0)}
    assert sum(outcome.error is not None for outcome in outcomes) == 1
