"""Writing, taking back, answering; who reads what."""

import datetime as dt
import uuid

import pytest

from cases.case import actions as case_actions
from cases.case.models import ToDo
from cases.documents import actions as documents
from cases.documents.models import Document
from cases.threads import actions, answering
from cases.threads.models import Attachment, Message, ReadMark, Thread
from portal import clock
from portal.accounts import drafts
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.documents.files import added, folder
from tests.records.builders import actor
from tests.threads.builders import ANSWER, QUESTION, case_with_joanne, newest, note, read, texts, write

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return case_with_joanne()


def waits(case) -> ToDo | None:
    return ToDo.objects.open().filter(kind=answering.ANSWER, case=case).first()


def test_everybody_in_the_thread_reads_what_is_written(case):
    write(case)
    write(case, "theo", ANSWER)
    write(case, "joanne", "I read your plan tomorrow.")

    for key in ("rosa", "theo", "joanne"):
        assert texts(case, key) == [QUESTION, ANSWER, "I read your plan tomorrow."]
    for key in ("grace", "amir", "mara"):
        assert texts(case, key) == []


def test_notes_of_the_team_are_never_among_the_patients_rows(case):
    write(case)
    note(case)

    assert texts(case, "rosa") == [QUESTION]
    assert len(texts(case, "theo")) == len(texts(case, "joanne")) == 2
    assert not Event.objects.filter(case_id=case.pk, verb="message.noted").exists()
    with pytest.raises(Refused):
        note(case, "rosa")


def test_staff_who_are_patients_do_not_read_notes_about_themselves():
    theo = people.person("theo")
    case = factories.open_case(theo)
    factories.assign(case, people.person("joanne"))
    note(case, "joanne")

    assert texts(case, "theo") == []


def test_a_consultant_reads_as_long_as_the_case_is_hers(case):
    write(case)
    case_actions.end_assignment(case, people.person("joanne"), by=actor("theo"))

    assert texts(case, "joanne") == []
    with pytest.raises(Refused):
        write(case, "joanne")


def test_the_same_send_twice_is_one_message(case):
    send_id = uuid.uuid4()

    assert write(case, send_id=send_id) == write(case, send_id=send_id)
    assert Message.objects.count() == 1


def test_other_words_under_the_same_send_are_another_message(case):
    send_id = uuid.uuid4()
    for text in ("One", "Two", "Two", "One"):
        write(case, text=text, send_id=send_id)

    assert texts(case, "rosa") == ["One", "Two"]


def test_a_send_of_one_person_says_nothing_of_another_persons(case):
    send_id = uuid.uuid4()
    write(case, send_id=send_id)

    assert write(case, "theo", send_id=send_id).author == people.person("theo")


def test_a_message_waits_for_an_answer_until_staff_write(case):
    write(case)
    write(case, text="And who pays?")
    assert waits(case).due_on == dt.date(2026, 11, 6)
    assert ToDo.objects.filter(kind=answering.ANSWER).count() == 1

    write(case, "theo", "I ask the lab.", is_answer=False)
    assert waits(case)
    write(case, "theo", ANSWER)
    assert waits(case) is None
    write(case)
    assert waits(case)


def test_an_answer_settles_only_what_its_writer_was_shown(case):
    first = write(case)
    note(case)
    write(case, text="I bleed since yesterday. Is that normal?")
    write(case, "theo", ANSWER, shown=first.number)
    assert waits(case)
    with pytest.raises(Refused):
        answering.needs_no_answer(case, shown=first.number, by=actor("theo"))

    assert waits(case)
    write(case, "theo", "Call your cancer team today.")
    assert waits(case) is None


def test_what_needs_no_answer_waits_no_more(case):
    write(case)
    for _press in range(2):
        answering.needs_no_answer(case, shown=newest(case), by=actor("joanne"))

    assert waits(case) is None
    assert Event.objects.filter(verb="message.needs_no_answer").count() == 1


def test_a_colleague_is_asked_to_answer(case):
    write(case)
    joanne = people.person("joanne")
    assert answering.count(joanne) == 0 < answering.count(people.person("theo"))
    answering.assign(case, joanne, due_on=dt.date(2026, 11, 9), by=actor("theo"))

    assert (waits(case).for_user, waits(case).due_on) == (joanne, dt.date(2026, 11, 9))
    assert answering.count(joanne) == 1
    write(case, text="Please")
    assert waits(case).for_user == joanne
    answering.assign(case, None, due_on=dt.date(2026, 11, 9), by=actor("theo"))
    assert (waits(case).for_user, waits(case).for_role) == (None, "coordinator")


