"""What goes out, when, once: against a real mail server."""

import datetime as dt

import pytest
import time_machine

from portal import mail
from portal.actors import Actor
from portal.reminders import sender
from portal.reminders.actions import pause, resume
from portal.reminders.models import Delivery, Outcome, Reminder
from portal.reminders.readers import role
from tests import people
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def outcome(row):
    row.refresh_from_db()
    return row.settled_as


def test_a_due_reminder_goes_once(clock, rosa, smtp_sink):
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    assert sender.run() == 1
    assert sender.run() == 0
    assert outcome(row) == Outcome.SENT
    [message] = smtp_sink.messages
    assert message["To"] == "rosa@example.org"
    assert message["X-Reminder-Key"] == str(row.delivery_id)
    assert message["Message-ID"] == row.delivery.message_id


def test_three_things_of_a_day_are_one_message_with_one_lead(clock, rosa, smtp_sink):
    rows = [plan(kind, rosa, due_at=NOON - 2 * HOUR) for kind in ("tests.call", "tests.form", "tests.call")]
    sender.run()
    [message] = smtp_sink.messages
    plain = message.get_body(("plain",)).get_content()
    assert "Have you signed the form?" in plain
    assert "2 more things wait on your page." in plain
    assert {outcome(row) for row in rows} == {Outcome.SENT}
    assert Reminder.objects.values("delivery").distinct().count() == 1


