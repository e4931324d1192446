"""The page of a colleague who reads along: the notes on pages, and what she was typing when she was cut off."""

import pytest
from django.urls import reverse

from cases.case.second import actions as second_actions
from cases.documents.models import Version
from cases.reviews.colleague import actions as colleague
from cases.reviews.models import Review
from cases.reviews.notes.actions import add_note
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
QUESTION = "Is the order of the two parts usual?"
WHY = "A second pair of eyes on your plan."


@pytest.fixture
def review():
    return world.written()


def reading(review):
    words = {"question": QUESTION, "why": WHY, "until_on": second_actions.last_days()[2]}
    second = colleague.ask(review, people.person("vera"), **words, by=by("joanne"))
    second_actions.agree(second, by=by("vera"))
    return second_actions.let_read(second, True, by=by("rosa"))


def address(name, second):
    return reverse(f"reviews:{name}", args=[second.pk])


def pinned(review, words="Not tested yet", **more):
    return add_note(review, **{"page": 2, "x": 352, "y": 207} | more, words=words, by=by("joanne"))


def test_she_reads_the_notes_whose_marks_stand_on_the_pages(review):
    pinned(review, "Ask <b>about</b> this", belongs="checklist:cost")
    second = reading(review)
    shown = people.browser(people.person("vera")).get(address("along", second) + "?page=2").text
    assert 'href="#note-1"' in shown
    row = shown.split('id="note-1"')[1].split("</li>")[0]
    assert "Ask &lt;b&gt;about&lt;/b&gt; this" in row
    assert f'<a href="{address("along", second)}?page=2#page-2">Page 2, near the top</a>' in row
    assert "For: " in row
    assert str(review.pk) not in row  # no way into the review itself, and nothing to press
    assert "<form" not in row


def test_a_note_on_pages_that_were_changed_says_so_and_leads_nowhere_into_the_review(review):
    pinned(review)
    second = reading(review)
    newer = world.plan(review.case, 1)
    Review.objects.filter(pk=review.pk).update(version=newer, plan=[newer.pk], pages=1)
    assert Version.objects.visible_to(people.person("vera")).filter(pk=review.version_id).exists()
    shown = people.browser(people.person("vera")).get(address("along", second)).text
    row = shown.split('id="note-1"')[1].split("</li>")[0]
    assert "This note stays with the page on which it was made." in row
    assert f'href="{address("along", second)}?document=earlier-{review.version_id}&amp;page=2#page-2"' in row


def test_without_notes_there_is_no_list_of_them(review):
    assert "Notes on pages" not in people.browser(people.person("vera")).get(address("along", reading(review))).text
