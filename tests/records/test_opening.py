"""Did it open? Asked two business days after it arrived, and again while it can still be mended."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.case.models import ToDo
from cases.records import actions
from cases.records.days.lead_times import Lead
from cases.records.items import opening, opening_reminders
from cases.records.models import Visit
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import actions as reminder_actions
from portal.reminders import rules, sender
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests.people import person
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.records.worked_example import CLOSED, nov

EXCHANGE, DISC = Lead(2, 5, 3), Lead(5, 10, 3)
EASTERN = ZoneInfo("America/Toronto")


@pytest.mark.parametrize(
    ("arrived_on", "visit_on", "lead", "days"),
    [
        (nov(5), None, DISC, [nov(9)]),
        # Three reading days before November 24, the 11th closed: a new disc is asked for by the 10th.
        (nov(5), nov(24), DISC, [nov(9), nov(10)]),
        (nov(5), nov(24), EXCHANGE, [nov(9), nov(16)]),
        (nov(13), nov(24), EXCHANGE, [nov(17)]),  # too late to be sent again
        (nov(20), nov(24), EXCHANGE, [nov(23)]),  # the day before the visit
        (nov(23), nov(24), EXCHANGE, [nov(23)]),
    ],
)
def test_the_days_on_which_it_is_asked(arrived_on, visit_on, lead, days):
    assert [day for _step, day in opening.days_to_ask(arrived_on, visit_on, lead, CLOSED)] == days


@pytest.fixture
def november_5(db):
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def visit(november_5):
    return booked_visit()


def arrived(visit, kind="imaging_exchange", by="rosa"):
    actions.tell(item(visit, kind), "asked", by=actor(by))
    return actions.tell(item(visit, kind), "arrived", by=actor(by))


def rows(record):
    open_rows = Reminder.objects.filter(about_id=record.pk, settled_at=None).order_by("due_at")
    return [(row.kind, row.due_at.astimezone(EASTERN).date()) for row in open_rows]


def asked_rows(record):
    return list(Reminder.objects.filter(about_id=record.pk, settled_at=None).order_by("due_at"))


def answerer():
    return Actor("answer", person("rosa").pk, user=person("rosa"))


def test_who_asked_for_it_is_asked_whether_it_opens(visit):
    assert rows(arrived(visit)) == [(opening.DID_IT_OPEN, nov(9)), (opening.DID_IT_OPEN, nov(16))]


def test_what_we_asked_for_is_ours_to_ask(visit):
    record = arrived(visit, by="theo")
    assert rows(record) == [(opening.CHECK_IT_OPENS, nov(9)), (opening.CHECK_IT_OPENS, nov(16))]
    assert {row.recipient for row in asked_rows(record)} == {("role", "coordinator")}


def test_paper_that_arrived_is_not_asked_about(visit):
    assert rows(arrived(visit, "pathology_report")) == []


def test_opens_fine_anywhere_stops_it(visit):
    record = arrived(visit)
    actions.tell(record, "opens_fine", by=actor("theo"))
    assert rows(record) == []


def test_a_moved_visit_does_not_ask_again_what_was_asked(visit, november_5, smtp_sink):
    record = arrived(visit)
    november_5.move_to(datetime(2026, 11, 9, 9, 5, tzinfo=EASTERN))
    sender.run()
    first = Reminder.objects.get(about_id=record.pk, kind=opening.DID_IT_OPEN, step=opening.FIRST)
    assert first.settled_as == "sent"
    actions.move_visit(Visit.objects.get(), on=date(2026, 12, 8), by=actor("rosa"))
    # Three reading days before December 8, and two to send it, over November 26 and 27.
    assert rows(record) == [(opening.DID_IT_OPEN, nov(30))]


def test_done_not_yet_and_call_me(visit, november_5):
    record = arrived(visit)
    november_5.move_to(datetime(2026, 11, 9, 10, tzinfo=EASTERN))
    first, second = asked_rows(record)
    reminder_actions.answer(first, "not_yet", by=answerer())
    assert asked_rows(record) == [first, second]  # it is asked again anyhow, in time
    reminder_actions.answer(first, "call", by=answerer())
    assert ToDo.objects.open().filter(kind="call").count() == 1
    for _press in range(2):
        reminder_actions.answer(first, "done", by=answerer())
    record.refresh_from_db()
    assert (record.state, record.known_by, rows(record)) == ("opens_fine", "patient", [])


def test_an_old_press_does_not_open_what_will_not_open(visit):
    record = arrived(visit)
    first, _second = asked_rows(record)
    actions.tell(record, "will_not_open", reason="The disc is empty", by=actor("theo"))
    with pytest.raises(Refused):
        reminder_actions.answer(first, "done", by=answerer())
    record.refresh_from_db()
    assert record.state == "will_not_open"


@pytest.mark.parametrize(("by", "kind"), [("rosa", 0), ("theo", 1)])
def test_words_tell_a_bystander_nothing(visit, by, kind):
    (row, *_more) = asked_rows(arrived(visit, by=by))
    reader = reader_of(("user", str(person(by).pk)), clock.now())
    words = opening_reminders.KINDS[kind].words([row], reader, clock.now())[row.pk]
    assert rules.clinical_words(" ".join([words.subject, words.lead, words.line, words.question])) == []
    assert "images" not in words.line


def test_a_chase_that_goes_unanswered_is_handed_over_in_its_turn(visit, november_5):
    """Both are planned with the asking: the patient's question, and the day a person takes over."""
    actions.tell(item(visit), "asked", by=actor("rosa"))
    record = item(visit)
    planned = rows(record)
    assert [kind for kind, _day in planned] == ["records.chase", "records.safe_by"]
    november_5.shift(timedelta(days=1))
    actions.tell(record, "arrived", by=actor("rosa"))
    assert rows(record) == []
