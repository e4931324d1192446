"""Letters to the office of a visit: for its report, and a page that goes with what we pass on."""

import json

import pytest

from cases.desk.letters import actions, sending
from cases.documents import actions as documents
from portal.errors import Refused
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
