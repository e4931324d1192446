"""Answers from a message about records, visits and reports: pressed again, late, or by mistake."""

from datetime import date, timedelta

import pytest
from django.test import Client

from cases.case.models import Case, ToDo
from cases.records import actions
from cases.records.models import RecordItem, Visit
from portal import clock
from portal.reminders import links, sender
from portal.reminders.models import Reminder
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("smtp_sink")]
FAR = date(2027, 1, 29)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def sent_row(november_5, kind: str, about) -> Reminder:
    """The row of this kind about a thing, in the message that goes when it is due."""
    row = Reminder.objects.get(kind=kind, about_id=about.pk, settled_at=None)
    november_5.move_to(row.due_at + timedelta(minutes=5))
    sender.run()
    row.refresh_from_db()
    assert row.settled_as == "sent"
    return row


def press(row: Reminder, choice: str):
    return Client().post(links.answer_path(row), {"answer": choice})


def asked(visit: Visit) -> RecordItem:
    actions.tell(item(visit), "asked", by=actor("rosa"))
    return item(visit)


def test_done_pressed_again_after_a_new_asking_says_nothing(november_5):
    visit = booked_visit(on=FAR)
    row = sent_row(november_5, "records.chase", asked(visit))
    assert press(row, "done").status_code == 302
    assert item(visit).state == "arrived"
    actions.tell(item(visit), "incomplete", reason="Page 2 is missing.", by=actor("theo"))
    actions.tell(item(visit), "asked", by=actor("theo"))
    assert press(row, "done").status_code == 302
    assert item(visit).state == "asked"


def test_done_pressed_again_does_not_hide_trouble(november_5):
    visit = booked_visit(on=FAR)
    row = sent_row(november_5, "records.request_by", item(visit))
    press(row, "done")
    actions.tell(item(visit), "not_located", reason="Another place has it.", by=actor("theo"))
    press(row, "done")
    assert item(visit).state == "not_located"


@pytest.mark.parametrize("choice", ["done", "not_yet", "call"])
def test_a_link_says_nothing_in_a_closed_case(november_5, choice):
    visit = booked_visit(on=FAR)
    row = sent_row(november_5, "records.request_by", item(visit))
    Case.objects.filter(pk=visit.case_id).update(state="closed", closed_at=clock.now())
    assert press(row, choice).status_code == 410
    assert item(visit).state == "needed"
    assert not ToDo.objects.filter(kind="call").exists()


def test_a_link_about_a_visit_that_was_called_off_asks_for_no_call(november_5):
    visit = booked_visit(on=FAR)
    row = sent_row(november_5, "records.chase", asked(visit))
    actions.cancel_visit(visit, by=actor("rosa"))
    named_visit(visit.case)
    assert press(row, "call").status_code == 410
    assert not ToDo.objects.filter(kind="call").exists()


@pytest.mark.parametrize(("choice", "calls"), [("not_yet", 0), ("call", 1)])
def test_a_wrong_done_is_taken_back_by_another_press(november_5, choice, calls):
    visit = booked_visit(on=FAR)
    row = sent_row(november_5, "records.chase", asked(visit))
    press(row, "done")
    assert press(row, choice).status_code == 302
    told = item(visit)
    assert told.state == "asked"
    assert ToDo.objects.open().filter(kind="call").count() == calls
    assert Reminder.objects.filter(about_id=told.pk, version=told.version, settled_at=None).exists()


def test_a_wrong_done_about_the_visit_is_taken_back(november_5):
    visit = booked_visit(on=date(2026, 11, 16))
    row = sent_row(november_5, "records.took_place", visit)
    press(row, "done")
    assert Visit.objects.get().state == "happened"
    press(row, "not_yet")
    assert Visit.objects.get().state == "booked"


def test_after_ten_minutes_or_a_later_word_a_done_stays(november_5):
    visit = booked_visit(on=FAR)
    row = sent_row(november_5, "records.chase", asked(visit))
    press(row, "done")
    actions.tell(item(visit), "opens_fine", by=actor("theo"))
    assert press(row, "not_yet").status_code == 409
    november_5.shift(timedelta(minutes=11))
    assert press(row, "not_yet").status_code == 409
    assert item(visit).state == "opens_fine"
