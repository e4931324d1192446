"""The code on a letter opens when the letter comes: what goes out is use, and wakes a link that sleeps."""

import datetime as dt

import pytest

from cases.desk.letters import actions, paper, sending
from cases.desk.links import actions as links
from cases.desk.links import codes
from cases.desk.models import OfficeLink
from portal.errors import Refused
from tests import people
from tests.desk.letter_builders import letter, signed_visit
from tests.pdf_letters import words_of
from tests.records.builders import actor, item

DAY = dt.timedelta(days=1)


@pytest.fixture
def first(november_5):
    """The letter of November 5, posted."""
    return sending.sent(letter(signed_visit()), "posted", by=actor("theo"))


def link_of(letter):
    return OfficeLink.objects.get(visit=letter.visit_id, office=letter.office_id)


def opens(client, letter):
    typed = {"code": codes.paper_code(link_of(letter)), "born": "5 2 1961"}
    return client.post("/o/", typed).status_code == 302


def test_a_letter_that_asks_again_after_14_days_has_a_code_that_opens(client, november_5, first):
    november_5.shift(15 * DAY)
    again = actions.make("again", item(first.visit, "slides"), by=actor("theo"))
    again, pdf = actions.print_letter(again, by=actor("theo"))
    assert codes.paper_code(link_of(again)) in words_of(pdf)
    assert opens(client, again)


def test_a_letter_made_before_and_printed_after_14_days_has_a_new_code(client, november_5):
    made = letter(signed_visit())
    before = codes.paper_code(link_of(made))
    november_5.shift(15 * DAY)
    made, pdf = actions.print_letter(made, by=actor("theo"))
    assert before not in words_of(pdf)
    assert codes.paper_code(link_of(made)) in words_of(pdf)
    assert opens(client, made)


def test_days_without_use_are_counted_from_when_it_went_out(client, november_5):
    made = letter(signed_visit())
    actions.print_letter(made, by=actor("theo"))
    november_5.shift(10 * DAY)
    sending.sent(made, "posted", by=actor("theo"))
    november_5.shift(13 * DAY)
    assert link_of(made).generation == 1
    assert opens(client, made)


def test_saying_late_that_it_went_out_wakes_nothing(client, november_5):
    """The code that lay about for two weeks stays void: a fresh one is asked for."""
    made = letter(signed_visit())
    november_5.shift(15 * DAY)
    sending.sent(made, "posted", by=actor("theo"))
    assert not opens(client, made)


def test_looking_at_a_letter_wakes_nothing(november_5, first):
    november_5.shift(15 * DAY)
    before = link_of(first)
    people.browser(people.person("theo")).get(first.get_absolute_url())
    assert link_of(first).generation == before.generation


@pytest.fixture
def void(november_5):
    """A letter that lay printed while a new code was made."""
    made, _pdf = actions.print_letter(letter(signed_visit()), by=actor("theo"))
    november_5.shift(DAY)
    links.make_new_code(link_of(made), by=actor("theo"))
    november_5.shift(DAY)
    return made


def test_a_letter_with_a_void_code_asks_for_nothing_and_stays_to_go(void):
    with pytest.raises(Refused, match="Print it once more"):
        sending.sent(void, "posted", by=actor("theo"))
    assert actions.fresh(void).is_to_go
    assert item(void.visit, "slides").asked_on is None
    page = people.browser(people.person("theo")).get(void.get_absolute_url()).content.decode()
    assert "There is a newer code" in page


def test_printed_once_more_it_goes_with_the_code_that_holds(client, void):
    actions.print_letter(void, by=actor("theo"))
    sending.sent(void, "posted", by=actor("theo"))
    assert opens(client, void)


def test_a_new_code_while_its_pages_are_made_is_not_missed(monkeypatch, november_5):
    made, make = letter(signed_visit()), paper.pdf

    def meanwhile(letter):
        content = make(letter)
        november_5.shift(DAY)
        links.make_new_code(link_of(letter), by=actor("theo"))
        november_5.shift(DAY)
        return content

    monkeypatch.setattr(paper, "pdf", meanwhile)
    actions.print_letter(made, by=actor("theo"))
    with pytest.raises(Refused, match="newer code"):
        sending.sent(made, "posted", by=actor("theo"))


def test_printed_again_after_it_went_out_it_was_printed_before(november_5):
    made, _pdf = actions.print_letter(letter(signed_visit()), by=actor("theo"))
    printed_at = made.printed_at
    sending.sent(made, "posted", by=actor("theo"))
    november_5.shift(DAY)
    assert actions.print_letter(made, by=actor("theo"))[0].printed_at == printed_at
