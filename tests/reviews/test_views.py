"""What each person sees and may do on the pages of reviews."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.actions import end_assignment, withdraw_consent
from cases.case.models import Consent
from cases.reviews import actions
from cases.reviews.models import Review
from portal.history.models import Event
from portal.vault import keys
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def browser(key):
    return people.browser(people.person(key))


def typed(page, **changes):
    """The fields of the review's form as a browser would send them, with these changes."""
    form = page.context["form"]
    data = {field.html_name: field.value() for field in form}
    sent = {name: value for name, value in data.items() if value is not None and value is not False}
    return {name: "on" if value is True else value for name, value in sent.items()} | changes


def address(name, review):
    return reverse(f"reviews:{name}", args=[review.pk])


def told(verb):
    return Event.objects.filter(verb=verb).count()


def take_back_consent(review):
    withdraw_consent(Consent.objects.standing().get(case=review.case, kind="read"), by=by("rosa"))


# The queue


def test_queue_opens_reviews_that_are_due():
    case = factories.open_case()
    world.plan(case)
    world.talk(case, people.person("joanne"))
    page = browser("joanne").get(reverse("reviews:queue"))
    assert "Rosa Delgado" in page.text
    assert "about 20 minutes" in page.text


def test_a_coordinator_sees_that_a_plan_is_read_and_by_whom():
    world.taken()
    page = browser("theo").get(reverse("reviews:queue"))
    assert "Rosa Delgado" in page.text
    assert "Joanne Pike" in page.text


@pytest.mark.parametrize("key", ["rosa", "mara"])
def test_queue_is_missing_for_others(key):
    assert browser(key).get(reverse("reviews:queue")).status_code == 404


# The workspace


ENDLESS = {
    "a version": {"over": "plain:" + "7" * 5000},
    "questions within questions": {"asked": "[" * 100_000},
    "as deep, and no longer than may be": {"asked": "[" * 39_000},
    "half a letter": {"asked": r'["\ud800"]', "answer-0": "No.", "goal-page": "999"},
    "a zero byte": {"asked": r'["\u0000"]', "answer-0": "No."},
}


@pytest.mark.parametrize("sent", ENDLESS.values(), ids=ENDLESS)
def test_a_form_that_our_page_did_not_send_breaks_nothing(sent):
    review = world.taken()
    joanne = browser("joanne")
    said = typed(joanne.get(address("edit", review)), plain="A tablet. (page 1)")
    answer = joanne.post(address("save", review), said | sent)
    assert answer.status_code in (302, 400, 422)
    assert joanne.get(address("edit", review)).status_code == 200


def test_workspace_shows_the_pages_the_questions_and_the_twelve_points():
    page = browser("joanne").get(address("edit", world.taken()))
    assert "Is a smaller operation possible for me?" in page.text
    assert "Page 1 of 2" in page.text
    assert 'data-sheets="850x1100*2"' in page.text
    assert len(re.findall(r'name="[a-z_]+-missing"', page.text)) == 12
    assert told("review.looked") == 1


def test_workspace_takes_the_same_queries_for_two_pages_and_for_twenty(django_assert_max_num_queries):
    review = world.written(pages=20)
    joanne = browser("joanne")
    with django_assert_max_num_queries(33):
        assert joanne.get(address("edit", review)).status_code == 200


@pytest.mark.parametrize("key", ["amir", "rosa", "grace", "theo", "mara"])
def test_workspace_is_missing_for_others(key):
    assert browser(key).get(address("edit", world.taken())).status_code == 404


def test_workspace_is_missing_once_the_assignment_ended():
    review = world.taken()
    end_assignment(review.case, people.person("joanne"), by=by("theo"))
    assert browser("joanne").get(address("edit", review)).status_code == 404


def test_workspace_is_closed_in_words_once_consent_is_taken_back():
    review = world.written()
    take_back_consent(review)
    page = browser("joanne").get(address("edit", review))
    assert page.status_code == 403
    assert "has taken that back" in page.text
    assert "lump" not in page.text
    assert (told("review.looked"), told("review.denied")) == (0, 1)


