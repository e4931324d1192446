"""Words found on a page: where they stand, over ends of lines, with accents, from right to left."""

import json

import pytest

from cases.documents.models import PageImage
from cases.documents.search import hits

LINES = [
    [100, 200, 400, 20, "Surgery is held for Decem-"],
    [100, 230, 300, 20, "ber 15. Opération à l’hôpital"],
    [100, 260, 200, 20, "الجراحة في ديسمبر"],
    [100, 290, 200, 20, "surgery, SURGERY"],
]


@pytest.fixture
def page():
    page = PageImage(number=7, width=850, height=1100)
    page.__dict__["text"] = json.dumps(LINES)
    return page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("surgery", ["Surgery", "surgery", "SURGERY"]),
        ("SURGERY IS", ["Surgery is"]),
        ("operation a l’hopital", ["Opération à l’hôpital"]),
        ("for decem- ber 15", ["for Decem- ber 15"]),
        ("ديسمبر", ["ديسمبر"]),
        ("chemo", []),
    ],
)
def test_words_are_found_as_people_write_them(page, words, found):
    assert [hit.words for hit in hits.on_page(page, words)] == found


def test_hit_tells_its_page_and_the_words_around(page):
    hit = hits.on_page(page, "opération")[0]
    assert hit.page == 7
    assert hit.before.endswith("Decem- ber 15. ")
    assert hit.after.startswith(" à l’hôpital")


def test_box_stands_over_its_letters(page):
    box = hits.on_page(page, "held")[0].boxes[0]
    share = 400 / len(LINES[0][4])
    assert box["x"] == pytest.approx(100 + 11 * share, abs=0.1)
    assert box["width"] == pytest.approx(4 * share, abs=0.1)
    assert box["y"] < 200 < box["y"] + box["height"]


def test_box_over_two_lines_is_two_boxes(page):
    boxes = hits.on_page(page, "decem- ber")[0].boxes
    assert [round(box["y"]) for box in boxes] == [182, 212]
    assert boxes[0]["x"] + boxes[0]["width"] == pytest.approx(500, abs=0.2)
    assert boxes[1]["x"] == 100


def test_box_of_a_line_from_the_right_counts_from_there(page):
    box = hits.on_page(page, "الجراحة")[0].boxes[0]
    assert box["x"] + box["width"] == pytest.approx(300, abs=0.2)


@pytest.mark.parametrize(("asked", "wanted"), [("  a   b ", "a b"), ("é", ""), ("", ""), ("x" * 200, "x" * 100)])
def test_too_little_is_not_looked_for_and_too_much_is_cut(asked, wanted):
    assert hits.wanted(asked) == wanted


def test_a_word_on_every_line_stops_at_the_most(page):
    page.__dict__["text"] = json.dumps([[0, 0, 10, 10, "of of of of of"]] * 100)
    assert len(hits.in_pages([(1, page), (2, page)], "of")) == hits.MOST
