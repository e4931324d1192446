"""Letters to the office of a visit: for its report, and a page that goes with what we pass on."""

import json

import pytest

from cases.case import directory
from cases.desk.letters import actions, sending, showing
from cases.documents import actions as documents
from cases.records.items import laying
from cases.records.models import RecordKind
from portal.errors import Refused
from tests.case.offices import checked, theo
from tests.desk.letter_builders import letter
from tests.desk.packets import signed_visit, through_us
from tests.documents.conftest import folder  # noqa: F401 -- own_store takes it
from tests.records.builders import actor, item, on_november_5
from tests.records.report_builders import open_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def traveller(folder):  # noqa: F811
    with on_november_5() as traveller:
        yield traveller


def rows_of(made) -> dict[str, str]:
    return {row["label"]: row["value"] for row in json.loads(made.said)["rows"]}


def test_a_letter_for_the_report_asks_for_it(traveller):
    loop = open_report(traveller)
    sign_that_we_may(loop)
    made = actions.make("report", loop.visit, by=actor("theo"))
    assert rows_of(made)["Please send"] == "The report of the visit on November 24, 2026"
    assert rows_of(made)["Straight to"] == "Dr. Abara, Elm Street"
    assert made.office == loop.visit.office
    sending.sent(made, "posted", by=actor("theo"))
    loop.refresh_from_db()
    assert loop.state == "asked"


def test_before_the_visit_nobody_asks_for_its_report():
    with pytest.raises(Refused, match="nothing to ask for"):
        actions.make("report", signed_visit(), by=actor("theo"))


def test_a_page_goes_with_what_we_pass_on_and_says_that_it_is_sent():
    visit = signed_visit()
    through_us(visit, "imaging_reports")
    made = actions.make("cover", visit, by=actor("theo"))
    assert [each.item.kind_id for each in made.asks.all()] == ["imaging_reports"]
    assert rows_of(made)["With this page"] == item(visit, "imaging_reports").called
    sending.sent(made, "faxed", by=actor("theo"))
    assert item(visit, "imaging_reports").state == "sent"


def test_what_is_hidden_since_stops_its_page():
    visit = signed_visit()
    hidden = through_us(visit, "imaging_reports")
    made = actions.make("cover", visit, by=actor("theo"))
    documents.mark_only_me(hidden.document, by=actor("rosa"))
    with pytest.raises(Refused, match="may not be passed on"):
        sending.sent(made, "faxed", by=actor("theo"))


def test_with_nothing_in_our_hands_there_is_no_page():
    visit = signed_visit()
    with pytest.raises(Refused, match="nothing to ask for"):
        actions.make("cover", visit, by=actor("theo"))


def test_a_letter_follows_an_office_that_was_entered_twice():
    made = letter()
    source, target = made.office, checked("Lakeside Clinic", phone="555 0101")
    directory.merge(source, target, by=theo())
    made.refresh_from_db()
    assert made.office == target
    assert actions.print_letter(made, by=actor("theo"))[1].startswith(b"%PDF")
    directory.undo_merge(source, why="by_mistake", by=theo())
    made.refresh_from_db()
    assert made.office == source
    assert sending.sent(made, "posted", by=actor("theo")).sent_how == "posted"


def test_what_is_not_on_the_page_leads_to_a_letter_of_its_own():
    made = letter(kind="records", about="pathology_report")
    holder = item(made.visit, "slides").holder
    late = laying.add_item(made.visit, RecordKind.objects.get(pk="genomic_report"), holder=holder, by=actor("rosa"))
    assert [each["label"] for each in showing.left_over(made)] == [late.called]
    sending.sent(made, "posted", by=actor("theo"))
    made.refresh_from_db()
    assert showing.left_over(made) == []