@pytest.mark.parametrize("name", ["save", "note", "preview"])
def test_nothing_can_be_sent_once_consent_is_taken_back(name):
    review = world.written()
    take_back_consent(review)
    answer = browser("joanne").post(address(name, review), {"statement": "on", "plain": "x"})
    assert answer.status_code == 403
    assert Review.objects.get().texts["plain"] == world.PLAIN


# Saving


def test_saving_keeps_every_part():
    review, joanne = world.taken(), browser("joanne")
    page = joanne.get(address("edit", review))
    said = {
        "plain": "One tablet. (page 2)",
        "answer-1": "It says it was not tested. (page 1)",
        "goal-page": "1",
        "cost-missing": "on",
        "cost-note": "Nothing found",
        "private": "Ask Theo about the scan.",
    }
    answer = joanne.post(address("save", review), typed(page, **said))
    assert answer.url == address("edit", review)
    review = Review.objects.get()
    assert review.texts["plain"] == "One tablet. (page 2)"
    assert actions.answers_of(review) == {"What is the second area on my MRI?": "It says it was not tested. (page 1)"}
    assert set(review.findings.values_list("point", "page")) == {("goal", 1), ("cost", None)}


def test_preview_button_saves_first():
    review, joanne = world.taken(), browser("joanne")
    page = joanne.get(address("edit", review))
    answer = joanne.post(address("save", review), typed(page, plain="One tablet. (page 2)", then="preview"))
    assert answer.url == address("preview", review)
    assert Review.objects.get().texts["plain"] == "One tablet. (page 2)"


