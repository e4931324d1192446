"""What is said about calls: still due only while it is true, discreet, agreeing with page and calendar."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from bookings import actions, reminders
from cases.case.helping import actions as helping
from portal import clock
from portal.actors import Actor
from portal.reminders import kinds, sender
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from portal.reminders.rules import clinical_words
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


@pytest.fixture
def booked(case, practice):
    """Two weeks ahead, so that everything there is to say is still to come."""
    free = factories.availability.free_starts(case, practice, factories.Service.objects.get(code="plan"), clock.now())
    return factories.book(case, starts_at=next(start for start in free if start > clock.now() + timedelta(days=14)))


def rows(call, user, kind=""):
    found = Reminder.objects.about(call).to_person(user).unsettled()
    return list(found.filter(kind=f"bookings.{kind}") if kind else found)


def due(row):
    return row.pk in kinds.kind_of(row.kind).still_due([row], clock.now())


def said(row, now=None):
    reader = reader_of(row.recipient, clock.now())
    return kinds.kind_of(row.kind).words([row], reader, now or clock.now())[row.pk]


def everything(words):
    return " ".join([words.subject, words.lead, words.line, words.action_label, words.path])


def test_all_kinds_of_the_room_are_registered():
    assert {kind.code for kind in reminders.KINDS} <= {kind.code for kind in kinds.all_kinds()}


def test_everything_planned_is_due_while_the_call_stands(booked, rosa, joanne):
    for row in rows(booked, rosa) + rows(booked, joanne):
        assert due(row), row.kind


def test_nothing_about_a_canceled_call_is_chased(booked, rosa):
    planned = rows(booked, rosa)
    actions.cancel(booked, by=Actor.person(rosa))
    assert not any(due(row) for row in planned)
    (left,) = rows(booked, rosa)
    assert (left.kind, due(left)) == ("bookings.cancelled", True)


def test_nothing_with_the_old_time_goes_after_a_move(case, practice, booked, rosa):
    sender.run(clock.now())
    planned = rows(booked, rosa)
    kept = factories.hold(case, moving=booked)
    moved = actions.move(hold=kept, by=Actor.person(rosa))
    assert not any(due(row) for row in planned)
    assert all(row.version == 1 and due(row) for row in rows(moved, rosa))
    assert said(rows(moved, rosa, "booked")[0]).subject == "Your call has a new time"


def test_who_hears_of_it_only_after_a_move_is_told_of_no_new_time(case, booked, rosa, joanne):
    kept = factories.hold(case, moving=booked)
    moved = actions.move(hold=kept, by=Actor.person(rosa))
    assert said(rows(moved, rosa, "booked")[0]).subject == "Your call is booked"
    assert said(rows(moved, joanne, "told_consultant")[0]).subject == "A new call is booked"
    assert len(rows(moved, joanne, "told_consultant")) == 1


def test_nothing_is_due_once_the_call_began(booked, rosa, monday):
    monday.move_to(booked.starts_at)
    assert not any(due(row) for row in rows(booked, rosa))


@pytest.mark.parametrize("kind", ["booked", "day_before", "same_day", "plan_due", "plan_missing"])
def test_words_to_the_patient_tell_a_bystander_nothing(booked, rosa, kind):
    (row,) = rows(booked, rosa, kind)
    assert clinical_words(everything(said(row))) == []
    assert "Keller" not in everything(said(row))


def test_words_to_the_consultant_tell_a_bystander_nothing(booked, joanne):
    for row in rows(booked, joanne):
        assert clinical_words(everything(said(row))) == []


def test_mail_and_calendar_agree_with_the_booking(booked, rosa):
    words = said(rows(booked, rosa, "booked")[0])
    (attached,) = words.attachments
    (event,) = Calendar.from_ical(attached.content).walk("VEVENT")
    assert words.at == event.decoded("DTSTART") == booked.starts_at
    assert event["SUMMARY"] == "Call with Joanne"
    assert "method=REQUEST" in attached.content_type


def test_a_cancel_takes_the_entry_out_of_the_calendar(booked, rosa):
    actions.cancel(booked, by=Actor.person(rosa))
    (attached,) = said(rows(booked, rosa, "cancelled")[0]).attachments
    (event,) = Calendar.from_ical(attached.content).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 1
    assert event["UID"] == booked.uid


def test_a_cancel_by_us_says_so(booked, rosa):
    actions.cancel(booked, by=Actor.person(people.person("theo")))
    (row,) = rows(booked, rosa)
    assert row.kind == "bookings.told_patient"
    assert "had to cancel" in said(row).subject


def test_a_cancel_by_a_helper_is_not_ours(booked, rosa):
    asked = helping.ask(booked.case, people.person("ama"), by=Actor.person(people.person("theo")))
    helping.agree(asked, chosen="most", by=Actor.person(rosa))
    actions.cancel(booked, by=Actor.person(people.person("ama")))
    (row,) = rows(booked, rosa)
    assert said(row).subject == "Your call is canceled"


def test_tomorrow_is_said_on_the_day_before_and_only_then(booked, rosa):
    (row,) = rows(booked, rosa, "day_before")
    local_due, local_call = row.due_at.astimezone(rosa.zone), booked.starts_at.astimezone(rosa.zone)
    assert (local_due.hour, local_call.date() - local_due.date()) == (9, timedelta(days=1))
    assert row.useful_until.astimezone(rosa.zone).date() == local_call.date()


def test_the_consultant_hears_a_late_cancel_at_once(booked, joanne, rosa, monday):
    monday.move_to(booked.starts_at - timedelta(hours=3))
    actions.cancel(booked, by=Actor.person(rosa))
    (row,) = rows(booked, joanne, "told_consultant")
    assert row.useful_until - clock.now() < timedelta(days=2)


def test_many_rows_are_judged_in_one_query(booked, rosa, django_assert_num_queries):
    planned = rows(booked, rosa, "day_before") * 3
    with django_assert_num_queries(1):
        reminders.still_booked(planned, clock.now())
