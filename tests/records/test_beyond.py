"""What a document's page says of copies outside the portal: taken along, to be carried, handed over."""

import pytest

from cases.documents.reading.readers import beyond
from cases.records import actions
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return booked_visit()


@pytest.fixture
def document(visit):
    document = plan(visit.case).document
    actions.follow_document(document)
    return document


def test_a_file_that_stays_with_us_is_nowhere_else(document):
    assert beyond(document) == []


def test_a_copy_handed_over_says_to_whom_and_when(visit, document):
    actions.tell(item(visit, "treatment_plan"), "sent", by=actor("theo"))
    assert beyond(document) == ["A copy was handed over to Dr. Priya Raman on November 5, 2026."]


def test_a_copy_in_her_bag_says_so(visit, document):
    actions.set_route(item(visit, "treatment_plan"), "carried", by=actor("rosa"))
    assert beyond(document) == ["A copy is on the list of what is carried to Dr. Priya Raman."]
