"""The copy of an ID behind a letter, and what an office wants beside it."""

import io

import pikepdf
import pytest

from cases.desk.answers import answer
from cases.desk.letters import actions, paper, papers, sending
from cases.records import actions as records
from cases.records.models import IdentityCopy, Want
from cases.records.wants import copies
from portal.actors import Actor
from portal.errors import Refused
from tests import people
from tests.desk.letter_builders import letter, signed_visit
from tests.pdf_letters import words_of
from tests.records.builders import actor, item, on_november_5
from tests.records.want_builders import added, put_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return signed_visit()


def wants(visit, *needs, **more):
    thing = records.tell(item(visit, "slides"), "asked", by=actor("theo")) if not more.pop("again", "") else None
    thing = thing or item(visit, "slides")
    return answer(thing, "needs", needs=needs, by=Actor("office", id=thing.holder_id), **more).item


def sheets(content):
    return len(pikepdf.open(io.BytesIO(content)).pages)


def test_office_asks_for_it_and_it_goes_last_behind_the_next_letter(visit):
    thing = wants(visit, "id")
    assert (thing.state, thing.need) == ("needs_you", "identity")
    put_in(thing)
    assert item(visit, "slides").state == "needed"
    made = letter(visit)
    content = paper.pdf(made)
    assert list(papers.behind(made))[-1] == "identity"
    assert sheets(content) == 4
    assert "Page 1 of 4" in words_of(content)
    assert "a copy of the patient’s ID" in words_of(content).replace("\n", " ")
    sending.sent(made, "faxed", by=actor("theo"))
    assert item(visit, "slides").state == "asked"


def test_letter_waits_for_the_check_and_goes_without_one_that_is_refused(visit):
    added(item(visit, "slides"))
    with pytest.raises(Refused, match="still being checked"):
        letter(visit)
    IdentityCopy.objects.update(state="refused", reason="damaged", original=None)
    assert letter(visit).identity is None


def test_letter_that_was_not_sent_goes_no_more_once_the_copy_is_erased(visit):
    copy = put_in(item(visit, "slides"))
    made = letter(visit)
    copies.erase_copy(copy, by=actor("rosa"))
    with pytest.raises(Refused, match="is erased"):
        actions.print_letter(made, by=actor("theo"))
    assert letter(visit).identity is None


def test_letter_that_went_out_is_printed_again_without_the_erased_copy(visit):
    copy = put_in(item(visit, "slides"))
    made = sending.sent(letter(visit), "posted", by=actor("theo"))
    copies.erase_copy(copy, by=actor("rosa"))
    _, content = actions.print_letter(made, by=actor("theo"))
    assert sheets(content) == 3


def test_two_wants_are_met_one_after_the_other(visit):
    thing = wants(visit, "signature", "id")
    assert thing.need == "signature"
    put_in(thing)
    assert item(visit, "slides").need == "signature"  # what is signed is asked for first
    assert list(Want.objects.open().values_list("what", flat=True)) == ["signature"]


def test_the_newest_word_of_the_office_counts(visit):
    wants(visit, "id", "fee", fee="$25")
    thing = wants(visit, "fee", fee="$30, by check", again=True)
    assert thing.need == "fee"
    want = Want.objects.open().get()
    assert (want.what, want.words) == ("fee", "$30, by check")


def test_letter_and_copy_are_for_patient_and_coordinator_alone(visit):
    put_in(item(visit, "slides"))
    assert IdentityCopy.objects.visible_to(people.person("theo")).exists()
    for who in ("joanne", "grace", "mara"):
        assert not IdentityCopy.objects.visible_to(people.person(who)).exists()
