"""Taken back from a case for good: another person's paper never comes back into it, and counts for nothing there."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.case import authority_actions
from cases.case.models import ToDo
from cases.case.signatures import Signature, SignedHow
from cases.desk.links.actions import link_for
from cases.desk.packet.actions import note_taken
from cases.desk.tray import filing, preview
from cases.desk.tray.asking_back import OTHERS_PAPER
from cases.desk.tray.filing import Filing
from cases.desk.tray.states import About, Said, TrayState
from cases.documents import actions as documents
from cases.documents.models import Document, PageImage, Version
from cases.documents.sandbox import pages
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.release import keeping
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.models import Event
from portal.vault import files
from portal.vault.models import StoredFile
from tests import people, plan_files
from tests.desk import papers
from tests.desk.packets import headings, sign
from tests.records.builders import actor, booked_visit, item, on_november_5

pytestmark = pytest.mark.django_db

TYPED = Signature(SignedHow.TYPED, "Rosa Delgado")


@pytest.fixture(autouse=True)
def november():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return sign(booked_visit())


@pytest.fixture
def misfiled(visit):
    """Grace's report, filed as Rosa's, checked, and in the packet for Rosa's visit."""
    report = records.set_holder(item(visit), office_name="Lakeside", by=actor("rosa"))
    order = Filing(case=visit.case, about=About.ITEM, item=report, said=Said.IS_IT)
    paper = filing.file(papers.checked(papers.words("Report of Grace Nakamura")), order, by=papers.theo())
    checking.check(paper.document.versions.get().pk)
    assert headings(visit) == ["Pathology report"]
    return papers.fresh(paper)


def second_coordinator() -> Actor:
    return Actor.person(User.objects.create_user(name="Una Berg", email="una@rs.example", role="coordinator"))


def under_key_of(case) -> set:
    return set(StoredFile.objects.filter(key=case.key).values_list("pk", flat=True))


def put_back(paper):
    filing.put_back(paper, why="wrong_person", by=papers.theo())


def not_mine(paper):
    filing.not_mine(paper.document, by=actor("rosa"))


@pytest.mark.parametrize("take", [put_back, not_mine])
def test_nothing_of_it_stays_in_the_case_and_nobody_puts_it_back(visit, misfiled, take):
    document = misfiled.document
    take(misfiled)
    assert not Document.objects.filter(pk=document.pk).exists()
    assert not PageImage.objects.exists()
    assert not under_key_of(visit.case)
    assert headings(visit) == []
    with pytest.raises(Document.DoesNotExist):
        documents.restore(document, by=actor("rosa"))


def test_another_coordinator_takes_it_out_too(visit, misfiled):
    filing.put_back(misfiled, why="wrong_person", by=second_coordinator())
    assert papers.fresh(misfiled).state == TrayState.WAITING
    assert not under_key_of(visit.case)


def test_what_she_took_back_herself_goes_as_well(visit, misfiled):
    documents.withdraw(misfiled.document, by=actor("rosa"))
    put_back(papers.fresh(misfiled))
    assert not Document.objects.exists()


def test_what_she_added_to_it_stays_hers(visit, misfiled):
    document = misfiled.document
    own = documents.add_version(document, SimpleUploadedFile("own.pdf", plan_files.pdf()), by=actor("rosa"))
    checking.check(own.pk)
    put_back(misfiled)
    assert Version.objects.get() == own
    documents.restore(document, by=actor("rosa"))
    assert Version.objects.ready().get().number == 2


def test_a_check_that_runs_meanwhile_keeps_no_page_of_it(visit, tmp_path):
    paper = filing.file(papers.checked(), Filing(case=visit.case, about=About.OTHER), by=papers.theo())
    version = checking.claim(paper.document.versions.get().pk)
    files.lay_out(version.original, tmp_path / "source")
    verdict = sandbox.judge(tmp_path, version.own_kind, draw=pages.BATCH)
    filing.put_back(paper, by=papers.theo())
    with pytest.raises(checking.ClaimLost):
        checking._with_pages(version, verdict, tmp_path)
    checking.settle(version, verdict, tmp_path)
    assert not under_key_of(visit.case)


