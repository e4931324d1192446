"""How hard a question, and what was said to it, is to read: said to the one of us who types it, and kept for them."""

import uuid

import pytest
from django.urls import reverse

from cases.opinions.models import Question
from cases.opinions.questions import actions
from cases.opinions.questions.plain_words import ANSWER, NEW, WORDS
from portal.accounts.models import Draft
from tests.people import browser, person
from tests.portal.test_reading_grade import HARD, PLAIN
from tests.records.builders import actor, case_of_rosa

pytestmark = pytest.mark.django_db
COLLEGE = "Reads like a text for college. Shorter sentences help a tired reader."


@pytest.fixture
def case():
    return case_of_rosa()


def typing(key, form, about, **fields):
    return browser(person(key)).post(reverse("accounts:draft", args=[form, about.pk]), fields).text


def shown(case, key, **query):
    return browser(person(key)).get(reverse("opinions:questions", args=[case.pk]), query).text


def test_a_new_question_is_graded_while_it_is_typed_and_when_it_stands(case):
    new = str(uuid.uuid4())
    assert typing("theo", NEW, case, text=HARD, new=new, target="").endswith(f". {COLLEGE}")
    page = shown(case, "theo")
    assert f'id="grade-text">{COLLEGE}' in page
    assert HARD[:60] in page
    sent = {"text": HARD, "new": new, "target": ""}
    add = reverse("opinions:add_question", args=[case.pk])
    assert COLLEGE in browser(person("theo")).post(add, sent, follow=True).text
    assert not Draft.objects.exists()
    plain = {"text": PLAIN, "new": str(uuid.uuid4()), "target": ""}
    assert "Reads like" not in browser(person("theo")).post(add, plain, follow=True).text


@pytest.mark.parametrize("key", ["rosa", "amir", "mara"])
def test_nobody_else_is_told(case, key):
    found = actions.add(case, text=HARD, by=actor("theo"))
    assert "Reads like" not in typing(key, NEW, case, text=HARD)
    assert "Reads like" not in typing(key, WORDS, found, **{"words-text": HARD})
    assert "Reads like" not in typing(key, ANSWER, found, **{"answer-note": HARD})


def test_other_words_and_what_was_said_are_graded_and_stand_in_their_fields_again(case):
    found = actions.add(case, text="May I wait?", by=actor("theo"))
    for form, field, link in ((WORDS, "words-text", "edit"), (ANSWER, "answer-note", "answer")):
        assert typing("theo", form, found, **{field: HARD}).endswith(f". {COLLEGE}")
        page = shown(case, "theo", **{link: str(found.pk)})
        assert f'id="grade-own">{COLLEGE}' in page
        assert f"{HARD}</textarea>" in page
    sent = {"answer-where": "elsewhere", "answer-note": HARD, "answer-seen": str(found.version)}
    answer = reverse("opinions:answer_question", args=[found.pk])
    assert COLLEGE in browser(person("theo")).post(answer, sent, follow=True).text
    assert Question.objects.get().answer == HARD
    assert list(Draft.objects.values_list("form", flat=True)) == [WORDS]


def test_a_private_question_half_written_is_private_again_and_not_written_twice(case):
    new = str(uuid.uuid4())
    typed = {"text": "Will I lose my hair?", "is_private": "on", "new": new, "target": ""}
    typing("rosa", NEW, case, **typed)
    form = browser(person("rosa")).get(reverse("opinions:questions", args=[case.pk])).context["add_form"]
    assert form["is_private"].value() is True
    assert str(form["new"].value()) == new
    assert "hair" not in shown(case, "theo")
    browser(person("rosa")).post(reverse("opinions:add_question", args=[case.pk]), typed)
    typing("rosa", NEW, case, **typed)  # what was on its way comes after the question
    form = browser(person("rosa")).get(reverse("opinions:questions", args=[case.pk])).context["add_form"]
    assert not form["text"].value()
    assert Question.objects.get().is_private


@pytest.mark.parametrize("spoiled", [{"new": ["a", "b"]}, {"text": ["a", "b"]}, {"target": "<b>"}, {"new": ""}])
def test_a_draft_of_another_shape_breaks_no_page(case, spoiled):
    typing("rosa", NEW, case, **({"text": "Why?", "new": str(uuid.uuid4())} | spoiled))
    assert "<b>" not in shown(case, "rosa").split('id="add"')[1].split("</form>")[0]
