"""Is this part clear? Said once; a question stands in the thread, names its part, and is marked once it is answered."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import end_assignment
from cases.case.helping import actions as helping
from cases.case.models import ToDo
from cases.reviews import actions, clear
from cases.reviews.models import PartAnswer, Review
from cases.reviews.queue import handing
from cases.threads import actions as threads
from cases.threads import answering
from cases.threads.models import Message
from portal import clock
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import by_hand, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def browser(key):
    return people.browser(people.person(key))


def press(summary, part="steps", key="rosa", **said):
    return browser(key).post(reverse("reviews:answer", args=[summary.pk, part]), said, follow=True)


def page_of(summary, key="rosa"):
    return browser(key).get(summary.get_absolute_url()).text


def agreed(case, key, chosen):
    asked = helping.ask(case, people.person(key), by=Actor.person(case.patient))
    helping.agree(asked, chosen=chosen, by=Actor.person(case.patient))


def told():
    return list(Event.objects.filter(verb="summary.answered").values_list("why", flat=True))


def test_clear_is_said_of_one_part_and_once():
    summary = world.shared()
    for _twice in range(2):
        assert "You said this is clear." in press(summary, clear="yes").text
    said = PartAnswer.objects.get()
    assert (said.part, said.person, said.message) == ("steps", people.person("rosa"), None)
    assert told() == ["yes"]
    assert not ToDo.objects.filter(kind=answering.ANSWER).exists()
    assert "Rosa said that this is clear" in page_of(summary, "joanne")


def test_a_question_stands_in_the_thread_and_waits_for_who_shared_the_summary():
    summary = world.shared()
    answered = press(summary, clear="question", asked="Which tablet?", send_id=uuid.uuid4())
    assert "Your question is with Joanne" in answered.text
    message = Message.objects.get()
    assert (message.text, message.author) == ("Which tablet?", people.person("rosa"))
    todo = ToDo.objects.get(kind=answering.ANSWER)
    assert todo.for_user == people.person("joanne")
    for key in ("rosa", "joanne", "theo"):
        page = browser(key).get(reverse("threads:thread", args=[summary.review.case_id])).text
        assert "About “What your doctor suggests” in the plan in plain words, version 1." in page
        assert "Not answered yet" in page
        assert f"{summary.get_absolute_url()}?version=1#s-steps" in page


def test_the_same_press_twice_asks_once_and_another_asks_again():
    summary, pk = world.shared(), uuid.uuid4()
    for _twice in range(2):
        press(summary, clear="question", asked="Which tablet?", send_id=pk)
    assert PartAnswer.objects.count() == Message.objects.count() == 1
    press(summary, clear="question", asked="And when?", send_id=uuid.uuid4())
    assert PartAnswer.objects.count() == Message.objects.count() == 2
    assert told() == ["question", "question"]


def test_an_answer_in_the_thread_marks_what_it_had_shown():
    summary = world.shared()
    first = clear.ask(summary, "steps", "Which tablet?", by=by("rosa")).message
    clear.ask(summary, "missing", "What will it cost?", by=by("rosa"))
    case = summary.review.case
    threads.send(case, "The white one.", shown=first.number, by=by("joanne"))
    assert dict(PartAnswer.objects.values_list("part", "answered_by")) == {
        "steps": people.person("joanne").pk,
        "missing": None,
    }
    page = page_of(summary)
    assert "Joanne has answered your question" in page
    assert "Your question is with Joanne" in page
    assert "Answered" in browser("joanne").get(reverse("threads:thread", args=[case.pk])).text


def test_a_message_that_is_no_answer_marks_nothing():
    summary = world.shared()
    asked = clear.ask(summary, "steps", "Which tablet?", by=by("rosa")).message
    threads.send(summary.review.case, "I look.", is_answer=False, shown=asked.number, by=by("joanne"))
    assert PartAnswer.objects.get().answered_at is None
    answering.needs_no_answer(summary.review.case, shown=asked.number, by=by("joanne"))
    assert PartAnswer.objects.get().answered_by == people.person("joanne")


def test_a_question_that_is_taken_back_was_not_asked():
    summary = world.shared()
    threads.take_back(clear.ask(summary, "steps", "Which tablet?", by=by("rosa")).message, by=by("rosa"))
    assert "Your question is with" not in page_of(summary)
    assert "Is this clear?" in page_of(summary)


def test_clear_after_a_question_is_what_she_said_last(time_machine):
    summary = world.shared()
    clear.say_clear(summary, "steps", by=by("rosa"))
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1))
    clear.ask(summary, "steps", "Which tablet?", by=by("rosa"))
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1))
    clear.say_clear(summary, "steps", by=by("rosa"))
    assert "You said this is clear." in page_of(summary)
    assert PartAnswer.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose one of the two."),
        ({"clear": "perhaps"}, "Choose one of the two."),
        ({"clear": "question", "asked": "  "}, "Write your question, in your own words."),
    ],
)
def test_half_an_answer_is_asked_for_again(said, words):
    answered = press(world.shared(), **said)
    assert answered.status_code == 422
    assert words in answered.text
    assert not PartAnswer.objects.exists()


def test_after_it_was_taken_back_the_words_are_not_lost():
    summary = world.shared()
    drafts.keep(people.person("rosa"), threads.DRAFT, summary.review.case, {"text": "Hello."})
    actions.withdraw(summary, reason="Another plan.", by=by("joanne"))
    answered = press(summary, clear="question", asked="Which <b>tablet</b>?")
    assert answered.status_code == 409
    assert "Your question is not lost." in answered.text
    kept = drafts.kept(people.person("rosa"), threads.DRAFT, summary.review.case)
    assert kept["text"] == "Hello.\n\nWhich <b>tablet</b>?"
    assert not Message.objects.exists()


def test_a_part_that_says_nothing_or_is_none_cannot_be_asked_about():
    summary = world.shared()
    assert press(summary, "options", clear="yes").status_code == 409
    assert press(summary, "private", clear="yes").status_code == 404


@pytest.mark.parametrize("key", ["joanne", "theo", "amir", "grace"])
def test_nobody_else_says_it(key):
    summary = world.shared()
    assert press(summary, key=key, clear="yes").status_code == 404
    with pytest.raises(Refused):
        clear.say_clear(summary, "steps", by=by(key))
    with pytest.raises(Refused):
        clear.ask(summary, "steps", "Why?", by=by(key))


def test_a_helper_who_may_write_asks_in_her_own_name_and_never_says_clear():
    summary = world.shared()
    agreed(summary.review.case, "ines", "most")
    assert press(summary, key="ines", clear="yes").status_code == 409
    assert "Your question is with Joanne" in press(summary, key="ines", clear="question", asked="How long?").text
    assert Message.objects.get().author == people.person("ines")
    assert "Inés asked about this" in page_of(summary, "joanne")


def test_a_helper_who_sees_dates_alone_asks_nothing():
    summary = world.shared()
    agreed(summary.review.case, "ines", "dates")
    assert press(summary, key="ines", clear="question", asked="How long?").status_code == 404
    assert not Message.objects.exists()


def test_one_of_us_writes_it_down_for_a_patient_who_signs_in_nowhere():
    summary = world.shared()
    rosa = by_hand.to_phone(summary.review.case.patient)
    press(summary, key="theo", clear="yes")
    press(summary, "missing", key="theo", clear="question", asked="What will it cost?")
    assert set(PartAnswer.objects.values_list("person", flat=True)) == {rosa.pk}
    message = Message.objects.get()
    assert (message.author, message.written_by) == (rosa, people.person("theo"))


def test_the_database_refuses_an_answer_to_nothing_and_clear_twice():
    summary = world.shared()
    said = clear.say_clear(summary, "steps", by=by("rosa"))
    with pytest.raises(IntegrityError, match="only_questions_are_answered"), transaction.atomic():
        PartAnswer.objects.filter(pk=said.pk).update(answered_at=clock.now(), answered_by=people.person("joanne"))
    with pytest.raises(IntegrityError, match="clear_is_said_once"), transaction.atomic():
        PartAnswer.objects.create(summary=summary, part="steps", person=said.person, said_at=clock.now())
    with pytest.raises(IntegrityError, match="part_is_known"), transaction.atomic():
        PartAnswer.objects.filter(pk=said.pk).update(part="private")


def test_a_question_is_with_whoever_has_the_plan_by_now():
    summary = world.shared()
    handing.hand_over(summary.review, people.person("amir"), by=by("joanne"))
    handing.let_read(Review.objects.get(), by=by("rosa"))
    assert "It goes straight to Amir" in page_of(summary)
    answered = press(summary, clear="question", asked="How long?").text
    assert "Your question is with Amir now." in answered
    assert "question is with Joanne" not in answered
    assert ToDo.objects.get(kind=answering.ANSWER).for_user == people.person("amir")


def who_answers():
    return ToDo.objects.get(kind=answering.ANSWER).for_user


def test_a_question_asked_before_stays_with_who_keeps_her_call_and_is_said_to():
    summary = world.shared()
    press(summary, clear="question", asked="How long?")
    handing.hand_over(Review.objects.get(), people.person("amir"), by=by("joanne"))
    assert "Your question is with Joanne." in page_of(summary)
    assert "It goes straight to Joanne, and stands" in page_of(summary)
    assert who_answers() == people.person("joanne")


def test_once_both_readers_left_it_is_our_teams():
    summary = world.shared()
    case = summary.review.case
    handing.hand_over(summary.review, people.person("amir"), by=by("joanne"))
    handing.let_read(Review.objects.get(), by=by("rosa"))
    for key in ("joanne", "amir"):
        end_assignment(case, people.person(key), by=by("theo"))
    assert "It goes straight to our team, and stands" in page_of(summary)
    assert "Your question is with our team now." in press(summary, clear="question", asked="How long?").text
    assert "Your question is with our team." in page_of(summary)
    assert who_answers() is None


def test_a_question_joins_what_somebody_else_is_asked_to_answer_already():
    summary = world.shared()
    threads.send(summary.review.case, "When may I eat?", by=by("rosa"))
    assert "It goes straight to our team, and stands" in page_of(summary)
    answering.assign(summary.review.case, people.person("theo"), due_on=clock.today(dt.UTC), by=by("theo"))
    assert "It goes straight to Theo, and stands" in page_of(summary)
    assert "Your question is with Theo now." in press(summary, clear="question", asked="How long?").text
    assert who_answers() == people.person("theo")
