"""Two who write at once, one press that comes twice, reading while something is taken back: nothing is lost."""

import threading
import uuid
from contextlib import contextmanager, suppress
from functools import partial

import pytest

from cases.threads import actions, answering
from cases.threads.models import Message, ReadMark, Thread
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.at_once.rivals import at_once
from tests.records.builders import actor
from tests.threads.builders import case_with_joanne, write

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 4


@pytest.fixture
def case():
    people.person("theo")
    case = case_with_joanne()
    write(case, "theo", "Hello Rosa.")
    return case


@contextmanager
def window_held_open(seconds: float):
    """Between reading the last number and writing the next, wait for the others as long as the guard lets them come."""
    meet, add = threading.Barrier(RIVALS), actions.add

    def wait_then_add(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return add(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "add", wait_then_add)
        yield


def send_at_once(case, seconds: float):
    with window_held_open(seconds):
        return at_once(
            *[partial(actions.send, case, f"Message {number}", by=actor("rosa")) for number in range(RIVALS)]
        )


def numbers(case) -> list[int]:
    return sorted(Message.objects.filter(case=case).values_list("number", flat=True))


@pytest.mark.full
def test_all_who_write_at_once_are_heard(case):
    outcomes = send_at_once(case, 0.3)

    assert [outcome.error for outcome in outcomes] == [None] * RIVALS
    assert numbers(case) == list(range(1, RIVALS + 2))


def test_without_the_lock_messages_are_lost(case, monkeypatch):
    monkeypatch.setattr(answering, "lock", lambda case: Thread.objects.get(case=case))
    outcomes = send_at_once(case, 30)

    assert sum(outcome.error is not None for outcome in outcomes) == RIVALS - 1
    assert numbers(case) == [1, 2]


def test_a_double_click_is_one_message(case):
    press = partial(actions.send, case, "Once", send_id=uuid.uuid4(), by=actor("rosa"))
    outcomes = at_once(*[press] * RIVALS)

    assert len({outcome.result.pk for outcome in outcomes}) == 1
    assert numbers(case) == [1, 2]


def test_a_message_is_read_or_taken_back_and_never_both(case):
    message = Message.objects.get(case=case)
    taken, read = at_once(
        partial(actions.take_back, message, by=actor("theo")),
        partial(actions.note_reading, case, message.number, by=actor("rosa")),
    )

    message.refresh_from_db()
    assert read.error is None
    assert (taken.error is None) is (message.taken_back_at is not None)
    if taken.error:
        assert isinstance(taken.error, Refused)
        assert ReadMark.objects.filter(case=case, upto__gte=message.number).exists()


def test_one_person_who_opens_the_thread_in_many_tabs_has_one_mark_and_one_line(case):
    outcomes = at_once(*[partial(actions.note_reading, case, 1, by=actor("rosa"))] * RIVALS)

    assert [outcome.error for outcome in outcomes] == [None] * RIVALS
    assert ReadMark.objects.get(case=case).upto == 1
    assert Event.objects.filter(verb="message.read").count() == 1