def test_a_pause_in_typing_saves_and_says_when():
    review, joanne = world.taken(), browser("joanne")
    page = joanne.get(address("edit", review))
    answer = joanne.post(
        address("save", review), typed(page, plain="One tablet. (page 2)"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "Draft saved" in answer.text
    assert 'name="seen-plain" value="1"' in answer.text
    assert "<html" not in answer.text


def test_the_whole_request_that_saves_takes_fourteen_statements_and_twelve_after():
    review, joanne, taken = world.taken(), browser("joanne"), []
    said = {"plain": "One tablet. (page 2)", "questions": "Why?", "cost-missing": "on", "cost-note": "Nothing"}
    said |= {"option-0-name": "Watching", "option-0-0-text": "It waits.", "option-0-0-page": "1", "answer-0": "No."}
    for more in ({}, {"plain": "Two tablets. (page 2)"}):
        sent = typed(joanne.get(address("edit", review)), **said | more)
        keys.look_again()
        with CaptureQueriesContext(connection) as asked:
            answer = joanne.post(address("save", review), sent, headers={"HX-Request": "true"})
        assert "Draft saved" in answer.text
        taken.append(len(asked))
    assert taken == [14, 12]


def test_a_second_tab_sees_both_texts_and_overwrites_nothing():
    review, joanne = world.taken(), browser("joanne")
    first = second = joanne.get(address("edit", review))
    joanne.post(address("save", review), typed(first, plain="Words of the first tab"))
    answer = joanne.post(address("save", review), typed(second, plain="Words of the second tab"))
    assert answer.status_code == 409
    assert "Words of the first tab" in answer.text
    assert "Words of the second tab" in answer.text
    assert Review.objects.get().texts["plain"] == "Words of the first tab"


def test_a_second_tab_under_htmx_sees_both_texts_too():
    review, joanne = world.taken(), browser("joanne")
    tab = joanne.get(address("edit", review))
    joanne.post(address("save", review), typed(tab, plain="Words of the first tab"))
    answer = joanne.post(
        address("save", review), typed(tab, plain="Words of the second tab"), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "Words of the first tab" in answer.text
    assert 'id="other-plain" hx-swap-oob="true"' in answer.text


def test_own_words_can_be_chosen_over_the_saved_ones():
    review, joanne = world.taken(), browser("joanne")
    tab = joanne.get(address("edit", review))
    joanne.post(address("save", review), typed(tab, plain="Words of the first tab"))
    joanne.post(address("save", review), typed(tab, plain="Words of the second tab", over="plain:1"))
    assert Review.objects.get().texts["plain"] == "Words of the second tab"


def test_a_part_left_alone_in_an_old_tab_is_no_conflict():
    review, joanne = world.taken(), browser("joanne")
    tab = joanne.get(address("edit", review))
    joanne.post(address("save", review), typed(tab, plain="Words of the first tab"))
    answer = joanne.post(address("save", review), typed(tab, questions="Why now?"))
    assert answer.status_code == 302
    assert Review.objects.get().texts == {"plain": "Words of the first tab", "questions": "Why now?"}


def test_a_page_and_not_found_together_are_asked_about_and_the_rest_is_saved():
    review, joanne = world.taken(), browser("joanne")
    page = joanne.get(address("edit", review))
    said = {"plain": "One tablet. (page 2)", "goal-page": "1", "goal-missing": "on", "cost-page": "2"}
    answer = joanne.post(address("save", review), typed(page, **said))
    assert answer.status_code == 422
    assert "not both" in answer.text
    assert "One tablet. (page 2)" in answer.text
    review = Review.objects.get()
    assert review.texts["plain"] == "One tablet. (page 2)"
    assert list(review.findings.values_list("point", flat=True)) == ["cost"]


NOTED = {"goal-note": "Only the surgeon says it.", "cost-missing": "on", "cost-note": "Nothing found"}


def test_a_note_of_a_point_nobody_looked_for_is_asked_about_and_stays_in_its_field():
    review, joanne = world.taken(), browser("joanne")
    page = joanne.get(address("edit", review))
    answer = joanne.post(address("save", review), typed(page, **NOTED))
    assert answer.status_code == 422
    assert "“Goal of treatment” has a note. Give its page, or tick “Not found”" in answer.text
    assert 'value="Only the surgeon says it."' in answer.text
    assert list(Review.objects.get().findings.values_list("point", flat=True)) == ["cost"]
    said = NOTED | {"goal-missing": "on"}
    assert joanne.post(address("save", review), typed(answer, **said)).status_code == 302
    assert {row.note for row in Review.objects.get().findings.all()} == {"Only the surgeon says it.", "Nothing found"}


def test_a_page_taken_away_leaves_the_stored_note_where_it_is():
    review, joanne = world.taken(), browser("joanne")
    said = {"goal-page": "1", "goal-note": "It says it."}
    joanne.post(address("save", review), typed(joanne.get(address("edit", review)), **said))
    page = joanne.get(address("edit", review))
    assert joanne.post(address("save", review), typed(page, **{**said, "goal-page": ""})).status_code == 422
    assert [(row.page, row.note) for row in Review.objects.get().findings.all()] == [(1, "It says it.")]


def test_both_texts_of_the_checklist_have_their_notes_and_questions():
    review, joanne = world.taken(), browser("joanne")
    tab = joanne.get(address("edit", review))
    said = {"cost-missing": "on", "cost-note": "Nothing of money", "cost-question": "Who pays for the MRI?"}
    joanne.post(address("save", review), typed(tab, **said))
    answer = joanne.post(address("save", review), typed(tab, **{"cost-page": "2"}))
    assert answer.status_code == 409
    other = answer.text.split('id="other-checklist"')[1].split("</div>")[0]
    assert "not found. Nothing of money. Asks: Who pays for the MRI?" in other


def test_a_page_past_the_end_is_asked_about():
    review, joanne = world.taken(), browser("joanne")
    page = joanne.get(address("edit", review))
    assert joanne.post(address("save", review), typed(page, **{"goal-page": "3"})).status_code == 422


@pytest.mark.parametrize("key", ["amir", "rosa", "theo"])
def test_nobody_else_saves(key):
    review = world.taken()
    assert browser(key).post(address("save", review), {"plain": "x", "seen-plain": "0"}).status_code == 404


def test_a_colleague_of_the_case_reads_but_does_not_write():
    review = world.written()
    factories.assign(review.case, people.person("amir"))
    amir = browser("amir")
    assert "lump" in amir.get(address("edit", review)).text
    answer = amir.post(address("save", review), {"plain": "x", "seen-plain": "1", "mark-plain": "y"})
    assert answer.status_code == 409
    assert Review.objects.get().texts["plain"] == world.PLAIN
