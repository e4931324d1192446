"""What an office wants, taken down from another case’s paper: it goes with that, and what stood before is back."""

import pytest

from cases.desk import answers
from cases.desk.tray import filing
from cases.desk.tray.filing import Filing
from cases.desk.tray.states import About, Said
from cases.records.models import Want
from cases.records.wants import fees
from tests.desk import papers
from tests.desk.letter_builders import may_ask
from tests.records import release_builders
from tests.records.builders import actor, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(november_5):
    visit = release_builders.visit_to_sign_for()
    may_ask(visit)
    return visit


def slides(visit):
    return item(visit, "slides")


def wanted():
    return {want.what: (want.words, want.asked_at) for want in Want.objects.open()}


def misfile(visit, *needs, **more):
    order = Filing(case=visit.case, about=About.ITEM, item=slides(visit), said=Said.NEEDS, needs=needs, **more)
    return papers.fresh(filing.file(papers.checked(), order, by=papers.theo()))


def test_nobody_is_asked_for_a_fee_that_nobody_wants(visit):
    paper = misfile(visit, "fee", fee="$25")
    assert slides(visit).need == "fee"
    filing.put_back(paper, by=papers.theo())
    assert (slides(visit).need, slides(visit).reason) == ("signature", "")
    assert not wanted()
    assert not fees.is_open(slides(visit), fees.latest(slides(visit)))
    release_builders.sign(visit)
    assert slides(visit).state == "needed"


def test_what_the_office_itself_had_asked_for_is_back_in_its_words(visit, november_5):
    answers.answer(slides(visit), "needs", needs=("fee", "form"), fee="$10, by check", told="office", by=actor("theo"))
    before, reason = wanted(), slides(visit).reason
    november_5.shift(60)
    paper = misfile(visit, "fee", "id", fee="$25")
    assert set(wanted()) == {"fee", "id"}
    filing.put_back(paper, by=papers.theo())
    assert wanted() == before
    assert slides(visit).reason == reason


def test_what_was_done_meanwhile_is_not_asked_for_again(visit, november_5):
    answers.answer(slides(visit), "needs", needs=("id", "fee"), fee="$10", told="office", by=actor("theo"))
    november_5.shift(60)
    paper = misfile(visit, "id", "form")
    Want.objects.open().filter(what="id").update(met_at=slides(visit).moved_at)
    filing.put_back(paper, by=papers.theo())
    assert set(wanted()) == {"fee"}
