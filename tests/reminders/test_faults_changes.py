"""A call moved or canceled while its message is on the way: nothing goes with an old time, nothing after a cancel."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connections, transaction

from bookings import actions as bookings
from bookings.follow_up import DAY_BEFORE
from portal import clock, when
from portal.actors import Actor
from portal.reminders import gathering, rules, sender
from portal.reminders.claiming import claim_some
from portal.reminders.models import Outcome, Reminder
from tests import factories, people
from tests.database import somebody_waits
from tests.programs import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = dt.datetime(2026, 11, 9, 15, 0, tzinfo=dt.UTC)  # 10 am in Toronto


@pytest.fixture
def travel():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call(travel, smtp_sink):
    """A booked call at 9 am of the day before it: its message is made, not yet claimed. What came before is sent."""
    factories.open_hours(people.person("joanne"))
    case = factories.open_case()
    call = factories.book(case)
    sender.run()
    at = rules.morning(when.as_date(call.starts_at, case.patient.zone) - dt.timedelta(days=1), case.patient.zone)
    travel.move_to(at)
    gathering.gather(at)
    smtp_sink.messages.clear()
    return call


def message_of(call) -> Reminder:
    return Reminder.objects.get(about_id=call.pk, kind=DAY_BEFORE, version=call.version)


def change(verb: str, call):
    """Move or cancel the call, as its patient."""
    by = Actor.person(call.patient)
    if verb == "cancel":
        return lambda: bookings.cancel(call, by=by)
    later = factories.hold(call.case, call.consultant, moving=call)
    return lambda: bookings.move(hold=later, by=by)


def in_a_thread(work) -> threading.Thread:
    def one():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=one)
    thread.start()
    return thread


def body(message) -> str:
    return message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("verb", ["move", "cancel"])
def test_a_sender_that_meets_an_unfinished_change_waits_and_sends_nothing(verb, call, smtp_sink):
    row, changed, at = message_of(call), change(verb, call), clock.now()
    with transaction.atomic():
        changed()
        sending = in_a_thread(lambda: sender.run(at))
        wait_until(somebody_waits, 20, "the sender to wait for the change")
    sending.join(20)
    assert smtp_sink.messages == []
    row.refresh_from_db()
    assert row.settled_as == Outcome.WITHDRAWN


@pytest.mark.parametrize("verb", ["move", "cancel"])
def test_a_change_while_the_server_holds_the_message_is_followed_by_its_own(verb, call, smtp_sink):
    message_of(call)
    changed, old, at = change(verb, call), when.moment(call.starts_at, call.patient.zone), clock.now()
    inside, go_on, take = threading.Event(), threading.Event(), smtp_sink.handle_DATA

    async def slow(server, session, envelope):
        import asyncio

        inside.set()
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        return await take(server, session, envelope)

    smtp_sink.handle_DATA = slow
    sending = in_a_thread(lambda: sender.run(at))
    assert inside.wait(20)
    changed()  # it waits for nothing that the mail server holds
    go_on.set()
    sending.join(20)
    sender.run()
    first, *rest = (message for message in smtp_sink.messages if message["To"] == call.patient.email)
    assert old in body(first)
    assert len(rest) == 1
    call.refresh_from_db()
    expected = when.moment(call.starts_at, call.patient.zone)
    assert expected in body(rest[0])
    assert (old in body(rest[0])) == (verb == "cancel")


def test_what_was_sealed_with_the_old_time_is_not_repeated_after_a_move(travel, call, smtp_sink):
    """The sender died after sealing; meanwhile the call moved: the old words go nowhere."""
    row, changed = message_of(call), change("move", call)
    at = clock.now()
    claims, _failed, _any = claim_some(at)
    assert [claim.is_fresh for claim in claims if claim.delivery.pk == row.delivery_id] == [True]
    # and here the sender dies
    changed()
    travel.shift(rules.CLAIM_LASTS + dt.timedelta(seconds=1))
    sender.run()
    old = when.moment(call.starts_at, call.patient.zone)
    assert [message["To"] for message in smtp_sink.messages if old in body(message)] == []
    assert any("new time" in message["Subject"] for message in smtp_sink.messages)
