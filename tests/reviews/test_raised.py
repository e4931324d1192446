"""Points that the plan does not say: each is a question in the reader's words, which goes on the patient's list."""

import pytest
from django.urls import reverse

from cases.opinions.checklist import BY_CODE, POINTS
from cases.opinions.models import Question
from cases.opinions.questions import actions as questions
from cases.opinions.questions import rules
from cases.reviews import actions
from cases.reviews.models import Review
from cases.reviews.writing import Change, Found, save_parts
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
COST = str(BY_CODE["cost"].question)


def looked(review, **asked: str):
    """All points are there but these, each with the words of its question."""
    found = {point.code: Found(1) for point in POINTS} | {code: Found(None, "", ask) for code, ask in asked.items()}
    section = review.sections.filter(code="checklist").first()
    save_parts(review, {"checklist": Change("", section.version if section else 0)}, findings=found, by=by("joanne"))
    return Review.objects.get(pk=review.pk)


def share(review, **also):
    return actions.share(Review.objects.get(pk=review.pk), is_ticked=True, by=by("joanne"), **also)


@pytest.fixture
def review():
    return world.write(world.taken())


def on_list() -> list[tuple[str, str, str]]:
    found = Question.objects.select_related("case__key").in_order()
    return [(each.idea, each.text, each.state) for each in found if each.idea]


def page_of(review, key="joanne"):
    return people.browser(people.person(key)).get(review.get_absolute_url()).text


def row_of(page, code):
    return page.split(f'id="part-asked-{code}"')[1].split("</li>")[0]


def test_each_goes_on_her_list_with_its_point_in_the_readers_words_or_in_ours(review):
    share(looked(review, cost="", tests="Is the MRI still to come?"))
    assert on_list() == [("tests", "Is the MRI still to come?", "open"), ("cost", COST, "open")]
    (first, *_rest) = Question.objects.filter(idea="tests")
    assert (first.came_of, first.put_in_by, first.is_private) == ("reading", people.person("joanne"), False)


def test_a_row_stands_under_the_questions_for_each_point_not_found(review):
    review = looked(review, cost="Who pays for the MRI?")
    page = page_of(review)
    assert 'value="Who pays for the MRI?"' in row_of(page, "cost")
    assert row_of(page, "cost").count('name="cost-question"') == 1
    assert "hidden" in row_of(page, "goal").partition(">")[0]
    assert "hidden" not in row_of(page, "cost").partition(">")[0]


def test_the_workspace_says_what_became_of_it(review):
    share(looked(review, cost="", tests="", goal=""))
    for code, verb in (("tests", questions.answer), ("goal", questions.drop)):
        asked = Question.objects.select_related("case__patient", "case__key").get(idea=code)
        verb(asked, by=by("joanne"))
    page = page_of(review)
    assert "On the patient’s list, open" in row_of(page, "cost")
    assert "Answered" in row_of(page, "tests")
    assert "Taken off the list" in row_of(page, "goal")


def test_sharing_again_says_an_open_one_anew_and_adds_none_twice(review):
    share(looked(review, cost="", tests=""))
    asked = Question.objects.select_related("case__patient", "case__key").get(idea="tests")
    questions.answer(asked, by=by("rosa"))
    looked(review, cost="Who pays?", tests="Which test?", goal="")
    share(review, correction="More to ask.")
    share(review, correction="The same once more.")
    said = {idea: text for idea, text, _state in on_list()}
    assert said == {"cost": "Who pays?", "tests": str(BY_CODE["tests"].question), "goal": str(BY_CODE["goal"].question)}
    assert len(on_list()) == 3


def test_what_she_asks_already_or_took_off_is_hers(review):
    own = questions.add(review.case, idea="cost", by=by("rosa"))
    share(looked(review, cost="Who pays?", tests=""))
    assert Question.objects.select_related("case__key").get(pk=own.pk).text == COST
    questions.drop(Question.objects.select_related("case__patient", "case__key").get(idea="tests"), by=by("joanne"))
    share(review, correction="Again.")
    assert [(idea, state) for idea, _text, state in on_list()] == [("cost", "open"), ("tests", "dropped")]


def test_one_she_made_private_is_read_by_her_consultant_nowhere(review):
    share(looked(review, cost="Who pays for it?"))
    raised = Question.objects.select_related("case__patient", "case__key").get(idea="cost")
    questions.change(raised, text="Can I afford to live?", is_private=True, by=by("rosa"))
    joanne = people.browser(people.person("joanne"))
    assert "afford to live" not in joanne.get(reverse("opinions:questions", args=[review.case_id])).text
    assert joanne.post(reverse("opinions:move_question", args=[raised.pk, "drop"])).status_code == 404
    assert "afford to live" not in page_of(review)
    assert raised in Question.objects.visible_to(people.person("rosa"))


def test_a_full_list_takes_no_more_and_the_summary_is_shared(review, monkeypatch):
    monkeypatch.setattr(rules, "MOST_OPEN", Question.objects.open().count() + 1)
    summary = share(looked(review, cost="", tests="", goal=""))
    assert summary.number == 1
    assert len(on_list()) == 1


def test_hostile_words_stay_words(review):
    looked(review, cost="<b>Who pays?</b>")
    assert "&lt;b&gt;Who pays?" in row_of(page_of(review), "cost")
