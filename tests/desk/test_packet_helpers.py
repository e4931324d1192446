"""What helpers put in goes to an office only where the patient stands behind it: by her yes to them, or to the file."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.desk.packet import rules
from cases.desk.packet.rules import Help
from cases.documents.describing.actions import say_kind
from cases.documents.models import Version
from portal import clock
from tests.desk.packets import file_of, headings, packet
from tests.desk.test_packet import november_5, own_store, visit
from tests.documents.conftest import folder  # noqa: F401 -- own_store takes it
from tests.people import browser, person
from tests.records.builders import actor

__all__ = ["november_5", "own_store", "visit"]
pytestmark = pytest.mark.django_db
NOT_AGREED = "The patient has not said yes to whoever put it in."


@pytest.fixture
def begun(visit):
    """Ama began the case for Rosa, and put the plan in."""
    Case.objects.filter(pk=visit.case_id).update(starter=person("ama"))
    visit.case.refresh_from_db()
    file_of(visit, by=person("ama"))
    return visit


def out(visit) -> list[str]:
    return [str(each.why.label) for each in packet(visit).left_out]


def ask(visit, key="ama"):
    return helping.ask(visit.case, person(key), by=actor("theo"))


def test_what_was_put_in_before_any_yes_does_not_go_and_the_page_says_so(begun):
    assert (headings(begun), out(begun)) == ([], [NOT_AGREED])
    page = browser(person("theo")).get(reverse("desk:packet", args=[begun.pk])).content.decode()
    assert NOT_AGREED in page
    ask(begun)
    assert out(begun) == [NOT_AGREED]


def test_the_yes_covers_what_was_put_in_before_it(begun):
    helping.agree(ask(begun), chosen="dates", by=actor("rosa"))
    assert (headings(begun), out(begun)) == (["Treatment plan"], [])


def test_after_a_no_it_stays_here(begun):
    helping.decline(ask(begun), by=actor("rosa"))
    assert out(begun) == [NOT_AGREED]


def test_the_patient_stands_behind_a_file_that_she_has_named(begun):
    document = Version.objects.get().document
    say_kind(document, "plan", by=actor("rosa"))
    assert headings(begun) == ["Treatment plan"]


def test_a_helpers_file_goes_and_stays_good_when_the_help_ends(visit):
    helper = helping.agree(ask(visit), chosen="most", by=actor("rosa"))
    file_of(visit, by=person("ama"))
    assert headings(visit) == ["Treatment plan"]

    helping.end(helper, by=actor("rosa"))

    assert headings(visit) == ["Treatment plan"]
    Version.objects.update(put_in_at=clock.now() + timedelta(minutes=1))
    assert out(visit) == [NOT_AGREED]


def test_what_our_team_put_in_needs_no_yes_to_anybody(visit):
    file_of(visit, by=person("theo"))
    assert headings(visit) == ["Treatment plan"]


def test_the_rule_goes_by_who_and_when():
    rosa, ama, now = person("rosa").pk, person("ama").pk, clock.now()
    hour = timedelta(hours=1)
    for at, helps, stands in [
        (now, [], False),
        (now, [Help(rosa, None, None)], False),
        (now, [Help(ama, None, None)], True),
        (now, [Help(ama, now - hour, None)], False),
        (now, [Help(ama, None, now - hour)], False),
        (now, [Help(ama, now, now + hour)], True),
        (now, [Help(ama, now - hour, None), Help(ama, None, None)], True),
    ]:
        assert rules.is_vouched_for(ama, at, rosa, helps) is stands
    assert rules.is_vouched_for(rosa, now, rosa, [])