def test_a_second_gathered_message_waits_for_the_next_day(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    second = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    assert sender.run() == 0
    clock.shift(DAY)
    assert sender.run() == 1
    assert outcome(second) == Outcome.SENT


def test_rows_of_later_the_same_day_join_the_message_of_9_am(clock, rosa, smtp_sink):
    clock.move_to(NOON - HOUR)  # 9 am
    early = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    late = plan("tests.call", rosa, due_at=NOON + 5 * HOUR, useful_until=NOON + 9 * HOUR)
    sender.run()
    assert outcome(early) == outcome(late) == Outcome.SENT
    assert len(smtp_sink.messages) == 1


def test_nothing_goes_in_quiet_hours_but_answers_and_news_about_something_near(clock, rosa, smtp_sink):
    clock.move_to(NOON + 10 * HOUR)  # 8 pm
    waits = plan("tests.call", rosa, due_at=NOON)
    far = plan("tests.news", rosa, due_at=NOON + 10 * HOUR)
    near = plan("tests.news", rosa, due_at=NOON + 10 * HOUR, useful_until=NOON + DAY)
    answer = plan("tests.booked", rosa, due_at=NOON + 10 * HOUR)
    assert sender.run() == 2
    assert [outcome(row) for row in (waits, far, near, answer)] == ["", "", Outcome.SENT, Outcome.SENT]


def test_each_reader_has_their_own_9_am(clock, rosa, grace, smtp_sink):
    clock.move_to(NOON - HOUR)  # 9 am in Toronto, 6 am in Vancouver
    plan("tests.call", rosa, due_at=NOON - 3 * HOUR)
    plan("tests.call", grace, due_at=NOON - 3 * HOUR)
    sender.run()
    assert [message["To"] for message in smtp_sink.messages] == ["rosa@example.org"]
    clock.shift(3 * HOUR)
    sender.run()
    assert len(smtp_sink.messages) == 2


def test_what_was_done_moved_or_cancelled_is_never_chased(clock, rosa, smtp_sink):
    done = plan("tests.call", rosa, due_at=NOON)
    THINGS.versions.pop(done.about_id)
    old = plan("tests.call", rosa, due_at=NOON)
    new = plan("tests.call", rosa, due_at=NOON + 5 * DAY, version=2, thing=old.about_id)
    clock.shift(DAY)
    assert sender.run() == 0
    assert [outcome(row) for row in (done, old, new)] == [Outcome.NOT_NEEDED, Outcome.WITHDRAWN, ""]
    assert smtp_sink.messages == []


def test_what_is_done_between_gathering_and_sending_does_not_go(clock, rosa, smtp_sink):
    from portal.reminders import gathering

    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    gathering.gather(NOON)
    THINGS.versions.pop(row.about_id)
    assert sender.run() == 0
    assert outcome(row) == Outcome.NOT_NEEDED
    assert not Delivery.objects.exists()  # the day's one message is still free


def test_each_kind_is_asked_once_for_all_rows(clock, rosa, grace, smtp_sink):
    from portal.reminders import gathering

    for _ in range(5):
        plan("tests.call", rosa, due_at=NOON - 4 * HOUR)
        plan("tests.call", grace, due_at=NOON - 4 * HOUR)
    clock.shift(4 * HOUR)
    gathering.gather(NOON + 4 * HOUR)
    assert THINGS.asked == 1


def test_gathering_takes_the_same_queries_for_many_rows(clock, rosa, grace):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portal.reminders import gathering

    clock.shift(4 * HOUR)
    counts = []
    for person, rows in ((rosa, 2), (grace, 40)):
        for _ in range(rows):
            plan("tests.call", person, due_at=NOON - 4 * HOUR)
        with CaptureQueriesContext(connection) as queries:
            gathering.gather(NOON + 4 * HOUR)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2  # the first message, still unsent, is looked at again


def test_a_paused_reader_gets_answers_and_near_news_only(clock, rosa, smtp_sink):
    pause(rosa, until=NOON + 3 * DAY, by=Actor.person(rosa))
    waits = plan("tests.call", rosa, due_at=NOON)
    passes = plan("tests.call", rosa, due_at=NOON, useful_until=NOON + DAY)
    plan("tests.booked", rosa, due_at=NOON)
    assert sender.run() == 1
    clock.shift(2 * DAY)
    assert sender.run() == 0
    assert outcome(passes) == Outcome.PAUSED
    resume(rosa, by=Actor.person(rosa))
    assert sender.run() == 1
    assert outcome(waits) == Outcome.SENT


def test_a_row_for_a_role_goes_to_each_who_holds_it(clock, smtp_sink):
    theo = people.person("theo")
    row = plan("tests.call", role("coordinator"), due_at=NOON - 2 * HOUR)
    sender.run()
    assert outcome(row) == Outcome.HANDED_ON
    assert [message["To"] for message in smtp_sink.messages] == [theo.email]


def test_a_person_without_email_is_called(clock, smtp_sink):
    from portal.accounts.models import User
    from portal.reminders.by_hand import said_by_phone

    walter = User.objects.create_user(name="Walter Osei", can_sign_in=False)
    row = plan("tests.call", walter, due_at=NOON - 2 * HOUR)
    assert sender.run() == 0
    row.refresh_from_db()
    assert row.delivery.channel == Delivery.Channel.CALL
    said_by_phone(row.delivery, by=Actor.person(people.person("theo")))
    assert outcome(row) == Outcome.SENT


def test_someone_who_may_not_sign_in_any_more_gets_nothing(clock, smtp_sink):
    dora = people.person("dora")
    dora.can_sign_in = False
    dora.save()
    plan("tests.call", dora, due_at=NOON - 2 * HOUR)
    assert sender.run() == 0


def test_one_refused_address_does_not_stop_the_others(clock, rosa, grace, smtp_sink):
    smtp_sink.refused = {"rosa@example.org"}
    clock.shift(4 * HOUR)
    refused, other = (plan("tests.call", person, due_at=NOON - 2 * HOUR) for person in (rosa, grace))
    assert sender.run() == 1
    refused.refresh_from_db()
    assert refused.delivery in Delivery.objects.failed()
    assert refused.delivery.failure == Delivery.Failure.REFUSED
    assert outcome(other) == Outcome.SENT
    assert Reminder.objects.filter(kind="reminders.missed").exists()  # the coordinators hear of it


def test_a_kind_that_breaks_keeps_back_only_its_own(clock, rosa, grace, smtp_sink):
    clock.shift(4 * HOUR)
    broken = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    Reminder.objects.filter(pk=broken.pk).update(recipient_id=str(rosa.pk), about_id=broken.about_id)
    THINGS.broken = {broken.pk}
    fine = plan("tests.call", grace, due_at=NOON - 2 * HOUR)
    assert sender.run() == 1
    assert outcome(fine) == Outcome.SENT
    broken.refresh_from_db()
    assert broken.delivery.failure == Delivery.Failure.BROKEN


def test_a_message_whose_first_thing_cannot_be_worded_is_led_by_the_next(clock, rosa, smtp_sink):
    THINGS.broken = {plan("tests.form", rosa, due_at=NOON - 2 * HOUR).pk}
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    assert sender.run() == 1
    [message] = smtp_sink.messages
    assert message["Subject"] == "Your call is coming up"
    assert "1 more thing waits on your page." in message.get_body(("plain",)).get_content()


def test_what_is_withdrawn_before_the_claim_is_not_said_to_be_sent(clock, rosa, smtp_sink):
    from portal.reminders import gathering
    from portal.reminders.actions import settle

    gone, stays = (plan("tests.call", rosa, due_at=NOON - 2 * HOUR) for _ in range(2))
    gathering.gather(NOON)
    settle(Reminder.objects.filter(pk=gone.pk), Outcome.WITHDRAWN, NOON)
    assert sender.run() == 1
    assert [outcome(row) for row in (gone, stays)] == [Outcome.WITHDRAWN, Outcome.SENT]
    assert "more thing" not in smtp_sink.messages[0].get_body(("plain",)).get_content()


def test_three_days_down_useful_ones_go_once_and_passed_ones_not(clock, rosa, smtp_sink):
    passed = plan("tests.call", rosa, due_at=NOON + DAY, useful_until=NOON + 2 * DAY)
    first = plan("tests.form", rosa, due_at=NOON + DAY, useful_until=NOON + 9 * DAY)
    second = plan("tests.form", rosa, due_at=NOON + 2 * DAY, useful_until=NOON + 9 * DAY, thing=first.about_id, step=1)
    people.person("theo")
    clock.shift(3 * DAY)
    sender.run()
    assert [outcome(row) for row in (passed, first, second)] == [Outcome.PASSED, Outcome.NOT_NEEDED, Outcome.SENT]
    assert [message["To"] for message in smtp_sink.messages] == ["rosa@example.org"]
    clock.shift(DAY)
    sender.run()
    assert smtp_sink.messages[-1]["To"] == "theo@example.org"
    assert smtp_sink.messages[-1]["Subject"] == "Some messages did not go out"


def test_a_clock_that_jumps_sends_nothing_twice(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON)
    clock.shift(30 * DAY - HOUR)
    plan("tests.call", rosa, due_at=NOON + 29 * DAY)
    sender.run()
    clock.move_to(NOON + DAY)
    sender.run()
    clock.shift(30 * DAY)
    sender.run()
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("day", ["2026-11-01", "2027-03-14"])
def test_on_the_day_the_clocks_change_it_still_goes_at_9(rosa, smtp_sink, day):
    from zoneinfo import ZoneInfo

    nine = dt.datetime.fromisoformat(f"{day} 09:00").replace(tzinfo=ZoneInfo("America/Toronto"))
    with time_machine.travel(nine - dt.timedelta(minutes=1), tick=False) as clock:
        plan("tests.call", rosa, due_at=nine - 5 * HOUR)
        assert sender.run() == 0
        clock.shift(60)
        assert sender.run() == 1


def test_planning_again_keeps_the_row_and_unplanning_can_be_undone(clock, rosa):
    from portal.reminders.actions import settle

    row = plan("tests.call", rosa, due_at=NOON + DAY)
    again = plan("tests.call", rosa, due_at=NOON + 2 * DAY, thing=row.about_id)
    assert (again.pk, again.due_at) == (row.pk, row.due_at)
    settle(Reminder.objects.filter(pk=row.pk), Outcome.WITHDRAWN, NOON)
    reopened = plan("tests.call", rosa, due_at=NOON + 2 * DAY, thing=row.about_id)
    assert (reopened.pk, reopened.settled_as, reopened.due_at) == (row.pk, "", NOON + 2 * DAY)


def test_planning_anew_keeps_the_promise_to_ask_again(clock, rosa, smtp_sink):
    from portal.reminders.actions import answer, settle

    row = plan("tests.form", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    answer(row, "not_yet", by=Actor.person(rosa))
    again = Reminder.objects.get(about_id=row.about_id, step=1)
    settle(Reminder.objects.filter(about_id=row.about_id), Outcome.WITHDRAWN, NOON)
    plan("tests.form", rosa, due_at=NOON, thing=row.about_id)
    assert outcome(again) == ""
    assert outcome(row) == Outcome.SENT


def test_what_could_never_help_is_not_planned(clock, rosa):
    assert plan("tests.call", rosa, due_at=NOON + DAY, useful_until=NOON + DAY) is None
    assert plan("tests.call", rosa, due_at=NOON - DAY, useful_until=NOON - HOUR) is None


def test_the_last_run_is_kept(clock, rosa):
    assert sender.last_run() is None
    sender.run()
    assert sender.last_run().finished_at == NOON


def test_bodies_are_sealed_and_forgotten_after_90_days(clock, rosa, smtp_sink):
    from django.db import connection

    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM reminders_delivery")
        assert b"Joanne" not in bytes(cursor.fetchone()[0])
    assert "Joanne" in Delivery.objects.get().body
    assert sender.forget_bodies(NOON + 91 * DAY) == 1
    assert Delivery.objects.get().body == ""


def lines_opened(sink):
    """A list that grows by one with each line to the server, and gets its transport."""
    opened, take = [], sink.handle_DATA

    async def counting(server, session, envelope):
        if session not in [known for known, _transport in opened]:
            opened.append((session, server.transport))
        return await take(server, session, envelope)

    sink.handle_DATA = counting
    return opened


def test_a_turn_sends_all_its_messages_on_one_line(clock, rosa, smtp_sink):
    opened = lines_opened(smtp_sink)
    for person in (rosa, people.person("theo"), people.person("mara")):
        plan("tests.call", person, due_at=NOON - 2 * HOUR)
    assert sender.run() == 3
    assert len(opened) == 1


def test_a_line_that_the_server_ended_is_opened_again(clock, rosa, grace, smtp_sink):
    opened = lines_opened(smtp_sink)
    raw = b"Subject: x\r\n\r\nx"
    with mail.Line() as line:
        line.send(raw, "rosa@example.org")
        transport = opened[0][1]
        transport._loop.call_soon_threadsafe(transport.close)
        line.send(raw, "grace@example.org")
    assert len(opened) == len(smtp_sink.messages) == 2


def test_a_line_carries_a_bounded_number_of_messages(smtp_sink, monkeypatch):
    monkeypatch.setattr(mail, "MESSAGES_A_LINE", 2)
    opened = lines_opened(smtp_sink)
    with mail.Line() as line:
        for _ in range(5):
            line.send(b"Subject: x\r\n\r\nx", "rosa@example.org")
    assert len(opened) == 3


def test_a_turn_with_nothing_due_asks_little_however_much_is_to_come(clock, rosa, django_assert_max_num_queries):
    for _ in range(30):
        plan("tests.call", rosa, due_at=NOON + 9 * DAY)
    sender.run()
    with django_assert_max_num_queries(15):  # begins and ends of transactions count as well
        sender.run()