def test_filed_anew_it_is_a_file_like_any_other(visit, misfiled):
    put_back(misfiled)
    order = Filing(case=visit.case, about=About.ITEM, item=item(visit), said=Said.IS_IT)
    paper = filing.file(papers.fresh(misfiled), order, by=papers.theo())
    checking.check(paper.document.versions.get().pk)
    assert headings(visit) == ["Pathology report"]


@pytest.mark.parametrize(("why", "calls"), [("wrong_person", 1), ("", 1), ("other_thing", 0)])
def test_an_office_that_saved_it_is_called(visit, misfiled, why, calls):
    link = link_for(visit, visit.office, by=papers.theo())
    note_taken(link, [misfiled.document.versions.get().pk])
    minutes = 11 if why else 1  # one's own press of a moment ago is asked for no reason
    with clock.lived_at(clock.now() + dt.timedelta(minutes=minutes)):
        filing.put_back(misfiled, why=why, by=papers.theo())
    found = ToDo.objects.open().filter(kind=OTHERS_PAPER, case=visit.case)
    assert found.count() == calls
    assert all(visit.office.name in todo.note for todo in found)


def test_it_stands_on_the_board(visit, misfiled):
    link = link_for(visit, visit.office, by=papers.theo())
    note_taken(link, [misfiled.document.versions.get().pk])
    not_mine(misfiled)
    page = people.browser(people.person("theo")).get(reverse("pages:caseload"))
    assert "An office has another’s paper" in page.text
    assert visit.office.name in page.text


# --- the permission to ask, on paper ---


@pytest.fixture
def unsigned():
    """A visit of a case in which nothing is signed yet."""
    return booked_visit()


def filed_authority(case, paper=None):
    paper = paper or papers.checked()
    return papers.fresh(filing.file(paper, Filing(case=case, about=About.AUTHORITY), by=papers.theo()))


def test_a_permission_filed_taken_back_and_filed_again_counts(unsigned):
    case = unsigned.case
    paper = filed_authority(case)
    filing.put_back(paper, by=papers.theo())
    assert authority_actions.standing(case) is None
    assert Event.objects.filter(verb="authority.paper_gone").count() == 1
    paper = papers.fresh(paper)
    assert "from then on" in preview.sentence(paper, Filing(case=case, about=About.AUTHORITY), by=papers.theo())
    filed_authority(case, paper)
    assert keeping.may_ask(case)


def test_it_is_said_where_we_may_ask_already(unsigned):
    case = unsigned.case
    authority_actions.sign_authority(case, TYPED, version=1, by=actor("rosa"))
    paper = papers.checked()
    assert "already" in preview.sentence(paper, Filing(case=case, about=About.AUTHORITY), by=papers.theo())
    filing.put_back(filed_authority(case, paper), by=papers.theo())
    assert keeping.may_ask(case)  # what she signed herself stands


def test_she_signs_herself_after_another_persons_paper_counted_for_her(unsigned):
    case = unsigned.case
    filing.not_mine(filed_authority(case).document, by=actor("rosa"))
    assert not keeping.may_ask(case)
    signed = authority_actions.sign_authority(case, TYPED, version=1, by=actor("rosa"))
    assert (signed.how, keeping.may_ask(case)) == ("typed", True)


def test_one_whose_paper_she_took_back_gives_way_to_what_she_signs(unsigned):
    case = unsigned.case
    first = filed_authority(case)
    documents.withdraw(first.document, by=actor("rosa"))
    assert not keeping.may_ask(case)
    signed = authority_actions.sign_authority(case, TYPED, version=1, by=actor("rosa"))
    assert keeping.may_ask(case)
    assert authority_actions.sign_authority(case, TYPED, version=1, by=actor("rosa")) == signed
    assert Event.objects.filter(verb="authority.replaced").count() == 1
