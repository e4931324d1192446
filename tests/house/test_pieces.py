"""Pieces of pages are looked up once, icons drawn once; what is shown is the same as ever."""

import pytest
from django.template import engines
from django.template.loader_tags import IncludeNode

from portal.templatetags import pieces

ICON = "{% include 'ui/icon.html' with name=name only %}"


def drawn(written: str, **given: object) -> str:
    return engines["django"].from_string(written).render(given)


@pytest.fixture(autouse=True)
def nothing_drawn_yet(monkeypatch):
    monkeypatch.setattr(pieces, "_drawn", {})


def test_an_icon_is_drawn_once_and_each_as_itself():
    first, other, again = (drawn(ICON, name=name) for name in ("phone", "left", "phone"))
    assert first == again != other
    assert "#phone" in first
    assert "#left" in other
    assert len(pieces._drawn) == 2


def test_a_hostile_name_is_escaped_and_not_kept():
    assert "<script>" not in drawn(ICON, name='"><script>')
    assert not pieces._drawn


def test_no_more_is_kept_than_there_are_icons(monkeypatch):
    monkeypatch.setattr(pieces, "AT_MOST", 2)
    assert [f"#{name}" in drawn(ICON, name=name) for name in ("a", "b", "c", "c")] == [True] * 4
    assert len(pieces._drawn) == 2


def test_an_icon_that_could_see_its_page_is_drawn_each_time():
    seen = "{% include 'ui/icon.html' with name='x' %}"
    assert "rs-i--l" in drawn(seen, large=1)
    assert "rs-i--l" not in drawn(seen)


def test_a_piece_is_found_once_and_takes_what_it_is_given_each_time():
    written = engines["django"].from_string(
        "{% for n in few %}{% include 'ui/more.html' with href=n label=n only %}{% endfor %}"
    )
    for few in (["a", "b"], ["c"]):
        assert [f'href="{each}"' in written.render({"few": few}) for each in few] == [True] * len(few)
    (node,) = written.template.nodelist.get_nodes_by_type(IncludeNode)
    assert isinstance(node, pieces.Piece)
    assert node.found is not None


def test_a_piece_that_the_page_names_is_looked_up_by_that_name():
    written = "{% include name with label='on' href='/' only %}"
    assert "rs-more" in drawn(written, name="ui/more.html")
    assert "rs-more" not in drawn(written, name="ui/icon.html")
