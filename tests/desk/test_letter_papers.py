"""Papers of the case that go with a letter: pages behind it, so that a fax takes them along."""

import io

import pikepdf
import pytest

from cases.desk.letters import actions, paper, papers
from cases.documents import actions as documents
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking
from cases.records.release import actions as release_actions
from portal.errors import Refused
from portal.history.models import Event
from tests import plan_files
from tests.desk.letter_builders import letter, signed_on_paper, signed_visit
from tests.documents.files import upload
from tests.pdf_letters import words_of
from tests.records.builders import actor, item, on_november_5

pytestmark = pytest.mark.django_db
OURS = "Signed: Rosa Delgado"


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


def sheets(content):
    return len(pikepdf.open(io.BytesIO(content)).pages)


@pytest.mark.full
def test_paper_that_was_signed_goes_behind_the_letter_in_place_of_our_copy():
    release = signed_on_paper()
    made = letter(release.visit)
    content = paper.pdf(made)
    words = words_of(content)
    assert sheets(content) == 1 + 1 + 2  # the letter, the authority signed here, the paper
    assert "Page 1 of 4" in words
    assert "Signed on paper" not in words
    assert papers.by_hand(made) == []
    assert paper.pdf(made) == content
    pdf = pikepdf.open(io.BytesIO(content))
    assert pdf.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in pdf.Root


@pytest.mark.full
def test_own_form_of_the_office_goes_behind_ours():
    visit = signed_visit()
    holder = item(visit, "slides").holder
    release = release_actions.add_own_form(visit, holder, upload("form.jpg", plan_files.photo()), by=actor("theo"))
    made = letter(visit)
    assert [row["label"] for row in papers.by_hand(made)] == ["The office’s own form"]  # still being checked
    assert sheets(paper.pdf(made)) == 3
    checking.check(release.own_form.versions.get().pk)
    assert papers.by_hand(made) == []
    content = paper.pdf(made)
    assert sheets(content) == 4
    assert OURS in words_of(content)


@pytest.mark.parametrize("gone", [documents.withdraw, documents.mark_only_me])
def test_paper_that_is_gone_or_the_patients_alone_goes_with_nothing(gone):
    visit = signed_visit()
    release = release_actions.add_own_form(visit, item(visit, "slides").holder, upload("form.pdf"), by=actor("rosa"))
    checking.check(release.own_form.versions.get().pk)
    made = letter(visit)
    gone(release.own_form, by=actor("rosa"))
    made.refresh_from_db()
    assert papers.behind(made) == {}
    assert papers.by_hand(made) == []


def test_letter_is_not_printed_without_its_paper_while_it_cannot_be_put_together(monkeypatch):
    release = signed_on_paper()
    made = letter(release.visit)

    def busy(*_said):
        raise sandbox.Busy

    monkeypatch.setattr(sandbox, "append", busy)
    with pytest.raises(Refused, match="Try again in a few minutes"):
        actions.print_letter(made, by=actor("theo"))
    made.refresh_from_db()
    assert (made.printed_at, made.ended_at) == (None, None)
    assert not Event.objects.filter(verb="letter.printed").exists()
