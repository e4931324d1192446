"""The patient's questions beside the plan: her three on top, answered by the summary, open again without it."""

import json

import pytest
from django.urls import reverse

from cases.opinions.models import Question
from cases.opinions.questions import actions as questions
from cases.opinions.questions import targets
from cases.reviews import actions
from tests import people
from tests.people import browser
from tests.reviews import world

pytestmark = pytest.mark.django_db
MINE = ["Must it be so large?", "How long can I wait?", "Who calls me?", "And later?"]


@pytest.fixture
def review():
    review = world.taken()
    key = targets.key_of(review.consultation)
    for line in MINE:
        asked = questions.add(review.case, text=line, target=key, by=world.by("rosa"))
        if line in MINE[1:]:
            questions.order(asked, "top", by=world.by("rosa"))
    return review


def answered(review, **said: str):
    return world.look_for_all(world.write(review, plain=world.PLAIN, answers=json.dumps(said)))


def question(text):
    found = Question.objects.select_related("case__key", "case__patient")
    return next(each for each in found if each.text == text)


def test_the_consultant_reads_the_three_on_top(review):
    page = browser(people.person("joanne")).get(review.get_absolute_url()).content.decode()
    places = [page.find(line) for line in MINE[1:]]
    assert -1 not in places
    assert places == sorted(places)
    assert MINE[0] not in page


def test_an_answer_stays_with_its_question_when_she_orders_them_anew(review):
    joanne = browser(people.person("joanne"))
    shown = MINE[1:]
    questions.order(question(MINE[3]), "up", by=world.by("rosa"))
    sent = {"asked": json.dumps(shown), "answer-2": "Much later. (page 1)", "seen-answers": "0", "mark-answers": ""}
    joanne.post(reverse("reviews:save", args=[review.pk]), sent)
    assert actions.answers_of(type(review).objects.get(pk=review.pk)) == {MINE[3]: "Much later. (page 1)"}
    joanne.post(reverse("reviews:save", args=[review.pk]), sent | {"asked": "{nonsense", "seen-answers": "1"})


def test_a_shared_summary_answers_and_raises_questions_and_one_taken_back_opens_them(review):
    review = answered(review, **{MINE[1]: "Two weeks. (page 1)"})
    review = world.write(review, questions="What is the second area on my MRI?")
    summary = actions.share(review, is_ticked=True, by=world.by("joanne"))
    told = question(MINE[1])
    assert (told.state, told.answered_in, told.answered_id) == ("answered", "summary", summary.pk)
    raised = question("What is the second area on my MRI?")
    assert (raised.came_of, raised.put_in_by) == ("reading", people.person("joanne"))
    page = browser(people.person("rosa")).get(reverse("opinions:questions", args=[review.case_id])).content.decode()
    assert "Joanne added this after reading your plan." in page
    actions.withdraw(summary, reason="A page was misread.", by=world.by("joanne"))
    assert question(MINE[1]).is_open
    assert Question.objects.count() == len(MINE) + 2  # and the cost, which the plan does not say


def test_an_answer_to_what_she_keeps_private_or_drops_is_not_shared(review):
    review = answered(review, **{line: f"About {line} (page 1)" for line in MINE[1:]})
    questions.change(question(MINE[1]), text="My own words", is_private=True, by=world.by("rosa"))
    questions.drop(question(MINE[2]), by=world.by("rosa"))
    summary = actions.share(review, is_ticked=True, by=world.by("joanne"))
    assert [each["question"] for each in json.loads(summary.body)["answers"]] == [MINE[3]]
