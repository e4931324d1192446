"""A helper sees whose page it is, the name, initials and a color, on every page of a case."""

from tests.pages_table import CASE, PAGES
from tests.test_access import address_of

# Pages of the case that show themselves to a helper; forms without a page and files have no head.
OF_THE_CASE = [
    name
    for name, page in sorted(PAGES.items())
    if page.args and "starter" in page.who <= CASE and not page.is_file and page.posts != "only"
]


def test_no_page_of_a_case_forgets_whose_it_is(world):
    client, nameless = world.client("starter"), []
    for name in OF_THE_CASE:
        answer = client.get(address_of(name, world))
        html = answer.content.decode()
        is_marked = "You are Ama Osei, helping Rosa Delgado." in html and 'aria-hidden="true">RD</span>' in html
        if answer.status_code == 200 and not is_marked:
            nameless.append(name)
    assert len(OF_THE_CASE) > 15
    assert not nameless
