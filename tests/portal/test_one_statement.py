"""Several writes at once: all of them stand, in one statement, or none."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.reviews.models import Finding, Review
from portal import one_statement
from tests.reviews import world

pytestmark = pytest.mark.django_db
WHAT = {"unique": ("review", "point"), "fields": ("page",)}


def finding(review, point, page):
    return Finding(review=review, point=point, page=page)


def test_all_is_written_in_one_statement():
    review = world.taken()
    one_statement.carry_out([one_statement.saved([finding(review, "goal", 1), finding(review, "cost", 2)], **WHAT)])
    with CaptureQueriesContext(connection) as asked:
        one_statement.carry_out(
            [
                one_statement.gone(Finding.objects.filter(point="cost")),
                one_statement.saved([finding(review, "goal", 3), finding(review, "stage", 4)], **WHAT),
                None,
                one_statement.changed(Review.objects.filter(pk=review.pk), turn=7),
            ]
        )
    assert len(asked) == 1
    assert dict(Finding.objects.values_list("point", "page")) == {"goal": 3, "stage": 4}
    assert Review.objects.get().turn == 7


def test_one_refused_row_leaves_all_as_it_was():
    review = world.taken()
    refused = one_statement.saved([finding(review, "goal", 0)], **WHAT)
    with pytest.raises(IntegrityError, match="finding_pages_count_from_1"), transaction.atomic():
        one_statement.carry_out([one_statement.changed(Review.objects.all(), turn=7), refused])
    assert Review.objects.get().turn == review.turn != 7


def test_nothing_to_write_asks_nothing():
    with CaptureQueriesContext(connection) as asked:
        one_statement.carry_out([None, one_statement.saved([], **WHAT)])
    assert len(asked) == 0
