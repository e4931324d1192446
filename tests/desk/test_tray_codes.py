"""A letter of ours that comes back by fax: its codes name the case, the letter and the office; nothing is guessed."""

import pytest

from cases.desk.letters import actions, paper
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.desk.tray.marks import is_paper_code, number_of
from tests import people
from tests.desk import papers
from tests.desk.letter_builders import letter
from tests.records.builders import actor, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november(settings):
    settings.TEXT_ENGINE = ""  # codes are read without it
    with on_november_5():
        yield


@pytest.fixture
def came_back():
    """A letter about slides as the office faxed it back, and the paper in the tray."""
    made = letter()
    return made, papers.read(papers.as_fax(paper.pdf(actions.fresh(made))), "in.tif")


@pytest.mark.full
def test_codes_name_the_case_the_letter_and_the_office(came_back):
    made, incoming = came_back
    assert (incoming.reference, incoming.mark) == (made.case.reference, made.mark)
    link = link_for(made.visit, made.office, by=actor("theo"))
    assert incoming.paper_code == codes.digest(codes.paper_code(link))


@pytest.mark.full
def test_what_the_letter_asks_for_is_proposed(came_back):
    made, incoming = came_back
    page = people.browser(people.person("theo")).get(incoming.get_absolute_url())
    desk = page.context["desk"]
    assert desk.chosen.item == made.items.get()
    assert desk.chosen.hint.endswith(f"Letter {made.mark}")
    assert incoming.state == "waiting"


@pytest.mark.full
def test_a_letter_and_a_strip_of_another_case_name_nobody(came_back):
    made, _incoming = came_back
    both = papers.joined(papers.words("Reference RS 222 222"), paper.pdf(actions.fresh(made)))
    assert papers.read(both).reference == ""


@pytest.mark.parametrize(("mark", "number"), [("", 0), ("A", 1), ("Z", 26), ("AA", 27), ("AB", 28)])
def test_a_mark_is_a_number(mark, number):
    assert number_of(mark) == number


@pytest.mark.parametrize(
    ("text", "is_one"), [("KRTMWHEQPLUD", True), ("krtmwheqplud", False), ("KRTM", False), ("123456789012", False)]
)
def test_what_may_be_a_paper_code(text, is_one):
    assert is_paper_code(text) is is_one
