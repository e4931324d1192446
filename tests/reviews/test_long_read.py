"""A plan with many notes that was shared often: its pages ask no more questions for it."""

import pytest
from django.urls import reverse

from cases.reviews import actions as sharing
from cases.reviews.models import Review
from cases.reviews.notes.actions import add_note
from tests import people
from tests.reviews import world as reading
from tests.test_queries import AT_MOST, questions_of


@pytest.fixture
def long_read(db) -> Review:
    """A plan that was shared five times, with thirty notes on its pages."""
    review, joanne = reading.written(), reading.by("joanne")
    for number in range(30):
        belongs = ("", "plain", "checklist:goal", "questions")[number % 4]
        add_note(review, page=1 + number % 2, belongs=belongs, words=f"Note {number}", by=joanne)
    for number in range(5):
        sharing.share(review, is_ticked=True, correction=f"Line {number}." if number else "", by=joanne)
        review = reading.write(review, plain=f"A tablet: Number {number}. (page 1)")
    assert (review.notes.count(), review.summaries.count()) == (30, 5)
    return review


def test_many_notes_and_versions_cost_no_more(long_read):
    joanne = people.browser(people.person("joanne"))
    for name in ("reviews:edit", "reviews:preview"):
        asked = questions_of(joanne, reverse(name, args=[long_read.pk]))[0]
        assert 0 < asked <= AT_MOST
