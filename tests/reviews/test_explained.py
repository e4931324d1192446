"""Words that were explained lead to their explanation, by plain links, on the page and on paper."""

import io
import json
import re

import pikepdf
import pytest
from django.urls import reverse

from cases.reviews import actions
from cases.reviews.explained import Marker
from tests import people
from tests.reviews import world
from tests.reviews.test_pdf import made
from tests.reviews.world import by

WORDS = [
    {"word": "Biopsy", "meaning": "A small piece is looked at."},
    {"word": "Sentinel node biopsy", "meaning": "M."},
]


def marked(text, words=WORDS):
    return [(piece["text"], piece["word"]) for piece in Marker(words).pieces(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("A biopsy first.", [("A ", 0), ("biopsy", 1), (" first.", 0)]),
        ("Biopsy", [("Biopsy", 1)]),
        ("A sentinel node biopsy.", [("A ", 0), ("sentinel node biopsy", 2), (".", 0)]),
        ("Biopsy, then biopsy.", [("Biopsy", 1), (", then biopsy.", 0)]),
        ("The autobiopsy and biopsys.", [("The autobiopsy and biopsys.", 0)]),
        ("", []),
    ],
)
def test_a_word_is_found_whole_in_any_case_and_once(text, pieces):
    assert marked(text) == pieces


def test_hostile_words_are_looked_for_as_they_are():
    words = [{"word": "(a+)+$", "meaning": ""}, {"word": " ", "meaning": ""}, {"word": "<b>", "meaning": ""}]
    assert marked("a" * 5000, words) == [("a" * 5000, 0)]
    assert marked("x <b> y", words)[1] == ("<b>", 3)


@pytest.fixture
def shown(db):
    review = world.written()
    world.write(review, words="Lump: A small knot.\nTablet: A <b>pill</b>.\nNothing: Not in the text.")
    summary = actions.share(review, is_ticked=True, by=by("joanne"))
    return people.browser(people.person("rosa")).get(reverse("reviews:summary", args=[summary.review.case_id])).text


def test_each_word_of_the_page_leads_to_its_explanation(shown):
    found = re.findall(r'<a class="rs-term" href="#(word-\d)">(\w+)</a>', shown)
    assert found == [("word-1", "lump"), ("word-2", "tablet")]
    for anchor in ("word-1", "word-2", "word-3"):
        assert shown.count(f'id="{anchor}"') == 1
    assert "A &lt;b&gt;pill&lt;/b&gt;." in shown


def test_her_question_what_she_could_ask_and_further_questions_lead_to_it_too(db):
    review = world.look_for_all(world.taken(), missing=("cost", "tests"))
    asked = world.HOPE.splitlines()[0]
    review = world.write(
        review,
        plain="A step. (page 1)",
        answers=json.dumps({asked: "Yes. (page 1)"}),
        questions="Is the <operation> needed?",
        words="Operation: They take it out.\nTests: What is looked at.",
    )
    summary = actions.share(review, is_ticked=True, by=by("joanne"))
    page = people.browser(people.person("rosa")).get(reverse("reviews:summary", args=[summary.review.case_id])).text
    leads = '<a class="rs-term" href="#word-1">operation</a>'
    assert f"Is a smaller {leads} possible for me?" in page
    assert f"Is the &lt;{leads}&gt; needed?" in page
    point = page.split("You could ask:")[1].split("</li>")[0]
    assert re.search(r'<a class="rs-term" href="#word-2">tests</a>', point)


def test_in_the_pdf_it_is_a_link_of_its_own():
    file = pikepdf.open(io.BytesIO(made(words="Tablet: A pill to swallow.\nTablet: Said twice.")))
    links = [mark for page in file.pages for mark in page.get("/Annots", []) if mark.Subtype == "/Link"]
    assert len(links) == 1
    assert links[0].get("/StructParent") is not None
