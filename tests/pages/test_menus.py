"""The tabs and the menu behind one's name lead to no closed door, whoever looks."""

import re

import pytest

from tests.world import built, world  # noqa: F401

pytestmark = pytest.mark.django_db
HEADER = re.compile(r"<header.*?</header>", re.S)


@pytest.mark.parametrize("person", ["patient", "starter", "helper", "dates_only"])
def test_every_way_in_the_header_opens(person, world):  # noqa: F811
    client = world.client(person)
    header = HEADER.search(client.get(f"/cases/{world['case']}/").content.decode())
    assert header
    links = {link for link in re.findall(r'href="(/[^"#?]*/)"', header[0]) if "logout" not in link}
    assert len(links) >= 4
    assert [link for link in links if client.get(link, follow=True).status_code != 200] == []
