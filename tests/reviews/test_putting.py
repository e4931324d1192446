"""A sentence of one's own put into a review without script: saved with what was typed, over the same versions."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.reviews import actions as reviews
from cases.reviews.models import Review, Sentence
from cases.reviews.option_rows import options_of
from cases.reviews.options import Kind
from cases.reviews.sentences import actions, rules
from portal.history.models import Event
from tests import people
from tests.reviews import world
from tests.reviews.test_views import address, browser, take_back_consent, typed
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
WORDS = "Take your time.\nAsk again if you like."


def own(part="plain", text=WORDS, key="joanne") -> Sentence:
    return actions.add(part=part, title=f"For {part}", text=text, pk=uuid.uuid4(), by=by(key))


@pytest.fixture
def review():
    return world.taken()


def put(review, code, sentence, into, *, key="joanne", page=None, follow=False, **changes):
    """Press the button beside a part, as a browser without script does."""
    client = browser(key)
    page = page or browser("joanne").get(address("edit", review))
    chosen = {"put": code, f"mine-{code}": str(getattr(sentence, "pk", sentence)), f"into-{code}": into}
    return client.post(address("save", review), typed(page, **changes, **chosen), follow=follow)


def said(review, code="plain") -> str:
    return Review.objects.get(pk=review.pk).texts.get(code, "")


def test_beside_each_part_stand_the_sentences_for_it_and_where_they_can_go(review):
    for part in rules.Part.values:
        own(part)
    own("plain", key="amir")
    offers = browser("joanne").get(address("edit", review)).context["offers"]
    titles = {code: [each.title for each in offer.sentences] for code, offer in offers.items()}
    assert titles == {
        "answers": ["For summary"],
        "plain": ["For plain"],
        "words": ["For words"],
        "checklist": ["For missing"],
        "questions": ["For questions"],
        "options": ["For against", "For for"],
    }
    assert offers["answers"].targets[0] == ("answer-0", "Is a smaller operation possible for me?")
    assert ("cost-note", "Cost") in offers["checklist"].targets
    assert offers["options"].targets == [("option-0", "Option 1")]


def test_it_goes_to_the_end_of_what_was_typed_and_both_are_saved(review):
    answer = put(review, "plain", own(), "plain", plain="A daily tablet. (page 2)")
    assert (answer.status_code, answer["Location"]) == (302, f"/staff/reviews/{review.pk}/#part-plain")
    assert said(review) == f"A daily tablet. (page 2)\n{WORDS}"


def test_into_the_words_to_explain_as_a_line_of_its_own(review):
    words = "Adjuvant: given after an operation."
    answer = put(review, "words", own("words", words), "words", plain="One. (page 1)", words="Margin: the edge.")
    assert answer["Location"].endswith("#part-words")
    assert said(review, "words") == f"Margin: the edge.\n{words}"
    world.look_for_all(Review.objects.get())
    shared = reviews.share(Review.objects.get(), is_ticked=True, by=by("joanne"))
    assert [entry["word"] for entry in shared.frozen["words"]] == ["Margin", "Adjuvant"]


def test_into_an_answer_a_question_a_note_and_a_point(review):
    put(review, "answers", own("summary"), "answer-1")
    put(review, "questions", own("questions"), "questions", questions="Why now?")
    answer = put(review, "checklist", own("missing"), "cost-note", **{"cost-missing": "on", "cost-note": "Nothing."})
    assert answer["Location"].endswith("#part-checklist-cost")
    put(review, "options", own("against"), "option-0", **{"option-0-name": "Waiting"})
    stored = Review.objects.get()
    assert WORDS.replace("\n", "\\n") in said(review, "answers")
    assert said(review, "questions") == f"Why now?\n{WORDS}"
    assert stored.findings.get(point="cost").note == "Nothing. Take your time. Ask again if you like."
    (option,) = options_of(stored)
    assert [(point.kind, point.text) for point in option.points] == [(Kind.AGAINST, WORDS)]


def test_a_point_goes_below_those_that_are_written(review):
    rows = {
        "option-0-name": "Waiting",
        "option-0-0-text": "One.",
        "option-0-1-text": "Two.",
        "option-0-2-text": "Three.",
    }
    put(review, "options", own("for"), "option-0", **rows)
    (option,) = options_of(Review.objects.get())
    assert [point.text for point in option.points] == ["One.", "Two.", "Three.", WORDS]
    assert option.points[3].kind == Kind.FOR


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(review):
    page = browser("joanne").get(address("edit", review))
    world.write(review, plain="Saved in another window. (page 1)")
    answer = put(review, "plain", own(), "plain", page=page, plain="Typed here. (page 2)")
    assert answer.status_code == 409
    assert said(review) == "Saved in another window. (page 1)"
    assert "Saved in another window. (page 1)" in answer.text
    assert f"Typed here. (page 2)\n{WORDS}" in answer.text


def test_pressed_twice_from_the_same_page_it_stands_once(review):
    page = browser("joanne").get(address("edit", review))
    sentence = own()
    assert put(review, "plain", sentence, "plain", page=page).status_code == 302
    assert put(review, "plain", sentence, "plain", page=page).status_code == 302
    assert said(review) == WORDS


@pytest.mark.parametrize("into", ["private", "cost-note", "answer-9", "option-0", "seen-plain", "", "plain\v"])
def test_no_other_field_takes_it_and_what_was_typed_is_saved(review, into):
    answer = put(review, "plain", own(), into, plain="Typed. (page 2)")
    assert answer.status_code == 302
    assert (said(review), said(review, "private"), said(review, "words")) == ("Typed. (page 2)", "", "")


@pytest.mark.parametrize("chosen", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_without_a_sentence_what_was_typed_is_saved_and_it_says_so(review, chosen):
    answer = put(review, "plain", chosen, "plain", plain="Typed. (page 2)", follow=True)
    assert said(review) == "Typed. (page 2)"
    assert "Choose a sentence first." in answer.text


def test_anothers_sentence_and_one_for_another_part_are_none(review):
    put(review, "plain", own(key="amir"), "plain", plain="Typed. (page 2)")
    put(review, "plain", own("questions"), "plain", plain="Typed. (page 2)")
    assert said(review) == "Typed. (page 2)"


@pytest.mark.parametrize("code", ["nonsense", "private", ""])
def test_beside_no_other_part(review, code):
    answer = put(review, code, own(), "plain", plain="Typed. (page 2)")
    assert answer["Location"].endswith("#part-plain")
    assert said(review) == "Typed. (page 2)"


def test_too_long_a_part_comes_back_with_everything_typed(review):
    answer = put(
        review, "checklist", own("missing", "t" * 300), "cost-note", **{"cost-missing": "on", "cost-note": "N"}
    )
    assert answer.status_code == 422
    assert "has 302" in answer.text
    assert f"N {'t' * 300}" in answer.text
    assert not Review.objects.get().findings.exists()


@pytest.mark.parametrize("key", ["amir", "rosa", "theo", "mara"])
def test_nobody_else_puts_anything_in(review, key):
    assert put(review, "plain", own(), "plain", key=key).status_code == 404
    assert said(review) == ""


def test_after_the_patients_no_nothing_is_put_in(review):
    page, sentence = browser("joanne").get(address("edit", review)), own()
    take_back_consent(review)
    assert put(review, "plain", sentence, "plain", page=page).status_code == 403
    assert said(review) == ""


def test_a_sentence_that_is_changed_or_gone_leaves_reviews_as_they_are(review):
    sentence = own()
    put(review, "plain", sentence, "plain")
    actions.change(sentence, part="plain", title="T", text="Other words.", seen=1, by=by("joanne"))
    actions.remove(sentence, by=by("joanne"))
    assert said(review) == WORDS


def test_nothing_of_a_case_becomes_a_sentence(review):
    world.look_for_all(world.write(review, plain="Rosa takes it. (page 1)", questions="Why?"))
    put(review, "plain", own(), "plain", plain="Rosa takes it. (page 1)")
    assert [each.text for each in Sentence.objects.all()] == [WORDS]
    assert Event.objects.filter(verb="sentence.added").count() == 1


def test_hostile_words_stand_as_words_beside_the_part(review):
    own(text='"><script>alert(1)</script> {{ 7|add:7 }}')
    page = browser("joanne").get(address("edit", review)).text
    assert "<script>alert(1)" not in page
    assert "{{ 7|add:7 }}" in page


def test_the_workspace_asks_as_little_with_many_sentences(review):
    for number in range(rules.MOST):
        own(rules.Part.values[number % len(rules.Part)])
    joanne = browser("joanne")
    joanne.get(address("edit", review))
    with CaptureQueriesContext(connection) as found:
        page = joanne.get(address("edit", review))
    assert len(found) <= 15
    with CaptureQueriesContext(connection) as found:
        joanne.post(address("save", review), typed(page, plain="Typed."), headers={"HX-Request": "true"})
    assert not any("reviews_sentence" in query["sql"] for query in found)


def test_nobody_is_offered_sentences_who_does_not_write(review):
    actions_of = browser("joanne").get(address("edit", review)).context["offers"]
    assert set(actions_of) == {"answers", "plain", "words", "checklist", "questions", "options"}
    Review.objects.filter(pk=review.pk).update(state="open", reader=None, taken_at=None)
    own()
    assert browser("joanne").get(address("edit", review)).context["offers"] == {}
    assert people.person("joanne").is_our_consultant


@pytest.mark.parametrize("code", ["plain", "words", "questions"])
def test_a_whole_part_of_ones_own_goes_in_with_all_its_lines(review, code):
    whole = "\n".join(f"Word {number}: It says so on page one of most plans." for number in range(60))
    assert put(review, code, own(code, whole), code).status_code == 302
    assert said(review, code) == whole
