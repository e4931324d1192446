"""A helper sees whose page it is, the name, initials and a color, on every page of a case."""

import pytest

from tests import people
from tests.page_rows import CASE, HELPERS
from tests.pages_table import PAGES
from tests.test_access import address_of
from tests.world import NAMES


def of_the_case(person: str) -> list[str]:
    """Pages of the case that show themselves to a helper; forms without a page and files have no head."""
    return [
        name
        for name, page in sorted(PAGES.items())
        if page.args and person in page.who <= CASE | HELPERS and not page.is_file and page.posts != "only"
    ]


@pytest.mark.full
@pytest.mark.parametrize("person", ["starter", "helper", "dates_only"])
def test_no_page_of_a_case_forgets_whose_it_is(world, person):
    client, nameless = world.client(person), []
    mark = f"You are {people.person(NAMES[person]).name}, helping Rosa Delgado."
    for name in of_the_case(person):
        answer = client.get(address_of(name, world))
        html = answer.content.decode()
        is_marked = mark in html and 'aria-hidden="true">RD</span>' in html
        if answer.status_code == 200 and "<html" in html and not is_marked:  # a part of a page has no head
            nameless.append(name)
    assert len(of_the_case(person)) >= 7
    assert not nameless
