"""How far each part is: its tag follows what is saved while typing, without loading the page again."""

import json

import pytest
from django.urls import reverse

from cases.reviews.forms import ReviewForm
from cases.reviews.her_questions import asked_of
from cases.reviews.models import Review
from tests import people
from tests.reviews import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return world.taken()


def save(review, key="joanne", is_htmx=True, **typed):
    """What the page sends: its parts as they are stored, with these typed over."""
    stored = ReviewForm(Review.objects.get(pk=review.pk), asked_of(review, people.person(key)))
    values = {name: stored[name].value() for name in stored.fields}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    headers = {"HX-Request": "true"} if is_htmx else {}
    address = reverse("reviews:save", args=[review.pk])
    return people.browser(people.person(key)).post(address, sent | typed, headers=headers)


def state_of(text: str, code: str) -> str:
    """The words of a tag as they are put back, "" where they stay as they are."""
    if f'id="state-{code}"' not in text:
        return ""
    piece = text.split(f'id="state-{code}"')[1].split("</span>")[0]
    return piece.rpartition(">")[2].strip()


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ({"plain": "A tablet."}, "plain", "Pages missing"),
        ({"plain": "A tablet. (page 9)"}, "plain", "Pages missing"),
        ({"plain": "A tablet. (page 1)"}, "plain", "Done"),
        ({"cost-missing": "on"}, "checklist", "11 of 12 to look at"),
        ({"cost-missing": "on"}, "questions", "1"),
        ({"questions": "Why?\nWhen?"}, "questions", "2"),
        ({"option-0-name": "Watching"}, "options", "Not finished"),
        ({"option-0-name": "Watching", "option-0-0-text": "Calm"}, "options", "Pages missing"),
        ({"option-0-name": "Watching", "option-0-0-text": "Calm", "option-0-0-page": "1"}, "options", "Done"),
        ({"answer-0": "Yes."}, "answer-0", "Answered"),
    ],
)
def test_a_tag_comes_back_with_what_was_saved_and_stands_so_on_the_page(review, typed, code, said):
    answer = save(review, **typed)
    assert answer.status_code == 200
    assert state_of(answer.text, code) == said
    assert f'id="state-{code}" hx-swap-oob="true"' in answer.text
    page = people.browser(people.person("joanne")).get(review.get_absolute_url()).text
    assert state_of(page, code) == said


def test_what_was_not_typed_in_keeps_its_tag(review):
    text = save(review, plain="A tablet. (page 1)").text
    assert [code for code in ("checklist", "questions", "options", "answer-0") if state_of(text, code)] == []
    again = save(review).text
    assert "state-" not in again


def test_what_somebody_else_saved_meanwhile_keeps_its_tag(review):
    world.write(review, plain="Theirs. (page 1)")
    answer = save(review, plain="Mine.", **{"seen-plain": "0", "mark-plain": ""})
    assert answer.status_code == 409
    assert state_of(answer.text, "plain") == ""


def test_what_cannot_stand_keeps_its_tag(review):
    answer = save(review, **{"cost-page": "99", "plain": "A tablet. (page 1)"})
    assert state_of(answer.text, "plain") == "Done"
    assert state_of(answer.text, "checklist") == ""


def test_answers_are_taken_back_too(review):
    question = world.HOPE.splitlines()[0]
    world.write(review, answers=json.dumps({question: "Yes."}))
    assert state_of(save(review, **{"answer-0": ""}).text, "answer-0") == "Not answered"
