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


@pytest.mark.parametrize("is_private", [False, True])
def test_her_own_words_for_a_raised_one_stay_when_it_is_shared_again(review, is_private):
    share(looked(review, cost="Who pays for it?", tests=""))
    mine = Question.objects.select_related("case__patient", "case__key").get(idea="cost")
    questions.change(mine, text="Can we afford it?", is_private=is_private, by=by("rosa"))
    looked(review, cost="Who pays for the drug?", tests="Which test?")
    share(review, correction="Other words.")
    assert {idea: text for idea, text, _state in on_list()} == {"cost": "Can we afford it?", "tests": "Which test?"}


def test_one_she_only_made_private_is_not_said_anew(review):
    share(looked(review, cost="Who pays for it?"))
    mine = Question.objects.select_related("case__patient", "case__key").get(idea="cost")
    questions.change(mine, text=mine.text, is_private=True, by=by("rosa"))
    looked(review, cost="Who pays for the drug?")
    share(review, correction="Other words.")
    assert on_list() == [("cost", "Who pays for it?", "open")]


def test_a_raised_line_that_she_put_in_other_words_is_not_raised_again(review):
    review = world.write(looked(review, cost=""), questions="What is the second area?")
    share(review)
    lines = Question.objects.filter(came_of="reading", idea="").select_related("case__patient", "case__key")
    questions.change(lines.get(), text="Is there more of it?", by=by("rosa"))
    world.write(review, questions="What is the second area?\nMay I travel?")
    share(review, correction="One more.")
    assert {each.text for each in lines.all()} == {"Is there more of it?", "May I travel?"}


def test_a_line_that_found_no_room_is_raised_by_the_next_sharing(review, monkeypatch):
    review = world.write(looked(review, cost=""), questions="What is the second area?")
    with monkeypatch.context() as full:
        full.setattr(rules, "MOST_OPEN", Question.objects.open().count())
        share(review)
    assert not Question.objects.filter(came_of="reading").exists()
    share(review, correction="Now there is room.")
    assert {each.text for each in Question.objects.filter(came_of="reading").select_related("case__key")} == {
        "What is the second area?",
        COST,
    }


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
