"""A file of the case that can be read is the record it is; when it goes, the record is to be had again."""

import pytest
from django.urls import reverse

from cases.documents import actions as documents
from cases.records import actions
from cases.records.models import RecordItem
from portal.errors import Refused
from tests import factories, people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5
from tests.reviews.world import plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


def test_a_plan_that_is_there_before_the_visit_is_with_us_from_its_start():
    case = case_of_rosa()
    plan(case)
    record = item(named_visit(case), "treatment_plan")
    assert (record.state, record.route, record.known_by) == ("held", "through_us", "document")
    assert record.documents.count() == 1


def test_a_plan_that_becomes_ready_moves_its_record():
    visit = booked_visit()
    version = plan(visit.case)
    actions.follow_document(version.document)
    actions.follow_document(version.document)
    assert item(visit, "treatment_plan").state == "held"


def test_taking_the_file_back_asks_for_the_plan_again():
    visit = booked_visit()
    version = plan(visit.case)
    actions.follow_document(version.document)
    documents.withdraw(version.document, by=actor("rosa"))
    assert item(visit, "treatment_plan").state == "needed"
    documents.restore(version.document, by=actor("rosa"))
    assert item(visit, "treatment_plan").state == "held"


def test_a_file_for_my_eyes_only_is_no_record():
    visit = booked_visit()
    version = plan(visit.case)
    actions.follow_document(version.document)
    documents.mark_only_me(version.document, by=actor("rosa"))
    assert item(visit, "treatment_plan").state == "needed"


def test_a_file_here_that_is_no_use_was_never_sent():
    visit = booked_visit()
    actions.follow_document(plan(visit.case).document)
    by = actor("theo")
    actions.tell(item(visit, "treatment_plan"), "incomplete", reason="Only the first page", by=by)
    stopped = item(visit, "treatment_plan")
    assert (stopped.state, stopped.stopped_in) == ("incomplete", "held")
    shown = people.browser(people.person("rosa")).get(reverse("records:list", args=[visit.case.pk]))
    (card,) = [card for card in shown.context["needs_you"] if card["item"] == stopped]
    assert [hop.state for hop in card["hops"]] == ["done", "bad", "", ""]
    actions.tell(stopped, "asked", by=by)
    assert item(visit, "treatment_plan").stopped_in == ""
    actions.undo(stopped, by=by)
    assert item(visit, "treatment_plan").stopped_in == "held"


def test_what_she_carries_stays_in_her_hands():
    visit = booked_visit()
    actions.set_route(item(visit, "treatment_plan"), "carried", by=actor("rosa"))
    actions.tell(item(visit, "treatment_plan"), "held", by=actor("rosa"))
    actions.follow_document(plan(visit.case).document)
    assert item(visit, "treatment_plan").route == "carried"


def test_another_file_can_be_linked_by_hand_to_any_record():
    visit = booked_visit()
    document = plan(visit.case).document
    record = actions.link_document(item(visit), document, by=actor("rosa"))
    assert (record.state, record.route) == ("held", "through_us")


def test_a_file_of_another_case_is_refused():
    visit = booked_visit()
    other = plan(factories.open_case(people.person("grace")))
    with pytest.raises(Refused):
        actions.link_document(item(visit), other.document, by=actor("rosa"))


def test_a_file_without_a_visit_moves_nothing():
    case = case_of_rosa()
    actions.follow_document(plan(case).document)
    assert not RecordItem.objects.exists()
