"""What is planned about visits and records, whether it still stands, what it says, and what answers do."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.records import actions, reminders
from cases.records.board import handing_over
from cases.records.models import RecordItem, Visit
from portal import clock
from portal.actors import Actor
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db
EASTERN = ZoneInfo("America/Toronto")
KINDS = {kind.code: kind for kind in reminders.KINDS}


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def rows(kind, thing=None):
    found = Reminder.objects.filter(kind=f"records.{kind}", settled_at=None)
    return list(found.filter(about_id=thing.pk) if thing else found)


def due(kind, *given):
    return KINDS[f"records.{kind}"].still_due(list(given), clock.now())


def local(row):
    return row.due_at.astimezone(EASTERN)


def test_request_by_is_planned_for_its_morning(november_5):
    (row,) = rows("request_by", item(booked_visit(), "imaging_reports"))
    assert local(row) == datetime(2026, 11, 16, 9, tzinfo=EASTERN)


def test_a_request_day_that_passed_is_due_now():
    (row,) = rows("request_by", item(booked_visit(), "slides"))
    assert row.due_at == clock.now()


def test_a_word_settles_the_reminder_that_asked_for_it():
    visit = booked_visit()
    (row,) = rows("request_by", item(visit))
    actions.tell(item(visit), "asked", by=actor("rosa"))
    row.refresh_from_db()
    assert row.settled_as == "withdrawn"
    assert due("request_by", row) == set()


def test_what_changed_after_planning_is_no_longer_due():
    """Even a row that was claimed before the change: its version tells."""
    visit = booked_visit()
    (row,) = rows("request_by", item(visit))
    assert due("request_by", row) == {row.pk}
    RecordItem.objects.filter(pk=row.about_id).update(version=99)
    assert due("request_by", row) == set()


def test_nothing_is_due_about_a_cancelled_or_moved_visit():
    visit = booked_visit()
    before = rows("before_visit", visit)
    assert due("before_visit", *before) == {row.pk for row in before}
    moved = actions.move_visit(visit, on=date(2026, 12, 1), by=actor("rosa"))
    assert due("before_visit", *before) == set()
    after = rows("before_visit", visit)
    actions.cancel_visit(moved, by=actor("rosa"))
    assert due("before_visit", *after) == set()


def days_before(visit):
    found = sorted(rows("before_visit", visit), key=lambda row: row.due_at)
    assert {local(row).hour for row in found} == {9}
    return [local(row).date() for row in found]


def test_seven_three_and_one_days_before_at_nine():
    assert days_before(booked_visit(on=date(2026, 12, 4))) == [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 3)]


def test_what_would_fall_on_a_weekend_joins_the_message_of_the_day_before():
    assert days_before(booked_visit()) == [date(2026, 11, 17), date(2026, 11, 23)]


def test_tomorrow_is_not_said_on_the_day_itself():
    last = max(rows("before_visit", booked_visit()), key=lambda row: row.due_at)
    assert last.useful_until.astimezone(EASTERN) == datetime(2026, 11, 24, tzinfo=EASTERN)


def said(kind, *given):
    reader = reader_of(given[0].recipient, clock.now())
    return KINDS[f"records.{kind}"].words(list(given), reader, clock.now())


@pytest.mark.parametrize("kind", ["request_by", "before_visit", "took_place"])
def test_words_are_discreet(kind):
    booked_visit()
    row = rows(kind)[0]
    words = said(kind, row)[row.pk]
    everything = " ".join([words.subject, words.lead, words.line, words.question, words.question_hint]).lower()
    for telling in ("pathology", "slides", "tissue", "cancer", "raman", "northfield", "lakeside", "keller", "plan"):
        assert telling not in everything
    assert words.path.startswith("/cases/")


def test_a_day_that_has_passed_is_not_held_up_to_anyone(november_5):
    (row,) = rows("request_by", item(booked_visit(), "imaging_reports"))
    assert "by Monday, November 16" in said("request_by", row)[row.pk].line
    november_5.move_to("2026-11-17T15:00:00Z")
    assert "as soon as you can" in said("request_by", row)[row.pk].line


def test_why_names_the_record_behind_sign_in():
    visit = booked_visit()
    (row,) = rows("request_by", item(visit, "clinic_notes"))
    assert KINDS[row.kind].why(row).startswith("Clinic and hospital notes should be asked for")
    told = actions.tell(item(visit), "asked", by=actor("rosa"))
    (row,) = rows("chase", told)
    assert KINDS[row.kind].why(row).startswith("Pathology report was asked for")


def test_chase_and_hand_over_have_words_too(november_5):
    visit = booked_visit()
    told = actions.tell(item(visit), "asked", by=actor("rosa"))
    (row,) = rows("chase", told)
    assert said("chase", row)[row.pk].question == "Has it arrived?"
    november_5.move_to("2026-11-16T15:00:00Z")
    told = actions.tell(told, "asked_again", on=date(2026, 11, 5), by=actor("rosa"))
    (row,) = rows("safe_by", told)
    assert row.recipient_id == "coordinator"
    assert visit.case.reference in said("safe_by", row)[row.pk].lead


def test_words_of_many_rows_cost_the_same_as_of_one(django_assert_num_queries):
    booked_visit()
    many = rows("request_by")
    assert len(many) > 3
    reader = reader_of(many[0].recipient, clock.now())
    for given in (many[:1], many):
        with django_assert_num_queries(1):
            reminders.request_words(given, reader, clock.now())
        with django_assert_num_queries(1):
            reminders.item_still_due(given, clock.now())


def answered(row, choice):
    KINDS[row.kind].answer(row, choice, Actor("answer", row.about_id, user=actor("rosa").user))


def test_done_says_that_it_was_asked_for_and_twice_changes_nothing():
    visit = booked_visit()
    (row,) = rows("request_by", item(visit))
    for _ in range(2):
        answered(row, "done")
    assert item(visit).state == "asked"


def test_done_to_the_chase_says_that_it_arrived():
    told = actions.tell(item(booked_visit()), "asked", by=actor("rosa"))
    answered(rows("chase", told)[0], "done")
    told.refresh_from_db()
    assert (told.state, told.known_by) == ("arrived", "patient")


def test_call_me_puts_one_call_on_the_board():
    (row,) = rows("request_by", item(booked_visit()))
    for _ in range(2):
        answered(row, "call")
    assert ToDo.objects.filter(kind="call").count() == 1


def test_not_yet_changes_nothing():
    visit = booked_visit()
    answered(rows("request_by", item(visit))[0], "not_yet")
    assert item(visit).state == "needed"


def test_did_it_take_place(november_5):
    visit = booked_visit()
    (row,) = rows("took_place", visit)
    assert local(row) == datetime(2026, 11, 25, 9, tzinfo=EASTERN)
    november_5.move_to("2026-11-25T15:00:00Z")
    for _ in range(2):
        answered(row, "done")
    assert Visit.objects.get(pk=visit.pk).state == "happened"


# --- a person takes over


def asked_on_november_5():
    return actions.tell(item(booked_visit()), "asked", by=actor("rosa"))


def calls(**more):
    return ToDo.objects.filter(kind=handing_over.CALL_HOLDER, **more)


def test_before_its_day_nobody_is_asked_to_call():
    asked_on_november_5()
    assert handing_over.put_on_board(now=clock.now()) == 0


def test_on_its_day_a_call_stands_on_the_board_once(november_5):
    told = asked_on_november_5()
    november_5.move_to("2026-11-23T15:00:00Z")  # the safe-by date, sooner than business day 15
    for _ in range(2):
        handing_over.put_on_board(now=clock.now())
    assert calls().get().about_id == str(told.pk)


def test_a_call_that_was_made_is_not_asked_for_again(november_5):
    asked_on_november_5()
    november_5.move_to("2026-11-23T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    settle_to_do(calls().get(), by=actor("theo"))
    november_5.shift(timedelta(hours=1))
    handing_over.put_on_board(now=clock.now())
    assert not calls(done_at=None).exists()


def test_what_arrived_is_not_called_about(november_5):
    told = asked_on_november_5()
    november_5.move_to("2026-11-20T15:00:00Z")
    actions.tell(told, "arrived", by=actor("rosa"))
    november_5.move_to("2026-11-23T15:00:00Z")
    assert handing_over.put_on_board(now=clock.now()) == 0


def test_what_is_with_us_is_ours_to_send_on():
    visit = booked_visit()
    actions.follow_document(plan(visit.case).document)
    (row,) = rows("chase", item(visit, "treatment_plan"))
    assert row.recipient_id == "coordinator"
    row.recipient_type, row.recipient_id = "user", str(actor("theo").id)  # as it is handed on to them
    said = KINDS["records.chase"].words([row], reader_of(row.recipient, clock.now()), clock.now())[row.pk]
    assert said.lead == f"{visit.case.reference}: one to send on"
