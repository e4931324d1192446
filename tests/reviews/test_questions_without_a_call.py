"""A plan that is read without a call: the patient's three questions stand in the brief, and a summary answers them."""

import json

import pytest
from django.urls import reverse

from cases.opinions.models import Question
from cases.opinions.questions import actions as questions
from cases.opinions.questions import targets
from cases.reviews import actions, opening
from cases.reviews.her_questions import asked_of
from cases.reviews.models import Review
from cases.reviews.queue import handing
from portal import clock
from tests import factories, people
from tests.people import browser
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD, FOURTH, SECRET = "Must I fast?", "How long can I wait?", "Who calls me?", "And later?", "My fear?"


def ask(case, *lines: str, **more) -> None:
    for line in lines:
        questions.add(case, text=line, by=by("rosa"), **more)


def question(text: str) -> Question:
    found = Question.objects.select_related("case__key", "case__patient")
    return next(each for each in found if each.text == text)


@pytest.fixture
def review() -> Review:
    """In writing, read by Joanne with her yes; four questions, the last put on top, and a private one on top of all."""
    case = factories.open_case(people.person("rosa"))
    world.plan(case)
    review = actions.take(opening.ask_for_reading(case, by=by("rosa")), by=by("joanne"))
    handing.let_read(review, by=by("rosa"))
    ask(case, FIRST, SECOND, THIRD, FOURTH)
    ask(case, SECRET, is_private=True)
    questions.order(question(FOURTH), "top", by=by("rosa"))
    questions.order(question(SECRET), "top", by=by("rosa"))
    return Review.objects.get(pk=review.pk)


def page_of(review: Review, name: str) -> str:
    return browser(people.person("joanne")).get(reverse(f"reviews:{name}", args=[review.pk])).text


@pytest.mark.parametrize("name", ["brief", "edit"])
def test_the_brief_and_the_workspace_show_three_those_on_top_first_and_no_private_one(review, name):
    html = page_of(review, name)
    places = [html.find(line) for line in (FOURTH, FIRST, SECOND)]
    assert -1 not in places
    assert places == sorted(places)
    assert THIRD not in html
    assert SECRET not in html


def test_without_a_call_nothing_is_said_to_be_wanted_from_one(review):
    html = page_of(review, "brief")
    assert "What Rosa asks" in html
    assert "from the call" not in html
    Question.objects.all().delete()
    html = page_of(review, "brief")
    assert "Nothing is written yet." in html
    assert "from the call" not in html


def test_a_summary_answers_one_and_without_it_the_question_is_open_again(review):
    joanne = browser(people.person("joanne"))
    sent = {"asked": json.dumps([FOURTH]), "answer-0": "In May. (page 1)", "seen-answers": "0", "mark-answers": ""}
    joanne.post(reverse("reviews:save", args=[review.pk]), sent)
    assert actions.answers_of(Review.objects.get()) == {FOURTH: "In May. (page 1)"}
    summary = actions.share(
        world.look_for_all(world.write(Review.objects.get(), plain=world.PLAIN)), is_ticked=True, by=by("joanne")
    )
    assert (question(FOURTH).state, question(FOURTH).answered_id) == ("answered", summary.pk)
    assert asked_of(Review.objects.get(), people.person("joanne")) == [FIRST, SECOND, THIRD, FOURTH]
    html = browser(people.person("rosa")).get(summary.get_absolute_url()).text
    assert FOURTH in html
    assert "In May." in html
    actions.withdraw(summary, reason="A page was misread.", by=by("joanne"))
    assert question(FOURTH).is_open


def test_what_is_answered_in_the_draft_stays_when_she_puts_others_on_top(review):
    review = world.write(review, answers=json.dumps({SECOND: "Two weeks. (page 1)"}))
    questions.order(question(THIRD), "top", by=by("rosa"))
    assert asked_of(review, people.person("joanne")) == [FOURTH, THIRD, FIRST, SECOND]


def test_what_was_raised_after_reading_is_for_her_doctors(review):
    review = world.look_for_all(world.write(review, plain=world.PLAIN, questions="What is the second area?"))
    actions.share(review, is_ticked=True, by=by("joanne"))
    assert question("What is the second area?").came_of == "reading"
    assert "What is the second area?" not in asked_of(Review.objects.get(), people.person("joanne"))


def test_with_a_call_and_none_for_it_those_for_nothing_yet_are_asked():
    case = factories.open_case(people.person("rosa"))
    world.plan(case)
    call = world.talk(case, people.person("joanne"), hope="")
    opening.open_due_reviews(clock.now())
    review = actions.take(Review.objects.get(), by=by("joanne"))
    ask(case, FIRST)
    assert FIRST in page_of(review, "brief")
    assert FIRST in page_of(review, "edit")
    ask(case, SECOND, target=targets.key_of(call))
    assert asked_of(review, people.person("joanne")) == [SECOND]
