"""Notes that belong to an answer to one of the patient's questions, or to the words to explain."""

import hashlib
import json

import pytest
from django.urls import reverse

from cases.case.second import actions as second_actions
from cases.opinions.questions import actions as questions
from cases.opinions.questions import targets
from cases.reviews.colleague import actions as colleague
from cases.reviews.models import Note
from cases.reviews.notes.actions import add_note
from portal.errors import Refused
from tests import people
from tests.reviews import world
from tests.reviews.test_migrations import migrating
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
SMALLER, SECOND = world.HOPE.splitlines()


@pytest.fixture
def review():
    return world.taken()


def key_of(question):
    return "answers:" + hashlib.sha256(question.encode()).hexdigest()[:16]


def noted(review, belongs, key="joanne"):
    return add_note(review, page=2, x=352, y=207, words="See here", belongs=belongs, by=by(key))


def edit(review, key="joanne"):
    return people.browser(people.person(key)).get(review.get_absolute_url()).text


def test_the_form_offers_each_of_her_questions_and_a_note_for_one_says_which(review):
    assert f'<option value="{key_of(SMALLER)}">{SMALLER}</option>' in edit(review)
    fields = {"page": "2", "place": "top", "words": "See here", "belongs": key_of(SECOND)}
    part = people.browser(people.person("joanne")).post(
        reverse("reviews:note", args=[review.pk]), fields, headers={"HX-Request": "true"}
    )
    row = part.text.split('id="note-1"')[1].split("</li>")[0]
    assert f'For: <a href="#part-answers">{SECOND}</a>' in row
    linked = part.text.split('id="linked-answers"')[1].split("</p>")[0]
    assert f"“{SECOND}” " in linked
    assert "Linked to note 1" in linked
    assert f"“{SECOND}” " in edit(review).split('id="linked-answers"')[1].split("</p>")[0]


@pytest.mark.parametrize("belongs", ["answers:0123456789abcdef", "answers:", "words:goal", key_of("Of another case?")])
def test_a_question_that_she_does_not_ask_is_refused(review, belongs):
    with pytest.raises(Refused):
        noted(review, belongs)
    assert not Note.objects.exists()


def test_a_question_that_she_drops_is_named_no_more_and_the_note_stays_with_the_part(review):
    key = targets.key_of(review.consultation)
    asked = [questions.add(review.case, text=text, target=key, by=by("rosa")) for text in (SMALLER, SECOND)]
    noted(review, key_of(SMALLER))
    world.write(review, answers=json.dumps({SMALLER: "Yes, it is. (page 1)"}))
    questions.drop(asked[0], by=by("rosa"))
    page = edit(review)
    row = page.split('id="note-1"')[1].split("</li>")[0]
    assert SMALLER not in row
    assert 'For: <a href="#part-answers">The patient’s questions</a>' in row
    assert SMALLER not in page.split('id="linked-answers"')[1].split("</p>")[0]


def test_a_colleague_who_reads_along_reads_which_answer_a_note_is_for(review):
    noted(review, key_of(SMALLER))
    world.write(review, answers=json.dumps({SMALLER: "Yes, it is. (page 1)"}))
    words = {"question": "Right?", "why": "A second look.", "until_on": second_actions.last_days()[2]}
    second = colleague.ask(review, people.person("vera"), **words, by=by("joanne"))
    second_actions.agree(second, by=by("vera"))
    second_actions.let_read(second, True, by=by("rosa"))
    page = people.browser(people.person("vera")).get(reverse("reviews:along", args=[second.pk])).text
    assert f"For: {SMALLER}" in page.split('id="note-1"')[1].split("</li>")[0]


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_going_back_such_notes_stay_and_belong_to_nothing():
    review = world.taken()
    noted(review, key_of(SMALLER))
    noted(review, "words")
    noted(review, "plain")
    with migrating() as to:
        back = to("0014_doctor_note_way")("Note").objects.order_by("number").values_list("part", "key")
        assert list(back) == [("", ""), ("", ""), ("plain", "")]
