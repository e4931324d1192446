"""Letters to the office of a visit: for its report, and a page that goes with what we pass on."""

import io
import json

import pikepdf
import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case import directory
from cases.case.authority_actions import take_back_authority
from cases.desk.letters import actions, sending, showing
from cases.desk.letters.states import SentHow
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.documents import actions as documents
from cases.documents.describing.actions import say_kind
from cases.documents.models import Version
from cases.records import actions as records
from cases.records.items import laying
from cases.records.models import RecordKind
from cases.records.report import passing
from portal.errors import Refused
from portal.history.models import Event
from tests import people, plan_files
from tests.case.offices import checked, theo
from tests.desk.conftest import BORN
from tests.desk.letter_builders import letter
from tests.desk.packets import signed_visit, through_us
from tests.documents.conftest import folder  # noqa: F401 -- own_store takes it
from tests.documents.files import read
from tests.pdf_letters import words_of
from tests.records.builders import actor, item, on_november_5
from tests.records.report_builders import open_report, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def traveller(folder):  # noqa: F811
    with on_november_5() as traveller:
        yield traveller


def rows_of(made) -> dict[str, str]:
    return {row["label"]: row["value"] for row in json.loads(made.said)["rows"]}


def sheets(content: bytes) -> int:
    return len(pikepdf.open(io.BytesIO(content)).pages)


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


@pytest.fixture
def loop_here(traveller):
    """The visit took place, its report is a file of the case, and we may pass it on."""
    loop = open_report(traveller)
    patient = loop.visit.case.patient
    patient.birth_date = BORN
    patient.save(update_fields=["birth_date"])
    sign_that_we_may(loop)
    put_in_report(loop)
    loop.refresh_from_db()
    return loop


def test_report_goes_to_the_primary_doctor_behind_a_page_of_ours(loop_here):
    made = actions.make("pass_on", loop_here.visit, by=actor("theo"))
    assert made.office.name == "Elm Street"
    rows = rows_of(made)
    assert rows["With this page"] == "The report of the visit on November 24, 2026"
    assert rows["From"].startswith("Dr. Priya Raman, Northfield Medical Center")
    assert "With this page: the report, 1 page" in rows["Signed"]
    _made, content = actions.print_letter(made, by=actor("theo"))
    assert sheets(content) == 1 + 1 + 1  # the page, what was signed, the report
    assert codes.paper_code(link_for(made.visit, made.office, by=actor("theo"))) in words_of(content)
    sending.sent(made, "posted", by=actor("theo"))
    loop_here.refresh_from_db()
    assert (loop_here.state, loop_here.came) == ("received", "through_us")
    assert Event.objects.filter(verb="document.downloaded", why="primary_office").count() == 1


def hide(loop):
    documents.mark_only_me(passing.versions_here(loop)[0].document, by=actor("rosa"))


def another_copy(loop):
    version = read(loop.visit.case, "again.pdf", plan_files.pdf(pages=2))
    say_kind(version.document, passing.SECOND_REPORT, by=actor("rosa"))


def another_primary_doctor(loop):
    office = case_actions.add_office(loop.visit.case, name="New Street", region="US-PA", by=actor("rosa"))
    case_actions.set_clinician(loop.visit.case, "primary", name="Dr. New", office=office, by=actor("rosa"))


def say_it_is_there(loop):
    records.tell_report(loop, "confirmed", by=actor("rosa"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (hide, "not here"),
        (another_copy, "has changed"),
        (another_primary_doctor, "another office"),
        (say_it_is_there, "Nothing on it is left"),
    ],
)
def test_report_that_may_not_go_any_more_is_not_passed_on(loop_here, change, why):
    made = actions.make("pass_on", loop_here.visit, by=actor("theo"))
    change(loop_here)
    with pytest.raises(Refused, match=why):
        sending.sent(made, "posted", by=actor("theo"))


@pytest.fixture
def passed_on(loop_here):
    """A page for the report that went out by post, of three sheets."""
    made = actions.make("pass_on", loop_here.visit, by=actor("theo"))
    return sending.sent(made, "posted", by=actor("theo"))


def test_a_report_that_went_out_is_printed_with_the_files_that_went(loop_here, passed_on):
    another_copy(loop_here)
    assert sheets(actions.print_letter(passed_on, by=actor("theo"))[1]) == 3
    page = people.browser(people.person("theo")).get(passed_on.get_absolute_url()).content.decode()
    assert "no longer with it" not in page


def test_a_file_that_was_taken_back_since_is_not_printed_and_the_page_says_so(loop_here, passed_on):
    another_copy(loop_here)
    documents.withdraw(Version.objects.get(pk=behind_of(passed_on)[0]).document, by=actor("rosa"))
    assert sheets(actions.print_letter(passed_on, by=actor("theo"))[1]) == 2
    page = people.browser(people.person("theo")).get(passed_on.get_absolute_url()).content.decode()
    assert "A file of the report is no longer with it" in page


def test_what_went_is_on_record_though_it_was_taken_back_at_the_last_moment(loop_here):
    made = actions.make("pass_on", loop_here.visit, by=actor("theo"))
    take_back_authority(loop_here.visit.case, by=actor("rosa"))
    sending.went_out(made, SentHow.FAXED, by=actor("theo"))
    assert Event.objects.filter(verb="document.downloaded", why="primary_office").count() == 1


def behind_of(made) -> list[str]:
    return json.loads(made.said)["made_of"]["behind"]


def test_report_is_passed_on_by_us_alone(loop_here):
    with pytest.raises(Refused, match="cannot do this"):
        actions.make("pass_on", loop_here.visit, by=actor("rosa"))
    address = reverse("desk:new_letter", args=["pass_on", loop_here.visit_id])
    assert people.browser(people.person("rosa")).get(address).status_code == 404
    theo = people.browser(people.person("theo"))
    assert address in theo.get(reverse("records:report", args=[loop_here.visit.case_id])).content.decode()
    made = theo.post(address)["Location"]
    assert "Faxed from our machine" in theo.get(made).content.decode()
    assert "I posted it" not in people.browser(people.person("rosa")).get(made).content.decode()


def test_without_its_file_there_is_no_page_for_a_report(traveller):
    loop = open_report(traveller)
    sign_that_we_may(loop)
    with pytest.raises(Refused, match="The report is not here"):
        actions.make("pass_on", loop.visit, by=actor("theo"))


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
