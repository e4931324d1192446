"""What to take: things carried, copies of what may follow, files to print, papers from home."""

from datetime import date

import pypdfium2
import pytest
from django.urls import reverse

from cases.case.models import Office
from cases.records import actions as records
from cases.records import reminders
from portal import clock
from portal.accounts.models import User
from portal.history.models import Event
from portal.reminders.models import Reminder
from portal.reminders.readers import address_of, reader_of
from tests import factories, people
from tests.documents.files import folder, read  # noqa: F401
from tests.pdf_letters import no_glyph_is_missing, words_of
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db

SOON = date(2026, 11, 9)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def carries():
    """Rosa goes on Monday with what she has: core records that may follow are on her list."""
    people.person("theo")
    return records.choose_way(named_visit(), "carry", on=SOON, by=actor("rosa"))


def page(visit, key="rosa", name="carry"):
    return people.browser(people.person(key)).get(reverse(f"pages:{name}", args=[visit.case_id]))


def said(answer):
    return " ".join(answer.content.decode().split())


def part(answer, heading):
    """The words of one part of the page."""
    return said(answer).split(f"<h2>{heading}</h2>")[1].split("</section>")[0]


def test_going_with_what_one_has_leads_to_the_list():
    visit = named_visit()
    answer = people.browser(people.person("rosa")).post(
        reverse("records:save_day", args=[visit.case_id]), {"way": f"carry {SOON.isoformat()}"}
    )
    assert answer["Location"] == reverse("pages:carry", args=[visit.case_id])


def test_what_is_carried_stands_first_with_where_it_is(carries):
    records.tell(item(carries, "pathology_report"), "held", by=actor("rosa"))
    carried = part(page(carries), "I carry these")
    assert "<strong>Pathology report</strong><small>In my hands</small>" in carried
    assert "<strong>Referral letter</strong><small>Still to get</small>" in carried


def test_what_arrived_need_not_be_carried(carries):
    for verb in ("held", "sent", "arrived"):
        records.tell(item(carries, "pathology_report"), verb, by=actor("rosa"))
    assert "Pathology report" not in said(page(carries)).split("<article")[1]


def test_a_core_record_that_may_come_on_the_day_is_worth_a_copy():
    visit = booked_visit(on=date(2026, 11, 17))
    copies = part(page(visit), "Copies, in case theirs are not there yet")
    assert "Theirs should come by November" in copies


def test_a_core_record_that_follows_is_named_once():
    shown = page(booked_visit(on=SOON))
    assert "Pathology report" in part(shown, "Copies, in case theirs are not there yet")
    assert "Pathology report" not in part(shown, "Will follow. I don’t have to bring these")


def test_what_can_follow_is_named_with_its_day(carries):
    follows = part(page(carries), "Will follow. I don’t have to bring these")
    assert "Tissue slides" in follows
    assert "By December 4" in follows


def test_papers_from_home_are_those_of_the_country(carries):
    assert "Photo ID" in said(page(carries))
    assert "Insurance card, if I have one" in said(page(carries))
    Office.objects.update(region="CA-ON")
    assert "Health card" in said(page(carries))


def test_files_that_are_with_us_can_be_opened_and_printed(carries, folder):  # noqa: F811
    version = read(carries.case, "my plan.pdf")
    files = part(page(carries), "Printed copies of my files")
    assert reverse("documents:detail", args=[version.document_id]) in files
    assert "my plan.pdf" in files


def test_a_helper_sees_no_files_but_her_own(folder):  # noqa: F811
    ama = people.person("ama")
    case = factories.open_case(starter=ama)
    visit = records.name_visit(case, doctor="Dr. Raman", by=actor("ama"))
    visit = records.choose_way(visit, "carry", on=SOON, by=actor("ama"))
    read(case, "my plan.pdf")
    assert "Photo ID" in said(page(visit, "ama"))
    assert "my plan.pdf" not in said(page(visit, "ama"))


def test_without_a_visit_ahead_it_says_so(november_5):
    visit = named_visit()
    assert "No visit ahead" in said(page(visit))
    records.set_visit_date(visit, on=SOON, by=actor("rosa"))
    assert "What to take on Monday, November 9" in said(page(visit))
    november_5.move_to("2026-11-10T15:00Z")
    assert "No visit ahead" in said(page(visit))


@pytest.mark.parametrize("key", ["grace", "joanne", "mara"])
def test_it_is_missing_for_everybody_else(carries, key):
    assert page(carries, key).status_code == 404
    assert not Event.objects.filter(verb="carry.seen").exists()


def test_coordinators_look_is_on_record(carries):
    page(carries, "theo")
    assert Event.objects.get(verb="carry.seen").actor_id == people.person("theo").pk


def test_the_printed_sheet_has_the_list_on_its_second_page(carries):
    content = page(carries, name="sheet_pdf").content
    first, second = pypdfium2.PdfDocument(content)
    assert "My dates" in first.get_textpage().get_text_range()
    assert "What to take on Monday, November 9" in second.get_textpage().get_text_range()
    assert "Photo ID" in words_of(content)
    assert no_glyph_is_missing(content)


def test_the_last_message_before_the_visit_leads_to_it(november_5):
    visit = booked_visit()
    rows = list(Reminder.objects.filter(kind="records.before_visit", about_id=visit.pk).order_by("step"))
    found = reminders.before_words(rows, reader_of(address_of(visit.case.patient), clock.now()), clock.now())
    carry, others = reverse("pages:carry", args=[visit.case_id]), reverse("records:list", args=[visit.case_id])
    assert [found[row.pk].path for row in rows] == [carry, others]


@pytest.mark.parametrize("name", ["pages:case_home", "records:list", "records:visit"])
def test_each_page_of_the_visit_leads_to_it(carries, name):
    html = said(people.browser(people.person("rosa")).get(reverse(name, args=[carries.case_id])))
    assert reverse("pages:carry", args=[carries.case_id]) in html


def test_a_consultant_is_not_sent_where_she_cannot_go(carries):
    factories.assign(carries.case, people.person("joanne"))
    for name in ("records:list", "records:visit"):
        html = said(people.browser(people.person("joanne")).get(reverse(name, args=[carries.case_id])))
        assert reverse("pages:carry", args=[carries.case_id]) not in html
        assert reverse("pages:sheet", args=[carries.case_id]) not in html


def test_it_is_in_the_patients_language_and_turns_with_it(carries):
    User.objects.filter(pk=carries.case.patient_id).update(language="qpr")
    article = said(page(carries, "theo")).split("<article")[1]
    assert 'lang="qpr" dir="rtl"' in article
