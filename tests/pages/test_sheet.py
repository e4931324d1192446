"""The one-page sheet: what stands on it, on the page and on paper, and who may take it."""

import datetime as dt
import io

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import actions as bookings
from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.case.models import Case, Office, ToDo
from cases.records import actions as records
from cases.records.models import RecordKind
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.models import Event
from portal.texts.models import Organisation
from tests import factories, people
from tests.pdf_letters import no_glyph_is_missing, words_of
from tests.records.builders import actor, booked_visit, case_of_rosa, item, on_november_5

pytestmark = pytest.mark.django_db

QUESTIONS = "Is a smaller operation possible for me?\n\nWhat is the second area on my MRI?"


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def case():
    """Rosa's, begun by Ama, with a visit, records under way, and a call that she has questions for."""
    people.person("theo")
    ama = people.person("ama")
    User.objects.filter(pk=ama.pk).update(phone="+14165550134")
    case = case_of_rosa(starter=ama)
    visit, by = booked_visit(case), actor("rosa")
    for kind, verbs in (("pathology_report", ["asked", "sent", "arrived"]), ("imaging_reports", ["asked", "sent"])):
        for verb in verbs:
            records.tell(item(visit, kind), verb, by=by)
    Office.objects.filter(name="Northfield Medical Center").update(phone="(555) 010-0178")
    bookings.book(hold=factories.hold(case), accepts_scope=True, may_read=True, hope=QUESTIONS, by=by)
    User.objects.filter(pk=case.patient_id).update(birth_date=dt.date(1968, 5, 14))
    return case


def page(case, key="rosa", name="sheet"):
    return people.browser(people.person(key)).get(reverse(f"pages:{name}", args=[case.pk]))


def said(answer):
    return " ".join(answer.content.decode().split())


def paper(case, key="rosa"):
    return page(case, key, "sheet_pdf").content


SENTENCES = (
    "Rosa Delgado, born May 14, 1968",
    "As of Thursday, November 5 at 10:00 am, Eastern Time.",
    "Tue, Nov 24, 2:30 pm",
    "Dr. Priya Raman, Northfield Medical Center. Eastern Time.",
    "Video call with Joanne Pike. Eastern Time.",
    "Treatment is planned to begin.",
    "Add the treatment plan your doctor gave you",
    "Tissue slides: Needs your signature",
    "Dr. Priya Raman has",
    "Pathology report",
    "On its way there",
    "Tissue slides, by December 4",
    "Is a smaller operation possible for me?",
    "What is the second area on my MRI?",
    "Theo Lindqvist",
    "(555) 010-0178",
    "Ama Osei, who helps me",
    "We don’t replace a doctor’s second opinion.",
)


def test_numbers_on_the_page_ring_at_a_press(case):
    since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    Organisation.objects.create(from_at=since, phone="212-555-0100", hours="9 to 5")
    shown = said(page(case))
    for number, ring in (("(555) 010-0178", "tel:"), ("(212) 555-0100", "tel:+12125550100")):
        assert f'href="{ring}' in shown
        assert f'translate="no">{number}</a>' in shown
    assert "</a>, 9 to 5" in shown


@pytest.mark.full
def test_page_and_paper_say_the_same(case):
    on_page, on_paper = said(page(case)), "".join(words_of(paper(case)).split())
    assert [sentence for sentence in SENTENCES if sentence not in on_page] == []
    assert [sentence for sentence in SENTENCES if "".join(sentence.split()) not in on_paper] == []


def test_facts_that_nobody_filled_in_stand_in_brackets(case):
    assert "[our phone number]" in said(page(case))
    Organisation.objects.create(from_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), phone="416-555-0100")
    assert "(416) 555-0100" in said(page(case))


def test_it_is_always_current(case):
    visit = case.visits.get()
    records.move_visit(visit, on=dt.date(2026, 12, 1), at=dt.time(9), by=actor("rosa"))
    assert "Tue, Dec 1, 9:00" in said(page(case))
    assert "Nov 24, 2:30" not in said(page(case))


def test_without_anything_known_it_still_says_whom_to_call():
    html = said(page(factories.open_case()))
    assert "No dates yet" in html
    assert "Ask your doctor for a referral" in html
    assert "If I feel very unwell" in html
    assert html.count("a line to write on") == 3


@pytest.mark.full
def test_questions_are_the_patients_and_the_teams_not_a_helpers(case):
    for key in ("rosa", "theo"):
        assert "second area on my MRI" in said(page(case, key))
        assert said(page(case, key)).count("a line to write on") == 1
    assert "second area on my MRI" not in said(page(case, "ama"))
    assert "secondareaonmyMRI" not in words_of(paper(case, "ama")).replace(" ", "")


@pytest.mark.full
def test_diagnosis_stands_nowhere(case):
    assert "Breast cancer" not in said(page(case))
    assert "Breast cancer" not in words_of(paper(case))


@pytest.mark.full
@pytest.mark.parametrize("name", ["sheet", "sheet_pdf"])
def test_each_look_is_on_record(case, name):
    page(case, "theo", name)
    verb = {"sheet": "sheet.seen", "sheet_pdf": "sheet.taken"}[name]
    looked = Event.objects.get(verb=verb)
    assert (looked.actor_id, looked.case_id, looked.patient) == (people.person("theo").pk, case.pk, case.patient_id)


