"""What a newer version says that the one before it did not, in words, on the page and on paper."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.reviews import actions, changed, frozen
from cases.reviews.frozen import compose
from portal import clock
from tests import people
from tests.pdf_letters import words_of
from tests.reviews import world
from tests.reviews.world import by


def body(*, plain="An operation: To take out the lump. (page 1)", missing=("cost",), answers=(), **texts):
    return compose(
        texts={"plain": plain, **texts},
        answers=answers,
        missing=[(code, "", "") for code in missing],
        plan={"title": "", "dated_on": "", "pages": 2},
        reader="Joanne Pike",
    )


def test_the_same_words_change_nothing():
    assert changed.between(body(), body()) == []


def test_each_part_says_what_is_new_and_what_was_taken_out():
    later = body(
        plain="An operation: To take out the lump. (page 1)\nA tablet. (page 2)", missing=(), words="Lump: A knot."
    )
    steps, missing, words = changed.between(body(), later)
    assert (steps.code, steps.added, steps.removed) == ("steps", ["A tablet. (page 2)"], [])
    assert (missing.code, missing.added, missing.removed) == ("missing", [], ["What it will cost"])
    assert (words.code, words.added) == ("words", ["Lump: A knot."])


def test_a_point_with_other_words_or_another_page_is_both():
    (steps,) = changed.between(body(), body(plain="An operation: To take out the lump. (page 2)"))
    assert steps.added == ["An operation: To take out the lump. (page 2)"]
    assert steps.removed == ["An operation: To take out the lump. (page 1)"]


def test_a_point_said_twice_and_then_once_was_taken_out_once():
    twice = body(plain="A tablet. (page 2)\nA tablet. (page 2)")
    (steps,) = changed.between(twice, body(plain="A tablet. (page 2)"))
    assert (steps.added, steps.removed) == ([], ["A tablet. (page 2)"])


def test_answers_are_told_apart_by_their_question():
    before = body(answers=[("Why?", "To be safe. (page 1)")])
    (part,) = changed.between(before, body(answers=[("Why now?", "To be safe. (page 1)")]))
    assert part.added == ["Why now? To be safe. (page 1)"]


def test_every_part_of_the_page_has_its_heading():
    assert list(frozen.said(body())) == list(frozen.HEADINGS)


def page_of(case, key="rosa", **query):
    return people.browser(people.person(key)).get(reverse("reviews:summary", args=[case.pk]), query)


@pytest.fixture
def second(db, time_machine):
    """Version 2, after the talk: a step more, and one point that the plan does say after all."""
    first = world.shared(days=1)
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    review = world.write(first.review, plain=f"{world.PLAIN}\nRest: Six weeks without lifting. (page 2)")
    review = world.look_for_all(review, missing=())
    return actions.complete(review, is_ticked=True, by=by("joanne"))


def test_the_page_says_what_changed(second):
    page = page_of(second.review.case).text
    assert "What changed since version 1" in page
    assert "<strong>New:</strong> Rest: Six weeks without lifting. (page 2)" in page
    assert "<strong>Taken out:</strong> What it will cost" in page


def test_so_does_the_pdf(second):
    said = words_of(people.browser(people.person("rosa")).get(reverse("reviews:pdf", args=[second.pk])).content)
    assert "What changed since version 1" in said
    assert "New: Rest: Six weeks without lifting." in said
    assert "Taken out: What it will cost" in said


def test_an_earlier_version_says_so_on_the_page_and_on_paper(second):
    case, first = second.review.case, second.review.summaries.get(number=1)
    page = page_of(case, version="1")
    assert "This is an earlier version." in page.text
    assert "What changed" not in page.text
    assert "This is an earlier version." not in page_of(case).text
    said = words_of(people.browser(people.person("rosa")).get(reverse("reviews:pdf", args=[first.pk])).content)
    assert "Version 2 is the newest" in said


def test_nothing_is_told_of_a_version_that_was_taken_back(second):
    first = second.review.summaries.get(number=1)
    actions.withdraw(first, reason="The wrong plan.", by=by("joanne"))
    assert "What it will cost" not in page_of(second.review.case).text


def test_the_newest_taken_back_leaves_the_one_before_it_and_the_reason(second):
    actions.withdraw(second, reason="A page was wrong.", by=by("joanne"))
    page = page_of(second.review.case).text
    assert "took version 2 back" in page
    assert "Version 1 below still stands. Why: A page was wrong." in page
    assert "Six weeks without lifting" not in page


COMES = "A new version comes when it is ready."


def test_of_an_earlier_version_taken_back_no_new_one_is_promised(second):
    first = second.review.summaries.get(number=1)
    actions.withdraw(first, reason="The wrong plan.", by=by("joanne"))
    page = page_of(second.review.case, version="1").text
    assert "Version 1 was taken back" in page
    assert COMES not in page
    actions.withdraw(second, reason="This, too.", by=by("joanne"))
    assert COMES in page_of(second.review.case, version="2").text
