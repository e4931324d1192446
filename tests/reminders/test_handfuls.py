"""Messages are claimed and stamped by the handful: what that must not cost."""

import datetime as dt
from dataclasses import replace

import pytest

from portal import mail
from portal.accounts.models import User
from portal.reminders import claiming, gathering, kinds, sender
from portal.reminders.models import Delivery, Outcome, Reminder
from tests import people
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def readers(db):
    return [
        User.objects.create_user(email=f"reader{n}@example.org", name=f"Reader {n}", time_zone="America/Toronto")
        for n in range(claiming.AT_ONCE + 3)
    ]


@pytest.fixture
def rows(clock, readers):
    return [plan("tests.call", reader, due_at=NOON - 2 * HOUR) for reader in readers]


def slowly(sink, clock, step):
    """The server needs `step` for each message."""
    take = sink.handle_DATA

    async def slow(server, session, envelope):
        answer = await take(server, session, envelope)
        clock.shift(step)
        return answer

    sink.handle_DATA = slow


def outcomes():
    return set(Reminder.objects.values_list("settled_as", flat=True))


def test_more_than_a_handful_goes_in_one_turn(rows, smtp_sink):
    assert sender.run() == len(rows)
    assert len({message["To"] for message in smtp_sink.messages}) == len(rows)
    assert outcomes() == {Outcome.SENT}


class Changing(mail.Line):
    """After the first message something happens, as another process would do it."""

    def __init__(self, happens):
        super().__init__()
        self.happens = [happens]

    def send(self, raw, to):
        super().send(raw, to)
        if self.happens:
            self.happens.pop()()


def test_what_is_withdrawn_while_its_handful_waits_does_not_go(rows, clock, smtp_sink):
    slowly(smtp_sink, clock, dt.timedelta(seconds=1))
    gathering.gather(NOON)
    pk = Reminder.objects.get(delivery=claiming.waiting()[claiming.AT_ONCE - 1]).pk
    last = Reminder.objects.filter(pk=pk)
    tally = sender.Tally()
    with Changing(lambda: last.update(settled_at=NOON, settled_as=Outcome.WITHDRAWN)) as line:
        while sender.send_some(NOON, line, tally, claiming.SENT_BY_US):
            pass
    reader = User.objects.get(pk=last.get().recipient_id)
    assert reader.email not in [message["To"] for message in smtp_sink.messages]
    assert tally.count == len(smtp_sink.messages) == len(rows) - 1
    assert last.get().settled_as == Outcome.WITHDRAWN


def test_a_handful_that_takes_too_long_is_given_back_and_decided_anew(rows, clock, smtp_sink):
    slowly(smtp_sink, clock, sender.HANDFUL_LASTS / 2 + dt.timedelta(seconds=1))
    asked = THINGS.asked
    assert sender.run() == len(rows)
    assert len(smtp_sink.messages) == len(rows)
    assert THINGS.asked - asked > len(rows) // 3  # two or three messages to a decision
    assert outcomes() == {Outcome.SENT}


def test_a_sender_that_dies_before_its_stamp_repeats_the_very_same_messages(rows, clock, smtp_sink, monkeypatch):
    monkeypatch.setattr(sender, "stamp", lambda taken, now: None)  # as if it died there
    gathering.gather(NOON)
    with mail.Line() as line:
        sender.send_some(NOON, line, sender.Tally(), claiming.SENT_BY_US)
    monkeypatch.undo()
    first = {message["Message-ID"]: message.as_bytes() for message in smtp_sink.messages}
    assert len(first) == claiming.AT_ONCE
    smtp_sink.messages.clear()
    clock.shift(4 * dt.timedelta(minutes=1))
    assert sender.run() == len(rows)
    again = {message["Message-ID"]: message.as_bytes() for message in smtp_sink.messages}
    assert len(smtp_sink.messages) == len(again) == len(rows)
    assert {key: again[key] for key in first} == first


def test_one_that_cannot_be_made_keeps_back_nobody_of_its_handful(rows, smtp_sink):
    THINGS.broken.add(rows[3].pk)
    assert sender.run() == len(rows) - 1
    assert Delivery.objects.get(sent_at=None).failure == Delivery.Failure.BROKEN


def test_an_address_refused_in_the_middle_keeps_back_nobody(rows, readers, smtp_sink):
    people.person("theo")
    smtp_sink.refused.add(readers[4].email)
    assert sender.run() == len(rows) - 1
    assert Delivery.objects.get(sent_at=None, recipient_id=str(readers[4].pk)).failed_at is not None


def test_a_kind_that_fails_keeps_no_other_back(rosa, clock):
    """Kinds are asked together; one that breaks, in the database too, is left out, and the others answer."""
    news, call = (plan(code, rosa, due_at=NOON) for code in ("tests.news", "tests.call"))
    over = plan("tests.form", rosa, due_at=NOON)
    THINGS.versions.pop(over.about_id)
    whole = kinds.kind_of("tests.call")

    def broken(rows, now):
        return {Reminder.objects.raw("SELECT 1/0 AS id")[0].pk}

    kinds.forget("tests.call")
    kinds.register(replace(whole, still_due=broken))
    try:
        assert gathering.judge([news, call, over], NOON) == ({news.pk}, {over.pk})
    finally:
        kinds.forget("tests.call")
        kinds.register(whole)
    assert gathering.judge([news, call, over], NOON) == ({news.pk, call.pk}, {over.pk})
