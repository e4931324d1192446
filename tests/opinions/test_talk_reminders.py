"""Reminded before a talk, asked after it, left in peace while the case rests."""

from datetime import date

import pytest

from cases.case import directory, office_ties
from cases.case.actions import set_clinician
from cases.case.models import Case, ToDo
from cases.opinions.talk import actions, reminders, ties
from portal import clock
from portal.errors import Refused
from portal.reminders import rules, sender
from portal.reminders.kinds import CALL, DONE, NOT_YET, kind_of
from portal.reminders.models import Reminder
from portal.reminders.readers import readers
from tests.case.offices import checked, theo
from tests.opinions.builders import booked, due, fresh, nine
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
DAY_AFTER_TALK = "2026-12-04T15:00:00Z"


def row(talk, kind=reminders.planning.TALK_HELD):
    return Reminder.objects.get(about_id=talk.pk, kind=kind, settled_at=None)


def said(found):
    reader = readers({found.recipient}, clock.now())[found.recipient]
    return kind_of(found.kind).words([found], reader, clock.now())[found.pk]


def test_the_words_are_discreet_and_lead_to_the_page():
    talk = booked()
    for kind in (reminders.planning.BEFORE_TALK, reminders.planning.TALK_HELD):
        words = said(row(talk, kind))
        whole = " ".join([words.subject, words.lead, words.line, words.question, words.question_hint])
        assert rules.clinical_words(whole) == []
        assert "Abara" not in whole
        assert words.path == f"/cases/{talk.case_id}/talk/"
    before = said(row(talk, reminders.planning.BEFORE_TALK))
    assert before.lead == "Your talk with your doctor is on Thursday, December 3"
    assert before.at == talk.starts_at


def test_it_goes_on_its_morning(november_5, mailoutbox):
    talk = booked()
    november_5.move_to("2026-12-01T14:10:00Z")
    sender.run()
    assert [mail.subject for mail in mailoutbox if "talk" in mail.subject] == ["Your talk is coming up"]
    assert due(talk) == [(reminders.planning.TALK_HELD, nine(12, 4))]


@pytest.mark.parametrize("state", ["resting", "closed"])
def test_a_case_that_rests_is_left_in_peace(november_5, state):
    talk = booked()
    closed = {"closed_at": clock.now()} if state == "closed" else {}
    Case.objects.filter(pk=talk.case_id).update(state=state, **closed)
    november_5.move_to(DAY_AFTER_TALK)
    assert reminders.still_due([row(talk)], clock.now()) == set()


def test_an_older_row_is_over_after_a_move():
    talk = booked()
    old = row(talk)
    booked(talk.case, on=date(2026, 12, 10))
    assert reminders.still_due([old], clock.now()) == set()
    assert reminders.still_due([row(talk)], clock.now()) == {row(talk).pk}


def test_many_rows_are_judged_in_one_query(django_assert_num_queries):
    talk = booked()
    rows = list(Reminder.objects.filter(about_id=talk.pk))
    with django_assert_num_queries(1):
        reminders.still_due(rows, clock.now())


def test_done_says_that_it_took_place_and_can_be_taken_back(november_5):
    talk = booked()
    november_5.move_to(DAY_AFTER_TALK)
    found = row(talk)
    for _press in range(2):
        reminders.answer_held(found, DONE, actor("rosa"))
    assert (fresh(talk).state, fresh(talk).known_by) == ("held", "patient")
    assert reminders.take_back_held(found, actor("rosa")) == fresh(talk).version
    assert fresh(talk).state == "booked"
    assert [kind for kind, _at in due(talk)] == [reminders.planning.TALK_HELD]


def test_not_yet_says_nothing(november_5):
    talk = booked()
    november_5.move_to(DAY_AFTER_TALK)
    reminders.answer_held(row(talk), NOT_YET, actor("rosa"))
    assert fresh(talk).state == "booked"


def test_call_me_puts_a_call_on_the_board(november_5):
    talk = booked()
    november_5.move_to(DAY_AFTER_TALK)
    for _press in range(2):
        reminders.answer_held(row(talk), CALL, actor("rosa"))
    assert ToDo.objects.open().filter(kind="call", case=talk.case).count() == 1


def test_an_old_question_changes_nothing_of_a_talk_that_was_moved(november_5):
    talk = booked()
    old = row(talk)
    november_5.move_to(DAY_AFTER_TALK)
    booked(talk.case, on=date(2026, 12, 10))
    reminders.answer_held(old, DONE, actor("rosa"))
    assert fresh(talk).state == "booked"


def test_what_was_said_since_cannot_be_taken_back_from_the_message(november_5):
    talk = booked()
    november_5.move_to(DAY_AFTER_TALK)
    found = row(talk)
    reminders.answer_held(found, DONE, actor("rosa"))
    actions.undo(talk, by=actor("rosa"))
    with pytest.raises(Refused, match="More has been said"):
        reminders.take_back_held(found, actor("rosa"))


def talk_mails(box):
    return [mail.subject for mail in box if "talk" in mail.subject.lower()]


@pytest.mark.parametrize("what", ["merged", "clock", "saved again", "doctor"])
def test_what_was_asked_is_not_asked_once_more(november_5, mailoutbox, what):
    talk = booked()
    november_5.move_to("2026-12-04T14:10:00Z")
    sender.run()
    assert len(talk_mails(mailoutbox)) == 1
    if what == "merged":
        directory.merge(talk.office, checked("Elm Street Clinic", phone="555 0101"), by=theo())
    elif what == "clock":
        ties.follow(talk.office, {"time_zone": "America/New_York"}, by=theo())
    elif what == "saved again":
        booked(talk.case)
    else:
        office = talk.office
        set_clinician(talk.case, "primary", name="Dr. Helen Abara", office=office, by=actor("rosa"))
        assert fresh(talk).clinician.name == "Dr. Helen Abara"
    november_5.move_to("2026-12-05T14:10:00Z")
    sender.run()
    assert len(talk_mails(mailoutbox)) == 1


def test_a_reminder_that_went_is_not_sent_again_by_another_clock(november_5, mailoutbox):
    talk = booked()
    november_5.move_to("2026-12-01T14:10:00Z")
    sender.run()
    office_ties.set_details(talk.office, {"time_zone": "America/Los_Angeles", "region": "US-CA"})
    ties.follow(talk.office, {"time_zone": "America/New_York"}, by=theo())
    november_5.move_to("2026-12-02T14:10:00Z")
    sender.run()
    assert talk_mails(mailoutbox) == ["Your talk is coming up"]


@pytest.mark.parametrize(("on", "reminded"), [((12, 2), (12, 1)), ((12, 1), None)])
def test_moved_nearer_she_is_reminded_the_next_day(november_5, on, reminded):
    talk = booked()
    november_5.move_to("2026-11-30T18:00:00Z")
    booked(talk.case, on=date(2026, *on))
    rows = [at for kind, at in due(talk) if kind == reminders.planning.BEFORE_TALK]
    assert rows == ([nine(*reminded)] if reminded else [])
    if reminded:
        ties.follow(talk.office, {"time_zone": "America/New_York"}, by=theo())  # planned once more, it stays
        assert [at for kind, at in due(talk) if kind == reminders.planning.BEFORE_TALK] == rows
