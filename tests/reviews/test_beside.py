"""What stands beside a review: the plan with its notes, other files of the case, words found."""

import re

import pytest
from django.urls import reverse

from cases.case.actions import withdraw_consent
from cases.documents import actions as documents
from cases.reviews.notes.actions import add_note
from portal.history.models import Event
from tests import people
from tests.documents.files import folder
from tests.reviews import world

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(folder):
    """No test leaves files behind."""


@pytest.fixture
def review():
    return world.taken(pages=3)


@pytest.fixture
def show(review):
    joanne = people.browser(people.person("joanne"))
    return lambda query="": joanne.get(review.get_absolute_url() + query).text


@pytest.fixture
def look_for(review):
    joanne = people.browser(people.person("joanne"))
    address = reverse("reviews:find", args=[review.pk])
    return lambda words, **more: joanne.post(address, {"find": words, **more})


def test_plan_of_several_files_is_one_run_of_pages(review, show):
    second = world.plan(review.case, 2, "back.pdf")
    review.plan = [*review.plan, second.pk]
    review.pages = 5
    review.save()
    page = show("?page=4")
    assert "Page 4 of 5" in page
    assert "Words of page 1" in page
    assert second.page_images.get(number=1).get_absolute_url() in page


def test_another_file_of_the_case_can_be_looked_at_without_the_notes(review, show):
    add_note(review, page=1, place="top", words="Ask about this.", by=world.by("joanne"))
    other = world.plan(review.case, 1, "biopsy.pdf")
    page = show(f"?document={other.document_id}")
    assert re.search(r"selected>biopsy.pdf \(1 page\)</option>", page)
    assert "Page 1 of 1" in page
    assert "rs-scan__pin" not in page
    assert Event.objects.filter(verb="document.opened", about_id=str(other.pk)).count() == 1


def test_file_marked_only_me_is_no_choice_and_cannot_be_asked_for(review, show):
    other = world.plan(review.case, 1, "diary.pdf")
    documents.mark_only_me(other.document, by=world.by("rosa"))
    page = show(f"?document={other.document_id}")
    assert "diary.pdf" not in page
    assert "Page 1 of 3" in page


def test_one_page_alone_comes_without_the_review(show):
    part = show("?page=2&part=page")
    assert "<html" not in part
    assert "Words of page 2" in part
    assert Event.objects.filter(verb="review.looked").count() == 0
    assert Event.objects.filter(verb="document.opened").count() == 1


def test_words_are_found_in_the_plan(look_for):
    page = look_for("words of page 3").text
    assert "1 place<" in page
    assert "Page 3 of 3" in page
    assert page.count('class="rs-scan__hit"') == 1


def test_without_the_patients_yes_nothing_is_found(review, look_for):
    withdraw_consent(review.case.consents.get(kind="read"), by=world.by("rosa"))
    for part in ("", "page", "found"):
        answer = look_for("words", part=part)
        assert answer.status_code == 403
        assert "Words of page" not in answer.text
