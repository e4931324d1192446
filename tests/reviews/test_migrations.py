"""What the rows of before become: migrations of this room, there and back, as its owner."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.reviews.models import Note, Review
from portal import clock
from tests.database import django_as_owner
from tests.reviews import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]


@contextmanager
def migrating():
    """`to("0002_taken_back_is_read")` goes there and gives that state's models; in the end the newest holds again."""

    def to(last: str) -> Callable[[str], Any]:
        MigrationExecutor(connection).migrate([("reviews", last)])
        state = MigrationExecutor(connection).loader.project_state([("reviews", last)])
        return lambda name: state.apps.get_model("reviews", name)

    with django_as_owner():
        try:
            yield to
        finally:
            leaves = MigrationExecutor(connection).loader.graph.leaf_nodes("reviews")
            MigrationExecutor(connection).migrate(leaves)


def test_older_notes_keep_their_page_and_place_and_go_back():
    review = world.taken(pages=3)
    second = world.plan(review.case, 2, "back.pdf")
    first = review.plan[0]
    Review.objects.update(plan=[first, second.pk], pages=5)
    with migrating() as to:
        before = to("0002_taken_back_is_read")("Note").objects
        for number, (page, place) in enumerate([(2, "top"), (5, "bottom"), (9, "middle")], start=1):
            before.create(review_id=review.pk, number=number, page=page, place=place, written_at=clock.now())
        to("0003_place_of_notes")
        stood = list(Note.objects.order_by("number").values_list("version", "page", "x", "y"))
        back = to("0002_taken_back_is_read")("Note").objects.order_by("number").values_list("page", "place")
        gone_back = list(back)
    assert stood == [(first, 2, 950, 100), (second.pk, 2, 950, 900), (second.pk, 2, 950, 500)]
    assert gone_back == [(2, "top"), (5, "bottom"), (5, "middle")]
