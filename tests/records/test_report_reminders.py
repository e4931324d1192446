"""Asking about the report: on its days, once a day, never after it was confirmed, whoever confirmed it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.case.models import ToDo
from cases.records import actions
from cases.records.models import ReportLoop
from cases.records.report import reminders as report_reminders
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import actions as reminder_actions
from portal.reminders import gathering, rules, sender
from portal.reminders.claiming import claim_some
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import reader_of
from tests.people import person
from tests.records.builders import actor, booked_visit, on_november_5
from tests.records.report_builders import open_report

pytestmark = pytest.mark.django_db
EASTERN = ZoneInfo("America/Toronto")
KIND = report_reminders.KINDS[0]


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def loop(november_5):
    return open_report(november_5)


def rows(loop, **more):
    return list(Reminder.objects.filter(about_id=loop.pk, settled_at=None, **more).order_by("due_at"))


def sent(smtp_sink):
    return [message["Subject"] for message in smtp_sink.messages if "after your visit" in message["Subject"]]


def go_to(traveller, day, hour=9):
    traveller.move_to(datetime(2026, 12, day, hour, 5, tzinfo=EASTERN))
    sender.run()


def answerer(row):
    return Actor("answer", person("rosa").pk, user=person("rosa"))


def test_it_is_asked_on_days_3_10_and_20_and_then_no_more(loop, november_5, smtp_sink):
    days = []
    november_5.move_to(datetime(2026, 11, 25, 9, 5, tzinfo=EASTERN))
    for _day in range(40):
        before = len(sent(smtp_sink))
        sender.run()
        if len(sent(smtp_sink)) > before:
            days.append(clock.now().astimezone(EASTERN).strftime("%m-%d"))
        november_5.shift(timedelta(days=1))
    assert days == ["11-30", "12-04", "12-14"]


@pytest.mark.parametrize("key", ["rosa", "theo"])
def test_confirmed_anywhere_nothing_more_goes(loop, november_5, smtp_sink, key):
    actions.tell_report(loop, "confirmed", by=actor(key))
    go_to(november_5, 14)
    assert sent(smtp_sink) == []


def test_confirmed_between_gathering_and_sending_it_does_not_go(loop, november_5, smtp_sink):
    november_5.move_to(datetime(2026, 12, 4, 9, 5, tzinfo=EASTERN))
    gathering.gather(clock.now())
    assert Delivery.objects.filter(rows__about_id=loop.pk).exists()
    actions.tell_report(loop, "confirmed", by=actor("theo"))
    sender.run()
    assert sent(smtp_sink) == []


def test_confirmed_while_it_is_claimed_the_ledger_tells_the_truth_and_no_more_follow(loop, november_5, smtp_sink):
    """The message was on the wire in that very moment: it is stamped as sent, and it is the last."""
    november_5.move_to(datetime(2026, 12, 4, 9, 5, tzinfo=EASTERN))
    gathering.gather(clock.now())
    (row,) = rows(loop, delivery__isnull=False)
    claims, _failed, _any = claim_some(clock.now())
    assert row.delivery_id in [claim.delivery.pk for claim in claims]
    actions.tell_report(loop, "confirmed", by=actor("theo"))
    sender.stamp([row.delivery_id], clock.now())
    row.refresh_from_db()
    assert row.settled_as == "sent"
    go_to(november_5, 14)
    assert sent(smtp_sink) == []
    with pytest.raises(Refused):  # pressed all the same
        reminder_actions.answer(row, "done", by=answerer(row))
    assert ReportLoop.objects.get().state == "confirmed"


def test_three_days_down_it_is_said_once(loop, november_5, smtp_sink):
    go_to(november_5, 7)
    assert len(sent(smtp_sink)) == 1


def test_the_morning_is_the_readers_across_the_clock_change(november_5):
    """A visit before the clocks go forward is asked about at 9 am after it, too."""
    visit = booked_visit(on=date(2027, 3, 9))
    november_5.move_to("2027-03-10T15:00:00Z")
    loop = ReportLoop.objects.get(visit=actions.say_took_place(visit, by=actor("rosa")))
    assert [f"{row.due_at.astimezone(EASTERN):%m-%d %H:%M %z}" for row in rows(loop)] == [
        "03-12 09:00 -0500",
        "03-19 09:00 -0400",
        "03-29 09:00 -0400",
    ]


def test_done_says_the_next_thing_and_an_old_message_no_more_than_that(loop):
    (row, *_later) = rows(loop)
    for _press in range(2):
        reminder_actions.answer(row, "done", by=answerer(row))
    assert ReportLoop.objects.get().state == "asked"
    (row, *_later) = rows(loop)
    reminder_actions.answer(row, "done", by=answerer(row))
    (row, *_later) = rows(loop)
    reminder_actions.answer(row, "done", by=answerer(row))
    loop = ReportLoop.objects.get()
    assert (loop.state, loop.known_by, rows(loop)) == ("confirmed", "patient", [])


def test_not_yet_waits_for_the_next_day_and_after_the_last_three_days(loop, november_5):
    first, second, last = rows(loop)
    reminder_actions.answer(first, "not_yet", by=answerer(first))
    assert rows(loop) == [first, second, last]
    november_5.move_to(datetime(2026, 12, 14, 10, tzinfo=EASTERN))
    reminder_actions.answer(last, "not_yet", by=answerer(last))
    assert rows(loop)[-1].due_at == rules.morning(date(2026, 12, 17), EASTERN)
    assert ReportLoop.objects.get().state == "not_asked"


def test_call_me_puts_one_call_on_the_board(loop):
    (row, *_later) = rows(loop)
    for _press in range(2):
        reminder_actions.answer(row, "call", by=answerer(row))
    assert ToDo.objects.open().filter(kind="call").count() == 1


def test_words_of_each_state_tell_a_bystander_nothing(loop):
    reader = reader_of(("user", str(loop.visit.case.patient_id)), clock.now())
    leads = set()
    for verb in ("", "asked", "received"):
        loop = actions.tell_report(loop, verb, by=actor("rosa")) if verb else loop
        (row, *_later) = rows(loop)
        words = KIND.words([row], reader, clock.now())[row.pk]
        said = [words.subject, words.lead, words.line, words.question, words.question_hint, words.action_label]
        assert [rules.clinical_words(text) for text in said] == [[]] * len(said)
        leads.add(words.lead)
    assert len(leads) == 3


def test_many_rows_are_judged_in_one_query(loop, django_assert_num_queries):
    given = rows(loop)
    with django_assert_num_queries(1):
        assert len(KIND.still_due(given, clock.now())) == 3