@pytest.mark.parametrize("name", ["sheet", "sheet_pdf"])
def test_it_is_missing_for_everybody_else(case, name):
    assert {page(case, key, name).status_code for key in ("grace", "joanne", "amir", "mara")} == {404}
    assert not Event.objects.filter(verb__startswith="sheet.").exists()


def test_paper_is_tagged_and_its_name_tells_nothing(case):
    answer = page(case, name="sheet_pdf")
    file = pikepdf.open(io.BytesIO(answer.content))
    assert file.Root.MarkInfo.Marked
    assert str(file.Root.Lang) == "en"
    assert str(file.docinfo.Title) == "One-page sheet"
    assert answer["Content-Disposition"] == 'attachment; filename="Sheet 2026-11-05.pdf"'
    assert answer["Cache-Control"] == "no-store"


def test_paper_is_one_page_of_large_print(case):
    assert len(pypdfium2.PdfDocument(paper(case))) == 1


@pytest.mark.full
def test_names_are_set_whole(case):
    for name in ("Żaneta Wiśniewska", "Nguyễn Thị Hường", "سارة قاسم", "王小明"):
        User.objects.filter(pk=case.patient_id).update(name=name)
        assert no_glyph_is_missing(paper(case)), name


@pytest.mark.full
def test_hostile_names_stay_words(case):
    name = '#read("/etc/passwd") *x* <script>'
    User.objects.filter(pk=case.patient_id).update(name=name)
    assert name in words_of(paper(case))
    assert "<script> " not in said(page(case)).split("<article")[1]


def test_a_name_that_cannot_be_set_leads_back_to_the_page_in_words(case):
    User.objects.filter(pk=case.patient_id).update(name="ಠ_ಠ")
    answer = page(case, name="sheet_pdf")
    assert answer["Location"] == reverse("pages:sheet", args=[case.pk])
    assert not Event.objects.filter(verb="sheet.taken").exists()


def test_coordinator_prints_it_on_the_patients_clock(case):
    User.objects.filter(pk=case.patient_id).update(time_zone="America/Los_Angeles")
    html = said(page(case, "theo"))
    assert "at 7:00 am, Pacific Time" in html
    assert "2:30 pm" in html


def queries_of(address):
    browser = people.browser(people.person("rosa"))
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return len(queries)


@pytest.mark.full
def test_queries_do_not_grow_with_what_stands_on_it(case):
    address = reverse("pages:sheet", args=[case.pk])
    before = queries_of(address)
    for kind in RecordKind.objects.filter(pk__in=["genomic_report", "lab_results", "radiation_summary"]):
        records.add_item(case.visits.get(), kind, by=actor("rosa"))
    for role in ("first", "third"):
        office = case_actions.add_office(case, name=role, phone="(555) 010-0100", by=actor("rosa"))
        case_actions.set_clinician(case, role, name=f"Dr. {role}", office=office, by=actor("rosa"))
    assert queries_of(address) == before


def test_post_it_to_me_puts_it_on_the_board_once(case):
    browser = people.browser(people.person("rosa"))
    for _press in range(2):
        browser.post(reverse("pages:post_sheet", args=[case.pk]))
    assert ToDo.objects.open().get(kind="post_sheet").case_id == case.pk
    assert "Post the pages" in said(people.browser(people.person("theo")).get(reverse("pages:caseload")))


def test_coordinator_has_nothing_posted_to_herself(case):
    assert "Post it to me" not in said(page(case, "theo"))
    people.browser(people.person("theo")).post(reverse("pages:post_sheet", args=[case.pk]))
    assert not ToDo.objects.filter(kind="post_sheet").exists()


def test_a_closed_case_keeps_its_sheet_for_the_patient(case):
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=dt.datetime(2026, 11, 5, tzinfo=dt.UTC))
    assert page(case).status_code == 200
    assert page(case, "theo").status_code == 404


@pytest.mark.full
def test_each_page_of_the_case_leads_to_it(case):
    address = reverse("pages:sheet", args=[case.pk])
    rosa, theo = people.browser(people.person("rosa")), people.browser(people.person("theo"))
    assert address in said(rosa.get(reverse("pages:case_home", args=[case.pk])))
    assert address in said(theo.get(reverse("pages:case_file", args=[case.pk])))


def test_offices_at_one_desk_are_named_once(case):
    by, office = actor("rosa"), Office.objects.get(name="Northfield Medical Center")
    case_actions.set_clinician(case, "third", name="Dr. Okoye", office=office, by=Actor.person(by.user))
    assert said(page(case)).count("(555) 010-0178") == 1


@pytest.mark.parametrize("answer", ["agree", "decline", "end"])
def test_whom_to_call_names_a_helper_only_while_they_help(case, answer):
    asked = helping.ask(case, people.person("ama"), by=actor("ama"))
    if answer != "decline":
        helping.agree(asked, chosen="dates", by=actor("rosa"))
    if answer != "agree":
        getattr(helping, answer)(asked, by=actor("rosa"))
    assert ("Ama Osei, who helps me" in said(page(case))) == (answer == "agree")