@pytest.mark.parametrize(("key", "day"), [("amir", 9), ("rosa", 9), ("theo", 4)])
def test_nobody_else_and_no_day_that_has_passed(case, key, day):
    write(case)
    with pytest.raises(Refused):
        answering.assign(case, people.person(key), due_on=dt.date(2026, 11, day), by=actor("theo"))


def test_a_message_is_taken_back_while_nobody_has_read_it(case):
    message = write(case)
    actions.take_back(message, by=actor("rosa"))
    actions.take_back(message, by=actor("rosa"))

    assert texts(case, "theo") == texts(case, "rosa") == []
    assert waits(case) is None
    assert drafts.kept(people.person("rosa"), actions.DRAFT, case) == {"text": QUESTION}
    message.refresh_from_db()
    assert message.text == ""


def test_what_is_taken_back_comes_behind_what_was_typed_and_stays_private(case):
    rosa = people.person("rosa")
    message = write(case, is_private=True)
    drafts.keep(rosa, actions.DRAFT, case, {"text": "And who pays?"})
    actions.take_back(message, by=actor("rosa"))

    assert drafts.kept(rosa, actions.DRAFT, case) == {"text": f"And who pays?\n\n{QUESTION}", "is_private": "on"}


def test_who_may_not_see_a_note_has_not_read_it(case):
    of_team = note(case)
    write(case, "joanne", ANSWER)
    read(case, "rosa")
    actions.take_back(of_team, by=actor("theo"))

    of_team.refresh_from_db()
    assert of_team.taken_back_at


def test_what_was_read_or_is_older_stays(case, november_5):
    first = write(case)
    read(case, "theo")
    with pytest.raises(Refused):
        actions.take_back(first, by=actor("rosa"))
    second = write(case, text="Two")
    november_5.shift(dt.timedelta(minutes=11))
    with pytest.raises(Refused):
        actions.take_back(second, by=actor("rosa"))
    with pytest.raises(Refused):
        actions.take_back(second, by=actor("theo"))

    assert texts(case, "rosa") == [QUESTION, "Two"]


def test_what_others_wrote_before_still_waits_when_one_is_taken_back(case):
    write(case)
    actions.take_back(write(case, text="Two"), by=actor("rosa"))

    assert waits(case)


def test_a_file_goes_with_a_message_and_back_with_it(case, folder):
    document = added(case).document
    message = write(case, text="", files=[document.pk])
    assert Attachment.objects.get().document == document
    actions.take_back(message, by=actor("rosa"))

    assert Document.objects.here().count() == 0


def test_a_file_of_a_private_message_is_private_too(case, folder):
    document = added(case).document
    write(case, files=[document.pk], is_private=True)

    document.refresh_from_db()
    assert document.is_private


def test_nobody_names_a_file_that_they_may_not_see(case, folder):
    own = added(case).document
    documents.mark_only_me(own, by=actor("rosa"))

    assert not write(case, "theo", files=[own.pk, uuid.uuid4()]).attachments.exists()
    with pytest.raises(Refused):
        write(case, "theo", "", files=[own.pk])


def test_not_for_this_thread_asks_the_team_to_look_today(case):
    message = write(case, "theo", "Hello Grace, your call is tomorrow.")
    actions.say_misplaced(message, by=actor("rosa"))
    actions.say_misplaced(message, by=actor("rosa"))

    todo = ToDo.objects.open().get(kind=actions.MISPLACED)
    assert (todo.about_id, todo.due_on) == (str(message.pk), clock.today(people.person("theo").zone))
    message.refresh_from_db()
    assert message.misplaced_by == people.person("rosa")


def test_what_people_do_is_on_record_without_words(case):
    write(case)
    read(case, "theo")
    read(case, "theo")

    lines = Event.objects.filter(verb__startswith="message.").values_list("verb", "actor_id", "why")
    assert sorted(lines) == sorted(
        [("message.sent", case.patient_id, ""), ("message.read", people.person("theo").pk, "care")]
    )
    assert Thread.objects.get().last_shared == 1


@pytest.mark.parametrize(("minutes", "lines"), [((0, 20, 45), 1), ((0, 31), 2), ((0, 20, 51), 2)])
def test_reading_on_within_half_an_hour_is_one_look(case, time_machine, minutes, lines):
    start = clock.now()
    for minute in minutes:
        time_machine.move_to(start + dt.timedelta(minutes=minute), tick=False)
        write(case)
        read(case, "theo")
    assert Event.objects.filter(verb="message.read").count() == lines
    assert ReadMark.objects.get(person=people.person("theo")).upto == len(minutes)


def test_a_mark_never_goes_back(case):
    write(case)
    write(case)
    for upto in (2, 1):
        actions.note_reading(case, upto, by=actor("theo"))
    assert ReadMark.objects.get(person=people.person("theo")).upto == 2
